"""The placeholder that stands for a masked value: `⟦kind⟧`, the same in every language.

It names the kind and nothing else. The brackets are on no keyboard, so nobody types one by chance;
whoever does type a whole placeholder has told a kind and no value, and it is read as any other.
"""

import re
from typing import Final

from shared.privacy.kinds import SensitiveKind, Span
from shared.privacy.text.folding import BARRIER

OPENING: Final = "⟦"
CLOSING: Final = "⟧"
_PLACEHOLDER: Final = re.compile(f"{OPENING}({'|'.join(kind.value for kind in SensitiveKind)}){CLOSING}")
_BLANKS: Final = {
    kind.value: BARRIER * (len(kind.value) + len(OPENING) + len(CLOSING)) for kind in SensitiveKind
}


def placeholder(kind: SensitiveKind) -> str:
    """What is written in place of a value of this kind."""
    return f"{OPENING}{kind.value}{CLOSING}"


def placeholders(text: str) -> tuple[Span, ...]:
    """Where placeholders stand in `text`, so that a masked text still tells what it held."""
    if OPENING not in text:
        return ()
    return tuple(
        Span(SensitiveKind(found[1]), found.start(), found.end()) for found in _PLACEHOLDER.finditer(text)
    )


def blanked(text: str) -> str:
    """`text` with a barrier of the same length where placeholders stand."""
    if OPENING not in text:
        return text
    return _PLACEHOLDER.sub(lambda found: _BLANKS[found[1]], text)
