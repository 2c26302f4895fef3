"""The network behind the learned detector: one hidden layer over the features of a unit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.privacy.kinds import SensitiveKind
from shared.privacy.learned.features import BITS, buckets


@dataclass(frozen=True, slots=True)
class Network:
    """What each bucket adds to the hidden units, and what these say of each kind."""

    kinds: Sequence[SensitiveKind]
    row: NDArray[np.int32]
    """The row of each bucket in `hidden`; 0, of zeros, where it has none."""
    hidden: NDArray[np.int8]
    """(rows, hidden units), in steps of `scale`."""
    scale: NDArray[np.float32]
    hidden_bias: NDArray[np.float32]
    output: NDArray[np.float32]
    """(hidden units, kinds and one for none of them)."""
    output_bias: NDArray[np.float32]

    def scores(self, features: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        """The log-odds of each kind, a row a unit; every unit has features."""
        starts = [0, *accumulate(map(len, features))][:-1]
        rows = self.hidden[self.row[buckets([one for unit in features for one in unit])]]
        sums = np.add.reduceat(rows, starts, axis=0, dtype=np.int32)
        active = np.maximum(sums * self.scale + self.hidden_bias, 0)
        logits = active @ self.output + self.output_bias
        logits -= logits.max(axis=1, keepdims=True)
        odds = np.exp(logits)
        every, mine = odds.sum(axis=1, keepdims=True), odds[:, : len(self.kinds)]
        scores: NDArray[np.float32] = np.log(mine + _NOTHING) - np.log(every - mine + _NOTHING)
        return scores


_NOTHING = np.float32(1e-12)


def network_of(arrays: Mapping[str, NDArray[Any]]) -> Network:
    """The network of a file's arrays: the buckets that have weights, and these."""
    row = np.zeros(1 << BITS, np.int32)
    row[arrays["buckets"]] = np.arange(1, len(arrays["buckets"]) + 1)
    nothing = np.zeros((1, arrays["hidden"].shape[1]), np.int8)
    return Network(
        kinds=[SensitiveKind(kind) for kind in arrays["kinds"].tolist()],
        row=row,
        hidden=np.vstack((nothing, arrays["hidden"])),
        **{name: arrays[name] for name in ("scale", "hidden_bias", "output", "output_bias")},
    )
