"""Hashed n-grams of a batch of texts: whole-array arithmetic, no loop over letters or words.

A batch is one array of code points. Letters' n-grams stay inside a word and its two borders; words'
n-grams are runs of one to three tokens, a token being a word or a single sign; placed n-grams are
tokens with where they stand: at the beginning or the end, in a question, in the last sentence; gapped
ones are two tokens with one or two others between. Every n-gram is a bucket of a fixed table, by a
polynomial hash modulo 2**64.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

BUCKETS: Final = 1 << 20
LETTERS: Final = (2, 3, 4, 5)
WORDS: Final = 3
GAPS: Final = (1, 2)
KINDS: Final = ("letters", "words", "placed", "gapped")
PHRASE: Final = 4
_BASE: Final = np.uint64(0x9E3779B97F4A7C15)
_INVERSE: Final = np.uint64(pow(0x9E3779B97F4A7C15, -1, 1 << 64))
_MIX: Final = np.uint64(0xD6E8FEB86659FD93)
_SHIFT: Final = np.uint64(64 - 20)
_END: Final = 0
"""Code point between two texts of a batch."""
_BLANK: Final = 32
_APOSTROPHE: Final = 39
_QUESTION: Final = 63
_CLOSING: Final = tuple(map(ord, "?!.;"))
_LAST_PLAIN: Final = 0x250

U64 = NDArray[np.uint64]
I64 = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of a batch, of one kind: bucket, text, and range (in code points of that text)."""

    bucket: NDArray[np.int32]
    text: NDArray[np.int32]
    start: NDArray[np.int32]
    end: NDArray[np.int32]


def _is_word() -> NDArray[np.bool_]:
    return np.array([chr(code).isalnum() for code in range(_LAST_PLAIN)])


_WORD: Final = _is_word()


@dataclass(frozen=True, slots=True)
class Phrases:
    """The runs of words of a batch: whole hash, text, and range (in code points of that text)."""

    hashes: U64
    text: NDArray[np.int32]
    start: NDArray[np.int32]
    end: NDArray[np.int32]


def grams(texts: Sequence[str]) -> Mapping[str, Grams]:
    """Return the n-grams of prepared texts by kind, as `KINDS`."""
    codes, owner, offset = _joined(texts)
    plain = np.where((codes >= 48) & (codes <= 57), 48, codes)
    word = _are_words(plain)
    tokens = _tokens(plain, _with_apostrophes(plain, word), owner, offset)
    return {
        "letters": _letters(plain, word, owner, offset),
        "words": _bucketed(_runs(tokens, WORDS)),
        "placed": _bucketed(_placed(tokens)),
        "gapped": _bucketed(_gapped(tokens)),
    }


def phrases(texts: Sequence[str], longest: int = PHRASE) -> Phrases:
    """Return the whole hashes of the runs of one to `longest` words of texts, to look phrases up by."""
    codes, owner, offset = _joined(texts)
    plain = np.where((codes >= 48) & (codes <= 57), 48, codes)
    return _runs(_tokens(plain, _with_apostrophes(plain, _are_words(plain)), owner, offset), longest)


def _joined(texts: Sequence[str]) -> tuple[I64, NDArray[np.int32], NDArray[np.int32]]:
    joined = "\0" + "\0".join(texts) + "\0"
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.int64)
    lengths = np.fromiter(map(len, texts), np.int64, len(texts)) + 1
    starts = np.concatenate(([0], np.cumsum(lengths)))[:-1]
    owner = np.repeat(np.arange(len(texts), dtype=np.int32), lengths)
    offset = np.arange(len(owner), dtype=np.int64) - np.repeat(starts, lengths) - 1
    owner = np.append(owner, len(texts) - 1).astype(np.int32)
    offset = np.append(offset, lengths[-1] - 1 if len(texts) else 0).astype(np.int32)
    return codes, owner, offset


def _mixed(hashes: U64) -> U64:
    mixed = hashes ^ (hashes >> np.uint64(32))
    return mixed * _MIX


def _bucket(hashes: U64, salt: int) -> NDArray[np.int32]:
    mixed = _mixed(_mixed(hashes + np.uint64(salt)))
    return (mixed >> _SHIFT).astype(np.int32)


def _letters(
    codes: I64, word: NDArray[np.bool_], owner: NDArray[np.int32], offset: NDArray[np.int32]
) -> Grams:
    """Runs of letters inside a word or touching its borders; every border is the same sign."""
    signs = np.where(word, codes, _BLANK).astype(np.uint64)
    count = len(signs)
    borders = np.concatenate(([0], np.cumsum(~word)))
    hashes = signs.copy()
    found: list[tuple[NDArray[np.int32], I64, int]] = []
    for length in range(2, max(LETTERS) + 1):
        hashes = hashes[: count - length + 1] * _BASE + signs[length - 1 :]
        begin = np.arange(count - length + 1)
        inside = borders[begin + length - 1] - borders[begin + 1] == 0
        keep = inside & (word[begin] | word[begin + length - 1] if length == 2 else True)
        at = np.flatnonzero(keep)
        found.append((_bucket(hashes[at], length), at, length))
    bucket = np.concatenate([one for one, _, _ in found])
    begin = np.concatenate([at for _, at, _ in found])
    size = np.concatenate([np.full(len(at), length) for _, at, length in found])
    # A letter of its own says whose it is: the border behind a text's last letter begins the next text.
    within = np.where(word[begin], begin, begin + 1)
    start = offset[within] - (within - begin)
    return Grams(
        bucket,
        owner[within],
        np.maximum(start, 0).astype(np.int32),
        (start + size).astype(np.int32),
    )


