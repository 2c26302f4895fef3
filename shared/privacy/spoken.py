"""Numbers that are spelled out, as in the transcript of a call: "um um três, cinco oito meia"."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Final

from shared.privacy.phrasebook import entries
from shared.privacy.tokenizing import Tokens

_LEAST_DIGITS: Final = 6  # fewer are said about anything
_JOINT: Final = re.compile(r"[ ,.\-–]{1,3}")
_TWICE: Final = "twice"


def is_spoken(words: Iterable[str]) -> bool:
    """Whether the words of a text may spell a number out."""
    spelled = _meanings()
    return sum(map(spelled.__contains__, words)) >= _LEAST_DIGITS


def digits_of(words: Iterable[str]) -> str:
    """The digits that words spell, as far as every word spells one; "double" says the next twice."""
    digits, times = "", 1
    for word in words:
        meaning = _meanings().get(word)
        if meaning is None:
            break
        if meaning == _TWICE:
            times = 2
        else:
            digits += meaning * times
            times = 1
    return digits


def joined(tokens: Tokens, text: str) -> Tokens:
    """The tokens with every spelled number as one coded token of its digits."""
    result = Tokens()
    at = 0
    while at < len(tokens.texts):
        end = _run_end(tokens, text, at)
        digits = digits_of(tokens.texts[at:end])
        if len(digits) >= _LEAST_DIGITS:
            result.add(digits, tokens.starts[at], tokens.ends[end - 1], coded=True)
            at = end
        else:
            result.add(tokens.texts[at], tokens.starts[at], tokens.ends[at], coded=tokens.coded[at])
            at += 1
    return result


def _run_end(tokens: Tokens, text: str, first: int) -> int:
    """One past the last token of a run of digit words."""
    spelled = _meanings()
    at = first
    while at < len(tokens.texts) and tokens.texts[at] in spelled:
        gap = text[tokens.ends[at - 1] : tokens.starts[at]] if at > first else " "
        if not _JOINT.fullmatch(gap):
            break
        at += 1
    return at


@cache
def _meanings() -> dict[str, str]:
    return dict(entries("digits.txt"))
