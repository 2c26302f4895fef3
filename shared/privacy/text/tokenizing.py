"""The tokens of a folded text: words, numbers and codes, and barriers."""

import re
from dataclasses import dataclass, field
from typing import Final

from shared.privacy.text.folding import BARRIER

# A word, or a run of digits and letters held together by hyphens, dots and slashes; a barrier is
# a token too. The first branch joins digits typed one by one ("3 9 0 5 3 …"), up to the 48 of
# the longest number of any use.
_TOKEN: Final = re.compile(
    r"(?<![a-z0-9])[0-9](?: [0-9]){3,47}(?![a-z0-9])"
    r"|[a-z0-9]+(?:(?:(?<=[0-9])[./](?=[0-9])|[-_](?=[a-z0-9]))[a-z0-9]+)*"
    rf"|{BARRIER}+"
)
_WORD: Final = re.compile(r"[a-z]+")
_DIGIT: Final = re.compile(r"[0-9]")
_PREFIXES: Final = frozenset(("bb",))  # a bank's name, and how parcels' numbers begin
_GLUED: Final = re.compile(r"([a-z]{2,})([0-9][0-9./-]*[xk]?)")


@dataclass(slots=True)
class Tokens:
    """Tokens as columns, which costs half of what an object for each would.

    `coded` tells a run that holds a digit from a word; a barrier's text is `BARRIER`. Places are
    those of the folded text.
    """

    texts: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)
    coded: list[bool] = field(default_factory=list)

    def add(self, text: str, start: int, end: int, *, coded: bool) -> None:
        """Append a token."""
        self.texts.append(text)
        self.starts.append(start)
        self.ends.append(end)
        self.coded.append(coded)


def tokenize(text: str, cue_words: frozenset[str]) -> Tokens:
    """The tokens of a folded text, in order; of "cpf39053344705" a cue word is set apart."""
    tokens = Tokens()
    texts, starts, ends, coded = tokens.texts, tokens.starts, tokens.ends, tokens.coded
    end = 0
    for piece in _TOKEN.findall(text):
        # Nothing that a token could begin with stands between two tokens, so it is the next one.
        start = text.find(piece, end)
        end = start + len(piece)
        word = piece.isalpha()
        if word or piece.isdigit():
            texts.append(piece)
            starts.append(start)
            ends.append(end)
            coded.append(not word)
        else:
            _add_compound(tokens, piece, start, cue_words)
    return tokens


def _add_compound(tokens: Tokens, piece: str, start: int, cue_words: frozenset[str]) -> None:
    end = start + len(piece)
    if piece[0] == BARRIER:
        tokens.add(BARRIER, start, end, coded=False)
    elif not _DIGIT.search(piece):
        for word in _WORD.finditer(piece):
            tokens.add(word.group(), start + word.start(), start + word.end(), coded=False)
    else:
        glued = _GLUED.fullmatch(piece) if piece[0].isalpha() else None
        if glued and glued[1] in cue_words and glued[1] not in _PREFIXES:
            cut = start + glued.end(1)
            tokens.add(glued[1], start, cut, coded=False)
            tokens.add(glued[2], cut, end, coded=True)
        else:
            tokens.add(piece, start, end, coded=True)
