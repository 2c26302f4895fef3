"""A text read once for all detectors: its tokens, the cues among them, and who governs a number."""

import re
from bisect import bisect_left
from typing import Final, NamedTuple

from shared.privacy.cues import Cue, Family, cues
from shared.privacy.folding import BARRIER, Folded

# A word, or a run of digits and letters held together by hyphens, dots and slashes; a barrier is
# a token too. The first branch joins digits typed one by one ("3 9 0 5 3 …"), up to the 48 of
# the longest number of any use.
_TOKEN: Final = re.compile(
    r"(?<![a-z0-9])[0-9](?: [0-9]){7,47}(?![a-z0-9])"
    r"|[a-z0-9]+(?:(?:(?<=[0-9])[./](?=[0-9])|[-_](?=[a-z0-9]))[a-z0-9]+)*"
    rf"|{BARRIER}+"
)
_WORD: Final = re.compile(r"[a-z]+")
_DIGIT: Final = re.compile(r"[0-9]")
_GLUED: Final = re.compile(r"([a-z]{2,})([0-9][0-9./-]*[xk]?)")
_SENTENCE_END: Final = re.compile(r"[.!?;]\s|\n")

_BLANK: Final = re.compile(rf"[\s{BARRIER}]")
_TRAILING: Final = ".,;:?)\"'`]}>"
_LONGEST_CHUNK: Final = 64

_REACH: Final = 12  # words between a cue and its number
_SENTENCE_COST: Final = 4  # words that the end of a sentence counts for
_FILLERS: Final = frozenset(
    "n no num numero nro nr nbr number es e is eh de do da del la el the o a meu mi my era sao"
    " as los las os foi fue was".split()
)
_LISTING: Final = frozenset(("e", "y", "and", "ou", "o", "or", "mais", "mas"))
# What stands between a number and the cue that follows it: "12345678 es mi cédula".
_BACKWARD: Final = frozenset(
    "es e eh is esse esa ese este essa isso eso that this meu minha mi my su seu sua el o a la the"
    " numero number de del do da n nro tu his her dele dela still as".split()
)
_BACKWARD_REACH: Final = 5
# "The passport of the booking": after these, a noun only says whose the number is.
_OF: Final = frozenset("de do da del dos das na no en of in".split())
_ARTICLES: Final = frozenset("la el los las the o a".split())
# Words that say too little about a number to overrule what complements them: "código do pedido".
_LOOSE: Final = frozenset(
    {
        Family.CODE,
        Family.ACCOUNT,
        Family.SECRET,
        Family.PHONE,
        Family.TOKEN,
        Family.EXPIRY,
        Family.REFERENCE,
    }
)


class Token(NamedTuple):
    """A word, a `coded` run that holds a digit, or a barrier; places are of the folded text."""

    text: str
    start: int
    end: int
    coded: bool


def tokenize(text: str) -> list[Token]:
    """The tokens of a folded text, in order."""
    tokens: list[Token] = []
    for found in _TOKEN.finditer(text):
        piece = found.group()
        start = found.start()
        if piece.isalpha():
            tokens.append(Token(piece, start, found.end(), coded=False))
        elif piece[0] == BARRIER:
            tokens.append(Token(BARRIER, start, found.end(), coded=False))
        elif _DIGIT.search(piece):
            tokens.extend(_coded(piece, start))
        else:
            tokens.extend(
                Token(word.group(), start + word.start(), start + word.end(), coded=False)
                for word in _WORD.finditer(piece)
            )
    return tokens


def _coded(piece: str, start: int) -> list[Token]:
    """A coded run; a cue glued to its number ("cpf39053344705", "ag1234") is set apart."""
    glued = _GLUED.fullmatch(piece) if piece[0].isalpha() else None
    if glued and glued[1] in cues().first_words:
        cut = start + glued.end(1)
        return [
            Token(glued[1], start, cut, coded=False),
            Token(glued[2], cut, start + len(piece), coded=True),
        ]
    return [Token(piece, start, start + len(piece), coded=True)]


def _start(token: Token) -> int:
    return token.start


def _governs(cue: Cue, strangers: int) -> bool:
    """Whether a cue may say what a number is, with so many strange words between the two."""
    return cue.family is not Family.HINT and not (cue.adjacent and strangers)


