"""What the model sees of a stretch: its form, what was named and asked before it, what stands beside it."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Final
from zlib import crc32

from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.phrasebook import words
from shared.privacy.transcripts.dialogue import Dialogue, Topic
from shared.privacy.transcripts.stretches import Piece, Stretch

Labels = Mapping[int, SensitiveKind | None]
"""What stretches were judged to be; None for nothing personal. Those not judged yet are not in it."""

_BESIDE: Final = 3  # pieces whose place counts
_NEAR: Final = 7
_ASKED_TURNS: Final = 2  # turns of the other that are read for what was asked
_TURNS_BACK: Final = 5  # among so many
_MOST_ASKED: Final = 24  # pieces of each, from its end
_LAST_ASKED: Final = 6
_LEAST_ECHO: Final = 2  # digits
_ECHO_REACH: Final = 10  # stretches
_LONGEST_DIGITS: Final = 200  # that echoes are looked for in
_SIZES: Final = (*map(str, range(13)), *("13-19",) * 7)
_EARLIER_TOPICS: Final = 2


class Features:
    """The features of a call's stretches; what does not hang on the labels of others is told once."""

    def __init__(self, dialogue: Dialogue) -> None:
        self._dialogue = dialogue
        self._said: dict[int, frozenset[int]] = {}

    def of(self, at: int, labels: Labels) -> list[int]:
        """The features of a stretch, given what others were judged to be: numbers of 52 bits, each once."""
        said = self._said.get(at)
        if said is None:
            said = self._said[at] = frozenset(map(_sum, self._of_words(at)))
        return list(said.union(map(_sum, self._of_labels(at, labels))))

    def _of_words(self, at: int) -> Iterator[str]:
        stretch = self._dialogue.stretches[at]
        pieces = self._dialogue.pieces[stretch.turn]
        size = _size(len(stretch.digits))
        yield from _form(stretch, pieces, size)
        yield from self._verdict(at, size)
        yield from _beside("before", pieces[max(0, stretch.first - _NEAR) : stretch.first][::-1], size)
        yield from _beside("after", pieces[stretch.last + 1 : stretch.last + 1 + _NEAR], size)
        yield from self._named(at, size)
        yield from self._asked(stretch, size)

    def _verdict(self, at: int, size: str) -> Iterator[str]:
        """What the masker takes a stretch for."""
        found = self._dialogue.found_in(at)
        start, end = self._dialogue.places[at]
        verdict = "-" if found is None else f"{found.kind} {found.end - found.start >= end - start - 2}"
        yield f"found {verdict}"
        yield f"found {verdict} {size}"

    def _named(self, at: int, size: str) -> Iterator[str]:
        """The last thing that was named, how long ago, and what was said since."""
        dialogue, stretch = self._dialogue, self._dialogue.stretches[at]
        named = dialogue.named_before(at)
        if not named:
            yield "no topic"
            return
        topic = dialogue.topics[named - 1]
        since = dialogue.since(at, topic)
        turns = min(stretch.turn - topic.turn, _TURNS_BACK)
        others = dialogue.turns[topic.turn].speaker != dialogue.turns[stretch.turn].speaker
        new = [one for one in since if dialogue.is_new(one)]
        digits = sum(len(dialogue.stretches[one].digits) for one in new)
        digits += len(stretch.digits) * dialogue.is_new(at)
        for told in _names(topic):
            yield f"topic {told}"
            yield f"topic {told} {turns}"
            yield f"topic {told} {turns} {others}"
            yield f"topic {told} {min(len(since), 6)}"
            yield f"topic {told} {size}"
            yield f"topic {told} {min(len(new), 5)} new"
            yield f"topic {told} {min(digits, 24)} in all"
        yield f"since {min(len(since), 6)} {turns}"
        for past in dialogue.topics[max(0, named - 1 - _EARLIER_TOPICS) : named - 1]:
            yield f"earlier topic {past.cue.family} {past.cue.name}"
        if named < len(dialogue.topics) and dialogue.topics[named].turn == stretch.turn:
            after = dialogue.topics[named]
            yield f"next topic {after.cue.family} {after.cue.name}"

    def _asked(self, stretch: Stretch, size: str) -> Iterator[str]:
        """What the other said last."""
        dialogue = self._dialogue
        speaker = dialogue.turns[stretch.turn].speaker
        yield f"speaker {speaker}"
        back = range(stretch.turn - 1, max(-1, stretch.turn - 1 - _TURNS_BACK), -1)
        others = [turn for turn in back if dialogue.turns[turn].speaker != speaker][:_ASKED_TURNS]
        for ago, turn in enumerate(others):
            last = dialogue.pieces[turn][-2 * _MOST_ASKED :]
            texts = [piece.text for piece in last if not piece.is_value][-_MOST_ASKED:]
            for text in texts:
                yield f"asked {ago} {text}"
            for one, two in pairwise(texts):
                yield f"asked {ago} {one} {two}"
            for text in texts[-_LAST_ASKED:]:
                yield f"asked last {ago} {size} {text}"

    def _of_labels(self, at: int, labels: Labels) -> Iterator[str]:
        dialogue, stretch = self._dialogue, self._dialogue.stretches[at]
        last, gap, same = "start", _TURNS_BACK, False
        if at:
            before = dialogue.stretches[at - 1]
            last = _told(labels, at - 1)
            gap = min(stretch.turn - before.turn, _TURNS_BACK - 1)
            same = dialogue.turns[before.turn].speaker == dialogue.turns[stretch.turn].speaker
        yield f"last {last}"
        yield f"last {last} {gap} {same}"
        yield f"last {last} {min(len(stretch.digits), 24)}"
        named = dialogue.named_before(at)
        if named:
            topic = dialogue.topics[named - 1]
            for told in _names(topic):
                yield f"topic {told} after {last} {bool(dialogue.since(at, topic))}"
        else:
            yield f"no topic after {last}"
        yield from self._echo("earlier", range(at - 1, max(-1, at - _ECHO_REACH - 1), -1), at, labels)
        yield from self._echo(
            "later", range(at + 1, min(len(dialogue.stretches), at + _ECHO_REACH + 1)), at, labels
        )

    def _echo(self, name: str, others: range, at: int, labels: Labels) -> Iterator[str]:
        """What the nearest one that says the same digits, or more or fewer of them, was judged to be."""
        own = self._dialogue.stretches[at].digits[:_LONGEST_DIGITS]
        if len(own) < _LEAST_ECHO:
            return
        for other in others:
            digits = self._dialogue.stretches[other].digits[:_LONGEST_DIGITS]
            if len(digits) < _LEAST_ECHO or other not in labels:
                continue
            how = "same" if digits == own else "part" if own in digits else "whole" if digits in own else ""
            if how:
                yield f"{name} {how} {_told(labels, other)}"
                yield f"{name} {how} {_told(labels, other)} {min(len(own), 12)}"
                return


