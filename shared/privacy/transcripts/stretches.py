"""The stretches of a call that may be a value or a piece of one: numbers, spelled letters, addresses."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final

from shared.privacy.text.phrasebook import listed, words
from shared.privacy.text.spoken import digits_of, spells_number

_PIECE: Final = re.compile(r"[^\W_]+(?:[@._\-/][^\W_]+)*|[^\w\s]")
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
    found = list(_PIECE.finditer(text))
    texts = [piece.group() for piece in found]
    return [Piece(texts[at], *piece.span(), _is_value(texts, at)) for at, piece in enumerate(found)]


def _is_value(texts: Sequence[str], at: int) -> bool:
    text = texts[at]
    if _DIGIT.search(text) or "@" in text:
        return True
    if spells_number(text):
        # "um", "uma", "una", "one" are articles, and "meia" is half of something.
        return text not in listed("transcripts.articles") or _is_among_numbers(texts, at)
    return _spells_letters(texts, at)


def _is_among_numbers(texts: Sequence[str], at: int) -> bool:
    beside = [texts[other] for other in (at - 1, at + 1) if 0 <= other < len(texts)]
    signs = listed("transcripts.signs") | _SIGNS
    return not beside or any(_DIGIT.search(one) or spells_number(one) or one in signs for one in beside)


def _spells_letters(texts: Sequence[str], at: int) -> bool:
    """Whether a letter stands among others that are said one by one."""
    if not _is_letter(texts[at]):
        return False
    after = takewhile(_goes_on, texts[at + 1 : at + 1 + _LETTERS_BESIDE])
    before = takewhile(_goes_on, texts[max(0, at - _LETTERS_BESIDE) : at][::-1])
    return 1 + sum(map(_is_letter, (*before, *after))) >= _LEAST_LETTERS


def _goes_on(text: str) -> bool:
    return _is_letter(text) or text in _SIGNS


def _is_letter(text: str) -> bool:
    return (len(text) == 1 and text.isalpha()) or text in listed("transcripts.letters")


def stretches_of(pieces: Sequence[Piece], turn: int) -> Iterator[Stretch]:
    """The stretches of a turn, in order and apart."""
    first = last = -1
    for at, piece in enumerate(pieces):
        if not piece.is_value:
            continue
        if first >= 0 and not _joins(pieces[last + 1 : at]):
            yield _stretch(pieces, turn, first, last)
            first = at
        first = at if first < 0 else first
        last = at
    if first >= 0:
        yield _stretch(pieces, turn, first, last)


def _joins(between: Sequence[Piece]) -> bool:
    """Whether what stands between two numbers holds them together."""
    joining, months = listed("transcripts.joining"), words("months.txt")
    return len([one for one in between if one.text not in _SIGNS]) <= _MOST_JOINING and all(
        one.text in _SIGNS or one.text in joining or one.text in months or _is_letter(one.text)
        for one in between
    )


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
