"""The linear model that judges the stretches of a call."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.privacy.kinds import SensitiveKind
from shared.privacy.learned.features import BITS, buckets


@dataclass(frozen=True, slots=True)
class Model:
    """A column of weights in steps of `scale`, and a bias, for each question.

    The first: is it a value at all. The others: if it is one, of which of `kinds`.
    """

    kinds: Sequence[SensitiveKind]
    weights: NDArray[np.int8]
    scale: NDArray[np.float32]
    bias: NDArray[np.float32]

    def scores(self, features: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The log-odds of each question, a row a stretch; every stretch has features."""
        starts = [0, *accumulate(map(len, features))][:-1]
        rows = self.weights[buckets([one for unit in features for one in unit])]
        sums = np.add.reduceat(rows, starts, axis=0, dtype=np.int32)
        scores: NDArray[np.float32] = sums * self.scale + self.bias
        return scores


def model_of(arrays: Mapping[str, NDArray[Any]]) -> Model:
    """The model of a file's arrays: the buckets that have weights, and these."""
    table = np.zeros((1 << BITS, arrays["weights"].shape[1]), np.int8)
    table[arrays["buckets"]] = arrays["weights"]
    kinds = [SensitiveKind(kind) for kind in arrays["kinds"].tolist()]
    return Model(kinds, table, arrays["scale"], arrays["bias"])
