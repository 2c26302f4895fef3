"""One-time codes, and the codes of doors: short numbers that open something once or for good."""

import re
from typing import Final

from shared.privacy.text.cues import Cue, Family
from shared.privacy.text.numerals import Number
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading

_NEAR: Final = 8  # words from a code to the word that says it has just arrived
_MOST_BEFORE: Final = 2  # words of a message that is a code and no more: "o código 8040"
_ODD_DIGITS: Final = 5  # as long as no sender makes its codes
_FURTHEST: Final = 20  # the same where the number itself is like a code
_FAR: Final = 14  # the same where the word code stands beside it
_LIKE_SENT: Final = re.compile(r"(?:[a-z]-)?[0-9]{6}|[0-9]{3}[ -][0-9]{3}|[0-9]{2}([ -])[0-9]{2}\1[0-9]{2}")
_OF_GOOGLE: Final = re.compile(r"g-[0-9]{6}")  # as Google sends them, and nobody else writes
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_DIGITS: Final = range(4, 9)
_SHAPE: Final = re.compile(r"(?:[a-z]{1,2}-)?\d{1,8}(?:[ .-]\d{1,4}){0,7}")
_LETTERED: Final = re.compile(r"[a-z]{1,3}[0-9]{0,2}-?[0-9]{3,6}")
_WHOLE_AMOUNT: Final = re.compile(r"[1-9][0-9]{0,2}000")
_ZERO_FIRST: Final = re.compile(r"0[0-9]{2}[1-9]|00[0-9]{2}")  # no time of day
_AFTER_HEAD: Final = 3  # words from "el código" to "que me llegó"
_AFTER_SENT: Final = 14  # words from "que me llegó" to the code
_MOST_AFTER_SHOWN: Final = 2  # words from "it says", "veio" to the code
_MOST_BESIDE: Final = 5  # words beside a code in a text that is about nothing else
_SENTENCE_END: Final = re.compile(r"[.!?;]\s|\n")
_GROUP_DIGITS: Final = (3, 4)
_LEAST_OF_LONGER: Final = 10  # digits
_MOST_GROUPS: Final = 4  # before and after it that are looked at
_JOINTS: Final = frozenset((" ", "-", "."))
_SURE_DIGITS: Final = 6  # as long as nearly every one-time code is


def is_one_time(reading: Reading, cue: Cue, number: Number) -> bool:
    """Whether the number beside a word for code was sent to let somebody in."""
    if len(number.digits) not in _DIGITS:
        return False
    if not _SHAPE.fullmatch(number.text):
        return _LETTERED.fullmatch(number.text) is not None and _is_result_of_sending(reading, number)
    if cue.name == "otp":
        return True
    if names_another(reading, number.first, number.last):
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
    if len(number.digits) not in _DIGITS or _is_part(reading, number):
        return False
    if _OF_GOOGLE.fullmatch(number.text) or _is_alone(reading, number):
        return True
    return (number.plain and _is_shown(reading, number)) or _has_arrived(reading, number)


def _is_part(reading: Reading, number: Number) -> bool:
    """Whether it is some of the groups of a longer number: "228 812 4400"."""
    first, last = number.first, number.last
    for _ in range(_MOST_GROUPS):
        if first > 0 and _is_group(reading.texts[first - 1]) and reading.gap(first - 1) in _JOINTS:
            first -= 1
        following = last + 1 < len(reading.texts) and _is_group(reading.texts[last + 1])
        if following and reading.gap(last) in _JOINTS:
            last += 1
    digits = sum(map(len, reading.texts[first : last + 1]))
    return (first, last) != (number.first, number.last) and digits >= _LEAST_OF_LONGER


def _is_group(text: str) -> bool:
    """Whether digits are as many as one group of a telephone or another long number has."""
    return text.isdigit() and len(text) in _GROUP_DIGITS


def _has_arrived(reading: Reading, number: Number) -> bool:
    """Whether a word near a number says that it arrived; one of another size only beside "sms"."""
    size = len(number.digits)
    unlike = number.joined or size == _ODD_DIGITS or _YEAR.fullmatch(number.text) is not None
    if (size != _SURE_DIGITS and unlike) or _WHOLE_AMOUNT.fullmatch(number.text):
        return False
    if size == _SURE_DIGITS and not _LIKE_SENT.fullmatch(number.text):
        return False
    if size == _SURE_DIGITS and _is_told_of(reading, number):
        return True
    near = reading.texts[max(0, number.first - _NEAR) : number.last + 1 + _NEAR]
    if listed("codes.arrived").isdisjoint(near) or names_another(reading, number.first, number.last):
        return False
    return size == _SURE_DIGITS or not listed("codes.message").isdisjoint(near)


