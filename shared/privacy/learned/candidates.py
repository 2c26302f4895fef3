"""The units of a text, and those among them that may be a value."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final

from shared.privacy.detectors.companies import is_public
from shared.privacy.detectors.phones import is_contact
from shared.privacy.kinds import SensitiveKind, Span
from shared.privacy.placeholders import blanked, placeholders
from shared.privacy.text.cues import OWNED, SILENCING, Cue, Family
from shared.privacy.text.folding import BARRIER, fold
from shared.privacy.text.phrasebook import listed, words
from shared.privacy.text.reading import Reading
from shared.privacy.text.spoken import spells_number

# What blanks, brackets and the signs of a label keep apart; a time, an address of the web and an amount
# with a comma stay whole.
_UNIT: Final = re.compile(
    rf"{BARRIER}+|https?://[^\s{BARRIER}]+|(?:[^\s:=,;()|<>\[\]{{}}{BARRIER}]|(?<=[0-9])[:,](?=[0-9]))+"
)
_OPENING: Final = ".!?\"'*_~`-+/\\"
_CLOSING: Final = ".!?\"'*~`/"
_NUMBER: Final = re.compile(r"[0-9.\-/]+")
_ODD: Final = re.compile(r"[a-z][A-Z]|[A-Z][a-z]+[A-Z]|_|[@#$%&*!]\w|\w[@#$%&*]|://")
_DOTTED: Final = re.compile(r"[a-z]\.[0-9]")  # a word and a number in one: "Tijera.22"
_DIGIT: Final = re.compile(r"[0-9]")
_DATE: Final = re.compile(
    r"[0-9]{1,2}[/.\-](?:[0-9]{1,2}|[a-z]{3,10})[/.\-]([0-9]{4}|[0-9]{2})|([0-9]{4})-[0-9]{2}-[0-9]{2}"
)
# A measure, a year, a time, a share, a number of one or two figures, an amount.
_PUBLIC: Final = re.compile(
    r"[0-9]+(?:[.,][0-9]+)?(?:[kmg]?hz|[km]?wh?|[km]?v|m?ah|k?va|m?c?g|kg|ml|[kmgt]b(?:ps)?|[cmk]?m[23]?|btus?)"
    r"|(?:19|20)[0-9]{2}|[0-9]{1,2}[h:][0-9]{0,2}h?|[0-9.,]+%|[0-9]{1,2}"
    r"|(?:[a-z]{0,2}\$|€|£) ?[0-9.,]+|[0-9.,]+(?:\$|€|£)|[0-9]{1,3}(?:[.,]?[0-9]{3})*,[0-9]{2}"
    r"|[0-9]{1,3}(?:,[0-9]{3})*\.[0-9]{2}"
)
# A link without its scheme, a notice by its year: where nothing is said of a secret.
_PAPER: Final = re.compile(
    r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,4}/[^@]*|[a-z]{1,5}-?(?:19|20)[0-9]{2}-[0-9]{2,6}"
)
_SECRETS: Final = frozenset((Family.SECRET, Family.HINT, Family.TOKEN))
# A security code by the side of the card that it is on: "vence 08/27 y el de atrás es 331".
_BACK_CODE: Final = re.compile(
    r"\b(?:de|do|no|on the|the) (?:atras|tras|verso|reverso|back)[^0-9\n]{1,12}[0-9]{3,4}(?![0-9])"
)
_MOST_DIGITS: Final = 22  # of a CBU; more are an invoice's key or a boleto's line
_LEAST_DIGITS: Final = 3
_LEAST_MIXED: Final = 4
_SPOKEN_IN_A_ROW: Final = 3
_LONGEST_ROW: Final = 8  # units of a row that are looked at
_WIDEST_GAP: Final = 2  # code points between two groups of one number
_LONGEST_AMOUNT: Final = 5  # digits
_LEAST_DRAWN: Final = 6  # numbers of a lottery
_FIGURES: Final = re.compile(r"[0-9]{2}")
_BARE: Final = "bare_"
_BEFORE_CUE, _AFTER_CUE = 4, 9  # units from a word for a secret to one that has no digit


class Unit:
    """A stretch without blanks; places are those of the folded text, `written` is it as it was typed."""

    def __init__(self, start: int, text: str, reading: Reading) -> None:
        self.start = start
        self.end = start + len(text)
        self.text = text
        self.has_digit = not text.isalpha() and _DIGIT.search(text) is not None
        self.is_number = _NUMBER.fullmatch(text) is not None if self.has_digit else spells_number(text)
        self.first = self.last = -1
        """The units where the row of numbers that it stands in begins and ends: itself where it is alone."""
        self._reading = reading

    @cached_property
    def written(self) -> str:
        return self._reading.written(self.start, self.end)

    @cached_property
    def digits(self) -> str:
        return "".join(filter(str.isdigit, self.text)) if self.has_digit else ""

    @cached_property
    def year(self) -> str:
        """The year, two figures or four, of a unit that is a date in figures."""
        date = _DATE.fullmatch(self.text) if self.has_digit else None
        return "" if date is None else date[1] or date[2]

    @cached_property
    def letters(self) -> int:
        """How many of its code points are letters."""
        return sum(map(str.isalpha, self.text))

    @cached_property
    def is_odd(self) -> bool:
        """Whether it is spelled as no word is: capitals inside, signs between letters."""
        return _ODD.search(self.written) is not None


def may_hold(reading: Reading) -> bool:
    """Whether a text may have any value at all that is not told by what surrounds it."""
    if reading.longest >= _LEAST_DIGITS or len(reading.numbers) > 1 or Family.SECRET in reading.families:
        return True
    return _ODD.search(reading.raw) is not None or _DOTTED.search(reading.text) is not None


class Candidates:
    """The units of a text read, the cue in each, and which of them may be values."""

    def __init__(self, reading: Reading, masked: Iterable[Span]) -> None:
        """`masked` are the placeholders of the text as written."""
        kinds = {span.start: span.kind.value for span in masked}
        self.reading = reading
        self.has_personal = bool(kinds)
        self.has_card = Family.CARD in reading.families or SensitiveKind.PAYMENT_CARD in kinds.values()
        if Family.EXPIRY in reading.families and not self.has_card:
            self.has_card = _BACK_CODE.search(reading.text) is not None
        self.units = _units(reading, kinds)
        self.cues: list[Cue | None] = [None] * len(self.units)
        self.governing: list[Cue | None] = [None] * len(self.units)
        self._mark()
        _join_rows(self.units, reading.text)

    @cached_property
    def values(self) -> Sequence[int]:
        """The indices of the units that may be values, in order."""
        near = self._near_secrets()
        odd = _ODD.search(self.reading.raw) is not None
        return [
            at
            for at, unit in enumerate(self.units)
            if unit.text[0] != BARRIER
            and (
                self._may_be_number(unit)
                or at in near
                or (odd and unit.is_odd and len(unit.text) >= _LEAST_MIXED)
            )
            and not self._is_public(unit, self.governing[at])
            and not self._is_counted(at)
        ]

    def row(self, unit: Unit) -> Sequence[Unit]:
        """The row of numbers that a unit stands in, as far as it is looked at."""
        return self.units[unit.first : min(unit.last + 1, unit.first + _LONGEST_ROW)]

    def _may_be_number(self, unit: Unit) -> bool:
        if not unit.is_number:
            return unit.has_digit and len(unit.text) >= _LEAST_MIXED
        row = self.row(unit)
        spoken = sum(not one.has_digit for one in row)
        return sum(len(one.digits) for one in row) + spoken >= _LEAST_DIGITS or spoken >= _SPOKEN_IN_A_ROW

    def _is_public(self, unit: Unit, cue: Cue | None) -> bool:
        """Whether its own form says that a unit is nobody's secret."""
        if not unit.has_digit:
            return not unit.is_number and _is_known(unit.text)
        if "://" in unit.text or len(unit.digits) > _MOST_DIGITS:
            return True
        if unit.first < unit.last:
            row = self.row(unit)
            owned = cue is not None and cue.family in OWNED
            return (not owned and _is_drawn(row)) or is_public(
                "".join(one.text for one in row), self.reading.words, cue
            )
        if _PUBLIC.fullmatch(unit.text):
            return True
        if _SECRETS.isdisjoint(self.reading.families) and _PAPER.fullmatch(unit.text):
            return True
        if is_contact(self.reading, unit.start, unit.end):
            return True
        return is_public(unit.text, self.reading.words, cue)

    def _is_counted(self, at: int) -> bool:
        """Whether a currency follows a short number that no word claims: "5000 JMD"."""
        unit, cue = self.units[at], self.governing[at]
        if not unit.is_number or unit.first < unit.last or len(unit.digits) > _LONGEST_AMOUNT:
            return False
        claimed = cue is not None and cue.family not in SILENCING and cue.name != "name"
        if claimed or at + 1 == len(self.units) or "\n" in self.reading.text[unit.end : unit.end + 2]:
            return False
        return self.units[at + 1].text in listed("secrecy.currencies")

    def _near_secrets(self) -> set[int]:
        near: set[int] = set()
        for at, cue in enumerate(self.cues):
            if cue is not None and cue.family is Family.SECRET:
                near.update(range(max(0, at - _BEFORE_CUE), min(len(self.units), at + _AFTER_CUE + 1)))
        return near

    def _mark(self) -> None:
        """Set the cue that each unit holds, and the cue that governs it."""
        reading, token = self.reading, 0
        for at, unit in enumerate(self.units):
            while token < len(reading.starts) and reading.ends[token] <= unit.start:
                token += 1
            here = token
            while here < len(reading.starts) and reading.starts[here] < unit.end:
                self.cues[at] = _telling(reading.cues[here]) or self.cues[at]
                if reading.coded[here] and self.governing[at] is None:
                    self.governing[at] = _telling(reading.governing(here))
                here += 1


