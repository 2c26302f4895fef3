"""The words that made a tag so: a lexicon's line that the text shows, else the weightiest few words."""

import re
from collections.abc import Collection, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from services.classifier.tagging.lexicon import Hit
from services.classifier.tagging.linear import Model, Scored
from services.classifier.tagging.prepare import Prepared, snapped

_TOKEN: Final = re.compile(r"\S+")
_MOST_WORDS: Final = 8
_LEAST_TELLING: Final = 4
"""Code points; a shorter hit is a word that needs the others to mean anything."""
_WORD_COST: Final = 0.02
"""What a word must add to a tag's score to be worth reading aloud."""
_MOST_CODE_POINTS: Final = 160
_CLAUSE_ENDS: Final = ".!?;:\n"


def evidence_span(
    model: Model, scored: Scored, text: int, prepared: Prepared, tag: str, sections: Collection[str]
) -> tuple[int, int]:
    """Return the span of the original text, in code points, that tells `tag` (a column of the model)."""
    column = model.tags.index(tag)
    hit = _best_hit(model, scored.hits[text], column, sections)
    start, end = hit or _window(model, scored, text, prepared.text, column)
    if end <= start:
        return snapped(prepared.original, 0, min(len(prepared.original), _MOST_CODE_POINTS))
    span = prepared.span(start, end)
    return _with_words_before(prepared.original, *span) if hit else span


def _best_hit(
    model: Model, hits: Sequence[Hit], column: int, sections: Collection[str]
) -> tuple[int, int] | None:
    telling = [
        (float(model.dense[hit.line, column]), hit)
        for hit in hits
        if model.lexicon.lines[hit.line].section.partition(".")[0] in sections
        and hit.end - hit.start >= _LEAST_TELLING
    ]
    if not telling:
        return None
    weight, best = max(telling, key=lambda pair: (pair[0], pair[1].end - pair[1].start))
    return (best.start, best.end) if weight > 0 else None


def _with_words_before(text: str, start: int, end: int) -> tuple[int, int]:
    """Widen a single word to the two before it in its clause: "inútiles" is read as "son unos inútiles"."""
    if " " in text[start:end]:
        return start, end
    for _ in range(2):
        before = text[max(0, start - 24) : start].rstrip(" ")
        if not before or before[-1] in _CLAUSE_ENDS:
            break
        cut = max(before.rfind(" "), before.rfind("\n")) + 1
        start -= len(text[max(0, start - 24) : start]) - cut
    return snapped(text, start, end)


def _window(model: Model, scored: Scored, text: int, prepared: str, column: int) -> tuple[int, int]:
    """Return the run of words, in the prepared text, that adds most to the tag's score."""
    tokens = [match.span() for match in _TOKEN.finditer(prepared)]
    if not tokens:
        return 0, 0
    added = _added_by_letter(model, scored, text, len(prepared), column)
    sums = [0.0, *np.cumsum(added).tolist()]
    worth = [sums[end] - sums[start] - _WORD_COST for start, end in tokens]
    best, span = -np.inf, tokens[0]
    for first in range(len(tokens)):
        total = 0.0
        for last in range(first, min(first + _MOST_WORDS, len(tokens))):
            total += worth[last]
            if total > best and tokens[last][1] - tokens[first][0] <= _MOST_CODE_POINTS:
                best, span = total, (tokens[first][0], tokens[last][1])
    return span


def _added_by_letter(
    model: Model, scored: Scored, text: int, length: int, column: int
) -> NDArray[np.float64]:
    """Spread what each n-gram adds to the score over its letters."""
    steps = np.zeros(length + 2)
    for kind, at in scored.of_text(text).items():
        table, found = model.tables[kind], scored.grams[kind]
        start = np.minimum(found.start[at], length)
        end = np.minimum(np.maximum(found.end[at], start + 1), length + 1)
        share = table.contributions(found, column, at) / (end - start)
        steps += np.bincount(start, share, length + 2) - np.bincount(end, share, length + 2)
    return np.cumsum(steps)[:length]
