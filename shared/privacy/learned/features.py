"""What the model sees of a unit: numbers that stand for its form, its check digits and the words around it.

A feature is a number of 64 bits: what it is about, the form of the unit where it counts for that form
only, and a checksum of its value. `buckets` puts them into the model's table.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from stdnum import luhn
from stdnum.ar import cbu, cuit
from stdnum.br import cpf
from stdnum.cl import rut
from stdnum.do import cedula
from stdnum.ec import ci
from stdnum.us import rtn

from shared.privacy.learned.candidates import Candidates, Unit

BITS: Final = 18
"""The table has so many buckets, as a power of two."""

_REPEATED: Final = re.compile(r"(.)\1+")
_LONGEST_SHAPE: Final = 18
_LONGEST_PATTERN: Final = 64
_BEFORE, _AFTER, _PLACED = 8, 5, 4  # words looked at, and those whose place counts
_SIGNS: Final = 3  # code points before the unit: "R$", ": "
_WINDOW: Final = 12  # units to either side, whose words count wherever they stand
_SLOT_BITS, _KIND_BITS, _FORM_BITS = 44, 42, 32  # where each part of a feature begins
_LENGTHS: Final = (*range(13), 12, 14, 14, 14, 17, 17, 17)
_TOO_LONG: Final = 20
# A RUT of eight figures from 50 million on and a CUIT that begins with 3 are companies'.
_COMPANY_RUT: Final = re.compile(r"[5-9][0-9]{7}[0-9k]")
_CHECKS: Final[Mapping[int, Sequence[tuple[str, Callable[[str], bool]]]]] = {
    8: [("rut", rut.is_valid)],
    9: [
        ("rut", rut.is_valid),
        ("rut of a company", lambda text: rut.is_valid(text) and bool(_COMPANY_RUT.match(text))),
        ("rtn", rtn.is_valid),
    ],
    10: [("ci", ci.is_valid)],
    11: [
        ("cpf", cpf.is_valid),
        ("cuit", cuit.is_valid),
        ("cuit of a company", lambda text: cuit.is_valid(text) and text[0] == "3"),
        ("cedula", cedula.is_valid),
    ],
    **{length: [("luhn", luhn.is_valid)] for length in range(13, 20)},
    22: [("cbu", cbu.is_valid)],
}


def buckets(features: Sequence[int]) -> NDArray[np.int64]:
    """The bucket of each feature: the upper bits of a multiplicative hash."""
    mixed = np.array(features, dtype=np.uint64)
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(64 - BITS)).astype(np.int64)


def _slot(name: str) -> int:
    """What a feature is about, in its upper bits."""
    return crc32(name.encode()) >> 12 << _SLOT_BITS


(_SHAPE, _PATTERN, _SIZE, _WORD, _PREFIX, _CHECK, _YEAR, _ROW, _PLACE, _SIGN, _PREVIOUS, _NEXT, _EARLIER,
 _LATER, _PAIR, _GOVERNING, _FAMILY, _WHOLE, _NEAR, _LENGTH) = map(_slot, (
    "shape", "pattern", "size", "word", "prefix", "check", "year", "row", "place", "sign", "previous", "next",
    "earlier", "later", "pair", "governing", "family", "whole", "near", "length",
))  # fmt: skip


def _sum(value: str) -> int:
    return crc32(value.encode("utf-8", "surrogatepass"))


def _length(count: int) -> int:
    return _LENGTHS[count] if count < len(_LENGTHS) else _TOO_LONG


def _shape(text: str) -> str:
    return "".join(
        "9" if char.isdigit() else char if not char.isalpha() else "A" if char.isupper() else "a"
        for char in text
    )


def _pattern(text: str) -> str:
    """The shape with what repeats told once: "9+.9+-9" of "123.456-7"."""
    return _REPEATED.sub(r"\1+", _shape(text[:_LONGEST_PATTERN]))[:_LONGEST_SHAPE]


class Features:
    """The features of a text's units; its words are summed up once."""

    def __init__(self, candidates: Candidates) -> None:
        self._candidates = candidates
        self._units = candidates.units
        self._text = candidates.reading.text
        words = [f"#{_pattern(unit.text)}" if unit.has_digit else unit.text for unit in self._units]
        self._words = [_sum(word) for word in words]
        self._cues = [None if cue is None else _sum(f"cue {cue.name}") for cue in candidates.cues]
        self._families = {_sum(cue.family) for cue in candidates.cues if cue is not None}

    def of(self, at: int) -> list[int]:
        """The features of the unit at `at`, each once."""
        unit = self._units[at]
        form = self._form(unit)
        found = {slot | _sum(value) for slot, value in self._own(unit, at)}
        found.update(self._before(unit, form))
        found.update(self._after(unit, form))
        found.update(self._about(unit, at, form))
        return list(found)

    def _form(self, unit: Unit) -> int:
        """The form that others of its features are told by: digits, letters, how many."""
        kind = (1 if not unit.letters else 2) if unit.digits else 3 if unit.is_odd else 0
        row = _length(self._digits_of_row(unit)) if unit.last > unit.first else 0
        return (kind * 32 + _length(len(unit.digits))) * 32 + row + 1 << _FORM_BITS

    def _digits_of_row(self, unit: Unit) -> int:
        return sum(len(one.digits) or 1 for one in self._candidates.row(unit))

    def _own(self, unit: Unit, at: int) -> Iterator[tuple[int, str]]:
        shape = _shape(unit.written)
        yield _SHAPE, shape if len(shape) <= _LONGEST_SHAPE else ""
        yield _PATTERN, _pattern(unit.written)
        yield _SIZE, f"{_length(len(unit.digits))}"
        yield _SIZE, f"{_length(len(unit.digits))} {_length(unit.letters)}"
        if unit.digits:
            yield _PREFIX, unit.text[:2]
            yield from _checked(unit)
        if unit.letters:
            yield _WORD, unit.text
            yield _WORD, re.sub(r"[0-9]+", "#", unit.text)
        yield from self._row(unit, at)

    def _row(self, unit: Unit, at: int) -> Iterator[tuple[int, str]]:
        if unit.last == unit.first:
            return
        row = self._candidates.row(unit)
        digits = "".join(one.digits for one in row)
        yield _ROW, f"{len(row)}"
        yield _ROW, f"{_length(len(digits))} digits"
        yield _ROW, "-".join(str(len(one.text)) if one.digits else "w" for one in row)
        yield _PLACE, f"{min(at - unit.first, 5)}"
        for name, holds in _CHECKS.get(len(digits), ()):
            if holds(digits):
                yield _CHECK, f"row {name}"

    def _before(self, unit: Unit, form: int) -> Iterator[int]:
        start = self._units[unit.first].start
        written = self._text[max(0, start - _SIGNS) : start].strip()
        yield _SIGN | _sum(written)
        yield _SIGN | form | _sum(written)
        indices = range(unit.first - 1, max(-1, unit.first - 1 - _BEFORE), -1)
        for place, index in enumerate(indices):
            yield from self._beside(index, place, form, _PREVIOUS, _EARLIER)
        if len(indices) > 1:
            yield _PAIR | (self._words[indices[0]] ^ (self._words[indices[1]] * 31 & 0xFFFFFFFF))

    def _after(self, unit: Unit, form: int) -> Iterator[int]:
        yield _SIGN | _sum("after" + self._text[unit.end : unit.end + 1])
        indices = range(unit.last + 1, min(len(self._units), unit.last + 1 + _AFTER))
        for place, index in enumerate(indices):
            yield from self._beside(index, place, form, _NEXT, _LATER)
        if len(indices) > 1:
            yield _PAIR | form | (self._words[indices[0]] ^ (self._words[indices[1]] * 31 & 0xFFFFFFFF))

    def _beside(self, index: int, place: int, form: int, placed: int, anywhere: int) -> Iterator[int]:
        """What a word beside the unit tells: by its place, and by being near."""
        for value in (self._words[index], self._cues[index]):
            if value is None:
                continue
            yield anywhere | value
            if place < _PLACED:
                yield placed ^ (place + 1 << _SLOT_BITS) | value
                yield anywhere | form | value

    def _about(self, unit: Unit, at: int, form: int) -> Iterator[int]:
        cue = self._candidates.governing[at] if unit.digits else None
        for value in {0} if cue is None else {_sum(cue.name), _sum(cue.family)}:
            yield _GOVERNING | value
            yield _GOVERNING | form | value
        alone = unit.first == 0 and unit.last == len(self._units) - 1
        ends = (alone, unit.first == 0, unit.last == len(self._units) - 1)
        yield _WHOLE | form | _sum(repr(ends))
        yield _LENGTH | min(len(self._units), 10)
        if unit.first and "\n" in self._text[self._units[unit.first - 1].end : unit.start]:
            yield _SIGN | 0
        for family in self._families:
            yield _FAMILY | family
            yield _FAMILY | form | family
        kind = form >> _KIND_BITS << _KIND_BITS | 1 << _FORM_BITS
        near = {*self._words[max(0, unit.first - _WINDOW) : unit.first]}
        near.update(self._words[unit.last + 1 : unit.last + 1 + _WINDOW])
        for word in near:
            yield _NEAR | word
            yield _NEAR | kind | word


def _checked(unit: Unit) -> Iterator[tuple[int, str]]:
    """What its check digits and its form as a date or a year say of a unit."""
    compact = unit.digits + ("k" if unit.text[-1] == "k" else "")
    for name, holds in _CHECKS.get(len(compact), ()):
        if holds(compact):
            yield _CHECK, name
    if unit.year:
        yield _YEAR, f"date {unit.year[:-1]}"
    elif len(unit.digits) == 4 and unit.is_number and unit.digits[:2] in {"19", "20"}:
        yield _YEAR, unit.digits[:3]
