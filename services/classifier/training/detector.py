"""Trains the masker's learned detector on the marked messages, for what its rules leave."""

import random
import warnings
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from threadpoolctl import threadpool_limits

from services.classifier.training.corpus import MESSAGES
from services.classifier.training.model_file import write
from shared.privacy import SensitiveKind, Span
from shared.privacy.kinds import STRUCTURED
from shared.privacy.learned.candidates import candidates_of
from shared.privacy.learned.detector import MODEL
from shared.privacy.learned.features import BITS, Features, buckets
from shared.privacy.marked import DEVELOPED_ON, Sample, read
from shared.privacy.masker import by_rules
from shared.privacy.placeholders import moved, replaced

_LEAST_ROWS: Final = 3  # a feature of fewer units is not kept
_HIDDEN: Final = 32  # units
_PENALTY: Final = 1e-4
_INPUT: Final = 1 / 12  # of a feature that a unit has, so that its two hundred begin with small sums
_BATCH: Final = 256
_STEP: Final = 2e-3
_PASSES: Final = 9
_LEAST_STEPS: Final = 500  # for few rows
_SEED: Final = 20260302
_LEAST_WEIGHT: Final = 0.5  # in 1/127 of the largest: what is smaller is nothing after rounding


class Rows(NamedTuple):
    """The buckets of each unit that may be a value, and the column of its kind, -1 for none."""

    units: list[NDArray[np.int64]]
    kinds: list[int]


def samples() -> list[Sample]:
    """Return the marked messages and e-mails without the fifth that is held out.

    Not the calls: what is said on the phone is judged by a model of its own.
    """
    paths = sorted((*MESSAGES.glob("*.txt"), *MESSAGES.glob("emails*.ndjson")))
    developed_on = read(path for path in paths if DEVELOPED_ON in path.name)
    others = read(path for path in paths if DEVELOPED_ON not in path.name)
    return [*developed_on, *(sample for sample in others if not sample.is_held_out)]


def rows(samples: Iterable[Sample]) -> Rows:
    """Return what the detector would judge in each text, masked as far as it may find it."""
    found = Rows([], [])
    for sample in samples:
        for text, spans in _as_met(sample):
            _judge(text, spans, found)
    return found


def _as_met(sample: Sample) -> Iterator[tuple[str, Sequence[Span]]]:
    """A text as written, without what the rules find, and without some of what it holds."""
    yield sample.text, sample.spans
    ruled = by_rules(sample.text)
    if ruled:
        yield without(sample, ruled)
    chance = random.Random(sample.text)  # noqa: S311
    some = [span for span in sample.spans if chance.random() < 0.5]
    if some and len(some) < len(sample.spans):
        yield without(sample, some)


def without(sample: Sample, masked: Sequence[Span]) -> tuple[str, Sequence[Span]]:
    """The text with placeholders for `masked`, in order, and where the rest of its values stand then."""
    shown = replaced(sample.text, masked)
    rest = [
        span
        for span in sample.spans
        if not any(span.start < one.end and one.start < span.end for one in masked)
    ]
    return shown.text, moved(rest, [span.end for span in masked], [mask.end for mask in shown.masks])


def _judge(text: str, spans: Sequence[Span], found: Rows) -> None:
    candidates = candidates_of(text)
    features = Features(candidates)
    for at in candidates.values:
        unit = candidates.units[at]
        start, end = candidates.reading.folded.original(unit.start, unit.end)
        found.units.append(np.unique(buckets(features.of(at))))
        found.kinds.append(_column(start, end, spans))


def _column(start: int, end: int, spans: Sequence[Span]) -> int:
    """The column of the kind that most of a unit is marked as."""
    for span in spans:
        if span.kind in STRUCTURED and min(end, span.end) - max(start, span.start) >= (end - start) / 2:
            return STRUCTURED.index(span.kind)
    return -1


def fitted(rows: Rows) -> dict[str, NDArray[Any]]:
    """Return the arrays of a network: the same rows give the same. Without any value raises ValueError."""
    table, used = table_of(rows)
    kinds = np.array(rows.kinds)
    columns = np.unique(kinds[kinds >= 0])
    labels = np.where(kinds < 0, len(columns), np.searchsorted(columns, kinds))
    steps = -(-len(labels) // _BATCH)
    network = MLPClassifier(
        (_HIDDEN,),
        alpha=_PENALTY,
        batch_size=min(_BATCH, len(labels)),
        learning_rate_init=_STEP,
        max_iter=max(_PASSES, -(-_LEAST_STEPS // steps)),
        n_iter_no_change=_LEAST_STEPS,
        random_state=_SEED,
    )
    # One thread: more would add up in another order. So many passes, whether more could be learned or not.
    with threadpool_limits(1), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        network.fit(table * np.float32(_INPUT), labels)
    return _packed([STRUCTURED[column] for column in columns], network, used)


def table_of(rows: Rows) -> tuple[sparse.csr_matrix, NDArray[np.int64]]:
    """Return (units, features) of 0 and 1 and the bucket of each feature; ValueError without any value."""
    if max(rows.kinds, default=-1) < 0:
        raise ValueError("no marked value among the texts: there is nothing to learn")
    ends = np.cumsum([0, *map(len, rows.units)])
    flat = np.concatenate(rows.units)
    shape = (len(rows.units), 1 << BITS)
    table = sparse.csr_matrix((np.ones(len(flat), np.float32), flat, ends), shape)
    used = np.flatnonzero(np.bincount(flat, minlength=1 << BITS) >= _LEAST_ROWS)
    return table[:, used], used


def in_bytes(weights: NDArray[Any]) -> tuple[NDArray[np.bool_], NDArray[np.int8], NDArray[Any]]:
    """Return which rows are more than nothing, these in 127 steps a column, and each column's step."""
    scale = np.abs(weights).max(axis=0) / 127
    kept = (np.abs(weights / scale) >= _LEAST_WEIGHT).any(axis=1)
    return kept, np.round(weights[kept] / scale).astype(np.int8), scale


def _packed(
    kinds: Sequence[SensitiveKind], network: MLPClassifier, used: NDArray[np.int64]
) -> dict[str, NDArray[Any]]:
    """The arrays of the file: a row a bucket, one byte a hidden unit; buckets that add next to nothing go."""
    (hidden, output), (hidden_bias, output_bias) = network.coefs_, network.intercepts_
    if output.shape[1] == 1:  # of two classes it tells the second's logit alone
        output, output_bias = np.pad(output, ((0, 0), (1, 0))), np.pad(output_bias, (1, 0))
    kept, weights, scale = in_bytes(hidden)
    return {
        "kinds": np.array([str(kind) for kind in kinds]),
        "buckets": used[kept].astype(np.int32),
        "hidden": weights,
        "scale": (scale * _INPUT).astype(np.float32),
        "hidden_bias": hidden_bias.astype(np.float32),
        "output": output.astype(np.float32),
        "output_bias": output_bias.astype(np.float32),
    }


def main() -> None:
    """Fit the detector on all that is not held out, and write it."""
    write(MODEL, fitted(rows(samples())))


if __name__ == "__main__":
    main()
