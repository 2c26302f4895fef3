"""The words that each language knows: what is none of them, slips of one, and whose words a text has."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classifier.tagging.ngrams import U64, phrases
from shared.tags import Language

_WORD: Final = re.compile(r"(?<![\w@.⟦⟧_-])[^\W\d_]{4,}(?![\w@⟧_])")
_MOST_WORDS: Final = 2_000
_MOST_OF_LANGUAGE: Final = 4
"""Words that only some languages know: so many tell as much as more."""
_SHORT: Final = 120
"""Code points; of a longer text the n-grams tell the language."""
_MOST_SLIPS: Final = 50
"""So many unknown words tell enough."""
_LONGEST: Final = 30
"""Letters; what is longer is no word, and would cost its square."""
_SOUND_ALIKE: Final = tuple(
    tuple(pair.split("/"))
    for pair in (  # noqa: SIM905 - one pair a line would fill a screen
        "b/v s/z s/c z/c s/ç s/ss ss/ç s/x x/ch x/cc g/j g/gu ll/y y/i r/rr m/n q/k qu/k c/k c/cc c/sc "
        "l/u i/e u/o a/e am/ão hu/gü w/gu ph/f ee/ea ie/ei e/ea"
    ).split()
)
"""What people write for one another in Portuguese, Spanish and English."""
_ACCENTS: Final = {"a": "áàãâ", "e": "éê", "i": "í", "o": "óôõ", "u": "úü", "n": "ñ", "c": "ç"}
_BARE: Final = {accented: bare for bare, some in _ACCENTS.items() for accented in some}
_DROPPED_ENDS: Final = ("r", "s")
"""What is not heard, and not written: "acha" for "achar"."""


@dataclass(frozen=True)
class Dictionary:
    """The known words of each language, as ascending hashes of their small letters; some in each."""

    known: Mapping[Language, U64]

    def unknown(self, text: str, language: Language) -> list[tuple[int, int]]:
        """Return where words stand that are not known: small ones, for capitals begin names."""
        spans = [match.span() for match in _WORD.finditer(text)][:_MOST_WORDS]
        spans = [(start, end) for start, end in spans if text[start].islower()]
        if not spans:
            return []
        are_known = self._are_known([text[start:end].lower() for start, end in spans], language)
        return [span for span, is_known in zip(spans, are_known, strict=True) if not is_known]

    def telling(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return (texts, languages): how many words each language knows that another does not.

        Of short texts as they were written, for an accent tells as well; of long ones 0.
        """
        words = [_WORD.findall(text.lower()) if len(text) <= _SHORT else () for text in texts]
        owner = np.repeat(np.arange(len(texts)), list(map(len, words)))
        every = [word for of_text in words for word in of_text]
        if not every:
            return np.zeros((len(texts), len(Language)), np.float32)
        # Ascending, each once: hashes far from each other are looked up at the speed of memory.
        hashes, each = np.unique(hashes_of(every), return_inverse=True)
        are_known = np.stack([_are_among(hashes, self.known[language]) for language in Language])
        are_known = (are_known & ~are_known.all(axis=0))[:, each]
        counts = [np.bincount(owner, known, len(texts)) for known in are_known]
        return np.minimum(np.stack(counts, axis=1), _MOST_OF_LANGUAGE).astype(np.float32)

    def slips(self, words: Collection[str], language: Language) -> frozenset[str]:
        """Return those of some unknown words that are one slip away from a known one."""
        short = [word for word in sorted(words) if len(word) <= _LONGEST][:_MOST_SLIPS]
        meant = [(word, other) for word in short for other in one_slip_from(word)]
        are_known = self._are_known([other for _, other in meant], language)
        return frozenset(word for (word, _), is_known in zip(meant, are_known, strict=True) if is_known)

    def _are_known(self, words: Sequence[str], language: Language) -> NDArray[np.bool_]:
        return _are_among(hashes_of(words), self.known[language])


def _are_among(hashes: U64, known: U64) -> NDArray[np.bool_]:
    at = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    return np.asarray(known[at] == hashes)


def one_slip_from(word: str) -> frozenset[str]:
    """Return what a word may have been meant to be: letters that sound alike, accents, doubled or swapped."""
    meant = {word + end for end in _DROPPED_ENDS}
    for at, letter in enumerate(word):
        before, after = word[:at], word[at + 1 :]
        meant |= {before + right + word[at + len(wrong) :] for wrong, right in _alike_at(word, at)}
        meant |= {before + accented + after for accented in _ACCENTS.get(letter, "")}
        meant |= {before + _BARE.get(letter, letter) + after, f"{before}h{letter}{after}"}
        meant |= {f"{before}{letter}{letter}{after}", f"{before}{after[:1]}{letter}{after[1:]}"}
        if letter in ("h", after[:1]):
            meant.add(before + after)
    return frozenset(meant - {word})


def _alike_at(word: str, at: int) -> Iterator[tuple[str, str]]:
    for one, other in _SOUND_ALIKE:
        if word.startswith(one, at):
            yield one, other
        if word.startswith(other, at):
            yield other, one


def hashes_of(words: Sequence[str]) -> U64:
    """Return the hash of each word; words are letters only, of the Latin alphabet."""
    runs = phrases(words, longest=1)
    single = runs.end - runs.start == np.fromiter(map(len, words), np.int32, len(words))[runs.text]
    hashes = np.zeros(len(words), np.uint64)
    hashes[runs.text[single]] = runs.hashes[single]
    return hashes
