"""Combinations of locks: turns to the left and right, digits with hyphens, digits behind a padlock."""

import re
from collections.abc import Iterator
from typing import Final

from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.found import Found
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading

_WAY: Final = (
    r"(?:left|right|izquierda|derecha|direita|esquerda|izq|der|dir|esq"
    r"|clockwise|anticlockwise|counterclockwise)"
)
_TURN: Final = (
    rf"(?:{_WAY}\.? (?:to |a |hasta |ate |en |no |el )?[0-9]{{1,2}}"
    rf"|[0-9]{{1,2}} (?:to the |a la |hacia la |pra |para a |a )?{_WAY})"
)
_TURNS: Final = re.compile(
    rf"(?<![a-z0-9]){_TURN}(?:[ ,;]{{1,3}}(?:y |e |and |then |luego |depois |despues )?{_TURN}){{1,5}}\b"
)
_ROW: Final = re.compile(r"(?<![0-9./-])[0-9]{1,2}(?:-[0-9]{1,2}){2,4}(?![0-9/-])")
# Digits right behind a padlock that end their clause: "el candado 1041, coge mi toalla".
_PADLOCK: Final = re.compile(
    r"(?<!\bum )(?<!\bun )(?<!\ba )\b(?:candado|candadito|cadeado|padlock|lockbox|key ?box)s?:?"
    r"(?: (?:es|e|eh|is|era|con|com|with))? ([0-9]{2}[1-9]|[0-9]{4,6}(?<!00))"
    r"(?=\s*(?:$|[.,;!\n]| (?:y|e|and)\b))"
)
_REACH: Final = 6  # words from the lock or its combination to the digits
_SENTENCE_END: Final = re.compile(r"[.!?;\n]")


def find(reading: Reading) -> Iterator[Found]:
    """What turns or sets a lock, in a text that speaks of one."""
    if not reading.numbers or reading.words.isdisjoint(listed("combinations.locks")):
        return
    for found in _TURNS.finditer(reading.text):
        yield Found(SensitiveKind.PASSWORD, *found.span())
    for found in _PADLOCK.finditer(reading.text):
        yield Found(SensitiveKind.PASSWORD, *found.span(1))
    for found in _ROW.finditer(reading.text):
        if _is_set(reading, reading.token_at(found.start())):
            yield Found(SensitiveKind.PASSWORD, *found.span())


def _is_set(reading: Reading, at: int) -> bool:
    for before in range(at - 1, max(-1, at - 1 - _REACH), -1):
        if reading.stops(before) or _SENTENCE_END.search(reading.gap(before)):
            return False
        if reading.texts[before] in listed("combinations.locks"):
            return True
    return False
