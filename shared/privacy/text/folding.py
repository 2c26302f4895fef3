"""The form of a text in which personal data is looked for: plain small letters and plain digits.

One code point stays one code point or disappears (accents apart, zero-width characters, variation
selectors), so every place in the folded text has its place in the text as it was written.
"""

import unicodedata
from dataclasses import dataclass
from typing import Final

# A noncharacter of Unicode: no text has it by right, so it can stand for what must not be read.
BARRIER: Final = "\uffff"

_SPECIAL: Final = {
    # The ordinal signs of "nº 5" and "1ª" would otherwise become letters glued to a digit.
    **dict.fromkeys("ºª°", " "),
    **dict.fromkeys("·•․‧∙⋅・", "."),
    **dict.fromkeys("“”„«»", '"'),
    **dict.fromkeys("‘’´`", "'"),
    **dict.fromkeys("−‐‑‒–—―﹣－⁃˗", "-"),
    **dict.fromkeys("\u2028\u2029\u0085", "\n"),
    "⁄": "/",
    "∕": "/",
    "ı": "i",
    "\n": "\n",
    BARRIER: BARRIER,
}
_INVISIBLE: Final = frozenset({"Mn", "Me", "Cf"})
_BLANK_LETTERS: Final = frozenset("\u115f\u1160\u3164\uffa0")  # render as nothing at all
_LAST_FOLDED: Final = 0x1FFFF  # beyond lie rare ideographs, tags and private use: kept as they are


def _fold(code: int) -> int | None:
    char = chr(code)
    if char in _SPECIAL:
        return ord(_SPECIAL[char])
    if unicodedata.category(char) in _INVISIBLE or char in _BLANK_LETTERS:
        return None
    if char.isspace():
        return 0x20
    plain = "".join(
        part
        for part in unicodedata.normalize("NFKD", char).lower()
        if unicodedata.category(part) not in _INVISIBLE
    )
    if len(plain) != 1:
        return code
    digit = unicodedata.digit(plain, -1)
    return ord(plain) if digit < 0 else ord("0") + digit


class _Table(dict[int, int | None]):
    """The folding of every code point met so far; at most `_LAST_FOLDED` entries."""

    def __missing__(self, code: int) -> int | None:
        if code > _LAST_FOLDED:
            # Tag characters are the one invisible block up there.
            return None if 0xE0000 <= code <= 0xE0FFF else code
        self[code] = folded = _fold(code)
        return folded


_TABLE: Final = _Table()


@dataclass(frozen=True, slots=True)
class Folded:
    """A folded text, and where each of its code points stands in the original."""

    text: str
    places: list[int] | None  # None: every code point is where it was

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The places in the original of the non-empty folded range `start` to `end`."""
        if self.places is None:
            return start, end
        return self.places[start], self.places[end - 1] + 1


def fold(text: str) -> Folded:
    """Fold `text`; anything that is a string is welcome, lone surrogates too."""
    folded = text.translate(_TABLE)
    if len(folded) == len(text):
        return Folded(folded, None)
    return Folded(folded, [at for at, char in enumerate(text) if _TABLE[ord(char)] is not None])
