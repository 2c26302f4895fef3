"""What the model is not to take for a value however sure it is, and of what it has to be surer."""

import re
from math import inf
from typing import Final

from shared.privacy.detectors.births import last_thing
from shared.privacy.detectors.secrecy import is_product
from shared.privacy.kinds import SensitiveKind
from shared.privacy.learned.candidates import Candidates, Unit
from shared.privacy.text.cues import SILENCING, Cue, Family
from shared.privacy.text.numerals import DAY_OF_MONTH, THOUSANDS
from shared.privacy.text.phrasebook import listed

# In log-odds. What is missed costs more than what is masked in vain, so well below even odds:
# docs/decisions/2026-11-22-learned-detector.md.
_SURE: Final = -1.0
_SPOKEN_OF: Final = 2.0  # of a word that may be a password: many speak of them without telling one
_CODED: Final = 0.0  # of a password or a code with a digit or a sign inside
_SURER: Final = 1.0
# A code of a company's more often than one that was sent; an amount; an hour.
_DOUBTFUL: Final = re.compile(r"[0-9]{5}|[1-9][0-9]?00|(?:[01][0-9]|2[0-3])[0134][05]")
_ANOTHERS: Final = re.compile(
    r"(?:1-)?[0-9]{3}-[0-9]{3}-[0-9]{4}|[0-9]{1,3}(?:\.[0-9]{3})*\.000|[0-9]{2,}0000"
)  # a telephone, a round number
_AS_SECRET: Final = re.compile(r"[a-z][!@#$%&*+^~]\w|[0-9][!@#$%&*+^~][a-z]")  # as nothing but a secret is
_HASH: Final = re.compile(r"(?=[0-9]*[a-f])[0-9a-f]{16,}")
_LETTERS_OF_SIGNS: Final = str.maketrans("4@310$57!", "aaeiossti")
_NO_ACCOUNTS: Final = frozenset(((3, 3, 4), (2, 4, 4), (3, 4, 4), (2, 5, 4)))
_NO_IDS: Final = frozenset(((3, 3, 4), (1, 4, 4), (2, 4, 4), (4, 4)))
"""How telephones are grouped and no account, and no id that no word announces."""
_LEAST_OF_BRANCH: Final = 4  # digits
_FEW: Final = 4  # units before one that make it another thing
_NEAR: Final = 2  # units before one that make it a user's name
_OTHERWISE: Final = {
    SensitiveKind.ONE_TIME_CODE: "codes.other",
    SensitiveKind.PASSWORD: "credentials.queue",
}
"""Words before a code or a key that make it another thing: "código do produto", "clave del curso"."""
_WITH_SIGNS: Final = frozenset((SensitiveKind.PIX_KEY, SensitiveKind.PASSWORD, SensitiveKind.TOKEN))
"""Kinds of which a value may hold "@"."""
_CLIENTS_CODE: Final = re.compile(r"customer code|code of|codigo (?:de|do|del) ")
_GIVERS: Final = frozenset(("cliente", "customer"))
_LEAST_OF_CARD: Final = 7  # digits: an expiry or a security code has less
_LAST_BIRTH: Final = 2019
_THIS_CENTURY: Final = 26  # a year of two figures up to this one is of 2000


def asked(candidates: Candidates, at: int, kind: SensitiveKind) -> float:
    """How sure the model has to be of a unit, in log-odds.

    Surer of what is all that was written, and where a word for a ticket, a parcel or a phone governs one;
    never sure enough where that word stands right beside it, and of what looks like a telephone or an amount.
    """
    unit, cue = candidates.units[at], candidates.governing[at]
    if kind is SensitiveKind.BIRTH_DATE:
        return _SURE if candidates.has_personal else _SURER
    if _ANOTHERS.fullmatch(unit.text) and (cue is None or cue.family is not Family.ACCOUNT):
        return inf
    if cue is not None and cue.family in SILENCING:
        beside = _is_beside(candidates, at) and not _goes_with(candidates, cue, kind)
        beside = beside and _AS_SECRET.search(unit.text) is None
        return inf if beside else _SURER
    alone = unit.first == 0 and unit.last == len(candidates.units) - 1
    contact = kind is SensitiveKind.PIX_KEY and Family.PIX not in candidates.reading.families
    if alone and contact:
        return inf
    if alone or contact or _DOUBTFUL.fullmatch(unit.text):
        return _SURER
    if kind in _OTHERWISE:
        return _CODED if unit.has_digit or unit.is_odd else _SPOKEN_OF
    return _SURE


def may_be(candidates: Candidates, at: int, kind: SensitiveKind) -> bool:
    """Whether a unit may be of a kind, whatever stands around it says."""
    unit = candidates.units[at]
    if kind is SensitiveKind.BIRTH_DATE:
        born = bool(unit.year) and _full_year(unit.year) <= _LAST_BIRTH
        return born and last_thing(_texts_before(candidates, at, _FEW)) is None
    if kind is SensitiveKind.PAYMENT_CARD and unit.first == unit.last and len(unit.digits) < _LEAST_OF_CARD:
        day = DAY_OF_MONTH.fullmatch(unit.text) is not None
        return candidates.has_card and not day and not _is_last_digits(candidates, at)
    if (
        len(unit.year) == 4
        or _is_of_another_form(candidates, at, kind)
        or _is_otherwise(candidates, at, kind)
    ):
        return False
    if _is_insult(unit.text) and not (at and _is_secret(candidates.cues[at - 1])):
        return False
    if kind is SensitiveKind.PASSWORD:
        return not is_product(unit.text) and not _is_user(candidates, at)
    return unit.has_digit or unit.is_number or unit.is_odd


