"""Secrets of machines that no word announces: links that let somebody in, long strings of mixed case."""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import Family
from shared.privacy.text.found import Found
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading

_LONGEST: Final = 512  # code points of an address that are looked at; all of it is masked
_ADDRESS: Final = re.compile(
    rf"(?:https?://|(?<![a-z0-9@.-])(?:[a-z0-9-]{{1,40}}\.){{1,4}}[a-z]{{2,10}}/)[^\s\uffff]{{4,{_LONGEST}}}"
)
_REST: Final = re.compile(r"[^\s\uffff]*")
_TRAILING: Final = ".,;:?!)\"'`]}>"
_PART: Final = re.compile(r"[A-Za-z0-9_\-]{8,}")
_WORDS: Final = re.compile(r"[a-z]+")
# What is shared by such an address may be open to anybody: a place, a film, a sheet.
_SHARING: Final = re.compile(
    r"https?://(?:[a-z0-9-]{1,40}\.){0,3}(?:youtu|goo|google|maps|instagram|facebook|fb|tiktok|twitter|x|whatsapp|wa"
    r"|github|gitlab|spotify|mercadoli[bv]re|amazon|zoom|waze|linkedin|pinterest|imgur|wetransfer|dropbox"
    r"|sharepoint|onedrive|figma|trello|notion|canva|loom)\.[a-z]{2,5}(?:\.[a-z]{2})?(?=[/?]|$)"
)
_CAMEL: Final = re.compile(r"[a-z]*(?:[A-Z][a-z]{2,}|[-_0-9])+")
_SHORTEST: Final = 8  # of a random part where the link says what it is for
_SHORTEST_BARE: Final = 20  # of a string that is random by itself
_SHORTEST_HINTED: Final = 16
_LEAST_TURNS: Final = 3  # changes between letters and digits in a random part
_LEAST_MIXED_TURNS: Final = 6  # changes between small letters, capitals and digits
_NEAR_KEY: Final = 4  # words from "key" to it
# Digits alone; a UUID, which is the form of a random PIX key.
_OTHER: Final = re.compile(r"[0-9 ./-]+|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SECRET_WORDS: Final = frozenset(
    ("chave", "clave", "llave", "key", "secret", "secreto", "segredo", "hmac", "token", "webhook", "bearer")
)


def find(reading: Reading) -> Iterator[Found]:
    """Links with a random part that open something, and random strings wherever they stand."""
    if "/" in reading.text and "." in reading.text:
        for start, end in _addresses(reading):
            if _opens(reading, start, end):
                yield Found(SensitiveKind.TOKEN, start, end)
    least = _SHORTEST_BARE if _SECRET_WORDS.isdisjoint(reading.words) else _SHORTEST_HINTED
    for at in reading.numbers if reading.longest >= least else ():
        if len(reading.texts[at]) >= least and (_is_random_string(reading, at) or _is_key(reading, at)):
            yield Found(SensitiveKind.TOKEN, reading.starts[at], reading.ends[at])


def _addresses(reading: Reading) -> Iterator[tuple[int, int]]:
    taken = 0
    for found in _ADDRESS.finditer(reading.text):
        if found.start() < taken:
            continue
        taken = found.end()
        if taken - found.start() >= _LONGEST and (rest := _REST.match(reading.text, taken)):
            taken = rest.end()
        yield found.start(), found.start() + len(reading.text[found.start() : taken].rstrip(_TRAILING))


def _opens(reading: Reading, start: int, end: int) -> bool:
    """Whether a link has a random part and says, or the text says, that it lets somebody do something."""
    folded = reading.text[start:end]
    if _SHARING.match(folded):
        return False
    written = reading.written(start, end)[: 2 * _LONGEST]
    path = written.split("://")[-1]
    parts = [part for part in _PART.findall(path[path.find("/") :]) if _is_random(part)]
    if not parts:
        return False
    said = {*_WORDS.findall(folded), *reading.words}
    return not listed("links.purposes").isdisjoint(said) or max(map(len, parts)) >= _SHORTEST_BARE


def _is_random(part: str) -> bool:
    """Whether letters and digits, or small letters and capitals, change places as by chance."""
    if len(part) < _SHORTEST:
        return False
    if _turns(part.lower()) >= _LEAST_TURNS:
        return True
    return _turns(part) >= len(part) // 4 and len(part) >= _SHORTEST_HINTED and not _CAMEL.fullmatch(part)


def _is_random_string(reading: Reading, at: int) -> bool:
    """Small letters, capitals and digits in one string, without an order: nobody's name or number."""
    cue = reading.governing(at)
    if cue is not None and cue.family in {Family.SECRET, Family.REFERENCE}:
        return False
    written = reading.written(reading.starts[at], reading.ends[at])
    start = reading.starts[at]
    if start and reading.text[start - 1] in "/@=&?":
        return False
    kinds = {_kind(char) for char in written if char.isalnum()}
    return kinds >= {"a", "A", "0"} and _turns(written) >= _LEAST_MIXED_TURNS


def _is_key(reading: Reading, at: int) -> bool:
    """Whether a long row of letters and digits stands close after a word for a key or a secret."""
    if Family.PIX in reading.families or _OTHER.fullmatch(reading.texts[at]):
        return False
    cue = reading.governing(at)
    if cue is not None and cue.family in {Family.SECRET, Family.REFERENCE}:
        return False
    near = reading.texts[max(0, at - _NEAR_KEY) : at]
    return not _SECRET_WORDS.isdisjoint(near) and _turns(reading.texts[at]) >= _LEAST_MIXED_TURNS


def _turns(part: str) -> int:
    """How often the kind of character changes; a capital before small letters is no change."""
    kinds = [_kind(char) for char in part if char.isalnum()]
    return sum(one != other for one, other in pairwise(kinds))


def _kind(char: str) -> str:
    if char.isdigit():
        return "0"
    return "A" if char.isupper() else "a"
