"""Which cue says what a number is: the nearest before it, or one right after it."""

import re
from typing import Final, Protocol

from shared.privacy.cues import Cue, Family

_SENTENCE_END: Final = re.compile(r"[.!?;]\s|\n")
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


class Marked(Protocol):
    """Tokens with the cues among them, as a Reading has them."""

    texts: list[str]
    coded: list[bool]
    numbers: list[int]
    cues: list[Cue | None]

    def gap(self, index: int) -> str:
        """What stands between a token and the next."""

    def stops(self, index: int) -> bool:
        """Whether a token is another number or a barrier."""


class Governors:
    """The cue of every number of a text."""

    __slots__ = ("_by_number", "_marked")

    def __init__(self, marked: Marked) -> None:
        """Numbers are settled in their order, for each may inherit from the one before it."""
        self._marked = marked
        self._by_number: dict[int, Cue | None] = {}
        for index in marked.numbers:
            self._by_number[index] = self._govern(index)

    def of(self, index: int) -> Cue | None:
        """The cue that says what the coded token at `index` is."""
        return self._by_number[index]

    @staticmethod
    def between(marked: Marked, index: int) -> list[str]:
        """The words before a token up to its cue, the nearest first."""
        found: list[str] = []
        for at in range(index - 1, max(-1, index - 1 - _REACH), -1):
            if marked.stops(at):
                break
            found.append(marked.texts[at])
            if marked.cues[at] is not None:
                break
        return found

    def _govern(self, index: int) -> Cue | None:
        linked, following = self._following(index)
        if following is not None and linked:
            return following
        return self._preceding(index) or following

    def _preceding(self, index: int) -> Cue | None:
        """The nearest cue before a number that no other number has taken."""
        marked = self._marked
        steps = strangers = 0
        complement: Cue | None = None
        for at in range(index - 1, -1, -1):
            if marked.stops(at):
                return complement or self._inherited(at, index)
            cue = marked.cues[at]
            if cue is not None and _governs(cue, strangers):
                if not self._is_complement(at):
                    return complement if complement and cue.family in _LOOSE else cue
                complement = complement or cue
            strangers += marked.texts[at] not in _FILLERS
            gap = marked.gap(at)
            steps += _SENTENCE_COST if gap != " " and _SENTENCE_END.search(gap) else 1
            if steps > _REACH:
                break
        return complement

    def _is_complement(self, at: int) -> bool:
        """Whether a reference only says whose the number is: "el pasaporte de la reserva"."""
        marked = self._marked
        cue = marked.cues[at]
        if cue is None or cue.family is not Family.REFERENCE:
            return False
        before = at - 1
        while before >= 0 and marked.cues[before] is cue:
            before -= 1
        if before >= 0 and marked.texts[before] in _ARTICLES:
            before -= 1
        return before >= 0 and marked.texts[before] in _OF

    def _inherited(self, earlier: int, index: int) -> Cue | None:
        """A number that goes on a list or a row shares the cue of the number before it."""
        marked = self._marked
        if not marked.coded[earlier]:
            return None
        between = marked.texts[earlier + 1 : index]
        return self._by_number[earlier] if all(word in _LISTING for word in between) else None

    def _following(self, index: int) -> tuple[bool, Cue | None]:
        """A cue after its number ("12345678 es mi cédula"), and whether a word links the two."""
        marked = self._marked
        size = len(marked.texts)
        while index + 1 < size and marked.coded[index + 1] and marked.gap(index) == " ":
            index += 1
        linked = False
        for at in range(index + 1, min(size, index + 1 + _BACKWARD_REACH)):
            gap = marked.gap(at - 1)
            if marked.stops(at) or "\n" in gap or "," in gap:
                break
            cue = marked.cues[at]
            linked = linked or "(" in gap
            if cue is not None and cue.family is not Family.HINT:
                return linked, None if self._heads_a_number(at) else cue
            if marked.texts[at] not in _BACKWARD:
                break
            linked = True
        return False, None

    def _heads_a_number(self, at: int) -> bool:
        """Whether the cue at a token announces the number after it, not the one before."""
        marked = self._marked
        last = len(marked.texts) - 1
        while at < last and (marked.cues[at + 1] is not None or marked.texts[at + 1] in _FILLERS):
            at += 1
        return at < last and marked.coded[at + 1]


def _governs(cue: Cue, strangers: int) -> bool:
    """Whether a cue may say what a number is, with so many strange words between the two."""
    return cue.family is not Family.HINT and not (cue.adjacent and strangers)
