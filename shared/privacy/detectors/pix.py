"""PIX keys: an e-mail, phone, CPF, CNPJ or random key that is announced as one."""

import re
from collections.abc import Iterator
from typing import Final

from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import SILENCING, Family
from shared.privacy.text.found import Found
from shared.privacy.text.numerals import Number
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading

_UUID: Final = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_UUID_BARE: Final = re.compile(r"[0-9a-f]{32}")
_ENDS: Final = re.compile(r"[.!?]\s|\n\s*\n")
_KEY_FAMILIES: Final = frozenset((Family.ID, Family.PHONE, Family.ACCOUNT))
_KEY_WORDS: Final = frozenset(("key", "llave", "clave"))  # of a random key, in place of "chave"
_LOOSE: Final = frozenset(("key", "payment"))  # words that are about PIX only beside its key
_LINK_REACH: Final = 8
# Of an e-mail address: what its two sides are made of, and how long they may be (RFC 5321).
_LOCAL: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789._%+-")
_DOMAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789.-")
_LONGEST_SIDE: Final = 64


def announced(reading: Reading, number: Number) -> bool:
    """Whether a number is a key: random, or a phone, CPF or CNPJ linked to the word pix."""
    if _UUID.fullmatch(number.text) or _UUID_BARE.fullmatch(number.text):
        if Family.PIX in reading.families or not reading.words.isdisjoint(_KEY_WORDS):
            return True
        cue = reading.governing(number.first)
        if "-" not in number.text or (cue is not None and cue.family in SILENCING):
            return False
        alone = number.text == reading.bare
        return alone or not reading.words.isdisjoint(listed("pix.sending"))
    if not number.plain or not 10 <= len(number.digits) <= 14:
        return False
    if max(number.groups) <= 2:
        return False
    return linked(reading, number.first, number.last)


def linked(reading: Reading, first: int, last: int) -> bool:
    """Whether nothing but linking words stands between tokens `first` to `last` and "pix"."""
    return _linked_before(reading, first) or _linked_after(reading, last)


def _linked_before(reading: Reading, first: int) -> bool:
    """Back from a number: plain words lead to "pix", other cues only if all the words link."""
    named = "pix" in reading.words
    linking = True
    passed_cue = False
    for at in range(first - 1, max(-1, first - 1 - _LINK_REACH), -1):
        if reading.stops(at) or _ENDS.search(reading.gap(at)):
            return False
        cue = reading.cues[at]
        if cue is None:
            linking = linking and reading.texts[at] in listed("pix.links")
        elif cue.family is Family.PIX:
            if cue.name in _LOOSE and not named:
                return linking
            return linking or not passed_cue
        elif cue.family in _KEY_FAMILIES or cue.name == "company":
            passed_cue = True
        else:
            return False
        if passed_cue and not linking:
            return False
    return False


def _linked_after(reading: Reading, last: int) -> bool:
    for at in range(last + 1, min(len(reading.texts), last + 1 + _LINK_REACH)):
        cue = reading.cues[at]
        if reading.stops(at) or _ENDS.search(reading.gap(at - 1)):
            return False
        if cue is not None and cue.family is Family.PIX and cue.name != "key":
            return at > last + 1 or "(" in reading.gap(at - 1)
        if reading.texts[at] not in listed("pix.back_links"):
            return False
    return False


def find(reading: Reading) -> Iterator[Found]:
    """The e-mail addresses that are announced as PIX keys."""
    if Family.PIX not in reading.families:
        return
    for start, end in addresses(reading.text):
        first = reading.token_at(start)
        last = reading.token_at(end) - 1
        if first <= last and (linked(reading, first, last) or _is_given(reading, start)):
            yield Found(SensitiveKind.PIX_KEY, start, end)


def _is_given(reading: Reading, start: int) -> bool:
    """Whether an address stands after a colon in a text of a key and of money: "a chave … : ana@x.com"."""
    given = reading.text.endswith((": ", ":"), 0, start)
    return given and not listed("pix.money").isdisjoint(reading.words)


def addresses(text: str) -> Iterator[tuple[int, int]]:
    """Where e-mail addresses stand in a folded text."""
    at = text.find("@")
    while at >= 0:
        start = at
        while start > max(0, at - _LONGEST_SIDE) and text[start - 1] in _LOCAL:
            start -= 1
        end = at + 1
        while end < min(len(text), at + _LONGEST_SIDE) and text[end] in _DOMAIN:
            end += 1
        while end > at + 1 and text[end - 1] in ".-":
            end -= 1
        if start < at and "." in text[at + 1 : end]:
            yield start, end
        at = text.find("@", at + 1)
