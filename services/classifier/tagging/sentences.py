"""Long texts in pieces: the sentences that the chat model can judge, and where they stand."""

import re
from typing import Final

_SENTENCE: Final = re.compile(r"[^.!?\n]+[.!?]*")
_LEAST_LETTERS: Final = 2
_MOST_SENTENCES: Final = 200


def sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of a text's sentences, at most 200."""
    found: list[tuple[int, int]] = []
    for match in _SENTENCE.finditer(text):
        start, end = match.span()
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        if end - start >= _LEAST_LETTERS:
            found.append((start, end))
        if len(found) >= _MOST_SENTENCES:
            break
    return found
