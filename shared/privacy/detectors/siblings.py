"""A second value like one that was found: another's passport, an account put right."""

import re
from collections.abc import Collection, Iterator
from typing import Final

from shared.privacy.detectors.companies import is_company
from shared.privacy.detectors.phones import is_contact
from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import Family
from shared.privacy.text.found import Found, covered
from shared.privacy.text.numerals import Number, looks_like_date, runs, windows
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading

_KINDS: Final = frozenset((SensitiveKind.NATIONAL_ID, SensitiveKind.BANK_ACCOUNT))
_BRIEF: Final = frozenset((SensitiveKind.PASSWORD, SensitiveKind.ONE_TIME_CODE))
_LETTER: Final = re.compile(r"[a-z]")
_DIGIT: Final = re.compile(r"[0-9]")
_PUNCTUATION: Final = re.compile(r"[^a0]")
_PHONE: Final = re.compile(r"\d{4}-\d{4}")
_LEAST_DIGITS: Final = 8
_LEAST_WITH_LETTERS: Final = 6
_OF_PHONES: Final = (10, 11)  # digits that a mobile phone may have as well
_OTHERS: Final = frozenset(
    (Family.REFERENCE, Family.PHONE, Family.CARD, Family.CODE, Family.TOKEN, Family.PIX)
)
_MOST_BETWEEN: Final = 6  # words from a code to what puts it right
_MOST_JOINING: Final = 3  # words from a code to another that goes with it: "2127 o 5284", "1 e a porta 2"
_NEAR: Final = 2  # words from "sorry" to it


def find(reading: Reading, found: Collection[Found]) -> Iterator[Found]:
    """The numbers shaped as an id or account that was found, where no word makes them another thing."""
    shapes = {
        shape: kind
        for kind, start, end in found
        if kind in _KINDS and (shape := _shape(reading.text[start:end])) and _is_telling(shape)
    }
    brief = [one for one in found if one.kind in _BRIEF]
    if not shapes and not brief:
        return
    taken = covered(found, len(reading.text))
    for first, last in runs(reading):
        for number in _numbers(reading, first, last):
            if is_company(number.text):
                break
            if any(taken[number.start : number.end]):
                continue
            kind = shapes.get(_shape(number.text)) or _corrected(reading, number, brief)
            if kind and not _is_another(reading, number):
                yield Found(kind, number.start, number.end)
                break


def _numbers(reading: Reading, first: int, last: int) -> Iterator[Number]:
    for at in range(first, last + 1):
        yield from windows(reading, at, last)


def _shape(text: str) -> str:
    """The letters and digits of a value, as one letter and one digit each: "A0255" as "a0000"."""
    return _PUNCTUATION.sub("", _DIGIT.sub("0", _LETTER.sub("a", text)))


def _is_telling(shape: str) -> bool:
    """Whether a shape is long enough that another number has it by no chance."""
    digits = shape.count("0")
    if "a" in shape:
        return digits >= _LEAST_WITH_LETTERS and len(shape) <= 2 * digits
    return digits >= _LEAST_DIGITS and digits not in _OF_PHONES


def _is_another(reading: Reading, number: Number) -> bool:
    cue = reading.governing(number.first)
    if cue is not None and (cue.family in _OTHERS or (cue.family is Family.EXPIRY and number.plain)):
        return True
    if (
        _PHONE.fullmatch(number.text)
        or is_company(number.text)
        or is_contact(reading, number.start, number.end)
    ):
        return True
    return looks_like_date(number) or (number.digits[:1] == "9" and len(number.digits) in {8, 9})


def _corrected(reading: Reading, number: Number, brief: Collection[Found]) -> SensitiveKind | None:
    """The kind of a code as long as this one that "no, sorry" or "digo" puts right with it."""
    correcting, joining = listed("siblings.correcting"), listed("siblings.joining")
    for kind, _, end in brief:
        if not 0 < number.start - end <= 12 * _MOST_BETWEEN:
            continue
        before = reading.texts[reading.token_at(end) - 1] if reading.token_at(end) else ""
        between = reading.texts[reading.token_at(end) : number.first]
        like = _shape(before) == _shape(number.text)
        if like and len(between) <= _MOST_BETWEEN and not correcting.isdisjoint(between[-_NEAR:]):
            return kind
        if like and between and len(between) <= _MOST_JOINING and joining.issuperset(between):
            return kind
    return None
