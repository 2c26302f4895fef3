"""Numbers as people type them: one token, or neighbours that make one number together."""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from shared.privacy.text.reading import Reading

_JOINT: Final = re.compile(r"[ .\-/(),+]{1,3}|\n")
_IBAN_START: Final = re.compile(r"[a-z]{2}[0-9]{2}")
_NOT_DIGIT: Final = re.compile(r"[^0-9]+")
_MOST_TOKENS: Final = 12  # a boleto line with every dot and hyphen turned into a space
_MOST_DIGITS: Final = 48
_SHORTEST: Final = 3  # of a number that tells something by itself
_LEAST_DIGITS_JOINED: Final = 6
_MOST_DIGITS_JOINED: Final = 24
_MOST_GROUPS: Final = 6
_IN_PAIRS: Final = (6, 8)  # digits of a number that is said in groups of two
_LEAST_IBAN_DIGITS: Final = 20  # in more than six groups
_DATE_SHAPE: Final = re.compile(
    r"\d{1,2}([-/.])\d{1,2}\1(?:19|20)?\d{2}|(?:19|20)\d{2}([-/.])\d{1,2}\2\d{1,2}"
)
DAY_OF_MONTH: Final = re.compile(r"(?:0?[1-9]|[12][0-9]|3[01])/(?:0?[1-9]|1[0-2])")
THOUSANDS: Final = re.compile(r"\d{1,3}\.\d{3}")
"""As amounts are written, and hardly an account."""
_LONG_LINES: Final = frozenset((44, 47, 48))  # digits of an invoice's key, of a boleto's line


class Number(NamedTuple):
    """Tokens `first` to `last` read as one number; `start` and `end` are folded places."""

    first: int
    last: int
    start: int
    end: int
    text: str
    digits: str
    groups: tuple[int, ...]  # how many digits in each token
    plain: bool  # digits and punctuation only

    @property
    def joined(self) -> bool:
        """Whether more than one token makes it."""
        return self.last > self.first

    @property
    def regular(self) -> bool:
        """Grouped as people group a number, not two numbers that happen to stand together."""
        return not self.joined or ("\n" not in self.text and "," not in self.text and max(self.groups) <= 4)


def looks_like_date(number: Number) -> bool:
    """Whether a number is written as a calendar date."""
    return _DATE_SHAPE.fullmatch(number.text) is not None


def runs(reading: Reading) -> Iterator[tuple[int, int]]:
    """First and last index of coded tokens with nothing but number punctuation between them."""
    first = None
    for index in reading.numbers:
        if first is None:
            first = index
        if not _continues(reading, index):
            yield first, index
            first = None


def _continues(reading: Reading, index: int) -> bool:
    following = index + 1
    return (
        following < len(reading.texts)
        and reading.coded[following]
        and _JOINT.fullmatch(reading.gap(index)) is not None
    )


def windows(reading: Reading, first: int, last: int) -> Iterator[Number]:
    """Every number that may begin at `first` in a run that ends at `last`, the longest first."""
    digits: list[str] = []
    total = 0
    for index in range(first, min(last, first + _MOST_TOKENS - 1) + 1):
        own = _NOT_DIGIT.sub("", reading.texts[index])
        total += len(own)
        if total > _MOST_DIGITS and digits:
            break
        digits.append(own)
    lettered = _IBAN_START.match(reading.texts[first]) is not None
    for size in range(len(digits), 0, -1):
        groups = digits[:size]
        joined = "".join(groups)
        if (
            len(reading.texts[first]) >= _SHORTEST
            if size == 1
            else _is_worth_joining(groups, len(joined), lettered=lettered)
        ):
            yield _number(reading, first, joined, groups)


def _is_worth_joining(groups: list[str], total: int, *, lettered: bool) -> bool:
    """Whether neighbours may make one number: as many digits, in as many groups, as one has."""
    if len(groups) > _MOST_GROUPS:
        return total in _LONG_LINES or (lettered and total >= _LEAST_IBAN_DIGITS)
    if total < _LEAST_DIGITS_JOINED or (total > _MOST_DIGITS_JOINED and total not in _LONG_LINES):
        return False
    return total in _IN_PAIRS or max(map(len, groups)) > 2


def _number(reading: Reading, first: int, joined: str, digits: list[str]) -> Number:
    last = first + len(digits) - 1
    start, end = reading.starts[first], reading.ends[last]
    text = reading.texts[first] if first == last else reading.text[start:end]
    plain = text.isdigit() or not any(map(str.isalpha, text))
    return Number(first, last, start, end, text, joined, tuple(map(len, digits)), plain)
