"""What a detector hands to the masker: a kind and a range of the folded text."""

from collections.abc import Iterable
from typing import NamedTuple

from shared.privacy.kinds import SensitiveKind


def covered(found: Iterable["Found"], length: int) -> bytearray:
    """A byte a code point of a text so long, that is not 0 where something was found."""
    canvas = bytearray(length)
    for _, start, end in found:
        canvas[start:end] = b"\1" * (end - start)
    return canvas


class Found(NamedTuple):
    """A range of the folded text, and what stands there."""

    kind: SensitiveKind
    start: int
    end: int
