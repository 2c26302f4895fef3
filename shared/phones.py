"""Phone numbers as identities: the one form of a number that networks write in two.

WhatsApp ids of Brazilian mobiles may lack the ninth digit, and those of Mexican and Argentine ones
may carry a 1 or a 9 after the country code (Meta, "Sending messages"; E.164 itself has one form).
"""

import re
from typing import Final

_E164: Final = re.compile(r"\+[1-9][0-9]{6,14}")
_BRAZIL: Final = re.compile(r"\+55([0-9]{2})([6-9][0-9]{7})")
_MEXICO: Final = re.compile(r"\+521([0-9]{10})")
_ARGENTINA: Final = re.compile(r"\+549([0-9]{10})")


def is_e164(number: str) -> bool:
    """Whether it is a number with plus sign and country code, digits only."""
    return _E164.fullmatch(number) is not None


def canonical(number: str) -> str:
    """Return the one form of an E.164 number; other text comes back as it is."""
    if found := _BRAZIL.fullmatch(number):
        return f"+55{found[1]}9{found[2]}"
    if found := _MEXICO.fullmatch(number):
        return f"+52{found[1]}"
    if found := _ARGENTINA.fullmatch(number):
        return f"+54{found[1]}"
    return number
