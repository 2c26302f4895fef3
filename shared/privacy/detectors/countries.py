"""Ids whose own form or check digits tell them, country by country."""

import re
from typing import Final

from stdnum import luhn

from shared.privacy.detectors.registers import is_guatemalan, is_health_card, is_salvadoran
from shared.privacy.text.numerals import Number

# Areas 000, 666 and 900 to 999 were never given (Social Security Administration).
# ITINs begin with 9 and go on with 50 to 65, 70 to 88, 90 to 92 or 94 to 99 (Internal Revenue Service).
_SSN_SHAPE: Final = re.compile(
    r"(?:(?!000|666|9)\d{3}-(?!00)\d{2}|9\d{2}-(?:5\d|6[0-5]|7\d|8[0-8]|9[0-24-9]))-(?!0000)\d{4}"
)
_SIN_SHAPE: Final = re.compile(r"\d{3}-\d{3}-\d{3}")
_SIN_DIGITS: Final = 9
_SIN_GROUPS: Final = (3, 3, 3)
_CNS_GROUPS: Final = (3, 4, 4, 4)
# Nicaragua: municipality, date of birth, sequence and a letter.
_NICARAGUA_SHAPE: Final = re.compile(r"\d{3}-?(?:0[1-9]|[12]\d|3[01])(?:0[1-9]|1[0-2])\d{2}-?\d{4}[a-z]")
# Honduras: municipality, year of birth, sequence; one digit more is the tax number of the same person.
_HONDURAS_SHAPE: Final = re.compile(r"(?:0[1-9]|1[0-8])[0-2]\d(-?)(?:19|20)\d{2}\1\d{5}\d?")
# India: the fourth letter tells a person, the fifth begins the surname.
_PAN_SHAPE: Final = re.compile(r"[a-z]{3}p[a-z][0-9]{4}[a-z]")


def by_form(number: Number) -> bool:
    """Whether a number that no word explains is an id: an SSN with blanks, a card of the SUS, a DPI."""
    if number.groups == _CNS_GROUPS:
        return is_health_card(number.digits)
    if is_social_security(number, " ") or _HONDURAS_SHAPE.fullmatch(number.text):
        return True
    return number.plain and (is_guatemalan(number.digits) or is_salvadoran(number.text))


def is_social_security(number: Number, joint: str) -> bool:
    """Whether a number is grouped as an SSN; with hyphens, companies' papers may be, too."""
    return _SSN_SHAPE.fullmatch(number.text.replace(joint, "-")) is not None


def is_nicaraguan(number: Number) -> bool:
    """Whether a number holds a date of birth where Nicaragua's cédula has it."""
    return _NICARAGUA_SHAPE.fullmatch(number.text) is not None


def is_canadian(number: Number) -> bool:
    """Canada's SIN, whose name is a common word of Spanish: nine digits, check digit or groups right."""
    if not number.plain or len(number.digits) != _SIN_DIGITS:
        return False
    return luhn.is_valid(number.digits) or number.groups == _SIN_GROUPS or _is_sin_shaped(number)


def _is_sin_shaped(number: Number) -> bool:
    return _SIN_SHAPE.fullmatch(number.text) is not None


def is_pan(text: str) -> bool:
    """India's PAN of a person, whose form parts of machines may have, too."""
    return _PAN_SHAPE.fullmatch(text) is not None