def is_sent_for(reading: Reading, number: Number) -> bool:
    """Whether "the code that came" leads to a number, past whatever the code is for.

    "El código que me pidieron para el reclamo es 451 625": the nearest word is no word for it.
    """
    sent = listed("codes.sent")
    if len(number.digits) not in _DIGITS or sent.isdisjoint(reading.words) or _is_part(reading, number):
        return False
    if not _SHAPE.fullmatch(number.text) or _WHOLE_AMOUNT.fullmatch(number.text):
        return False
    named = reading.cues[number.first - 1] if number.first else None
    if named is not None and named.name == "ticket":
        return False
    for at in range(number.first - 1, max(-1, number.first - 1 - _AFTER_SENT), -1):
        if reading.coded[at] or _SENTENCE_END.search(reading.gap(at)):
            return False
        if reading.texts[at] in sent and _is_headed(reading, at, number):
            return listed("codes.other").isdisjoint(reading.texts[number.last + 1 : number.last + 4])
    return False


def _is_headed(reading: Reading, sent: int, number: Number) -> bool:
    """Whether a code, or a number right before its digits, is what was sent."""
    heads = range(max(0, sent - _AFTER_HEAD), sent)
    for at in heads:
        cue = reading.cues[at]
        if cue is not None and cue.family is Family.CODE:
            apart = "," in reading.text[reading.ends[at] : reading.starts[sent]]
            return not apart and listed("codes.other").isdisjoint(reading.texts[at:sent])
        if reading.texts[at] in listed("codes.numbers") and reading.texts[at + 1] in listed("codes.which"):
            return number.first - sent <= _AFTER_HEAD
    return False


def _is_result_of_sending(reading: Reading, number: Number) -> bool:
    """Whether letters and digits are what a code is said to be that opens or was sent."""
    before = reading.texts[max(0, number.first - 3) : number.first]
    if listed("codes.linking").isdisjoint(before) or names_another(reading, number.first, number.last):
        return False
    near = reading.texts[max(0, number.first - _FAR) : number.first]
    return not listed("codes.sent").isdisjoint(near) or not listed("codes.opening").isdisjoint(near)


def _is_alone(reading: Reading, number: Number) -> bool:
    """Whether four or six digits are all that is written: "5518", "807 441"."""
    if len(reading.texts) - (number.last + 1 - number.first) > _MOST_BESIDE or "$" in reading.text:
        return False
    beside = reading.texts[: number.first] + reading.texts[number.last + 1 :]
    if beside and not (_LIKE_SENT.fullmatch(number.text) and listed("codes.beside").issuperset(beside)):
        return _has_just_come(reading, number)
    if reading.text[number.start].isalpha():
        return not number.joined and number.text.isdigit()
    if number.text.isdigit():
        return len(number.digits) in {4, _SURE_DIGITS} and not _YEAR.fullmatch(number.text)
    spelled = number.groups in {(3, 3), (2, 2, 2)} or " " in reading.texts[number.first]
    return spelled and len(number.digits) in _DIGITS


def _has_just_come(reading: Reading, number: Number) -> bool:
    """Whether a few words end in a verb of arriving and the digits: "ya me cayó, 4418"."""
    before = reading.texts[max(0, number.first - _MOST_AFTER_SHOWN) : number.first]
    ends = number.last + 1 == len(reading.texts) and number.text.isdigit()
    likely = not _WHOLE_AMOUNT.fullmatch(number.text) and not _YEAR.fullmatch(number.text)
    return ends and likely and not number.text.endswith("00") and not listed("codes.came").isdisjoint(before)


def _is_shown(reading: Reading, number: Number) -> bool:
    """Whether "it says", "veio", "mostrando" stands right before a number as codes are."""
    like = _LIKE_SENT.fullmatch(number.text)
    if (
        len({*number.digits}) == 1
        or _WHOLE_AMOUNT.fullmatch(number.text)
        or not (like or _ZERO_FIRST.fullmatch(number.text))
    ):
        return False
    before = reading.texts[max(0, number.first - _MOST_AFTER_SHOWN) : number.first]
    if not listed("codes.shown").isdisjoint(before):
        return not names_another(reading, number.first, number.last)
    if (
        not like
        or listed("codes.linking").isdisjoint(before[-1:])
        or names_another(reading, number.first, number.last)
    ):
        return False
    near = reading.texts[max(0, number.first - _FAR) : number.first]
    return not listed("codes.mailed").isdisjoint(near)


def _is_told_of(reading: Reading, number: Number) -> bool:
    """Whether a number like a code is all that is written, or a text of a code that came holds it."""
    near = reading.texts[max(0, number.first - _FURTHEST) : number.last + 1 + _NEAR]
    if Family.CODE not in reading.families or listed("codes.sent").isdisjoint(near):
        return False
    return not names_another(reading, number.first, number.last)


def names_another(reading: Reading, first: int, last: int) -> bool:
    """Whether a word near some tokens says that a code is of a parcel, an error, a product."""
    before = reading.texts[max(0, first - 6) : first]
    after = reading.texts[last + 1 : last + 4]
    return not listed("codes.other").isdisjoint(before) or not listed("codes.other").isdisjoint(after)
