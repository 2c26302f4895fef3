"""Which cue says what a number is: the nearest before it, or one right after it."""

import re
from typing import Final, Protocol

from shared.privacy.text.cues import Cue, Family
from shared.privacy.text.folding import BARRIER
from shared.privacy.text.phrasebook import listed

_SENTENCE_END: Final = re.compile(r"[^\n.!?;]{0,8}(?:[.!?;]\s|\n)")
_REACH: Final = 12  # words between a cue and its number
_SENTENCE_COST: Final = 4  # words that the end of a sentence counts for
_BACKWARD_REACH: Final = 5
_LONGEST_ROW: Final = 16  # numbers in a row that one cue may announce
_LONGEST_LINE: Final = 200  # code points of a table's row that are looked at
_MOST_GROUPS: Final = 6  # tokens of one number
_JOINT: Final = re.compile(r"[ .\-/()+,]{1,3}")  # between two groups of one number: "1122 / 33445-6"
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

# Of what another thing may be: "the passport of the booking", "the security code of the card".
_OWNING: Final = frozenset((Family.REFERENCE, Family.CARD))


class Marked(Protocol):
    """Tokens with the cues among them, as a Reading has them."""

    text: str
    texts: list[str]
    starts: list[int]
    ends: list[int]
    coded: list[bool]
    numbers: list[int]
    cues: list[Cue | None]


def governors(marked: Marked) -> dict[int, Cue | None]:
    """The cue of every number of a text, by the number's token."""
    settled: dict[int, Cue | None] = {}
    for index in marked.numbers:  # in their order, for each may inherit from the one before it
        linked, following = _following(marked, index)
        before = _touching(marked, index)
        if before is not None:
            settled[index] = before
        elif linked and following and following.family is not Family.REFERENCE:
            settled[index] = following
        else:
            settled[index] = _preceding(marked, index, settled) or following
    return settled


def _touching(marked: Marked, index: int) -> Cue | None:
    """A cue for an id right before a number, which nothing behind it can overrule: "cpf é 1 minha conta"."""
    at = index - 1
    while at >= 0 and marked.cues[at] is None and marked.texts[at] in listed("governing.copulas"):
        at -= 1
    cue = marked.cues[at] if at >= 0 else None
    named = cue is not None and cue.family is Family.ID and cue.name != "person" and not cue.adjacent
    return (
        cue
        if named and not _SENTENCE_END.search(marked.text[marked.ends[at] : marked.starts[index]])
        else None
    )


def _preceding(marked: Marked, index: int, settled: dict[int, Cue | None]) -> Cue | None:
    """The nearest cue before a number that no other number has taken."""
    texts, coded, cues = marked.texts, marked.coded, marked.cues
    starts, ends = marked.starts, marked.ends
    fillers = listed("governing.fillers")
    steps = strangers = 0
    complement: Cue | None = None
    for at in range(index - 1, -1, -1):
        if _is_in_other_row(marked, at):
            return complement
        if coded[at] or texts[at] == BARRIER:
            return complement or _inherited(marked, at, index, settled)
        cue = cues[at]
        if cue is not None and _governs(cue, strangers):
            if not _is_complement(marked, at):
                return complement if complement and cue.family in _LOOSE else cue
            complement = complement or cue
        strangers += texts[at] not in fillers
        wide = starts[at + 1] - ends[at] > 1
        steps += _SENTENCE_COST if wide and _SENTENCE_END.match(marked.text, ends[at]) else 1
        if steps > _REACH:
            break
    return complement


def _is_in_other_row(marked: Marked, at: int) -> bool:
    """Whether a row of a table ends behind a token: its last heading says nothing of the next row's first."""
    end = marked.ends[at]
    if not marked.text.startswith("\n", end):
        return False
    line = marked.text[max(0, end - _LONGEST_LINE) : end].rpartition("\n")[2]
    return "|" in line


