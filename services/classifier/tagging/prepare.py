"""The prepared form of a text: small letters, no accents, evasion undone, and where each letter stood."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from shared.privacy import placeholders
from shared.privacy.text.folding import fold

LONGEST_CODE_POINTS: Final = 4_000
"""What is read of a longer text is its beginning and its end: an answer in bounded time."""
_STRETCHED: Final = re.compile(r"([a-z])\1{2,}|([?!.])\2{3,}")
_DOTTED: Final = re.compile(r"\b[a-z](?:[.\-_*·][a-z0-9@$]){3,}\b")
_MIXED: Final = re.compile(
    r"[a-z@$!|][a-z0-9@$!|*#+]*[0-9@$!|*#+][a-z0-9@$!|*#+]*|[0-9][a-z0-9@$!|]*[a-z@$][a-z0-9@$!|]*"
)
_LEET: Final = str.maketrans("013457@$!|8", "oieastasiib")
_PLACEHOLDER: Final = "⟦"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A text ready to be matched; `places` is where each of its code points stood, if not the same."""

    original: str
    text: str
    places: list[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return a non-empty range of the prepared text as one of the original, snapped to words."""
        if self.places is not None:
            start, end = self.places[start], self.places[end - 1] + 1
        return snapped(self.original, start, end)


def snapped(text: str, start: int, end: int) -> tuple[int, int]:
    """Return the range widened to whole words and narrowed to no blanks at its ends."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    limit = max(0, start - 40)
    while start > limit and text[start].isalnum() and text[start - 1].isalnum():
        start -= 1
    limit = min(len(text), end + 40)
    while 0 < end < limit and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, end


def prepare(text: str) -> Prepared:
    """Prepare a text; anything that is a string is welcome, lone surrogates too."""
    cut = None
    read = text
    if len(text) > LONGEST_CODE_POINTS:
        half = LONGEST_CODE_POINTS // 2
        read = text[:half] + text[-half:]
        cut = [*range(half), *range(len(text) - half, len(text))]
    folded = fold(_quieted(read))
    prepared, places = folded.text, folded.places
    if _STRETCHED.search(prepared) or _DOTTED.search(prepared) or _MIXED.search(prepared):
        prepared, places = _plain(prepared, places)
    if cut is not None:
        places = cut if places is None else [cut[place] for place in places]
    return Prepared(text, prepared, places)


def _quieted(text: str) -> str:
    """Return the text with its placeholders written as one word: `⟦health⟧` as ` qqhealth `, same length."""
    if _PLACEHOLDER not in text:
        return text
    for span in placeholders(text):
        word = "q" + span.kind.value.replace("_", "") + "q"
        text = text[: span.start] + word.ljust(span.end - span.start) + text[span.end :]
    return text


def _plain(text: str, places: list[int] | None) -> tuple[str, list[int]]:
    pieces: list[str] = []
    kept: list[int] = []
    at = 0
    for start, end, word, letters in sorted(_evasions(text)):
        if start < at:
            continue
        pieces += (text[at:start], word)
        kept += range(at, start)
        kept += letters
        at = end
    pieces.append(text[at:])
    kept += range(at, len(text))
    return "".join(pieces), kept if places is None else [places[place] for place in kept]


def _evasions(text: str) -> list[tuple[int, int, str, list[int]]]:
    """Return what is written otherwise: its range, the plain word, and where each letter of that stood."""
    found: list[tuple[int, int, str, list[int]]] = []
    for match in _DOTTED.finditer(text):
        letters = list(range(match.start(), match.end(), 2))
        word = "".join(text[at] for at in letters).translate(_LEET)
        if word in _evadable():
            found.append((*match.span(), word, letters))
    for match in _MIXED.finditer(text):
        word = match[0].translate(_LEET)
        for candidate in (word, word.rstrip("i")):
            if candidate in _evadable():
                letters = list(range(match.start(), match.start() + len(candidate)))
                found.append((*match.span(), candidate, letters))
                break
    for match in _STRETCHED.finditer(text):
        kept = 1 if match[1] else 3
        found.append((*match.span(), match[0][:kept], list(range(match.start(), match.start() + kept))))
    return found


@cache
def _evadable() -> frozenset[str]:
    """Return the words that people disguise: those of the insult and profanity lists, with their plurals."""
    words = files("services.classifier.tagging").joinpath("lexicons", "words.txt").read_text("utf-8")
    lists = words.split("@insult")[1].split("@product")[0]
    bare = set(re.findall(r"\b[a-z]{4,}\b", lists.replace("?", "")))
    return frozenset(bare | {word + "s" for word in bare} | {word.removesuffix("s") for word in bare})
