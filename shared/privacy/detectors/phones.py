"""Private telephones: somebody's home, or a relative's. A contact's own or a business phone is not."""

import re
from itertools import pairwise
from typing import Final

from shared.privacy.text.numerals import Number
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading

_REGIONS: Final = ("BR", "MX", "CO", "PA", "AR", "CL", "PE", "EC", "VE", "DO", "US", "ES")
_SHORTEST: Final = 7
_LONGEST: Final = 15  # ITU-T E.164
_REACH: Final = 8
_COUNTRY: Final = re.compile(r"\+[0-9]{1,3}(?:[ .-]\(?[0-9]{1,4}\)?){0,2}[ .-]?$")
_LONGEST_LOCAL: Final = 12  # digits behind it
_LONGEST_CODE: Final = 14  # code points of a country's and an area's code


def is_private(reading: Reading, number: Number) -> bool:
    """Whether a number beside a word for telephone is said to be a relative's or a home's."""
    if not number.plain or not _SHORTEST <= len(number.digits) <= _LONGEST:
        return False
    before = reading.texts[max(0, number.first - _REACH) : number.first]
    after = reading.texts[number.last + 1 : number.last + 5]
    near = {*before, *after}
    if near & listed("phones.business") or not (
        near & listed("phones.kin") or near & listed("phones.private") or _at_home(before + after)
    ):
        return False
    return _possible(number.digits)


def _at_home(near: list[str]) -> bool:
    return any(
        place == "casa" and before in {"de", "da", "mi", "minha", "la"} for before, place in pairwise(near)
    )


def _possible(digits: str) -> bool:
    # Its tables take a tenth of a second to load, and few texts ever come here.
    import phonenumbers  # noqa: PLC0415

    for region in (None, *_REGIONS):
        try:
            parsed = phonenumbers.parse(digits if region else f"+{digits}", region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            return True
    return False


def is_abroad(reading: Reading, number: Number) -> bool:
    """Whether a country's code stands before a number, or begins it: "+56 2 2884 1907"."""
    before = reading.text[max(0, number.start - _LONGEST_CODE) : number.start]
    return len(number.digits) <= _LONGEST_LOCAL and _COUNTRY.search(before) is not None