def _form(stretch: Stretch, pieces: Sequence[Piece], size: str) -> Iterator[str]:
    own = pieces[stretch.first : stretch.last + 1]
    values = [piece.text for piece in own if piece.is_value]
    words_said = stretch.last - stretch.first + 1
    before, after = (
        pieces[max(0, stretch.first - 2) : stretch.first],
        pieces[stretch.last + 1 : stretch.last + 3],
    )
    alone = not any(piece.text.isalnum() for piece in (*before, *after))
    yield f"{size} digits"
    yield f"spoken {any(map(str.isalpha, values))} {not all(map(str.isalpha, values))}"
    yield f"{min(sum(len(text) == 1 and text.isalpha() for text in values), 4)} letters"
    yield f"month {any(piece.text in words('months.txt') for piece in own)}"
    yield f"alone {alone}"
    yield f"alone {alone} {size}"
    yield f"first {stretch.first == 0}"
    yield f"last {not any(piece.text.isalnum() for piece in after)}"
    yield f"{min(words_said, 12)} pieces"
    yield f"pattern {_pattern(own[0].text) if words_said == 1 else 'of several'}"
    yield f"begins {stretch.digits[:2]} of {size}"
    yield f"year {any(len(text) == 4 and text[:2] in {'19', '20'} for text in values)}"
    yield f"at {any('@' in piece.text or piece.text == 'arroba' for piece in own)}"


def _pattern(text: str) -> str:
    return "".join("9" if char.isdigit() else "a" if char.isalpha() else char for char in text[:16])


def _beside(name: str, pieces: Sequence[Piece], size: str) -> Iterator[str]:
    """The words to one side of a stretch, the nearest first."""
    texts = ["#" if any(map(str.isdigit, piece.text)) else piece.text for piece in pieces]
    for place, text in enumerate(texts[:_BESIDE]):
        yield f"{name} {place} {text}"
        yield f"{name} {size} {text}"
    for text in texts:
        yield f"{name} {text}"
    yield f"{name} pair {' '.join(texts[:2])}"


def _names(topic: Topic) -> tuple[str, str]:
    return topic.cue.family.value, f"{topic.cue.family} {topic.cue.name}"


def _told(labels: Labels, at: int) -> str:
    return "" if at not in labels else labels[at] or "nothing"


def _size(count: int) -> str:
    return _SIZES[count] if count < len(_SIZES) else "20+"


def _sum(told: str) -> int:
    encoded = told.encode("utf-8", "surrogatepass")
    return crc32(encoded) << 20 | crc32(encoded[::-1]) >> 12
