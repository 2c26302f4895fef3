"""Trains the model that judges the numbers of a call by what was asked and answered."""

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from services.classifier.training.corpus import Call, read_calls
from services.classifier.training.detector import Rows, in_bytes, table_of
from services.classifier.training.model_file import write
from shared.privacy import SensitiveKind, Span
from shared.privacy.kinds import STRUCTURED
from shared.privacy.learned.features import buckets
from shared.privacy.marked import DEVELOPED_ON, parse_marked
from shared.privacy.transcripts.detector import MODEL, dialogue_of
from shared.privacy.transcripts.dialogue import Dialogue
from shared.privacy.transcripts.features import Features

_INVERSE_PENALTY: Final = 0.3
_UNJUDGED: Final = 0.3
"""The share of the others whose label a stretch is shown without, so that it is not judged by these alone."""


def calls() -> list[Call]:
    """Return the calls without the fifth that is held out, of which those it was developed on are none."""
    developed_on = read_calls(names=f"calls{DEVELOPED_ON}*.ndjson")
    others = (call for call in read_calls() if not call.is_held_out)
    return [*others, *(call for call in developed_on if call.is_held_out)]


def rows(calls: Iterable[Call]) -> Rows:
    """Return each stretch twice: as it is met first, and with the labels of what comes after it as well."""
    found = Rows([], [])
    for call in calls:
        turns = [parse_marked(turn.text) for turn in call.turns]
        speakers = (turn.speaker for turn in call.turns)
        dialogue = dialogue_of([*zip(speakers, (said.text for said in turns), strict=True)])
        labels = _labels(dialogue, [said.spans for said in turns])
        features = Features(dialogue)
        chance = random.Random(turns[0].text)  # noqa: S311
        for until in (False, True):
            for at in range(len(labels)):
                others = range(len(labels)) if until else range(at)
                shown = {one: labels[one] for one in others if one != at and chance.random() >= _UNJUDGED}
                found.units.append(np.unique(buckets(features.of(at, shown))))
                kind = labels[at]
                found.kinds.append(-1 if kind is None else STRUCTURED.index(kind))
    return found


def _labels(dialogue: Dialogue, spans: Sequence[Sequence[Span]]) -> Sequence[SensitiveKind | None]:
    """The kind that most of each stretch is marked as."""
    labels: list[SensitiveKind | None] = []
    for stretch, (start, end) in zip(dialogue.stretches, dialogue.places, strict=True):
        marked = [span for span in spans[stretch.turn] if span.kind in STRUCTURED]
        most = max(marked, key=lambda span: min(end, span.end) - max(start, span.start), default=None)
        is_most = most is not None and min(end, most.end) - max(start, most.start) >= (end - start) / 2
        labels.append(most.kind if most is not None and is_most else None)
    return labels


def fitted(rows: Rows) -> Mapping[str, NDArray[Any]]:
    """Return the arrays of a model: is it a value, then of which kind. The same rows give the same."""
    table, used = table_of(rows)
    kinds = np.array(rows.kinds)
    columns = np.unique(kinds[kinds >= 0])
    values = kinds >= 0
    with threadpool_limits(1):  # more would add up in another order, and give another file
        heads = [_fit(table, values), *(_fit(table[values], kinds[values] == column) for column in columns)]
    weights, bias = zip(*heads, strict=True)
    kept, steps, scale = in_bytes(np.array(weights).T)
    return {
        "kinds": np.array([str(STRUCTURED[column]) for column in columns]),
        "buckets": used[kept].astype(np.int32),
        "weights": steps,
        "scale": scale.astype(np.float32),
        "bias": np.array(bias, np.float32),
    }


def _fit(table: sparse.csr_matrix, labels: NDArray[np.bool_]) -> tuple[NDArray[np.float64], float]:
    model = LogisticRegression(C=_INVERSE_PENALTY, solver="liblinear").fit(table, labels)
    return model.coef_[0], model.intercept_[0]


def main() -> None:
    """Fit the model on all calls that are not held out, and write it."""
    write(MODEL, fitted(rows(calls())))


if __name__ == "__main__":
    main()