def candidates_of(text: str) -> Candidates:
    """The candidates of a text as written, with the placeholders that stand in it."""
    raw = blanked(text)
    return Candidates(Reading(raw, fold(raw)), placeholders(text))


def _telling(cue: Cue | None) -> Cue | None:
    """A cue unless it is an everyday word too: "sin", Canada's number and Spanish for without."""
    return None if cue is None or cue.name.startswith(_BARE) else cue


def _is_known(text: str) -> bool:
    """Whether a word without a digit is no password wherever it stands."""
    named = text in listed("learned.brands") or text in listed("secrecy.services")
    return named or text in words("not_passwords.txt")


def _is_drawn(row: Sequence[Unit]) -> bool:
    """Whether numbers of two figures rise from one to the next, as a lottery's are told."""
    figures = [unit.text for unit in row]
    return (
        len(row) >= _LEAST_DRAWN and all(map(_FIGURES.fullmatch, figures)) and figures == sorted({*figures})
    )


def _units(reading: Reading, kinds: Mapping[int, str]) -> list[Unit]:
    units: list[Unit] = []
    for piece in _UNIT.finditer(reading.text):
        start, end = piece.span()
        text = piece.group()
        if text[0] == BARRIER:
            kind = kinds.get(reading.folded.original(start, end)[0], "")
            units.append(Unit(start, BARRIER + kind, reading))
            units[-1].end = end
            continue
        if not text.isalnum():
            shorn = text.lstrip(_OPENING)
            start += len(text) - len(shorn)
            text = shorn.rstrip(_CLOSING)
        if text:
            units.append(Unit(start, text, reading))
    return units


def _join_rows(units: Sequence[Unit], text: str) -> None:
    """Tell the units of each row of numbers ("4009 1772 5255 9646") where it begins and ends."""
    first = 0
    for at, unit in enumerate(units):
        joined = at > 0 and unit.is_number and units[at - 1].is_number
        gap = text[units[at - 1].end : unit.start] if joined else ""
        if not joined or len(gap) > _WIDEST_GAP or "\n" in gap or "," in gap:
            first = at
        unit.first = first
    last = len(units) - 1
    for at in range(len(units) - 1, -1, -1):
        last = at if at == len(units) - 1 or units[at + 1].first == at + 1 else last
        units[at].last = last
