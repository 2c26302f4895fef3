"""How many messages are alike: written once and copied, or the same words by chance."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from scipy import sparse

from services.classifier.training.corpus import Message

_SHINGLE: Final = 4
_ALIKE: Final = 0.5
"""Of the shingles that either of two messages has (Jaccard)."""
_AT_ONCE: Final = 200


def share_of_near_duplicates(messages: Sequence[Message], before: Sequence[Message] = ()) -> float:
    """Return the share of messages that share half of their four-letter shingles with an earlier one.

    Those of `before` are earlier, and not counted themselves.
    """
    has = _shingles_of((*before, *messages))
    sizes = np.asarray(has.sum(axis=1)).ravel()
    alike = 0
    for start in range(len(before), has.shape[0], _AT_ONCE):
        end = min(start + _AT_ONCE, has.shape[0])
        shared = (has[start:end] @ has[:end].T).tocoo()
        one, other = shared.row + start, shared.col
        together = sizes[one] + sizes[other] - shared.data
        alike += len(np.unique(one[(other < one) & (shared.data >= _ALIKE * together)]))
    return alike / max(1, len(messages))


def _shingles_of(messages: Sequence[Message]) -> sparse.csr_matrix:
    """Return (messages, shingles) of 0 and 1."""
    vocabulary: dict[str, int] = {}
    columns: list[int] = []
    ends = [0]
    for message in messages:
        text = re.sub(r"\W+", " ", message.text.lower())
        shingles = {text[at : at + _SHINGLE] for at in range(max(1, len(text) - _SHINGLE + 1))}
        columns += sorted(vocabulary.setdefault(shingle, len(vocabulary)) for shingle in shingles)
        ends.append(len(columns))
    ones = np.ones(len(columns), np.float32)
    return sparse.csr_matrix((ones, columns, ends), shape=(len(messages), max(1, len(vocabulary))))