def _are_words(codes: I64) -> NDArray[np.bool_]:
    return np.where(
        codes < _LAST_PLAIN, _WORD[np.minimum(codes, _LAST_PLAIN - 1)], (codes > 0x3000) & (codes < 0xD800)
    )


def _with_apostrophes(codes: I64, word: NDArray[np.bool_]) -> NDArray[np.bool_]:
    inside = np.zeros_like(word)
    inside[1:-1] = (codes[1:-1] == _APOSTROPHE) & word[:-2] & word[2:]
    return word | inside


@dataclass(frozen=True, slots=True)
class _Tokens:
    """The words and signs of a batch, in order."""

    hashes: U64
    text: NDArray[np.int32]
    start: NDArray[np.int32]
    end: NDArray[np.int32]
    sign: I64
    """The first code point of each."""


def _tokens(
    codes: I64, word: NDArray[np.bool_], owner: NDArray[np.int32], offset: NDArray[np.int32]
) -> _Tokens:
    sign = ~word & (codes > _BLANK)
    before = np.concatenate(([False], word[:-1]))
    begins = np.flatnonzero((word & ~before) | sign)
    after = np.concatenate((word[1:], [False]))
    ends = np.flatnonzero((word & ~after) | sign) + 1
    powers = np.cumprod(np.full(len(codes) + 1, _BASE, np.uint64))
    sums = np.concatenate((np.zeros(1, np.uint64), np.cumsum(codes.astype(np.uint64) * powers[:-1])))
    back = np.cumprod(np.full(len(codes) + 1, _INVERSE, np.uint64))
    hashes = _mixed((sums[ends] - sums[begins]) * back[begins])
    return _Tokens(hashes, owner[begins], offset[begins], offset[ends - 1] + 1, codes[begins])


def _bucketed(found: Phrases) -> Grams:
    return Grams(_bucket(found.hashes, 101), found.text, found.start, found.end)


def _runs(tokens: _Tokens, longest: int) -> Phrases:
    """Runs of one to `longest` tokens of one text."""
    pieces = [(tokens.hashes, tokens.text, tokens.start, tokens.end)]
    running = tokens.hashes
    for size in range(2, longest + 1):
        count = max(len(tokens.hashes) - size + 1, 0)
        running = _mixed(running[:count] * _BASE + tokens.hashes[size - 1 :])
        at = np.flatnonzero(tokens.text[:count] == tokens.text[size - 1 :])
        pieces.append((running[at], tokens.text[at], tokens.start[at], tokens.end[at + size - 1]))
    return _phrases(pieces)


def _phrases(pieces: Sequence[tuple[U64, NDArray[Any], NDArray[Any], NDArray[Any]]]) -> Phrases:
    found, text, start, end = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    return Phrases(found, text.astype(np.int32), start.astype(np.int32), end.astype(np.int32))


def _gapped(tokens: _Tokens) -> Phrases:
    """Two tokens with one or two others between them, whatever these are."""
    pieces = []
    for gap in GAPS:
        count = max(len(tokens.hashes) - gap - 1, 0)
        at = np.flatnonzero(tokens.text[:count] == tokens.text[gap + 1 :])
        last = at + gap + 1
        hashes = _mixed(tokens.hashes[at] * _MIX + tokens.hashes[last])
        pieces.append((hashes, tokens.text[at], tokens.start[at], tokens.end[last]))
    return _phrases(pieces)


def _placed(tokens: _Tokens) -> Phrases:
    """Tokens told apart by their place; one salt a place, so that no place is taken for another."""
    count = len(tokens.hashes)
    if not count:
        return _runs(tokens, 1)
    text_begins = np.concatenate(([True], tokens.text[1:] != tokens.text[:-1]))
    closes = np.isin(tokens.sign, _CLOSING)
    begins = text_begins | np.concatenate(([False], closes[:-1]))
    sentence = np.cumsum(begins) - 1
    lasts = np.append(np.flatnonzero(begins)[1:], count) - 1
    asked = (tokens.sign[lasts] == _QUESTION)[sentence]
    text_lasts = np.append(np.flatnonzero(text_begins)[1:], count) - 1
    in_last = np.zeros(len(lasts), np.bool_)
    in_last[sentence[text_lasts]] = True
    pairs = np.flatnonzero(asked[:-1] & (sentence[:-1] == sentence[1:]))
    opens = np.flatnonzero(begins & asked)
    places = [
        *((np.flatnonzero(text_begins), size, 1) for size in (1, 2, 3)),
        *((text_lasts - size + 1, size, 2) for size in (1, 2, 3)),
        (np.flatnonzero(asked), 1, 3),
        (pairs, 2, 3),
        *((opens, size, 4) for size in (1, 2)),
        (np.flatnonzero(in_last[sentence]), 1, 5),
    ]
    return _phrases([_run_at(tokens, *place) for place in places])


def _run_at(
    tokens: _Tokens, first: NDArray[np.intp], size: int, place: int
) -> tuple[U64, NDArray[Any], NDArray[Any], NDArray[Any]]:
    """The runs of `size` tokens that begin at `first`, where they lie in one text."""
    last = first + size - 1
    inside = (first >= 0) & (last < len(tokens.hashes))
    first, last = first[inside], last[inside]
    whole = tokens.text[first] == tokens.text[last]
    first, last = first[whole], last[whole]
    hashes = np.full(len(first), 10 * place + size, np.uint64)
    for step in range(size):
        hashes = _mixed(hashes * _BASE + tokens.hashes[first + step])
    return hashes, tokens.text[first], tokens.start[first], tokens.end[last]
