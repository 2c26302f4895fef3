"""Personal data: the one masker, and what it can find."""

from shared.privacy.kinds import Mask, Masked, SensitiveKind, Span
from shared.privacy.masker import find, mask
from shared.privacy.placeholders import placeholder, placeholders

__all__ = ["Mask", "Masked", "SensitiveKind", "Span", "find", "mask", "placeholder", "placeholders"]
