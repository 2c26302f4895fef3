"""Personal data: the one masker, and what it can find."""

from shared.privacy.kinds import Mask, Masked, SensitiveKind, Span
from shared.privacy.masker import find, find_each, mask
from shared.privacy.placeholders import placeholder, placeholders
from shared.privacy.transcripts.detector import find_in_turns

__all__ = [
    "Mask",
    "Masked",
    "SensitiveKind",
    "Span",
    "find",
    "find_each",
    "find_in_turns",
    "mask",
    "placeholder",
    "placeholders",
]
