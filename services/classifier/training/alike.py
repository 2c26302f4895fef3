"""How many messages are alike: written once and copied, or the same words by chance."""

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from math import ceil
from typing import Final

from services.classifier.training.corpus import Message

_SHINGLE: Final = 4
_ALIKE: Final = 0.5
"""Of the shingles that either of two messages has (Jaccard)."""


def share_of_near_duplicates(messages: Sequence[Message], before: Sequence[Message] = ()) -> float:
    """Return the share of messages that share half of their four-letter shingles with an earlier one.

    Those of `before` are earlier, and not counted themselves. Two sets that are so much alike share one
    of the rarest shingles of each (prefix filtering: Chaudhuri et al., 2006), so few pairs are compared.
    """
    all_shingles = [_shingles(message.text) for message in (*before, *messages)]
    frequency = Counter(shingle for shingles in all_shingles for shingle in shingles)
    holders: defaultdict[str, list[int]] = defaultdict(list)
    alike = 0
    for at, shingles in enumerate(all_shingles):
        rarest_first = sorted(shingles, key=lambda shingle: (frequency[shingle], shingle))
        prefix = rarest_first[: len(shingles) - ceil(_ALIKE * len(shingles)) + 1]
        earlier = {other for shingle in prefix for other in holders[shingle]}
        if at >= len(before) and any(_are_alike(shingles, all_shingles[other]) for other in earlier):
            alike += 1
        for shingle in prefix:
            holders[shingle].append(at)
    return alike / max(1, len(messages))


def _shingles(text: str) -> frozenset[str]:
    plain = re.sub(r"\W+", " ", text.lower())
    return frozenset(plain[at : at + _SHINGLE] for at in range(max(1, len(plain) - _SHINGLE + 1)))


def _are_alike(one: frozenset[str], other: frozenset[str]) -> bool:
    shared = len(one & other)
    return shared >= _ALIKE * (len(one) + len(other) - shared)
