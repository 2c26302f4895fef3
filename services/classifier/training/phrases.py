r"""Spells the lexicons' patterns out: every phrase of up to four words that a line stands for.

A pattern is read by Python's own parser of regular expressions. Where it can go on for ever, or may
repeat, it is cut into parts that may stand apart; the rest of a word (`\w*`) is spelled out with the
words that the labelled messages and the spelling dictionaries know.
"""

import re
import re._constants as sre  # type: ignore[import-not-found]  # no stubs for the parser
import re._parser as parser  # type: ignore[import-not-found]
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice, product
from typing import Any, Final

from services.classifier.tagging.ngrams import PHRASE

_MOST_OF_PART: Final = 12_000
_MOST_OF_STEM: Final = (40, 12, 4, 1)
"""Words that a stem is spelled out with: fewer where a part would stand for too many phrases."""
_REST: Final = "\x01"
_DIGITS: Final = ("0", "00", "000")


class Speller:
    r"""Spells patterns out with a vocabulary, most frequent words first."""

    def __init__(self, vocabulary: Sequence[str]) -> None:
        self._rank = {word: rank for rank, word in reversed(list(enumerate(vocabulary)))}
        self._sorted = sorted(self._rank)

    def parts(self, pattern: str) -> list[frozenset[str]]:
        """Return, for each part of the pattern, the phrases that it stands for."""
        pieces: list[list[Any]] = [[]]
        for item in parser.parse(pattern):
            if _splits(item):
                pieces.append([])
            else:
                pieces[-1].append(item)
        spelled = [self._phrases(piece) for piece in pieces if piece]
        return [phrases for phrases in spelled if phrases]

    def _phrases(self, items: Sequence[Any]) -> frozenset[str]:
        found: set[str] = set()
        for most in _MOST_OF_STEM:
            found = self._spelled_with(items, most)
            if len(found) < _MOST_OF_PART:
                break
        return frozenset(found)

    def _spelled_with(self, items: Sequence[Any], most: int) -> set[str]:
        found: set[str] = set()
        for text in islice(_spell(items), _MOST_OF_PART * 4):
            for phrase in self._with_rests(" ".join(text.split()), most):
                if phrase and len(_words(phrase)) <= PHRASE:
                    found.add(phrase)
            if len(found) >= _MOST_OF_PART:
                break
        return found

    def _with_rests(self, phrase: str, most: int) -> Iterator[str]:
        if _REST not in phrase:
            yield phrase
            return
        choices = [self._words_of(word, most) if _REST in word else [word] for word in phrase.split(" ")]
        yield from map(" ".join, islice(product(*choices), most * 4))

    def _words_of(self, stem: str, most: int) -> list[str]:
        beginning = stem.split(_REST, maxsplit=1)[0]
        if len(beginning) < 2:
            return []
        start = bisect_left(self._sorted, beginning)
        end = bisect_left(self._sorted, beginning + "\uffff")
        return sorted(self._sorted[start:end], key=self._rank.__getitem__)[:most]


def _words(phrase: str) -> list[str]:
    return re.findall(r"\w+(?:'\w+)*|[^\w\s]", phrase)


def _splits(item: Any) -> bool:
    """Whether a pattern is cut here: a repetition of more than one word, or any letters at all."""
    op, argument = item
    if op not in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        return False
    _low, high, inner = argument
    return bool(high > 1 and not _is_class(inner)) or (high > 1 and inner[0][0] is sre.ANY)


def _is_class(inner: Any) -> bool:
    return len(inner) == 1 and inner[0][0] in (sre.IN, sre.LITERAL, sre.ANY)


def _spell(items: Sequence[Any]) -> Iterator[str]:
    if not items:
        yield ""
        return
    for head in _spell_one(*items[0]):
        for tail in _spell(items[1:]):
            yield head + tail


def _spell_one(op: Any, argument: Any) -> Iterator[str]:
    if op is sre.LITERAL:
        yield chr(argument)
    elif op is sre.BRANCH:
        for branch in argument[1]:
            yield from _spell(list(branch))
    elif op is sre.SUBPATTERN:
        yield from _spell(list(argument[3]))
    elif op in (sre.MAX_REPEAT, sre.MIN_REPEAT):
        yield from _spell_repeat(*argument)
    elif op is sre.IN:
        yield from _spell_class(argument)
    elif op is sre.ANY:
        yield " "
    else:
        yield ""


def _spell_repeat(low: int, high: int, inner: Any) -> Iterator[str]:
    if _is_class(inner) and inner[0][0] is sre.IN and high > 1:
        yield next(_spell_class(inner[0][1]))
        return
    if low == 0:
        yield ""
    yield from _spell(list(inner))


def _spell_class(members: Any) -> Iterator[str]:
    for op, argument in members:
        if op is sre.LITERAL:
            yield chr(argument)
        elif op is sre.CATEGORY and argument is sre.CATEGORY_WORD:
            yield _REST
            return
        elif op is sre.CATEGORY and argument is sre.CATEGORY_DIGIT:
            yield from _DIGITS
            return
        elif op is sre.CATEGORY:
            yield " "
            return
        elif op is sre.RANGE:
            for code in range(argument[0], argument[1] + 1):
                yield "0" if chr(code).isdigit() else chr(code)
        else:
            yield " "
            return
