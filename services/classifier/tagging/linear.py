"""The linear model at work: scores and probabilities of every tag for a batch, and what made them so.

A text's features are its hashed n-grams, weighed by rarity and scaled to length 1 a kind, the lines and
sections of the lexicons that it shows, and its shape. The first stage scores every tag; the second turns
the scores of all tags together into calibrated probabilities.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files
from io import BytesIO
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array

from services.classifier.tagging.lexicon import Hit, Lexicon, Line
from services.classifier.tagging.ngrams import BUCKETS, KINDS, Grams, grams
from services.classifier.tagging.shape import shapes
from services.classifier.tagging.spelling import Dictionary
from shared.tags import Language

F32 = NDArray[np.float32]
_MODEL: Final = "model.npz"


@dataclass(frozen=True)
class Scored:
    """A batch scored: probabilities by head, and what evidence is taken from."""

    scores: F32
    """(texts, tags) before calibration."""
    hits: Sequence[Sequence[Hit]]
    grams: Mapping[str, Grams]
    """By kind."""

    def of_text(self, text: int) -> Mapping[str, NDArray[np.intp]]:
        """Return the n-grams of one text, by kind and index."""
        return {kind: order[first[text] : first[text + 1]] for kind, (order, first) in self._by_text.items()}

    @cached_property
    def _by_text(self) -> Mapping[str, tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """The n-grams in the order of their texts, and where each text's begin and the last one's end."""
        return {kind: _by_text(found.text, len(self.hits)) for kind, found in self.grams.items()}


@dataclass(frozen=True)
class Table:
    """The weights of one kind of n-grams: bucket to row, row to rarity and to a weight a tag."""

    row: NDArray[np.int32]
    rarity: F32
    weights: F32

    def scores(self, found: Grams, texts: int) -> F32:
        """Return (texts, tags): the mean of the weights, each text's n-grams scaled to length 1."""
        rows = self.row[found.bucket]
        known = np.flatnonzero(rows)
        rows, owner = rows[known], found.text[known]
        if texts == 1:  # a sparse product costs more than what it saves
            sums = self.weights[rows].sum(axis=0, keepdims=True)
        else:
            shape = (texts, len(self.rarity))
            sums = coo_array((np.ones(len(rows), np.float32), (owner, rows)), shape=shape) @ self.weights
        squares = np.bincount(owner, self.squares[rows], texts)
        return np.asarray(sums / np.sqrt(np.maximum(squares, 1e-9))[:, None], np.float32)

    def contributions(self, found: Grams, tag: int, at: NDArray[np.intp]) -> F32:
        """Return what each n-gram `at` (all those of one text) adds to a tag's score."""
        rows = self.row[found.bucket[at]]
        scale = np.sqrt(max(float(self.squares[rows].sum()), 1e-9))
        return np.asarray(self.weights[rows, tag] / scale, np.float32)

    @cached_property
    def squares(self) -> F32:
        return self.rarity**2


@dataclass(frozen=True)
class Model:
    """Everything that training found; `tags` names the columns of the weights."""

    tags: Sequence[str]
    tables: Mapping[str, Table]
    """By kind of n-grams."""
    dense: F32
    """(lines + sections + shapes, tags)."""
    bias: F32
    lexicon: Lexicon
    dictionary: Dictionary
    calibration: Mapping[str, "Calibration"]

    @cached_property
    def sections(self) -> Sequence[str]:
        return tuple(dict.fromkeys(line.section for line in self.lexicon.lines))

    @cached_property
    def _section_of_line(self) -> NDArray[np.intp]:
        place = {name: at for at, name in enumerate(self.sections)}
        return np.array([place[line.section] for line in self.lexicon.lines], np.intp)

    def dense_features(self, hits: Sequence[Sequence[Hit]], originals: Sequence[str]) -> F32:
        """Return (texts, lines + sections + shapes) of 0 and 1."""
        lines = len(self.lexicon.lines)
        features = np.zeros((len(hits), lines + len(self.sections)), np.float32)
        pairs = [(text, hit.line) for text, of_text in enumerate(hits) for hit in of_text]
        if pairs:
            text, line = np.array(pairs, np.intp).T
            features[text, line] = 1
            features[text, lines + self._section_of_line[line]] = 1
        return np.hstack((features, shapes(originals)))

    def score(self, prepared: Sequence[str], originals: Sequence[str]) -> Scored:
        """Score a batch of prepared texts; `originals` are the same texts as they were written."""
        hits = self.lexicon.hits(prepared)
        found = grams(prepared)
        # Sparse: nearly all is 0, and a dense product would wake every core for next to nothing.
        scores = np.asarray(coo_array(self.dense_features(hits, originals)) @ self.dense + self.bias)
        for kind, table in self.tables.items():
            scores += table.scores(found[kind], len(prepared))
        return Scored(scores, hits, found)


