"""The stretches of a call that may be a value or a piece of one: numbers, spelled letters, addresses."""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from shared.privacy.text.phrasebook import listed, words
from shared.privacy.text.spoken import digits_of, spells_number

_PIECE: Final = re.compile(r"[^\W_]+(?:[@._\-/][^\W_]+)*|[^\w\s]")
_SAID: Final = re.compile(r"[a-z]+")
_DIGIT: Final = re.compile(r"[0-9]")
_MOST_JOINING: Final = 3  # pieces between two numbers of one stretch: "treze de dezembro de", ", ponto,"
_LEAST_LETTERS: Final = 3  # spelled one by one
_LETTERS_BESIDE: Final = 4  # pieces to either side in which the others are looked for
_SIGNS: Final = frozenset(",.-/…")


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, a number or a sign of a turn; places are those of the folded turn."""

    text: str
    start: int
    end: int
    is_value: bool
    """Whether it may be a part of a value by itself."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """The pieces `first` to `last` of a turn."""

    turn: int
    first: int
    last: int
    start: int
    end: int
    digits: str
    """All its digits, also those that were said as words."""


def pieces_of(text: str) -> list[Piece]:
    """The pieces of one folded turn."""
    places = [place for piece in _PIECE.finditer(text) for place in _parts(piece)]
    texts = [text[start:end] for start, end in places]
    return [Piece(texts[at], *place, _is_value(texts, at)) for at, place in enumerate(places)]


def _parts(piece: re.Match[str]) -> list[tuple[int, int]]:
    """Where a piece stands; "sixty-eight" is two of them."""
    if "-" not in piece.group() or not all(map(spells_number, piece.group().split("-"))):
        return [piece.span()]
    return [part.span() for part in _SAID.finditer(piece.string, *piece.span())]


def _is_value(texts: Sequence[str], at: int) -> bool:
    text = texts[at]
    if _DIGIT.search(text) or "@" in text:
        return True
    if spells_number(text):
        # "um", "uma", "una", "one" are articles, and "meia" is half of something.
        return text not in listed("transcripts.articles") or _is_among_numbers(texts, at)
    return _spells_letters(texts, at)


def _is_among_numbers(texts: Sequence[str], at: int) -> bool:
    before, after = texts[max(0, at - 2) : at][::-1], texts[at + 1 : at + 3]
    # "sesenta y uno": past the word that joins them.
    beside = [*_past_and(before), *_past_and(after)]
    signs = listed("transcripts.signs") | _SIGNS
    return not beside or any(_DIGIT.search(one) or spells_number(one) or one in signs for one in beside)


def _past_and(texts: Sequence[str]) -> Sequence[str]:
    """The nearest of two texts, or the one past a word that joins numbers."""
    return texts[1:] if texts and texts[0] in listed("spoken.and") else texts[:1]


def _spells_letters(texts: Sequence[str], at: int) -> bool:
    """Whether a letter stands among others that are said one by one."""
    if not _is_letter(texts[at]):
        return False
    after = takewhile(_goes_on, texts[at + 1 : at + 1 + _LETTERS_BESIDE])
    before = takewhile(_goes_on, texts[max(0, at - _LETTERS_BESIDE) : at][::-1])
    letters = [texts[at], *filter(_is_letter, (*before, *after))]
    words = listed("transcripts.words")  # "a e o", "y se te": words, if nothing else is spelled beside them
    return len(letters) >= _LEAST_LETTERS and sum(text not in words for text in letters) > 1


def _goes_on(text: str) -> bool:
    return _is_letter(text) or text in _SIGNS


def _is_letter(text: str) -> bool:
    return (len(text) == 1 and text.isalpha()) or text in listed("transcripts.letters")


def stretches_of(
    pieces: Sequence[Piece], turn: int, borders: Collection[int] = frozenset()
) -> Iterator[Stretch]:
    """The stretches of a turn, in order and apart; none reaches over one of the `borders`."""
    first = last = -1
    for at, piece in enumerate(pieces):
        if not piece.is_value:
            continue
        if first >= 0 and not (_joins(pieces[last + 1 : at]) and _is_open(pieces[last : at + 1], borders)):
            yield _stretch(pieces, turn, first, last)
            first = at
        first = at if first < 0 else first
        last = at
    if first >= 0:
        yield _stretch(pieces, turn, first, last)


def _is_open(pieces: Sequence[Piece], borders: Collection[int]) -> bool:
    """Whether no border lies between the first and the last of some pieces."""
    return not borders or not any(place in borders for place in range(pieces[0].end, pieces[-1].start + 1))


def _joins(between: Sequence[Piece]) -> bool:
    """Whether what stands between two numbers holds them together."""
    said = [one.text for one in between if one.text not in _SIGNS]
    joining = listed("transcripts.joining") | listed("transcripts.signs") | words("months.txt")
    return len(said) <= _MOST_JOINING and all(text in joining or _is_letter(text) for text in said)


def _stretch(pieces: Sequence[Piece], turn: int, first: int, last: int) -> Stretch:
    # A letter or a sign that is said ends a value too: "dígito xis", "cuatro guion ka".
    while last + 1 < len(pieces) and _is_letter(pieces[last + 1].text) and len(pieces[last + 1].text) > 1:
        last += 1
    return Stretch(
        turn, first, last, pieces[first].start, pieces[last].end, _digits(pieces[first : last + 1])
    )


def _digits(pieces: Sequence[Piece]) -> str:
    digits: list[str] = []
    said: list[str] = []
    for piece in pieces:
        if _DIGIT.search(piece.text):
            digits += (digits_of(said), *filter(str.isdigit, piece.text))
            said = []
        elif spells_number(piece.text) or piece.text in listed("spoken.and"):
            said.append(piece.text)
        else:
            digits.append(digits_of(said))
            said = []
    return "".join((*digits, digits_of(said)))
