"""The detector that is learned: judges what the rules left, by its form and its words."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from shared.privacy.kinds import SensitiveKind, Span
from shared.privacy.learned import limits
from shared.privacy.learned.candidates import Candidates, may_hold
from shared.privacy.learned.features import Features
from shared.privacy.learned.network import Network, network_of
from shared.privacy.text.folding import BARRIER
from shared.privacy.text.found import Found
from shared.privacy.text.reading import Reading

MODEL: Final = Path(__file__).with_name("model.npz")
_WITH_SIGNS: Final = frozenset((SensitiveKind.PASSWORD, SensitiveKind.TOKEN))
_LONGEST: Final = 64  # code points of a secret to either side of what was judged
# What ends before a secret that is glued to it: a blank, its label ("senha:", "pw="), a quote or bracket.
_OPENS: Final = re.compile(rf"(?:.*(?:[\s{BARRIER}]|(?<![a-z])[a-z]{{2,}}[:=]))?[\"'(\[{{<]*", re.DOTALL)
# What is glued to it behind, without the punctuation of the sentence.
_GLUED: Final = re.compile(rf"[^\s{BARRIER}]*[^\s{BARRIER}.,;:?)\]}}>\"']")
_WIDEST_GAP: Final = 3  # code points between two units of one value
_AT_A_TIME: Final = 64  # units, so that memory stays small


def find(reading: Reading, masked: Iterable[Span]) -> list[Found]:
    """What the model takes for a value; `masked` are the placeholders of the text as written."""
    if not may_hold(reading):
        return []
    candidates = Candidates(reading, masked)
    found: list[Found] = []
    last = -1
    for at, kind in _judged(candidates):
        start, end = _extent(candidates, at, kind)
        if found and last == at - 1 and _goes_on(found[-1], kind, reading.text, start):
            found[-1] = Found(kind, found[-1].start, end)
        else:
            found.append(Found(kind, start, end))
        last = at
    return found


def _judged(candidates: Candidates) -> Iterator[tuple[int, SensitiveKind]]:
    """The units that are values, and what they are."""
    if not candidates.values:
        return
    network, features = _network(), Features(candidates)
    for first in range(0, len(candidates.values), _AT_A_TIME):
        judged = candidates.values[first : first + _AT_A_TIME]
        scores = network.scores([features.of(at) for at in judged])
        for at, row in zip(judged, scores, strict=True):
            best = int(row.argmax())
            kind = network.kinds[best]
            if row[best] >= limits.asked(candidates, at, kind) and limits.may_be(candidates, at, kind):
                yield at, kind


def _extent(candidates: Candidates, at: int, kind: SensitiveKind) -> tuple[int, int]:
    """Where a value begins and ends: a secret has signs that separate elsewhere, "Fallas,2017!"."""
    unit = candidates.units[at]
    if kind not in _WITH_SIGNS:
        return unit.start, unit.end
    text = candidates.reading.text
    before = text[max(0, unit.start - _LONGEST) : unit.start]
    glued = _GLUED.match(text, unit.end, unit.end + _LONGEST)
    start = unit.start - len(_OPENS.sub("", before, count=1))
    return start, glued.end() if glued else unit.end


def _goes_on(earlier: Found, kind: SensitiveKind, text: str, start: int) -> bool:
    gap = text[earlier.end : start]
    return earlier.kind is kind and len(gap) <= _WIDEST_GAP and "\n" not in gap


@cache
def _network() -> Network:
    with np.load(MODEL, allow_pickle=False) as arrays:
        return network_of(arrays)