def _by_text(owner: NDArray[np.int32], texts: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    order = np.argsort(owner, kind="stable")
    return order, np.searchsorted(owner[order], np.arange(texts + 1))


@dataclass(frozen=True)
class Calibration:
    """The second stage of one question: of which tags, from which scores, and above what they are set."""

    tags: Sequence[str]
    inputs: NDArray[np.intp]
    weights: F32
    bias: F32
    thresholds: F32

    @cached_property
    def least(self) -> list[float]:
        """The thresholds as plain numbers."""
        return [float(value) for value in self.thresholds]

    def probabilities(self, scores: F32) -> F32:
        """Return (texts, tags): of one choice they add up to 1, of flags each stands for itself."""
        logits = scores[:, self.inputs] @ self.weights + self.bias
        if not len(self.thresholds):
            raised = np.exp(logits - logits.max(axis=1, keepdims=True))
            return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)
        return np.asarray(1 / (1 + np.exp(-np.clip(logits, -30, 30))), np.float32)


def load_model() -> Model:
    """Load the model file that the package ships."""
    data = files("services.classifier.model").joinpath(_MODEL).read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as arrays:
        return model_of({name: arrays[name] for name in arrays.files})


def model_of(arrays: Mapping[str, NDArray[Any]]) -> Model:
    """Build the model from the arrays of its file."""
    about = json.loads(arrays["about"].tobytes())
    lines = [Line(section, tuple(groups), whole) for section, groups, whole in about["lines"]]
    hashes = _ascending(arrays["phrase_step"])
    return Model(
        tags=tuple(about["tags"]),
        tables={kind: _table(arrays, kind) for kind in KINDS},
        dense=arrays["dense"].astype(np.float32),
        bias=arrays["bias"].astype(np.float32),
        lexicon=Lexicon(lines, hashes, arrays["phrase_group"]),
        dictionary=dictionary_of(arrays),
        calibration={
            name: Calibration(
                tags=tuple(part["tags"]),
                inputs=np.array(part["inputs"], np.intp),
                weights=np.array(part["weights"], np.float32),
                bias=np.array(part["bias"], np.float32),
                thresholds=np.array(part["thresholds"], np.float32),
            )
            for name, part in about["calibration"].items()
        },
    )


def dictionary_of(arrays: Mapping[str, NDArray[Any]]) -> Dictionary:
    """Build the dictionary from the steps between its hashes, `known_<language>`."""
    return Dictionary({language: _ascending(arrays[f"known_{language.value}"]) for language in Language})


def _ascending(steps: NDArray[Any]) -> NDArray[np.uint64]:
    return np.cumsum(steps, dtype=np.uint64)


def _table(arrays: Mapping[str, NDArray[Any]], name: str) -> Table:
    buckets = arrays[f"{name}_bucket"]
    row = np.zeros(BUCKETS, np.int32)
    row[buckets] = np.arange(1, len(buckets) + 1)
    rarity = np.concatenate(([_UNSEEN_RARITY], arrays[f"{name}_rarity"].astype(np.float32)))
    weights = arrays[f"{name}_weight"].astype(np.float32) * arrays[f"{name}_scale"].astype(np.float32)
    nothing = np.zeros((1, weights.shape[1]), np.float32)
    return Table(row, rarity.astype(np.float32), np.vstack((nothing, weights)))


_UNSEEN_RARITY: Final = 0.0
