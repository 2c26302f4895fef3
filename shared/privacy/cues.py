"""Cues: the words beside a number or a value that say what it is."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Final

LEXICONS: Final = Path(__file__).parent / "lexicons"


class Family(StrEnum):
    """What a cue announces. `REFERENCE` announces a number that is nobody's secret."""

    ID = "id"
    EITHER = "either"
    CARD = "card"
    CVV = "cvv"
    EXPIRY = "expiry"
    BRANCH = "branch"
    ACCOUNT = "account"
    OPERATION = "operation"
    PIX = "pix"
    CODE = "code"
    SECRET = "secret"  # noqa: S105
    TOKEN = "token"  # noqa: S105
    BIRTH = "birth"
    PHONE = "phone"
    REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class Cue:
    """One meaning of a phrase; an `adjacent` cue counts only right beside its number."""

    family: Family
    name: str
    adjacent: bool


@dataclass(frozen=True, slots=True)
class Phrase:
    """The words that follow the first word of a cue's phrase."""

    rest: tuple[str, ...]
    cue: Cue


def lines(name: str) -> Sequence[str]:
    """The lines of a lexicon file, without comments and empty lines."""
    text = (LEXICONS / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line.strip() and not line.startswith("#")]


@cache
def words(name: str) -> frozenset[str]:
    """The words of a lexicon file that is a plain list."""
    return frozenset(word for line in lines(name) for word in line.split())


@cache
def phrases() -> dict[str, tuple[Phrase, ...]]:
    """Every cue phrase by its first word, the longest first."""
    found: dict[str, list[Phrase]] = {}
    for line in lines("cues.txt"):
        head, _, body = line.partition("=")
        family, name = head.split()
        cue = Cue(Family(family), name.rstrip("!"), name.endswith("!"))
        for phrase in body.split("|"):
            first, *rest = phrase.split()
            found.setdefault(first, []).append(Phrase(tuple(rest), cue))
    return {
        first: tuple(sorted(some, key=lambda phrase: -len(phrase.rest)))
        for first, some in found.items()
    }
