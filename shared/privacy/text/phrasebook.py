"""Phrases of a lexicon and where they stand among the tokens of a text."""

import re
from collections.abc import Hashable, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Final, Generic, TypeVar

_LEXICONS: Final = Path(__file__).parents[1] / "lexicons"
_Meaning = TypeVar("_Meaning", bound=Hashable)


class Phrasebook(Generic[_Meaning]):
    """Phrases with a meaning each; found by their first word, the longest first."""

    def __init__(self, phrases: Iterable[tuple[str, _Meaning]]) -> None:
        """`phrases` are folded words with single spaces between, and what each means."""
        single: dict[str, _Meaning] = {}
        longer: dict[str, dict[str, list[tuple[tuple[str, ...], _Meaning]]]] = {}
        told: dict[_Meaning, set[str]] = {}
        for phrase, meaning in phrases:
            first, *rest = phrase.split()
            told.setdefault(meaning, set()).add(max((first, *rest), key=_rarity))
            if rest:
                longer.setdefault(first, {}).setdefault(rest[0], []).append((tuple(rest), meaning))
            else:
                single.setdefault(first, meaning)
        self._single = single
        self._longer = {
            first: {second: sorted(some, key=lambda pair: -len(pair[0])) for second, some in seconds.items()}
            for first, seconds in longer.items()
        }
        self.first_words: Final = frozenset((*single, *longer))
        self._told = told
        self.meanings: Final = frozenset(told)

    def at(self, texts: Sequence[str], index: int) -> tuple[int, _Meaning] | None:
        """How many tokens the longest phrase at `index` takes, and what it means."""
        first = texts[index]
        seconds = self._longer.get(first)
        if seconds and index + 1 < len(texts):
            for rest, meaning in seconds.get(texts[index + 1], ()):
                size = len(rest) + 1
                if index + size <= len(texts) and tuple(texts[index + 1 : index + size]) == rest:
                    return size, meaning
        meaning_alone = self._single.get(first)
        return None if meaning_alone is None else (1, meaning_alone)

    def telling_words(self, *meanings: _Meaning) -> frozenset[str]:
        """The rarest word of every phrase with one of the meanings (of any, if none is named).

        Without one of these words a text holds none of the phrases. The first words would do as
        well, but many of them are in every text.
        """
        wanted = meanings or tuple(self._told)
        return frozenset().union(*(self._told.get(meaning, ()) for meaning in wanted))


def entries(name: str) -> list[tuple[str, str]]:
    """The "head = phrase | phrase" lines of a lexicon file as (phrase, head), endings spelled out."""
    return [
        (form, head.strip())
        for head, _, body in (line.partition("=") for line in lines(name))
        for phrase in body.split("|")
        for form in _forms(phrase.strip())
    ]


def alternatives(phrases: Iterable[str]) -> str:
    """Phrases as alternatives of a pattern, the longest first."""
    return "|".join(sorted(map(re.escape, phrases), key=len, reverse=True))


def alternatives_of(name: str, head: str) -> str:
    """The phrases under one head of a lexicon file, as alternatives of a pattern."""
    return alternatives(phrase for phrase, told in entries(name) if told == head)


def lines(name: str) -> list[str]:
    """The lines of a lexicon file, without comments and empty lines."""
    text = (_LEXICONS / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def words(name: str) -> frozenset[str]:
    """The words of a lexicon file that is a plain list."""
    return frozenset(word for line in lines(name) for word in line.split())


@cache
def _lists() -> dict[str, frozenset[str]]:
    pairs = (line.partition("=") for line in lines("lists.txt"))
    return {name.strip(): frozenset(body.split()) for name, _, body in pairs}


@cache
def listed(name: str) -> frozenset[str]:
    """The words of a small list (see lexicons/lists.txt)."""
    return _lists()[name]


def _forms(phrase: str) -> Iterable[str]:
    """`alergic-o-a a` as "alergico a" and "alergica a"."""
    for word in phrase.split():
        stem, *endings = word.split("-")
        if endings:
            return [phrase.replace(word, stem + ending, 1) for ending in endings]
    return [phrase]


def _rarity(word: str) -> tuple[bool, bool, int]:
    """How much a word tells: long ones more than short ones, everyday ones least."""
    return word not in words("common.txt"), word not in listed("phrasebook.everyday"), len(word)
