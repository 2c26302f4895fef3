"""The one masker: what is personal in a text, and the text without it."""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Final

from shared.privacy.detectors import (
    accounts,
    admitted,
    arrivals,
    births,
    choices,
    combinations,
    credentials,
    deposits,
    echoes,
    health,
    imprints,
    judging,
    keypads,
    lettered,
    links,
    pix,
    places,
    siblings,
    tokens,
    watchwords,
)
from shared.privacy.kinds import Masked, SensitiveKind, Span
from shared.privacy.learned import detector
from shared.privacy.placeholders import blanked, moved, placeholders, replaced
from shared.privacy.text.cues import Family, cues
from shared.privacy.text.folding import Folded, fold
from shared.privacy.text.found import Found
from shared.privacy.text.phrasebook import listed, words
from shared.privacy.text.reading import Reading
from shared.privacy.text.spoken import is_spoken

# Where two detectors claim the same place, the one named first has it.
_DETECTORS: Final[tuple[Callable[[Reading], Iterable[Found]], ...]] = (
    tokens.find,
    links.find,
    pix.find,
    credentials.find,
    choices.find,
    keypads.find,
    combinations.find,
    arrivals.find,
    admitted.find,
    watchwords.find,
    births.find,
    lettered.find,
    judging.find,
    accounts.find,
    places.find,
    health.find,
)
# The detectors that have nothing to look at in a text without a number.
_NUMBERED: Final = (
    keypads.find, combinations.find, arrivals.find, admitted.find, lettered.find, judging.find,
)  # fmt: skip
_WORDED: Final = tuple(detector for detector in _DETECTORS if detector not in _NUMBERED)
_KINDS: Final = tuple(SensitiveKind)
_DIGIT: Final = re.compile(r"[0-9]")
# Numbers that may tell something by themselves: long ones, several together, mixed with letters and
# signs. "às 14h" and "3 caixas" are none.
_NUMBER: Final = re.compile(
    r"[0-9]{3}|[0-9][ ./()+,-]{1,3}[0-9]|[a-z@#*$%&_!-][0-9]|[a-z]\.[0-9]|[0-9][#*@$&]"
)
# Two words with a sign between them as no word is spelled: "fio&navalha".
_TWO_WORDS: Final = re.compile(r"[a-z]{3}[#$%&*+][a-z]{3}")
_WORD: Final = re.compile(r"[a-z]+")
_PAINTED: Final = re.compile(rb"([^\0])\1*")
# A placeholder brings the words around it nearer to each other, which may show one value more.
_MOST_ROUNDS: Final = 64
_WORDLESS: Final = frozenset((Family.SECRET, Family.TOKEN, Family.PIX))  # told without any digit


def mask(text: str) -> Masked:
    """`text` with a placeholder for everything sensitive. Masking twice is masking once."""
    return _found_and_masked(text)[1]


def find(text: str) -> tuple[Span, ...]:
    """Everything sensitive in `text`, in order and apart; placeholders that stand in it included."""
    return tuple(_found_and_masked(text)[0])


def find_each(texts: Sequence[str], *, between: str = "\n\n") -> list[tuple[Span, ...]]:
    """Everything sensitive in each of some texts that belong together, with places in each.

    They are read as one, with `between` between two: what one announces the next may tell, and a value
    that is found in one is masked in all.
    """
    spans = find(between.join(texts))
    found: list[tuple[Span, ...]] = []
    start = at = 0
    for text in texts:
        end = start + len(text)
        inside: list[Span] = []
        while at < len(spans) and spans[at].start < end:
            span = spans[at]
            first, last = max(span.start, start), min(span.end, end)
            if first < last:
                inside.append(Span(span.kind, first - start, last - start))
            if span.end > end:
                break  # it goes on in the next
            at += 1
        found.append(tuple(inside))
        start = end + len(between)
    return found


def by_rules(text: str) -> tuple[Span, ...]:
    """What `find` finds without the learned detector, which is trained on what this leaves."""
    return tuple(_found_and_masked(text, learned=False)[0])


def _found_and_masked(text: str, *, learned: bool = True) -> tuple[Sequence[Span], Masked]:
    spans: Sequence[Span] = placeholders(text)
    masked = replaced(text, spans)
    fresh = _detect(text, learned=learned)
    for _ in range(_MOST_ROUNDS):
        if not fresh:
            break
        spans = sorted([*spans, *fresh], key=_start)
        masked = replaced(text, spans)
        told, actual = [one.end for one in masked.masks], [span.end for span in spans]
        fresh = moved(_detect(masked.text, learned=learned), told, actual)
    return spans, masked


def _start(span: Span) -> int:
    return span.start


def _detect(text: str, *, learned: bool) -> list[Span]:
    """What one reading of a text shows; the learned detector is asked once the rules see nothing more."""
    raw = blanked(text)
    folded = fold(raw)
    if not _is_worth_reading(folded.text):
        return []
    reading = Reading(raw, folded)
    detectors = _DETECTORS if reading.numbers else _WORDED
    found = [one for detector in detectors for one in detector(reading)]
    found += deposits.find(reading, found)
    if not found and learned:
        found = detector.find(reading, placeholders(text))
    if not found:
        return []
    found = [*imprints.find(reading, found), *found]  # surer of these than the rules for sent codes
    found += siblings.find(reading, found)
    found += echoes.find(reading, found)
    return _settled(found, folded)


def _is_worth_reading(text: str) -> bool:
    """Whether a folded text holds a number, or a word that may tell something without one."""
    numbered = _DIGIT.search(text) is not None
    if "@" in text or "_" in text or (numbered and _NUMBER.search(text)) or _TWO_WORDS.search(text):
        return True
    words = _WORD.findall(text)
    telling = _words_with_digits() if numbered else _telling_words()
    return not telling.isdisjoint(words) or health.has_clinical(words) or is_spoken(words)


@cache
def _words_with_digits() -> frozenset[str]:
    """The words that make a text worth reading where a short number stands: "rua X 12", "dia 2"."""
    measured = health.measured_words() | places.numbered_words()
    return _telling_words() | measured | words("months.txt") | listed("combinations.ways")


@cache
def _telling_words() -> frozenset[str]:
    book = cues()
    secrets = (cue for cue in book.meanings if cue.family in _WORDLESS and cue.name != "payment")
    wordless = book.telling_words(*secrets)
    return frozenset(
        wordless
        | accounts.TELLING
        | listed("births.telling")
        | listed("choices.drawing")
        | watchwords.TELLING
        | health.telling_words()
        | places.telling_words()
    )


def _settled(found: Sequence[Found], folded: Folded) -> list[Span]:
    """What was found, apart and in order, with places in the original; the first one wins."""
    canvas = bytearray(len(folded.text))
    for kind, start, end in reversed(found):
        canvas[start:end] = bytes((_KINDS.index(kind) + 1,)) * (end - start)
    spans: list[Span] = []
    for run in _PAINTED.finditer(canvas):
        if any(map(str.isalnum, folded.text[run.start() : run.end()])):
            start, end = folded.original(*run.span())
            spans.append(Span(_KINDS[run[1][0] - 1], start, end))
    return spans
