"""Numbers that are spelled out, as in the transcript of a call: "um um três, cinco oito meia"."""

import re
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Final

from shared.privacy.text.phrasebook import entries, listed
from shared.privacy.text.tokenizing import Tokens

_LEAST_DIGITS: Final = 4  # said one by one: a keypad's code
_LEAST_GROUPED: Final = 6  # in tens as well: a shorter one is a year or a price
_JOINT: Final = re.compile(r"[ ,.\-–]{1,3}")
_TWICE: Final = "twice"
_SILENT: Final = frozenset(("silent", "scale"))  # a hyphen that is said; "mil" by itself
_TEN: Final = 10
_MILLION: Final = 1_000_000
_SCALES: Final = {
    "mil": 1_000,
    **dict.fromkeys(("millon", "millones", "milhao", "milhoes"), _MILLION),
}


def is_spoken(words: Sequence[str]) -> bool:
    """Whether the words of a text may spell a number out."""
    spelled = _meanings()
    if sum(map(spelled.__contains__, words)) < _LEAST_DIGITS:
        return False
    said = 0
    for word in words:
        if word in spelled:
            said += 1
            if said == _LEAST_DIGITS:
                return True
        elif word not in _and():
            said = 0
    return False


def spells_number(word: str) -> bool:
    """Whether a folded word is one that spells a number or a part of it."""
    return word in _meanings()


def digits_of(words: Sequence[str]) -> str:
    """The digits that words spell, as far as every word spells some; "double" says the next twice.

    Hundreds and tens take what follows along ("eighty one", "cincuenta y siete"). Words with a
    million among them are one number, read as a whole.
    """
    if not _SCALES.keys().isdisjoint(words):
        return _whole(words)
    groups: list[str] = []
    times = 1
    for word in words:
        meaning = _meanings().get(word)
        if meaning is None and word not in _and():
            break
        if meaning == _TWICE:
            times = 2
        elif meaning and meaning.isdigit():
            if groups and _completes(groups[-1], meaning):
                groups[-1] = str(int(groups[-1]) + int(meaning))
            else:
                groups.append(meaning * times)
            times = 1
    return "".join(groups)


def _completes(group: str, meaning: str) -> bool:
    """Whether a number goes on from tens or hundreds: 80 and 1, 200 and 23."""
    if meaning == "0" or len(group) <= len(meaning) or group == str(_TEN):
        return False
    return group.endswith("0" * len(meaning))


def _whole(words: Sequence[str]) -> str:
    """The digits of one number of millions: "once millones seiscientos dos mil cuatro"."""
    if _SCALES.keys().isdisjoint({*words} - {"mil"}):
        return ""
    total = part = 0
    for word in words:
        scale = _SCALES.get(word)
        meaning = _meanings().get(word, "")
        if scale:
            total += max(part, 1) * scale
            part = 0
        elif meaning.isdigit():
            part += int(meaning)
    return str(total + part)


def joined(tokens: Tokens, text: str) -> Tokens:
    """The tokens with every spelled number as one coded token of its digits."""
    result = Tokens()
    at = 0
    while at < len(tokens.texts):
        end = _run_end(tokens, text, at)
        digits = digits_of(tokens.texts[at:end]) if end > at + 1 else ""
        if len(digits) >= _least(tokens.texts[at:end]):
            result.add(digits, tokens.starts[at], tokens.ends[end - 1], coded=True)
            at = end
        else:
            result.add(tokens.texts[at], tokens.starts[at], tokens.ends[at], coded=tokens.coded[at])
            at += 1
    return result


def _least(words: Iterable[str]) -> int:
    """How many digits a spelled number has at least."""
    spelled = _meanings()
    grouped = any(len(spelled.get(word, "")) > 1 for word in words if word != _TWICE)
    return _LEAST_GROUPED if grouped else _LEAST_DIGITS


def _run_end(tokens: Tokens, text: str, first: int) -> int:
    """One past the last token of a run of digit words."""
    spelled = _meanings()
    at = end = first
    while at < len(tokens.texts):
        if tokens.texts[at] not in spelled and (at == first or tokens.texts[at] not in _and()):
            break
        gap = text[tokens.ends[at - 1] : tokens.starts[at]] if at > first else " "
        if not _JOINT.fullmatch(gap):
            break
        at += 1
        if tokens.texts[at - 1] not in _and() and spelled[tokens.texts[at - 1]] not in _SILENT:
            end = at
    return end


@cache
def _and() -> frozenset[str]:
    """The words within "cincuenta y siete", "quarenta e dois"."""
    return listed("spoken.and")


@cache
def _meanings() -> dict[str, str]:
    return dict(entries("digits.txt"))
