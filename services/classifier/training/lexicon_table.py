"""Builds the table of the lexicons' phrases that the tagger looks up."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import numpy as np

from services.classifier.tagging.lexicon import Lexicon, Line, whole_pattern, written
from services.classifier.tagging.ngrams import U64, phrases
from services.classifier.training.phrases import Speller

_TOO_COMMON: Final = 0.12
"""A part that so many texts show tells nothing: its line does without it."""


def build_lexicon(
    vocabulary: Sequence[str], texts: Sequence[str]
) -> tuple[Lexicon, U64, "np.typing.NDArray[np.uint16]"]:
    """Return the lexicon, and its table as the model file holds it."""
    speller = Speller(vocabulary)
    frequencies = Counter(word for text in texts for word in set(text.split()))
    index: dict[frozenset[str], int] = {}
    lines: list[Line] = []
    for line in written():
        if line.is_whole:
            lines.append(Line(line.section, (), whole_pattern(line.parts[0])))
            continue
        spelled = [
            phrases_of
            for part in line.parts
            for phrases_of in speller.parts(part)
            if not _is_common(phrases_of, frequencies, len(texts))
        ]
        if spelled:
            rarest_first = sorted(spelled, key=len)
            of_line = tuple(index.setdefault(one, len(index)) for one in rarest_first)
            lines.append(Line(line.section, of_line))
    pairs = [(phrase, group) for spelled_out, group in index.items() for phrase in spelled_out]
    hashes = _hashes([phrase for phrase, _ in pairs])
    groups = np.array([group for _, group in pairs], np.uint16)
    order = np.lexsort((groups, hashes))
    return Lexicon(lines, hashes[order], groups[order]), hashes[order], groups[order]


def _is_common(phrases_of: frozenset[str], frequencies: Mapping[str, int], texts: int) -> bool:
    return sum(frequencies.get(phrase, 0) for phrase in phrases_of) > _TOO_COMMON * texts


def _hashes(texts: Sequence[str]) -> U64:
    """Return the whole hash of each phrase: its longest run."""
    runs = phrases(texts)
    longest = np.zeros(len(texts), np.uint64)
    sizes = np.full(len(texts), -1)
    for value, text, size in zip(runs.hashes, runs.text, (runs.end - runs.start), strict=True):
        if size > sizes[text]:
            sizes[text], longest[text] = size, value
    return longest
