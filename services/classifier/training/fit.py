"""Fitting: linear scores for every head, then calibrated probabilities from scores of texts not fitted on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC
from sklearn.utils.parallel import Parallel, delayed

from services.classifier.tagging.ngrams import KINDS
from services.classifier.training.corpus import Message
from services.classifier.training.features import SHAPES, Features, Weighing
from services.classifier.training.heads import HEADS, Head

FOLDS: Final = 5
_SEED: Final = 20260302
_WEIGHTS: Final = {"letters": 1.2, "words": 1.0, "placed": 0.7, "gapped": 0.7}
_LEXICON_WEIGHT: Final = 0.3
_SHAPE_WEIGHT: Final = 0.2
_C: Final = 0.4
_AGGRESSIVE_PRECISION: Final = {"client:": 0.95, "staff:": 0.85}
"""Among messages that are hard on purpose. A client may lose a privilege by it; of staff it is a finding
that somebody reads. What is less sure than a pack asks for goes to review there."""

F32 = NDArray[np.float32]
Rows = NDArray[np.intp]


@dataclass(frozen=True)
class Scorer:
    """The first stage: weights by head for each kind of feature, in the tagger's own terms."""

    weighings: Mapping[str, Weighing]
    weights: Mapping[str, F32]
    dense_weights: F32
    bias: F32

    def scores(self, features: Features, rows: Rows) -> F32:
        """Return (rows, heads)."""
        scores = features.dense[rows] @ self.dense_weights + self.bias
        for kind, weighing in self.weighings.items():
            counts = weighing.applied(features.grams[kind][rows])
            scores = scores + counts @ (self.weights[kind] / weighing.rarity[:, None])
        return np.asarray(scores, np.float32)


def fit_scorer(features: Features, messages: Sequence[Message], rows: Rows) -> Scorer:
    """Fit every head on the rows that it learns from."""
    weighings = {kind: Weighing.of(kind, features.grams[kind][rows]) for kind in KINDS}
    scales = np.full(features.dense.shape[1], _LEXICON_WEIGHT, np.float32)
    scales[-SHAPES:] = _SHAPE_WEIGHT
    matrix = sparse.hstack(
        (
            *(
                weighing.applied(features.grams[kind][rows]) * _WEIGHTS[kind]
                for kind, weighing in weighings.items()
            ),
            sparse.csr_matrix(features.dense[rows] * scales),
        )
    ).tocsr()
    learnt = [messages[row] for row in rows]
    # In processes: liblinear draws the order of its steps from one generator for all threads of a process.
    fitted = Parallel(n_jobs=-1)(delayed(_fit_head)(matrix, *_task_of(head, learnt)) for head in HEADS)
    weights = np.stack([weight for weight, _ in fitted], axis=1).astype(np.float32)
    borders = np.cumsum([len(weighing.buckets) for weighing in weighings.values()])
    parts = dict(zip(KINDS, np.split(weights, borders)[:-1], strict=True))
    return Scorer(
        weighings,
        {kind: parts[kind] * _WEIGHTS[kind] * weighings[kind].rarity[:, None] for kind in KINDS},
        weights[borders[-1] :] * scales[:, None],
        np.array([bias for _, bias in fitted], np.float32),
    )


def _task_of(
    head: Head, messages: Sequence[Message]
) -> tuple[NDArray[np.int64], NDArray[np.bool_], str | None]:
    """The rows that a head learns from, which of them have its tag, and how its classes are weighed."""
    chosen = np.array([at for at, message in enumerate(messages) if head.learns_from(message)])
    labels = np.array([head.has(messages[at]) for at in chosen])
    # One choice among ten: the rare intents weigh as much as the frequent.
    return chosen, labels, "balanced" if head.name.startswith("intent:") else None


def _fit_head(
    matrix: sparse.csr_matrix, chosen: NDArray[np.int64], labels: NDArray[np.bool_], balance: str | None
) -> tuple[F32, float]:
    fitted = LinearSVC(C=_C, class_weight=balance, random_state=_SEED).fit(matrix[chosen], labels)
    return fitted.coef_[0], float(fitted.intercept_[0])


