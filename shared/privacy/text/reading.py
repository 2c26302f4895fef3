"""A text read once for all detectors: its tokens, the cues among them, and who governs a number."""

from bisect import bisect_left
from typing import Final

from shared.privacy.text.cues import Cue, Family, cues
from shared.privacy.text.folding import BARRIER, Folded
from shared.privacy.text.governing import governors
from shared.privacy.text.spoken import is_spoken, joined
from shared.privacy.text.tokenizing import tokenize

_TRAILING: Final = ".,;:?)\"'`]}>"
_AROUND: Final = " .,?!\n"
_LONGEST_CHUNK: Final = 64


class Reading:
    """A text as the detectors see it; all places are those of the folded text."""

    __slots__ = (
        "_governors", "bare", "coded", "cues", "ends", "families", "folded", "longest", "numbers", "raw",
        "starts", "text", "texts", "words",
    )  # fmt: skip

    def __init__(self, raw: str, folded: Folded) -> None:
        """`raw` is the text as written, with barriers for what must not be read."""
        self.raw = raw
        self.folded = folded
        self.text = folded.text
        self.bare = folded.text.strip(_AROUND)
        """The text without the blanks and the punctuation around it."""
        book = cues()
        tokens = tokenize(self.text, book.first_words)
        if is_spoken(tokens.texts):
            tokens = joined(tokens, self.text)
        self.texts = tokens.texts
        self.starts = tokens.starts
        self.ends = tokens.ends
        self.coded = tokens.coded
        self.words = set(self.texts)
        self.numbers = [at for at, coded in enumerate(self.coded) if coded]
        self.longest = max(
            map(len, map(self.texts.__getitem__, self.numbers)), default=0
        )  # number's code points
        self.cues: list[Cue | None] = [None] * len(self.texts)
        self.families: set[Family] = set()
        if not book.first_words.isdisjoint(self.words):
            self._mark()
        self._governors: dict[int, Cue | None] | None = None

    def written(self, start: int, end: int) -> str:
        """What stands in the raw text at a folded range."""
        first, last = self.folded.original(start, end)
        return self.raw[first:last]

    def token_at(self, place: int) -> int:
        """The index of the first token that starts at `place` or after it."""
        return bisect_left(self.starts, place)

    def gap(self, index: int) -> str:
        """What stands between a token and the next."""
        return self.text[self.ends[index] : self.starts[index + 1]]

    def chunk(self, index: int) -> tuple[int, int]:
        """The unbroken stretch around a token, without the punctuation that ends it."""
        text, start, end = self.text, self.starts[index], self.ends[index]
        least = max(0, start - _LONGEST_CHUNK)
        most = min(len(text), end + _LONGEST_CHUNK)
        start = max(least, 1 + max(text.rfind(blank, least, start) for blank in (" ", "\n", BARRIER)))
        ends = [text.find(blank, end, most) for blank in (" ", "\n", BARRIER)]
        end = min((place for place in ends if place >= 0), default=most)
        return start, start + len(text[start:end].rstrip(_TRAILING))

    def stops(self, index: int) -> bool:
        """Whether a token is another number or a barrier, past which no cue reaches."""
        return self.coded[index] or self.texts[index] == BARRIER

    def governing(self, index: int) -> Cue | None:
        """The cue that says what the token at `index` is, if it is a coded one."""
        if self._governors is None:
            self._governors = governors(self)
        return self._governors.get(index)

    def _mark(self) -> None:
        """Set the cue that each token is a word of, if any."""
        book = cues()
        taken = 0
        for at, text in enumerate(self.texts):
            if at < taken or text not in book.first_words:
                continue
            phrase = book.at(self.texts, at)
            if phrase:
                size, cue = phrase
                self.cues[at : at + size] = [cue] * size
                self.families.add(cue.family)
                taken = at + size
