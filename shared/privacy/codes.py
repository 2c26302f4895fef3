"""One-time codes, and the codes of doors: short numbers that open something once or for good."""

import re
from typing import Final

from shared.privacy.cues import Cue
from shared.privacy.numbers import Number
from shared.privacy.phrasebook import listed
from shared.privacy.reading import Reading

_NEAR: Final = 8
_LIKE_SENT: Final = re.compile(r"(?:[a-z]-)?[0-9]{6}|[0-9]{3}[ -][0-9]{3}|[0-9]{2}([ -])[0-9]{2}\1[0-9]{2}")
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
    if not reading.words.isdisjoint(listed("codes.sent")):
        return True
    return len(number.digits) == _SURE_DIGITS and not reading.words & {"ticket", "chamado"}


def is_just_sent(reading: Reading, number: Number) -> bool:
    """Whether a number that no cue explains is what the writer says has just arrived."""
    if not _LIKE_SENT.fullmatch(number.text) or len(number.digits) != _SURE_DIGITS:
        return False
    near = reading.texts[max(0, number.first - _NEAR) : number.last + 1 + _NEAR]
    return not listed("codes.arrived").isdisjoint(near) and not _names_another(reading, number)


def _names_another(reading: Reading, number: Number) -> bool:
    before = reading.texts[max(0, number.first - 6) : number.first]
    after = reading.texts[number.last + 1 : number.last + 4]
    return not listed("codes.other").isdisjoint(before) or not listed("codes.other").isdisjoint(after)
