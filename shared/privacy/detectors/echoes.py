"""A value that was found once must not stay readable where the text says it again."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Final

from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.found import Found
from shared.privacy.text.reading import Reading

_SHORTEST: Final = 3
_SHORTEST_DIGITS: Final = 6  # of a value's digits without its letters
_MOST_TOKENS: Final = 24
_LONGEST_GAP: Final = 3
# Kinds whose parts are secrets of their own: a security code, an agency.
_COMPOSITE: Final = frozenset((SensitiveKind.PAYMENT_CARD, SensitiveKind.BANK_ACCOUNT))


def find(reading: Reading, found: Collection[Found]) -> Iterator[Found]:
    """Every other place where a value that was found is said, whatever its punctuation."""
    values = dict(_values(reading, found))
    if not values:
        return
    covered = {at for _, start, end in found for at in range(reading.token_at(start), reading.token_at(end))}
    heads = {value[:2] for value in values}
    longest = max(map(len, values))
    pieces = [text if text.isalnum() else _compact(text) for text in reading.texts]
    for at, piece in enumerate(pieces):
        if at not in covered and (piece[:2] in heads or len(piece) == 1):
            yield from _at(reading, pieces, at, values, longest)


def _at(
    reading: Reading,
    pieces: Sequence[str],
    at: int,
    values: dict[str, SensitiveKind],
    longest: int,
) -> Iterator[Found]:
    """The longest value that begins at a token."""
    said = ""
    last = None
    for to in range(at, min(len(pieces), at + _MOST_TOKENS)):
        if not pieces[to] or (to > at and len(reading.gap(to - 1)) > _LONGEST_GAP):
            break
        said += pieces[to]
        if len(said) > longest:
            break
        if said in values:
            last = to, values[said]
    if last:
        yield Found(last[1], reading.starts[at], reading.ends[last[0]])


def _values(reading: Reading, found: Iterable[Found]) -> Iterator[tuple[str, SensitiveKind]]:
    for kind, start, end in found:
        value = _compact(reading.text[start:end])
        if len(value) >= _SHORTEST:
            yield value, kind
        said = _said(reading, start, end)
        if len(said) >= _SHORTEST_DIGITS:
            yield said, kind
        digits = "".join(filter(str.isdigit, value))
        if len(digits) >= _SHORTEST_DIGITS:
            yield digits, kind
        if kind in _COMPOSITE:
            for token in _inside(reading, start, end):
                if len(token) >= _SHORTEST:
                    yield _compact(token), kind


def _said(reading: Reading, start: int, end: int) -> str:
    """The digits of a value that was spelled out."""
    at = reading.token_at(start)
    spelled = at < len(reading.texts) and reading.coded[at] and reading.text[start].isalpha()
    return reading.texts[at] if spelled and reading.texts[at].isdigit() and reading.ends[at] == end else ""


def _inside(reading: Reading, start: int, end: int) -> Iterator[str]:
    """The numbers within a range."""
    first = reading.token_at(start)
    last = reading.token_at(end)
    return (reading.texts[at] for at in range(first, last) if reading.coded[at])


def _compact(text: str) -> str:
    return "".join(filter(str.isalnum, text))
