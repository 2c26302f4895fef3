"""Spelling: words that the spelling dictionaries of a language do not know."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.classifier.tagging.ngrams import U64, phrases
from shared.tags import Language

_WORD: Final = re.compile(r"(?<![\w@.⟦⟧_-])[^\W\d_]{4,}(?![\w@⟧_])")
_MOST_WORDS: Final = 2_000


@dataclass(frozen=True)
class Dictionary:
    """The known words of each language, as ascending hashes of their small letters."""

    known: Mapping[Language, U64]

    def unknown(self, text: str, language: Language) -> list[tuple[int, int]]:
        """Return where words stand that are not known: small ones, for capitals begin names."""
        spans = [match.span() for match in _WORD.finditer(text)][:_MOST_WORDS]
        spans = [(start, end) for start, end in spans if text[start].islower()]
        if not spans:
            return []
        hashes = hashes_of([text[start:end].lower() for start, end in spans])
        known = self.known[language]
        at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
        return [span for span, is_known in zip(spans, known[at] == hashes, strict=True) if not is_known]


def hashes_of(words: Sequence[str]) -> U64:
    """Return the hash of each word; words are letters only, of the Latin alphabet."""
    runs = phrases(words)
    single = runs.end - runs.start == np.fromiter(map(len, words), np.int32, len(words))[runs.text]
    hashes = np.zeros(len(words), np.uint64)
    hashes[runs.text[single]] = runs.hashes[single]
    return hashes
