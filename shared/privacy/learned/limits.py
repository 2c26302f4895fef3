"""What the model is not to take for a value however sure it is, and of what it has to be surer."""

from math import inf
from typing import Final

from shared.privacy.detectors.secrecy import is_product
from shared.privacy.kinds import SensitiveKind
from shared.privacy.learned.candidates import Candidates
from shared.privacy.text.cues import SILENCING, Family
from shared.privacy.text.phrasebook import listed

_SURER: Final = 2.0  # in log-odds
_FEW: Final = 4  # units before one that make it another thing
_NEAR: Final = 2  # units before one that make it a user's name
_OTHERWISE: Final = {
    SensitiveKind.ONE_TIME_CODE: "codes.other",
    SensitiveKind.PASSWORD: "credentials.queue",
}
"""Words before a code or a key that make it another thing: "código do produto", "clave del curso"."""
_LAST_BIRTH: Final = 2019
_THIS_CENTURY: Final = 26  # a year of two figures up to this one is of 2000


def asked(candidates: Candidates, at: int) -> float:
    """How sure the model has to be of a unit, in log-odds: 0 is as likely as not.

    Surer of a number that is all that was written, and where a word for a ticket, a parcel or a phone governs
    one; never sure enough where that word stands right beside it.
    """
    unit, cue = candidates.units[at], candidates.governing[at]
    if cue is not None and cue.family in SILENCING:
        return inf if _is_beside(candidates, at) else _SURER
    alone = unit.first == 0 and unit.last == len(candidates.units) - 1
    return _SURER if alone and unit.is_number else 0.0


def may_be(candidates: Candidates, at: int, kind: SensitiveKind) -> bool:
    """Whether a unit may be of a kind, whatever stands around it says."""
    unit = candidates.units[at]
    if kind is SensitiveKind.BIRTH_DATE:
        return bool(unit.year) and _full_year(unit.year) <= _LAST_BIRTH and candidates.has_personal
    if len(unit.year) == 4:
        return False
    if kind in _OTHERWISE and not _before(candidates, at, _FEW).isdisjoint(listed(_OTHERWISE[kind])):
        return False
    if kind is SensitiveKind.PASSWORD:
        return not is_product(unit.text) and not _is_user(candidates, at)
    return unit.has_digit or unit.is_number or unit.is_odd


def _is_beside(candidates: Candidates, at: int) -> bool:
    """Whether the word that governs a unit stands right beside it."""
    unit = candidates.units[at]
    beside = (unit.first - 1, unit.last + 1, unit.last + 2)
    cues = candidates.cues
    return any(0 <= one < len(cues) and cues[one] is candidates.governing[at] for one in beside)


def _is_user(candidates: Candidates, at: int) -> bool:
    """Whether a unit is whose password it is: "usuario ana_88", "my login is ana_88"."""
    near = _before(candidates, at, _NEAR)
    first = candidates.units[at].first
    secret = any(
        cue is not None and cue.family is Family.SECRET
        for cue in candidates.cues[max(0, first - _NEAR) : first]
    )
    return not secret and not near.isdisjoint(listed("credentials.login"))


def _before(candidates: Candidates, at: int, most: int) -> set[str]:
    first = candidates.units[at].first
    return {unit.text for unit in candidates.units[max(0, first - most) : first]}


def _full_year(written: str) -> int:
    """The year of a date, which may be told by two figures."""
    year = int(written)
    if len(written) > len("88"):
        return year
    return year + (2000 if year <= _THIS_CENTURY else 1900)
