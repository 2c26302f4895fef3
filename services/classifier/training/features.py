"""What the model is trained on: the same features as the tagger computes, as sparse matrices."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from spellchecker import SpellChecker
from wordfreq import get_frequency_dict

from services.classifier.tagging.lexicon import Hit, Lexicon
from services.classifier.tagging.ngrams import BUCKETS, KINDS, Grams, grams
from services.classifier.tagging.prepare import prepare
from services.classifier.tagging.shape import NAMES, shapes
from services.classifier.tagging.spelling import hashes_of, one_slip_from
from services.classifier.training.corpus import Message
from shared.privacy.text.folding import fold
from shared.tags import Language

_MOST_DICTIONARY_WORDS = 60_000
_LEAST_LETTERS = 4
_LEAST_FREQUENCY = 6e-8
"""Of a running text; rarer words are as often slips as words."""
_NEARLY_ALWAYS = 20
_MUCH_MORE = 100
_BATCH = 256
_LEAST_TEXTS = {"letters": 2, "words": 2, "placed": 2, "gapped": 3}
"""An n-gram of fewer training texts is not kept."""


@dataclass(frozen=True)
class Features:
    """The features of labelled messages, one row a message."""

    grams: Mapping[str, sparse.csr_matrix]
    """Counts by kind of n-grams."""
    dense: NDArray[np.float32]


@dataclass(frozen=True)
class Weighing:
    """Which n-grams of a kind are kept, and how rare each is among the training texts."""

    buckets: NDArray[np.int64]
    rarity: NDArray[np.float32]

    @classmethod
    def of(cls, kind: str, counts: sparse.csr_matrix) -> "Weighing":
        texts = np.asarray((counts > 0).sum(axis=0)).ravel()
        buckets = np.flatnonzero(texts >= _LEAST_TEXTS[kind])
        rarity = np.log((1 + counts.shape[0]) / (1 + texts[buckets])) + 1
        return cls(buckets, rarity.astype(np.float32))

    def applied(self, counts: sparse.csr_matrix) -> sparse.csr_matrix:
        """Weigh and scale every text to length 1."""
        weighed = counts[:, self.buckets].multiply(self.rarity).tocsr()
        squares = np.asarray(counts[:, self.buckets].multiply(self.rarity**2).sum(axis=1)).ravel()
        return sparse.diags(1 / np.sqrt(np.maximum(squares, 1e-9))) @ weighed


def vocabulary(messages: Sequence[Message]) -> list[str]:
    """Return the words of the messages, then those of the spelling dictionaries, the frequent first."""
    own = Counter[str]()
    for message in messages:
        own.update(re.findall(r"\w+", prepare(message.masked).text))
    known = Counter[str]()
    for language in ("pt", "es", "en"):
        counts = SpellChecker(language=language).word_frequency.dictionary
        frequent = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_MOST_DICTIONARY_WORDS]
        for word, count in frequent:
            known[fold(word).text] += count
    ordered = [word for word, _ in sorted(own.items(), key=lambda item: (-item[1], item[0]))]
    return ordered + sorted((word for word in known if word not in own), key=lambda w: (-known[w], w))


def features_of(messages: Sequence[Message], lexicon: Lexicon) -> Features:
    """Compute the features of labelled messages, masked as they are on the wire."""
    prepared = [prepare(message.masked).text for message in messages]
    found = grams(prepared)
    hits: list[list[Hit]] = []
    for start in range(0, len(prepared), _BATCH):
        hits += lexicon.hits(prepared[start : start + _BATCH])
    sections = list(dict.fromkeys(line.section for line in lexicon.lines))
    dense = np.zeros((len(messages), len(lexicon.lines) + len(sections)), np.float32)
    for row, of_text in enumerate(hits):
        for hit in of_text:
            dense[row, hit.line] = 1
            dense[row, len(lexicon.lines) + sections.index(lexicon.lines[hit.line].section)] = 1
    return Features(
        {kind: _counted(found[kind], len(messages)) for kind in KINDS},
        np.hstack((dense, shapes([message.masked for message in messages]))),
    )


def _counted(found: Grams, texts: int) -> sparse.csr_matrix:
    ones = np.ones(len(found.bucket), np.float32)
    return sparse.csr_matrix((ones, (found.text, found.bucket)), shape=(texts, BUCKETS))


SHAPES = len(NAMES)


def _lacking_accents(used: Mapping[str, float]) -> set[str]:
    accented = ((bare, frequency) for word, frequency in used.items() if (bare := fold(word).text) != word)
    return {bare for bare, frequency in accented if frequency > _NEARLY_ALWAYS * used.get(bare, 0)}


def _is_used_slip(word: str, used: Mapping[str, float]) -> bool:
    meant = max((used.get(other, 0.0) for other in one_slip_from(word)), default=0.0)
    return meant > _MUCH_MORE * used[word]


@cache
def known_words() -> dict[str, NDArray[np.uint64]]:
    """Return the words that spelling is judged by, as steps between their ascending hashes.

    A word is known when it is in the spelling dictionary, or used often enough: `wordfreq` has the
    forms of a word that a dictionary of its roots leaves out. One that is nearly always written with
    an accent ("também") is not known without, nor is a slip that is used, but rarely beside its word.
    """
    known: dict[str, NDArray[np.uint64]] = {}
    for language in Language:
        code = language.value[:2]
        counts = SpellChecker(language=code).word_frequency.dictionary
        used = get_frequency_dict(code, wordlist="large")
        listed = {word.lower() for word in counts if word.isalpha() and len(word) >= _LEAST_LETTERS}
        only_used = {
            word
            for word, frequency in used.items()
            if frequency >= _LEAST_FREQUENCY and word.isalpha() and len(word) >= _LEAST_LETTERS
        } - listed
        words = (listed | {word for word in only_used if not _is_used_slip(word, used)}) - _lacking_accents(
            used
        )
        hashes = np.unique(hashes_of(sorted(words)))
        known[f"known_{language.value}"] = np.diff(hashes, prepend=np.uint64(0))
    return known
