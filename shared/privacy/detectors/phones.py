"""Private telephones: somebody's home, or a relative's. A contact's own or a business phone is not."""

import re
from itertools import pairwise
from typing import Final

from shared.privacy.text.cues import OWNED, Family
from shared.privacy.text.numerals import Number
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading

_REGIONS: Final = ("BR", "MX", "CO", "PA", "AR", "CL", "PE", "EC", "VE", "DO", "US", "ES")
_SHORTEST: Final = 7
_LONGEST: Final = 15  # ITU-T E.164
_REACH: Final = 8
_COUNTRY: Final = re.compile(r"\+[0-9]{1,3}(?:[ .-]\(?[0-9]{1,4}\)?){0,2}[ .-]?$")
_MARGIN: Final = 4  # code points before a number in its line
# Where money is spoken of, what looks like a telephone may be an account or a key.
_ELSEWHERE: Final = frozenset((Family.ACCOUNT, Family.BRANCH, Family.PIX))
_GROUPED: Final = re.compile(r"\(?[0-9]{2,4}\)?[ .-]{1,2}[0-9]{3,4}[ .-][0-9]{4}")
_EXTENSION: Final = re.compile(r"(?: ?(?:x|ext|int|ramal|r)\.? ?[0-9]{1,5})?[ .,;]{0,4}(?:\n|$)")
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


def is_contact(reading: Reading, start: int, end: int) -> bool:
    """Whether a number can only be somebody's telephone: behind a country's code, or signed with."""
    if not _ELSEWHERE.isdisjoint(reading.families):
        return False
    if sum(map(str.isdigit, reading.text[start:end])) > _LONGEST_LOCAL:
        return False
    cue = reading.governing(reading.token_at(start))
    if cue is not None and cue.family in OWNED:
        return False
    before = reading.text[max(0, start - _LONGEST_CODE) : start]
    return _COUNTRY.search(before) is not None or _is_signed_with(reading.text, start, end)


def _is_signed_with(text: str, start: int, end: int) -> bool:
    """Whether a number grouped as telephones are is a line of its own below others: "559-555-0177 x204"."""
    if not _GROUPED.fullmatch(text, start, end) or not text[max(0, start - _MARGIN) : start].rstrip(
        " ("
    ).endswith("\n"):
        return False
    first = text.find("\n", 0, start)
    second = text.find("\n", first + 1, start)
    above = second >= 0 and text[:first].strip() and text[first:second].strip()
    return bool(above) and _EXTENSION.match(text, end) is not None
