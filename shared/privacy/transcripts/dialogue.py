"""A call as it is judged: its turns, the stretches in each, and the words for things before these."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from shared.privacy.kinds import Span
from shared.privacy.text.cues import Cue
from shared.privacy.text.folding import Folded, fold
from shared.privacy.text.reading import Reading
from shared.privacy.transcripts.stretches import Piece, Stretch, pieces_of, stretches_of

_LONGEST_SINCE: Final = 24  # stretches that are looked at between a word for a thing and a number
_SAID_BEFORE: Final = 3  # stretches in which a number may have been said just before


@dataclass(frozen=True, slots=True)
class Turn:
    """Who speaks ("agent" or "client"), what is said, and what the masker finds in it."""

    speaker: str
    text: str
    found: Sequence[Span]
    """In order and apart, by the masker's reading of the whole call as one text."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A word for a thing that has a number, and where it was said."""

    cue: Cue
    turn: int
    start: int


class Dialogue:
    """The turns of a call, their stretches in order, and what was named before each."""

    def __init__(self, turns: Sequence[Turn]) -> None:
        self.turns = turns
        self.folded: list[Folded] = [fold(turn.text) for turn in turns]
        self.pieces: list[list[Piece]] = [pieces_of(folded.text) for folded in self.folded]
        self.stretches: list[Stretch] = [
            stretch
            for turn, pieces in enumerate(self.pieces)
            for stretch in stretches_of(pieces, turn, self._borders(turn))
        ]
        self.places: list[tuple[int, int]] = [
            self.folded[stretch.turn].original(stretch.start, stretch.end) for stretch in self.stretches
        ]
        """Where each stretch stands in its turn as written."""

    def _borders(self, turn: int) -> frozenset[int]:
        """The places in a folded turn where something that the masker finds begins or has ended."""
        found = self.turns[turn].found
        places = self.folded[turn].places
        written = {place for span in found for place in (span.start, span.end)}
        if places is None:
            return frozenset(written)
        return frozenset(bisect_left(places, place) for place in written)

    @cached_property
    def topics(self) -> Sequence[Topic]:
        """Every word for a thing, in order."""
        found: list[Topic] = []
        for at, (turn, folded) in enumerate(zip(self.turns, self.folded, strict=True)):
            reading = Reading(turn.text, folded)
            last: Cue | None = None
            for cue, start in zip(reading.cues, reading.starts, strict=True):
                if cue is not None and cue is not last:
                    found.append(Topic(cue, at, start))
                last = cue
        return found

    @cached_property
    def _topic_places(self) -> Sequence[tuple[int, int]]:
        return [(topic.turn, topic.start) for topic in self.topics]

    def named_before(self, at: int) -> int:
        """How many topics were named before a stretch: the last of them is what it may be the number of."""
        stretch = self.stretches[at]
        return bisect_left(self._topic_places, (stretch.turn, stretch.start))

    def since(self, at: int, topic: Topic) -> Sequence[int]:
        """The stretches between a topic and a stretch, the last of them if there are many."""
        first = at
        while first and at - first < _LONGEST_SINCE:
            earlier = self.stretches[first - 1]
            if (earlier.turn, earlier.start) < (topic.turn, topic.start):
                break
            first -= 1
        return range(first, at)

    def is_new(self, at: int) -> bool:
        """Whether a stretch says digits that no other said just before."""
        own = self.stretches[at].digits
        before = self.stretches[max(0, at - _SAID_BEFORE) : at]
        return not own or not any(own in other.digits for other in before)

    def found_in(self, at: int) -> Span | None:
        """The first of what the masker finds that touches a stretch."""
        start, end = self.places[at]
        found = self.turns[self.stretches[at].turn].found
        index = bisect_left(found, start + 1, key=lambda span: span.end)
        return found[index] if index < len(found) and found[index].start < end else None
