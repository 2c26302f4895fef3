"""Passwords as people choose, spell or draw them: a wish, a phrase without blanks, an unlock pattern."""

import re
from collections.abc import Iterator
from typing import Final

from shared.privacy.detectors.logins import is_login
from shared.privacy.detectors.secrecy import TRAILING, VALUE, is_product
from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import Family
from shared.privacy.text.found import Found
from shared.privacy.text.phrasebook import listed, words
from shared.privacy.text.reading import Reading

_MOST_BETWEEN: Final = 3  # words from "quiero", "coloca" to the password
_NEAR: Final = 6  # words before a value that make it a course or a product
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
# A few words and a number: "senha boi gordo 300", "passcode is roll tide 92".
_NUMBERED: Final = re.compile(
    r"(?:\s{0,2}[:=]\s{0,2}|\s(?:e|eh|es|is|era|was|it s|its)\s|\s)"
    r"((?:[a-z]{2,15} ){1,3}[0-9]{1,4})(?=\s*(?:$|[,;!?\n)]|\.(?![0-9])))"
)
_MOST_OF: Final = 4  # words that say what the password of a phrase is of
# A pattern, what it is of, and what leads to its shape.
_LIKENED: Final = re.compile(
    r"\b(?:pattern|patron|padrao|desenho|dibujo|trazo|traco)\b(?: [a-z]{1,12}){0,4}?"
    r"(?::| (?:is|es|eh?|era|was|faz|hace|en|em|in|con|com)\b) ?"
)
_CLAUSE_END: Final = re.compile(r"[.,;!?\n]")
_LONGEST_LIKENED: Final = 60  # code points of a shape
_MOST_TO_SHAPE: Final = 5  # words from "is" to the shape
_LEAST_TURNS: Final = 2  # directions that make a pattern


def find(reading: Reading) -> Iterator[Found]:
    """Passwords in a text that speaks of one, without a sign or "is" before them."""
    if Family.SECRET in reading.families:
        yield from _phrases(reading)
        yield from _governed(reading)
    if reading.families & {Family.SECRET, Family.HINT}:
        yield from _wished(reading)
    drawing, unlocking = listed("choices.drawing"), listed("choices.unlocking")
    if not drawing.isdisjoint(reading.words) and not unlocking.isdisjoint(reading.words):
        yield from _drawn(reading)
        yield from _likened(reading)


def _governed(reading: Reading) -> Iterator[Found]:
    """What is mixed as passwords are, further on in a sentence that began with the word password."""
    for at in reading.numbers:
        cue = reading.governing(at)
        if cue is None or cue.family is not Family.SECRET or reading.texts[at].isdigit():
            continue
        if is_login(reading, at):
            continue
        start, end = reading.chunk(at)
        near = reading.texts[max(0, at - _NEAR) : at]
        if _is_chosen(reading, start, end) and listed("credentials.queue").isdisjoint(near):
            yield Found(SensitiveKind.PASSWORD, start, end)


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
            continue
        of_another = reading.texts[last] in listed("governing.of")  # "senha do apto 302"
        found = None if of_another else _NUMBERED.match(reading.text, reading.ends[last])
        if found and _is_of_own_words(reading, found):
            yield Found(SensitiveKind.PASSWORD, *found.span(1))


def _is_of_own_words(reading: Reading, found: re.Match[str]) -> bool:
    """Whether no word of a phrase says what the password is of, or what is wrong with it."""
    first, last = reading.token_at(found.start(1)), reading.token_at(found.end(1))
    if any(cue is not None for cue in reading.cues[first:last]):
        return False
    said = reading.texts[first : last - 1]
    known = (
        words("not_passwords.txt"),
        words("of_passwords.txt"),
        words("common.txt"),
        listed("governing.of"),
    )
    return all(some.isdisjoint(said) for some in known)


def _drawn(reading: Reading) -> Iterator[Found]:
    """The way of an unlock pattern: "the pattern is top left, down, right"."""
    drawing = listed("choices.drawing")
    first = next(at for at, text in enumerate(reading.texts) if text in drawing)
    ways = [at for at, text in enumerate(reading.texts) if text in listed("choices.ways")]
    after = [at for at in ways if at > first]
    ways = after if len(after) >= _LEAST_TURNS else ways
    if len(ways) >= _LEAST_TURNS:
        start = ways[0]
        while start > 0 and start - 1 != first and reading.texts[start - 1] not in listed("choices.is"):
            start -= 1
        yield Found(SensitiveKind.PASSWORD, reading.starts[start], reading.ends[ways[-1]])


def _likened(reading: Reading) -> Iterator[Found]:
    """What a pattern looks like: "el patrón es como una zeta", "the pattern is an L"."""
    for found in _LIKENED.finditer(reading.text):
        start = found.end()
        end = _CLAUSE_END.search(reading.text, start)
        last = end.start() if end else len(reading.text)
        said = reading.texts[reading.token_at(start) : reading.token_at(min(last, start + _LONGEST_LIKENED))]
        if said and not listed("choices.shapes").isdisjoint(said[:_MOST_TO_SHAPE]):
            yield Found(SensitiveKind.PASSWORD, start, reading.ends[reading.token_at(start) + len(said) - 1])
