"""The placeholder that stands for a masked value: `⟦kind⟧`, the same in every language.

It names the kind and nothing else. The brackets are on no keyboard, so nobody types one by chance;
whoever does type a whole placeholder has told a kind and no value, and it is read as any other.
"""

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from typing import Final

from shared.privacy.kinds import Mask, Masked, SensitiveKind, Span
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


def replaced(text: str, spans: Sequence[Span]) -> Masked:
    """`text` with a placeholder in place of each of `spans`, which are in order and apart."""
    if not spans:
        return Masked(text, ())
    pieces: list[str] = []
    masks: list[Mask] = []
    copied = length = 0
    for span in spans:
        between, word = text[copied : span.start], placeholder(span.kind)
        pieces += (between, word)
        length += len(between)
        masks.append(Mask(span.kind, length, length + len(word)))
        length += len(word)
        copied = span.end
    pieces.append(text[copied:])
    return Masked("".join(pieces), tuple(masks))


def moved(spans: Iterable[Span], ends: Sequence[int], others: Sequence[int]) -> list[Span]:
    """Spans of one text as those of another that differs in what ends at `ends`, and there at `others`.

    None of the spans touches what differs.
    """
    placed: list[Span] = []
    for span in spans:
        before = bisect_right(ends, span.start) - 1
        shift = others[before] - ends[before] if before >= 0 else 0
        placed.append(Span(span.kind, span.start + shift, span.end + shift))
    return placed


def blanked(text: str) -> str:
    """`text` with a barrier of the same length where placeholders stand."""
    if OPENING not in text:
        return text
    return _PLACEHOLDER.sub(lambda found: _BLANKS[found[1]], text)
