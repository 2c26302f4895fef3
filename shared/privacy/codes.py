"""One-time codes, and the codes of doors: short numbers that open something once or for good."""

import re
from typing import Final

from shared.privacy.cues import Cue, Family
from shared.privacy.numerals import Number
from shared.privacy.phrasebook import listed
from shared.privacy.reading import Reading

_NEAR: Final = 8  # words from a code to the word that says it has just arrived
_MOST_BEFORE: Final = 2  # words of a message that is a code and no more: "o código 8040"
_ODD_DIGITS: Final = 5  # as long as no sender makes its codes
_FURTHEST: Final = 20  # the same where the number itself is like a code
_FAR: Final = 14  # the same where the word code stands beside it
_LIKE_SENT: Final = re.compile(r"(?:[a-z]-)?[0-9]{6}|[0-9]{3}[ -][0-9]{3}|[0-9]{2}([ -])[0-9]{2}\1[0-9]{2}")
_OF_GOOGLE: Final = re.compile(r"g-[0-9]{6}")  # as Google sends them, and nobody else writes
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_DIGITS: Final = range(4, 9)
_SHAPE: Final = re.compile(r"(?:[a-z]{1,2}-)?\d{2,8}(?:[ .-]\d{1,4}){0,3}")
_SURE_DIGITS: Final = 6  # as long as nearly every one-time code is


def is_one_time(reading: Reading, cue: Cue, number: Number) -> bool:
    """Whether the number beside a word for code was sent to let somebody in."""
    if len(number.digits) not in _DIGITS or not _SHAPE.fullmatch(number.text):
        return False
    if cue.name == "otp":
        return True
    if _names_another(reading, number):
        return False
    near = reading.texts[max(0, number.first - _FAR) : number.last + 1 + _FAR]
    if not listed("codes.sent").isdisjoint(near):
        return True
    if _is_said_to_be(reading, number):
        return True
    return len(number.digits) == _SURE_DIGITS and not reading.words & {"ticket", "chamado"}


def _is_said_to_be(reading: Reading, number: Number) -> bool:
    """Whether "o código é", "my code is" stands right before a number and nothing after it."""
    before = reading.texts[max(0, number.first - 3) : number.first]
    last = number.last + 1 == len(reading.texts)
    ends = last or reading.gap(number.last).strip(" ") != ""
    linked = not listed("codes.linking").isdisjoint(before) or (
        last and number.first <= _MOST_BEFORE and len(number.digits) != _ODD_DIGITS
    )
    return ends and linked and all(word in listed("codes.around") for word in before)


def is_just_sent(reading: Reading, number: Number) -> bool:
    """Whether a number that no cue explains is what the writer says has just arrived."""
    if _OF_GOOGLE.fullmatch(number.text):
        return True
    size = len(number.digits)
    unlike = number.joined or size == _ODD_DIGITS or _YEAR.fullmatch(number.text) is not None
    if size not in _DIGITS or (size != _SURE_DIGITS and unlike):
        return False
    if size == _SURE_DIGITS and not _LIKE_SENT.fullmatch(number.text):
        return False
    if size == _SURE_DIGITS and _is_told_of(reading, number):
        return True
    near = reading.texts[max(0, number.first - _NEAR) : number.last + 1 + _NEAR]
    if listed("codes.arrived").isdisjoint(near) or _names_another(reading, number):
        return False
    return size == _SURE_DIGITS or not listed("codes.message").isdisjoint(near)


def _is_told_of(reading: Reading, number: Number) -> bool:
    """Whether a number like a code is all that is written, or a text of a code that came holds it."""
    if len(reading.texts) == len(number.groups) and number.text == reading.text.strip(" .?!"):
        return True
    near = reading.texts[max(0, number.first - _FURTHEST) : number.last + 1 + _NEAR]
    if Family.CODE not in reading.families or listed("codes.sent").isdisjoint(near):
        return False
    return not _names_another(reading, number)


def _names_another(reading: Reading, number: Number) -> bool:
    before = reading.texts[max(0, number.first - 6) : number.first]
    after = reading.texts[number.last + 1 : number.last + 4]
    return not listed("codes.other").isdisjoint(before) or not listed("codes.other").isdisjoint(after)
