"""Fitting the heads of the model: side by side, and the same each time."""

import numpy as np
from scipy import sparse

from services.classifier.tagging.ngrams import BUCKETS, KINDS
from services.classifier.tagging.shape import NAMES
from services.classifier.training.corpus import Message, read_messages
from services.classifier.training.features import Features
from services.classifier.training.fit import fit_scorer

SIZE = 400
USED = 3_000


def some_messages() -> list[Message]:
    """Messages from all over the corpus, so that every head has some that have its tag."""
    messages = read_messages()
    return messages[:: len(messages) // SIZE][:SIZE]


def features_by_chance() -> Features:
    chance = np.random.default_rng(7)
    grams = {}
    for kind in KINDS:
        columns = chance.choice(BUCKETS, USED, replace=False)
        counts = sparse.random(SIZE, USED, density=0.02, format="coo", random_state=7)
        grams[kind] = sparse.csr_matrix(
            (np.ones(counts.nnz, np.float32), (counts.row, columns[counts.col])), (SIZE, BUCKETS)
        )
    return Features(grams, chance.random((SIZE, len(NAMES) + 20), dtype=np.float32))


def test_two_fits_give_the_same_weights_to_the_last_bit() -> None:
    messages, features, rows = some_messages(), features_by_chance(), np.arange(SIZE)
    once, again = (fit_scorer(features, messages, rows) for _ in range(2))
    assert all(np.array_equal(once.weights[kind], again.weights[kind]) for kind in KINDS)
    assert np.array_equal(once.bias, again.bias)
    assert np.array_equal(once.dense_weights, again.dense_weights)
