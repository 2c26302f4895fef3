"""Everything sensitive in a call: what the masker finds in it, judged by what was asked and answered."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

from shared.privacy.kinds import STRUCTURED, SensitiveKind, Span
from shared.privacy.masker import by_rules, find_each
from shared.privacy.transcripts.dialogue import Dialogue, Turn
from shared.privacy.transcripts.features import Features, Labels
from shared.privacy.transcripts.linear import Model, model_of

MODEL: Final = Path(__file__).with_name("model.npz")
_BETWEEN: Final = " - "  # turns: no number goes on over it, and the word for one still reaches it
# In log-odds: what is missed leaves the house, so below even odds.
_SURE: Final = -1.0
_ROUNDS: Final = 2
"""The first knows what was judged before a stretch, the second what came after it as well."""
_LEAST_ECHO: Final = 3  # digits
_LEAST_INSIDE: Final = 6  # of a value among other digits
_MOST_INSIDE: Final = 200  # values that are looked for there
_LONGEST_DIGITS: Final = 200
_NOTHING, _VALUE = b"\1", b"\2"  # what a place of a turn was judged to be
_WORDED: Final = frozenset((SensitiveKind.PASSWORD, SensitiveKind.TOKEN))  # of letters and signs as well


def find_in_turns(turns: Sequence[tuple[str, str]]) -> list[tuple[Span, ...]]:
    """Everything sensitive in each turn of a call, (speaker, text), in order and apart.

    The speaker is "agent" or "client"; places are those of the turn's own text.
    """
    dialogue = dialogue_of(turns)
    labels = _echoed(dialogue, judged(dialogue, _model()))
    of_turn: list[list[int]] = [[] for _ in turns]
    for at, stretch in enumerate(dialogue.stretches):
        of_turn[stretch.turn].append(at)
    return [tuple(_settled(dialogue, turn, mine, labels)) for turn, mine in enumerate(of_turn)]


def dialogue_of(turns: Sequence[tuple[str, str]]) -> Dialogue:
    """A call as it is judged, with what the masker finds when it reads the turns as one text."""
    found = find_each([text for _, text in turns], between=_BETWEEN)
    return Dialogue([Turn(speaker, text, spans) for (speaker, text), spans in zip(turns, found, strict=True)])


def judged(dialogue: Dialogue, model: Model) -> dict[int, SensitiveKind | None]:
    """What each stretch is; None for nothing personal."""
    features = Features(dialogue)
    labels: dict[int, SensitiveKind | None] = {}
    for _ in range(_ROUNDS):
        for at in range(len(dialogue.stretches)):
            labels.pop(at, None)
            (scores,) = model.scores([features.of(at, labels)])
            is_value = scores[0] >= _SURE
            labels[at] = model.kinds[int(scores[1:].argmax())] if is_value else None
    return labels


def _echoed(dialogue: Dialogue, labels: Labels) -> Labels:
    """The labels, and that of a value wherever its digits are said again, alone or among others."""
    said = {
        stretch.digits: label
        for at, stretch in enumerate(dialogue.stretches)
        if (label := labels[at]) is not None and len(stretch.digits) >= _LEAST_ECHO
    }
    long = [digits for digits in said if len(digits) >= _LEAST_INSIDE][:_MOST_INSIDE]

    def again(digits: str) -> SensitiveKind | None:
        inside = (value for value in long if value in digits[:_LONGEST_DIGITS])
        return said.get(digits) or said.get(next(inside, ""))

    return {at: labels[at] or again(stretch.digits) for at, stretch in enumerate(dialogue.stretches)}


def _settled(dialogue: Dialogue, turn: int, stretches: Sequence[int], labels: Labels) -> Iterator[Span]:
    """The spans of a turn: what the masker finds stays, unless its numbers were judged to be nothing."""
    text = dialogue.turns[turn].text
    said = [Span(kind, *dialogue.places[at]) for at in stretches if (kind := labels[at]) is not None]
    canvas = bytearray(len(text))
    for at in stretches:
        start, end = dialogue.places[at]
        canvas[start:end] = (_NOTHING if labels[at] is None else _VALUE) * (end - start)
    kept = [
        span
        for span in dialogue.turns[turn].found
        if span.kind not in STRUCTURED
        or span.kind in _WORDED
        or _NOTHING not in (judged := canvas[span.start : span.end])
        or _VALUE in judged
        or _tells_itself(text[span.start : span.end])
    ]
    return _apart(sorted((*said, *kept), key=lambda span: (span.start, -span.end)))


def _tells_itself(value: str) -> bool:
    """Whether a value is one by its own form, whatever is said of it: a dotted CPF, a card, an IBAN."""
    return bool(by_rules(f"ref {value}"))


def _apart(spans: Sequence[Span]) -> Iterator[Span]:
    """The spans with those that overlap made one, of the first's kind or that of a secret among them."""
    held: Span | None = None
    for span in spans:
        if held is not None and span.start < held.end:
            kind = span.kind if span.kind in _WORDED else held.kind
            held = Span(kind, held.start, max(held.end, span.end))
            continue
        if held is not None:
            yield held
        held = span
    if held is not None:
        yield held


@cache
def _model() -> Model:
    with np.load(MODEL, allow_pickle=False) as arrays:
        return model_of(arrays)