def _is_complement(marked: Marked, at: int) -> bool:
    """Whether a cue only says whose the number is: "el pasaporte de la reserva"."""
    cue = marked.cues[at]
    if cue is None or (cue.family not in _OWNING and cue.name != "person"):
        return False
    before = at - 1
    while before >= 0 and marked.cues[before] is cue:
        before -= 1
    if cue.family is Family.CARD:
        return _is_of_code(marked, before)
    if before >= 0 and "," in marked.text[marked.ends[before] : marked.starts[before + 1]]:
        return False
    if before >= 0 and cue.name == "person" and marked.cues[before] is not None:
        return True
    if before >= 0 and marked.texts[before] in listed("governing.articles"):
        before -= 1
    return before >= 0 and marked.texts[before] in listed("governing.of")


def _is_of_code(marked: Marked, at: int) -> bool:
    """Whether a security code is named just before "of the card", whose first word comes after `at`."""
    linking = listed("governing.card_links")
    while at >= 0 and marked.texts[at] in linking and marked.cues[at] is None:
        at -= 1
    cue = marked.cues[at] if at >= 0 else None
    return cue is not None and cue.family is Family.CVV


def _inherited(marked: Marked, earlier: int, index: int, settled: dict[int, Cue | None]) -> Cue | None:
    """A number that goes on a list or a row shares the cue of the number before it."""
    row = marked.coded[max(0, index - _LONGEST_ROW) : index]
    if not marked.coded[earlier] or (len(row) == _LONGEST_ROW and all(row)):
        return None
    if "\n" in marked.text[marked.ends[earlier] : marked.starts[index]]:
        return None
    between = marked.texts[earlier + 1 : index]
    listing, kin = listed("governing.listing"), listed("phones.kin")
    return settled[earlier] if all(word in listing or word in kin for word in between) else None


def _following(marked: Marked, index: int) -> tuple[bool, Cue | None]:
    """A cue after its number ("12345678 es mi cédula"), and whether a word links the two."""
    texts, coded, starts, ends = marked.texts, marked.coded, marked.starts, marked.ends
    last = min(len(texts), index + _MOST_GROUPS) - 1
    while index < last and coded[index + 1] and _JOINT.fullmatch(marked.text, ends[index], starts[index + 1]):
        index += 1
    linked = False
    for at in range(index + 1, min(len(texts), index + 1 + _BACKWARD_REACH)):
        cue = marked.cues[at]
        text = texts[at]
        if coded[at] or (cue is None and text not in listed("governing.backward")):
            break
        gap = marked.text[ends[at - 1] : starts[at]]
        if "\n" in gap or ("," in gap and text not in listed("governing.pointing")):
            break
        linked = linked or "(" in gap
        if cue is not None and cue.family is not Family.HINT:
            return linked, None if _heads_a_number(marked, at) else cue
        linked = True
    return False, None


def _heads_a_number(marked: Marked, at: int) -> bool:
    """Whether the cue at a token announces the number after it, not the one before."""
    last = len(marked.texts) - 1
    while (
        at < last
        and "," not in marked.text[marked.ends[at] : marked.starts[at + 1]]
        and (marked.cues[at + 1] is not None or marked.texts[at + 1] in listed("governing.fillers"))
    ):
        at += 1
    return at < last and (marked.coded[at + 1] or marked.texts[at + 1] == BARRIER)


def _governs(cue: Cue, strangers: int) -> bool:
    """Whether a cue may say what a number is, with so many strange words between the two."""
    return cue.family is not Family.HINT and not (cue.adjacent and strangers)


def words_before(marked: Marked, index: int) -> list[str]:
    """The words before a token up to its cue, the nearest first."""
    found: list[str] = []
    for at in range(index - 1, max(-1, index - 1 - _REACH), -1):
        if marked.coded[at] or marked.texts[at] == BARRIER:
            break
        found.append(marked.texts[at])
        if marked.cues[at] is not None:
            break
    return found
