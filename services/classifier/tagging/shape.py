"""What a text looks like, apart from its words: length, signs, capitals, numbers."""

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_CLAUSE: Final = re.compile(r"[^.!?\n;]{4,}")
_WORD: Final = re.compile(r"\w+")
_PICTURE: Final = re.compile("[☀-⟥⟨-\U0010ffff]")
_CODE: Final = re.compile(r"\d{3,}")
_LENGTHS: Final = (1, 2, 3, 4, 6, 9, 13, 18, 25, 35, 50, 80)
NAMES: Final = (
    *(f"words>={count}" for count in _LENGTHS),
    "question",
    "questions>=2",
    "questions>=3",
    "ends with a question",
    "exclamation",
    "exclamations>=2",
    "insistent signs",
    "ellipsis",
    "capitals",
    "clauses>=2",
    "clauses>=3",
    "clauses>=5",
    "code",
    "numbers only",
    "no letters",
    "emoji",
    "lines>=2",
    "link",
    "placeholder",
)


def shapes(texts: Sequence[str]) -> NDArray[np.float32]:
    """Return one row of 0 and 1 for each original text, columns as `NAMES`."""
    return np.array([_shape(text) for text in texts], np.float32).reshape(len(texts), len(NAMES))


def _shape(text: str) -> list[bool]:
    words = len(_WORD.findall(text))
    questions, exclamations = text.count("?"), text.count("!")
    letters = sum(map(str.isalpha, text)) if words < 60 else 0
    capitals = sum(map(str.isupper, text)) if letters >= 6 else 0
    clauses = len(_CLAUSE.findall(text))
    return [
        *(words >= count for count in _LENGTHS),
        questions > 0,
        questions >= 2,
        questions >= 3,
        text.rstrip().endswith("?"),
        exclamations > 0,
        exclamations >= 2,
        "??" in text or "!!" in text or "?!" in text or "!?" in text,
        "..." in text or "…" in text,
        capitals > 0.7 * letters if capitals else False,
        clauses >= 2,
        clauses >= 3,
        clauses >= 5,
        _CODE.search(text) is not None,
        bool(words) and not any(map(str.isalpha, text[:200])),
        not words,
        _PICTURE.search(text) is not None,
        "\n" in text,
        "http" in text or "www." in text,
        "⟦" in text,
    ]
