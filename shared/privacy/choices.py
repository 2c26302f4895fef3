"""Passwords as people choose, spell or draw them: a wish, a phrase without blanks, an unlock pattern."""

import re
from collections.abc import Iterator
from typing import Final

from shared.privacy.cues import Family
from shared.privacy.found import Found
from shared.privacy.kinds import SensitiveKind
from shared.privacy.phrasebook import listed, words
from shared.privacy.reading import Reading
from shared.privacy.secrecy import TRAILING, VALUE, is_product

_MOST_BETWEEN: Final = 3  # words from "quiero", "coloca" to the password
_SHORTEST: Final = 6
_LEAST_LETTERS: Final = 3
_NOT_ONE: Final = re.compile(r"@[a-z-]+\.|://|=|^\$|\.[a-z]{2,4}$|^[a-z]{0,3}\$")
_SIGN: Final = re.compile(r"[a-z0-9][_@#*$&+][a-z0-9]")
# A phrase of a few words that is typed as one.
_PHRASE: Final = re.compile(
    r"(?:\s{0,2}[:=]\s{0,2}|\s(?:e|eh|es|is|era|was|it s|its)\s|\s)"
    r"([a-z0-9]{2,20}(?: [a-z0-9]{1,20}){1,5}?),? ?\(?"
    r"(?:tudo|todo|toda|all|junto|sem|sin|no|without)\b ?(?:em|en|in)? ?"
    r"(?:junto|junta|pegado|colado|minuscul[oa]s?|seguido|seguida|espacos?|espacios?|spaces?|one word"
    r"|together|lowercase|lower case)\b"
)
_MOST_OF: Final = 4  # words that say what the password of a phrase is of
_LEAST_TURNS: Final = 2  # directions that make a pattern


def find(reading: Reading) -> Iterator[Found]:
    """Passwords in a text that speaks of one, without a sign or "is" before them."""
    if Family.SECRET in reading.families:
        yield from _phrases(reading)
    if reading.families & {Family.SECRET, Family.HINT}:
        yield from _wished(reading)
    yield from _drawn(reading)


def _wished(reading: Reading) -> Iterator[Found]:
    """What follows "la nueva quiero", "and i want", "coloca": mixed as passwords are."""
    wishes = listed("choices.wishes")
    if wishes.isdisjoint(reading.words):
        return
    for index, text in enumerate(reading.texts):
        if text not in wishes:
            continue
        at = index
        while at < len(reading.texts) - 1 and at <= index + _MOST_BETWEEN:
            value = VALUE.match(reading.text, _after_blank(reading, reading.ends[at]))
            if value and _is_chosen(reading, *value.span()):
                end = value.start() + len(value.group().rstrip(TRAILING))
                yield Found(SensitiveKind.PASSWORD, value.start(), end)
                break
            at += 1
            if reading.texts[at] not in listed("choices.between") and reading.texts[at] not in wishes:
                break


def _after_blank(reading: Reading, place: int) -> int:
    while place < len(reading.text) and reading.text[place] in " :\"'":
        place += 1
    return place


def _is_chosen(reading: Reading, start: int, end: int) -> bool:
    """Whether a word has letters with digits or signs among them, and is no thing's name."""
    value = reading.text[start:end].rstrip(TRAILING)
    letters, digits = sum(map(str.isalpha, value)), sum(map(str.isdigit, value))
    if len(value) < _SHORTEST or letters < _LEAST_LETTERS or _NOT_ONE.search(value) or is_product(value):
        return False
    if value[0].isdigit() and value.lstrip("0123456789.,").isalpha():
        return False  # "600megas"
    return digits > 1 or _SIGN.search(value) is not None


def _phrases(reading: Reading) -> Iterator[Found]:
    """Some words with "all together" after them: "senha polenta com queijo tudo junto"."""
    for index, cue in enumerate(reading.cues):
        if cue is None or cue.family is not Family.SECRET:
            continue
        last = index
        while (
            last < index + _MOST_OF
            and last + 1 < len(reading.texts)
            and reading.texts[last + 1] in words("of_passwords.txt")
        ):
            last += 1
        found = _PHRASE.match(reading.text, reading.ends[last])
        if found and not words("not_passwords.txt").issuperset(found[1].split()):
            yield Found(SensitiveKind.PASSWORD, *found.span(1))


def _drawn(reading: Reading) -> Iterator[Found]:
    """The way of an unlock pattern: "the pattern is top left, down, right"."""
    drawing = listed("choices.drawing")
    if drawing.isdisjoint(reading.words) or listed("choices.unlocking").isdisjoint(reading.words):
        return
    first = next(at for at, text in enumerate(reading.texts) if text in drawing)
    ways = [at for at, text in enumerate(reading.texts) if text in listed("choices.ways")]
    after = [at for at in ways if at > first]
    ways = after if len(after) >= _LEAST_TURNS else ways
    if len(ways) >= _LEAST_TURNS:
        start = ways[0]
        while start > 0 and start - 1 != first and reading.texts[start - 1] not in listed("choices.is"):
            start -= 1
        yield Found(SensitiveKind.PASSWORD, reading.starts[start], reading.ends[ways[-1]])