def scores_of_unseen(features: Features, messages: Sequence[Message], rows: Rows) -> F32:
    """Return the scores of each row by a scorer fitted without the row's scenario."""
    folds = np.array([messages[row].fold for row in rows])
    scores = np.zeros((len(rows), len(HEADS)), np.float32)
    for fold in range(FOLDS):
        scorer = fit_scorer(features, messages, rows[folds != fold])
        scores[folds == fold] = scorer.scores(features, rows[folds == fold])
    return scores


@dataclass(frozen=True)
class Calibrated:
    """The second stage of one question."""

    tags: Sequence[str]
    inputs: Sequence[int]
    weights: F32
    bias: F32
    thresholds: F32

    def probabilities(self, scores: F32) -> F32:
        logits = scores[:, list(self.inputs)] @ self.weights + self.bias
        if not len(self.thresholds):
            raised = np.exp(logits - logits.max(axis=1, keepdims=True))
            return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
        return np.asarray(1 / (1 + np.exp(-logits)), np.float32)


def columns(prefix: str) -> list[int]:
    """Return the columns of the heads whose name begins so."""
    return [at for at, head in enumerate(HEADS) if head.name.startswith(prefix)]


def calibrate_choice(prefix: str, inputs: Sequence[int], scores: F32, chosen: Sequence[str]) -> Calibrated:
    """Fit the probabilities of one choice, e.g. `intent:`."""
    tags = [HEADS[at].name.removeprefix(prefix) for at in columns(prefix)]
    labels = np.array([tags.index(tag) for tag in chosen])
    fitted = LogisticRegression(C=1.0, max_iter=2000).fit(scores[:, list(inputs)], labels)
    none = np.zeros(0, np.float32)
    return Calibrated(
        tags, inputs, fitted.coef_.T.astype(np.float32), fitted.intercept_.astype(np.float32), none
    )


def calibrate_flags(prefix: str, inputs: Sequence[int], scores: F32, has: NDArray[np.bool_]) -> Calibrated:
    """Fit the probabilities of flags; `has` is (rows, flags). Thresholds give the best F1."""
    tags = [HEADS[at].name.removeprefix(prefix) for at in columns(prefix)]
    weights, biases, thresholds = [], [], []
    for column, tag in enumerate(tags):
        fitted = LogisticRegression(C=0.3, max_iter=2000).fit(scores[:, list(inputs)], has[:, column])
        sure = fitted.predict_proba(scores[:, list(inputs)])[:, 1]
        weights.append(fitted.coef_[0])
        biases.append(float(fitted.intercept_[0]))
        least_precision = _AGGRESSIVE_PRECISION[prefix] if tag == "aggressive" else 0.0
        thresholds.append(_threshold(sure, has[:, column], least_precision))
    return Calibrated(
        tags,
        inputs,
        np.stack(weights, axis=1).astype(np.float32),
        np.array(biases, np.float32),
        np.array(thresholds, np.float32),
    )


def _threshold(sure: NDArray[np.float64], has: NDArray[np.bool_], least_precision: float) -> float:
    """Return the threshold of the best F1 among those precise enough."""
    best, best_f1 = 0.5, -1.0
    for threshold in np.arange(0.4, 0.95, 0.01):
        told = sure >= threshold
        right = float((told & has).sum())
        precision = right / max(float(told.sum()), 1.0)
        f1 = 2 * right / max(float(told.sum() + has.sum()), 1.0)
        if precision >= least_precision and f1 > best_f1:
            best, best_f1 = float(threshold), f1
    return best


def calibrate_few(
    tags: Sequence[str], inputs: Sequence[Sequence[int]], features: F32, has: NDArray[np.bool_]
) -> Calibrated:
    """Fit flags from few examples: each from its own inputs, kept small; the rest of its weights are 0."""
    weights = np.zeros((features.shape[1], len(tags)), np.float32)
    biases, thresholds = [], []
    for column in range(len(tags)):
        chosen = list(inputs[column])
        fitted = LogisticRegression(C=0.3, max_iter=2000).fit(features[:, chosen], has[:, column])
        weights[chosen, column] = fitted.coef_[0]
        biases.append(float(fitted.intercept_[0]))
        sure = fitted.predict_proba(features[:, chosen])[:, 1]
        thresholds.append(_threshold(sure, has[:, column], 0.0))
    return Calibrated(
        tags,
        range(features.shape[1]),
        weights,
        np.array(biases, np.float32),
        np.array(thresholds, np.float32),
    )