class Reading:
    """A text as the detectors see it; all places are those of the folded text."""

    def __init__(self, raw: str, folded: Folded) -> None:
        """`raw` is the text as written, with barriers for what must not be read."""
        self.raw = raw
        self.folded = folded
        self.text = folded.text
        self.tokens = tokenize(self.text)
        self.texts = [token.text for token in self.tokens]
        self.words = set(self.texts)
        self.cues = self._marked()
        self.families = {cue.family for cue in self.cues if cue is not None}
        self._governors: dict[int, Cue | None] = {}
        for index, token in enumerate(self.tokens):
            if token.coded:
                self._governors[index] = self._govern(index)

    def written(self, start: int, end: int) -> str:
        """What stands in the raw text at a folded range."""
        first, last = self.folded.original(start, end)
        return self.raw[first:last]

    def token_at(self, place: int) -> int:
        """The index of the first token that starts at `place` or after it."""
        return bisect_left(self.tokens, place, key=_start)

    def gap(self, index: int) -> str:
        """What stands between a token and the next."""
        return self.text[self.tokens[index].end : self.tokens[index + 1].start]

    def chunk(self, index: int) -> tuple[int, int]:
        """The unbroken stretch around a token, without the punctuation that ends it."""
        start, end = self.tokens[index].start, self.tokens[index].end
        least = max(0, start - _LONGEST_CHUNK)
        while start > least and not _BLANK.match(self.text[start - 1]):
            start -= 1
        most = min(len(self.text), end + _LONGEST_CHUNK)
        while end < most and not _BLANK.match(self.text[end]):
            end += 1
        return start, start + len(self.text[start:end].rstrip(_TRAILING))

    def stops(self, index: int) -> bool:
        """Whether a token is another number or a barrier, past which no cue reaches."""
        return self.tokens[index].coded or self.texts[index] == BARRIER

    def governing(self, index: int) -> Cue | None:
        """The cue that says what the coded token at `index` is."""
        return self._governors[index]

    def between(self, index: int) -> list[str]:
        """The words before a token up to its cue, the nearest first."""
        found: list[str] = []
        for at in range(index - 1, max(-1, index - 1 - _REACH), -1):
            if self.stops(at):
                break
            found.append(self.texts[at])
            if self.cues[at] is not None:
                break
        return found

    def _marked(self) -> list[Cue | None]:
        """The cue that each token is a word of, if any."""
        marked: list[Cue | None] = [None] * len(self.tokens)
        book, first_words = cues(), cues().first_words
        taken = 0
        for at, text in enumerate(self.texts):
            if at < taken or text not in first_words:
                continue
            phrase = book.at(self.texts, at)
            if phrase:
                size, cue = phrase
                marked[at : at + size] = [cue] * size
                taken = at + size
        return marked

    def _govern(self, index: int) -> Cue | None:
        linked, following = self._following(index)
        if following is not None and linked:
            return following
        return self._preceding(index) or following

    def _preceding(self, index: int) -> Cue | None:
        """The nearest cue before a number that no other number has taken."""
        steps = strangers = 0
        complement: Cue | None = None
        for at in range(index - 1, -1, -1):
            if self.stops(at):
                return complement or self._inherited(at, index)
            cue = self.cues[at]
            if cue is not None and _governs(cue, strangers):
                if not self._is_complement(at):
                    return complement if complement and cue.family in _LOOSE else cue
                complement = complement or cue
            strangers += self.texts[at] not in _FILLERS
            gap = self.gap(at)
            steps += _SENTENCE_COST if gap != " " and _SENTENCE_END.search(gap) else 1
            if steps > _REACH:
                break
        return complement

    def _is_complement(self, at: int) -> bool:
        """Whether a reference only says whose the number is: "el pasaporte de la reserva"."""
        cue = self.cues[at]
        if cue is None or cue.family is not Family.REFERENCE:
            return False
        before = at - 1
        while before >= 0 and self.cues[before] is cue:
            before -= 1
        if before >= 0 and self.texts[before] in _ARTICLES:
            before -= 1
        return before >= 0 and self.texts[before] in _OF

    def _inherited(self, earlier: int, index: int) -> Cue | None:
        """A number that goes on a list or a row shares the cue of the number before it."""
        if not self.tokens[earlier].coded:
            return None
        between = self.texts[earlier + 1 : index]
        return self._governors[earlier] if all(word in _LISTING for word in between) else None

    def _following(self, index: int) -> tuple[bool, Cue | None]:
        """A cue after its number ("12345678 es mi cédula"), and whether a word links the two."""
        while index + 1 < len(self.tokens) and self.tokens[index + 1].coded and self.gap(index) == " ":
            index += 1
        linked = False
        for at in range(index + 1, min(len(self.tokens), index + 1 + _BACKWARD_REACH)):
            gap = self.gap(at - 1)
            if self.stops(at) or "\n" in gap or "," in gap:
                break
            cue = self.cues[at]
            linked = linked or "(" in gap
            if cue is not None and cue.family is not Family.HINT:
                return linked, None if self._heads_a_number(at) else cue
            if self.texts[at] not in _BACKWARD:
                break
            linked = True
        return False, None

    def _heads_a_number(self, at: int) -> bool:
        """Whether the cue at a token announces the number after it, not the one before."""
        last = len(self.tokens) - 1
        while at < last and (self.cues[at + 1] is not None or self.texts[at + 1] in _FILLERS):
            at += 1
        return at < last and self.tokens[at + 1].coded

