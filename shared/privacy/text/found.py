"""What a detector hands to the masker: a kind and a range of the folded text."""

from typing import NamedTuple

from shared.privacy.kinds import SensitiveKind


class Found(NamedTuple):
    """A range of the folded text, and what stands there."""

    kind: SensitiveKind
    start: int
    end: int
