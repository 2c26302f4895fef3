"""Cues: the words beside a number or a value that say what it is."""

from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Final

from shared.privacy.text.phrasebook import Phrasebook, entries


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
    HINT = "hint"  # of a secret: says nothing about a number
    TOKEN = "token"  # noqa: S105
    BIRTH = "birth"
    PHONE = "phone"
    REFERENCE = "reference"


OWNED: Final = frozenset(
    (Family.ID, Family.ACCOUNT, Family.BRANCH, Family.OPERATION, Family.EITHER, Family.PIX, Family.CARD)
)
"""What they announce is somebody's, whatever it looks like."""
SILENCING: Final = frozenset((Family.REFERENCE, Family.PHONE))
"""What they announce is no secret, whatever it looks like."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One meaning of a phrase; an `adjacent` cue counts only right beside its number."""

    family: Family
    name: str
    adjacent: bool


@cache
def cues() -> Phrasebook[Cue]:
    """Every cue phrase."""
    return Phrasebook((phrase, _cue(head)) for phrase, head in entries("cues.txt"))


@cache
def _cue(head: str) -> Cue:
    family, name = head.split()
    return Cue(Family(family), name.rstrip("!"), name.endswith("!"))