def _is_of_another_form(candidates: Candidates, at: int, kind: SensitiveKind) -> bool:
    """Whether a unit is written as no value of a kind is: an e-mail address, a telephone, a hash."""
    unit = candidates.units[at]
    if "@" in unit.text and kind not in _WITH_SIGNS:
        return True
    if kind is SensitiveKind.NATIONAL_ID:
        cue = candidates.governing[at]
        named = cue is not None and cue.family is Family.ID
        return not named and _groups(candidates, unit) in _NO_IDS
    return kind is SensitiveKind.BANK_ACCOUNT and _is_no_account(candidates, unit)


def _is_otherwise(candidates: Candidates, at: int, kind: SensitiveKind) -> bool:
    """Whether a word before a code or a key makes it another thing."""
    if kind not in _OTHERWISE:
        return False
    near = _before(candidates, at, _FEW)
    given = "otp" in near or not near.isdisjoint(listed("limits.giving"))
    if given and not _CLIENTS_CODE.search(" ".join(_texts_before(candidates, at, _FEW))):
        near -= _GIVERS  # "o cliente me deu 3086" is no client's code
    return not near.isdisjoint(listed(_OTHERWISE[kind]))


def _is_last_digits(candidates: Candidates, at: int) -> bool:
    starred = candidates.reading.text.endswith("*", 0, candidates.units[at].start)
    return starred or not _before(candidates, at, _FEW).isdisjoint(listed("judging.last_digits"))


def _goes_with(candidates: Candidates, cue: Cue, kind: SensitiveKind) -> bool:
    """Whether a word that silences others stands beside a value of a kind as well: "cuenta soles 200-30"."""
    if kind is SensitiveKind.TOKEN:
        return Family.TOKEN in candidates.reading.families
    if cue.family is Family.PHONE and kind is SensitiveKind.PIX_KEY:
        return Family.PIX in candidates.reading.families
    if cue.family is Family.PHONE:
        return kind is SensitiveKind.ONE_TIME_CODE
    return cue.name == "amount" and kind is SensitiveKind.BANK_ACCOUNT


def _is_secret(cue: Cue | None) -> bool:
    return cue is not None and cue.family is Family.SECRET


def _is_insult(text: str) -> bool:
    """Whether signs stand for letters of a word that is to be read, and not kept: "1d10t4"."""
    return text.translate(_LETTERS_OF_SIGNS).rstrip("s") in listed("limits.insults")


def _is_no_account(candidates: Candidates, unit: Unit) -> bool:
    """Whether a row is grouped as telephones are, or has less digits than an account's branch."""
    if not unit.has_digit and not unit.is_number:
        return False  # an alias
    if _HASH.fullmatch(unit.text.replace(".", "")) or THOUSANDS.fullmatch(unit.text):
        return True
    groups = _groups(candidates, unit)
    abroad = candidates.reading.text.endswith("+", 0, candidates.units[unit.first].start)
    return abroad or groups in _NO_ACCOUNTS or sum(groups) < _LEAST_OF_BRANCH


def _groups(candidates: Candidates, unit: Unit) -> tuple[int, ...]:
    """How many digits each number of a unit's row has."""
    return tuple(len(one.digits) for one in candidates.row(unit))


def _is_beside(candidates: Candidates, at: int) -> bool:
    """Whether the word that governs a unit stands right beside it."""
    unit = candidates.units[at]
    beside = (unit.first - 1, unit.last + 1, unit.last + 2)
    cues = candidates.cues
    return any(0 <= one < len(cues) and cues[one] is candidates.governing[at] for one in beside)


def _is_user(candidates: Candidates, at: int) -> bool:
    """Whether a unit is whose password it is: "my login is ana_88", "la contraseña de ana_88"."""
    first = candidates.units[at].first
    near = range(max(0, first - _NEAR), first)
    secret = [one for one in near if _is_secret(candidates.cues[one])]
    if not secret:
        named = [one for one in near if candidates.units[one].text in listed("credentials.login")]
        return bool(named) and not (named[-1] == first - _NEAR and _is_parted(candidates, first))
    return secret[-1] == first - 2 and candidates.units[first - 1].text in listed("governing.of")


def _is_parted(candidates: Candidates, at: int) -> bool:
    """Whether a comma stands before a unit: "user deploy, hunter-22" tells who and then the password."""
    units = candidates.units
    return "," in candidates.reading.text[units[at - 1].end : units[at].start]


def _before(candidates: Candidates, at: int, most: int) -> set[str]:
    return {*_texts_before(candidates, at, most)}


def _texts_before(candidates: Candidates, at: int, most: int) -> list[str]:
    first = candidates.units[at].first
    return [unit.text for unit in candidates.units[max(0, first - most) : first]]


def _full_year(written: str) -> int:
    """The year of a date, which may be told by two figures."""
    year = int(written)
    if len(written) > len("88"):
        return year
    return year + (2000 if year <= _THIS_CENTURY else 1900)
