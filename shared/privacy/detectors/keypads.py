"""Digits that open something for good: a door, a safe, an alarm, a telephone; typed, put or spelled."""

import re
from collections.abc import Iterator
from typing import Final

from shared.privacy.detectors.logins import is_login
from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import Family
from shared.privacy.text.found import Found
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading

_DIGITS: Final = range(4, 9)
_MOST_AFTER_VERB: Final = 3  # words from "puse", "i punch" to the digits
_NEAR_DOOR: Final = 10  # words from a door or an alarm to the digits after "es", "com", "is"
_LONGEST_CODE: Final = 6  # digits, where a telephone is spoken of too
_SAFE_WORDS: Final = frozenset(("caja", "central"))
_SAFES: Final = re.compile(r"caja fuerte|central (?:da|de la|de) (?:casa|alarm)")
_APART: Final = re.compile(r" ?(?:[,.?!)]|$)")
_SENTENCE_END: Final = re.compile(r"[.;!?\n]")
_SPELLED: Final = re.compile(r"[0-9](?:([ -])[0-9])(?:\1[0-9])+")
_SIGN_BEFORE: Final = re.compile(r"(?:asterisco|estrella|estrela|star|hash|numeral|cerquilha|gato) ?$")
_SIGN_AFTER: Final = re.compile(r" (?:asterisco|estrella|estrela|star|hash|numeral|cerquilha|pound)\b")
_LONGEST_SIGN: Final = 12
_COUNTED: Final = re.compile(r"\s?([a-z]+|%)")
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_UNSURE: Final = frozenset((None, Family.SECRET, Family.HINT, Family.CODE))


def find(reading: Reading) -> Iterator[Found]:
    """The digits of a lock, an alarm or a PIN that no sign or verb of a password announces."""
    secret = Family.SECRET in reading.families
    safe = not _SAFE_WORDS.isdisjoint(reading.words) and _SAFES.search(reading.text) is not None
    door = safe or not listed("secrecy.door").isdisjoint(reading.words)
    if not (secret or door):
        return
    for at in reading.numbers:
        if _is_code(reading, at) and not is_login(reading, at) and _is_told(reading, at, door=door):
            yield Found(SensitiveKind.PASSWORD, *_with_signs(reading, at))


def _is_told(reading: Reading, at: int, *, door: bool) -> bool:
    if _is_spelled(reading, at, door=door) or _is_put(reading, at, door=door) or _is_named(reading, at):
        return True
    return door and _opens(reading, at)


def _is_code(reading: Reading, at: int) -> bool:
    """Whether a token is as long as what is typed on a keypad, and counts nothing."""
    digits = reading.texts[at].replace(" ", "").replace("-", "") if _is_bare(reading.texts[at]) else ""
    if not digits.isdigit() or len(digits) not in _DIGITS:
        return False
    neighbours = (at and reading.coded[at - 1] and not reading.gap(at - 1).strip(" -")) or (
        at + 1 < len(reading.texts) and reading.coded[at + 1] and not reading.gap(at).strip(" -/")
    )
    counted = _COUNTED.match(reading.text, reading.ends[at])
    unit = counted is not None and counted[1] in listed("secrecy.units")
    return not neighbours and not unit and not reading.text.endswith(("$", "$ "), 0, reading.starts[at])


def _is_bare(text: str) -> bool:
    return text.isdigit() or _SPELLED.fullmatch(text) is not None


def _family(reading: Reading, at: int) -> Family | None:
    cue = reading.governing(at)
    return cue.family if cue else None


def _is_spelled(reading: Reading, at: int, *, door: bool) -> bool:
    """Whether the digits were typed or said one by one, as codes are: "2 7 9 0", "três sete um zero"."""
    written = reading.text[reading.starts[at] : reading.ends[at]]
    if written.isdigit() or not (_SPELLED.fullmatch(written) or written[0].isalpha()):
        return False
    family = _family(reading, at)
    if door:
        apart = reading.text.endswith((", ", ": "), 0, reading.starts[at])
        return apart or family in _UNSURE or _is_port(reading, at)
    return family in {None, Family.SECRET, Family.HINT}


def _is_named(reading: Reading, at: int) -> bool:
    """Whether digits stand between commas after a word for a PIN: "el pin que me dio, 2805, ¿cierto?"."""
    start, end = reading.starts[at], reading.ends[at]
    if _family(reading, at) is not Family.SECRET or _YEAR.fullmatch(reading.texts[at]):
        return False
    apart = reading.text.endswith((", ", ": "), 0, start) and _APART.match(reading.text, end) is not None
    near = reading.cues[max(0, at - _NEAR_DOOR) : at]
    return apart and any(cue is not None and cue.family is Family.SECRET for cue in near)


def _is_port(reading: Reading, at: int) -> bool:
    """Whether the word for a door was read as the port of a machine."""
    cue = reading.governing(at)
    return cue is not None and cue.name == "machine"


def _is_put(reading: Reading, at: int, *, door: bool) -> bool:
    """Whether somebody says that he puts, types or has the digits: "yo pongo el de siempre 4543"."""
    if _YEAR.fullmatch(reading.texts[at]) and reading.texts[at - 1] not in listed("keypads.put"):
        return False
    family = _family(reading, at)
    if family not in {None, Family.SECRET, Family.HINT} and not (door and family is Family.CODE):
        return False
    for before in range(at - 1, max(-1, at - 2 - _MOST_AFTER_VERB), -1):
        if reading.stops(before) or _SENTENCE_END.search(reading.gap(before)):
            return False
        if reading.texts[before] in listed("keypads.put"):
            return True
    return False


def _opens(reading: Reading, at: int) -> bool:
    """Whether "is" or "with" leads from a door or its alarm to the digits: "desarma com 5190"."""
    family = _family(reading, at)
    called = family is Family.PHONE and len(reading.texts[at]) <= _LONGEST_CODE
    if not at or not (called or family in _UNSURE):
        return False
    bracketed = reading.text.endswith("(", 0, reading.starts[at])
    if reading.text.endswith(": ", 0, reading.starts[at]) and _is_labelled(reading, at):
        return True
    if not bracketed and reading.texts[at - 1] not in listed("keypads.linking"):
        return False
    for before in range(at - 1, max(-1, at - 1 - _NEAR_DOOR), -1):
        if reading.stops(before) or _SENTENCE_END.search(reading.gap(before)):
            return False
        if reading.texts[before] in listed("secrecy.door") or reading.texts[before] == "fuerte":
            return not bracketed or _is_of_code(reading, before)
    return False


def _is_labelled(reading: Reading, at: int) -> bool:
    """Whether the label before a colon names a door's code or whose it is, no flat: "de la nana: 3535"."""
    near = reading.texts[max(0, at - 3) : at]
    mine = not listed("keypads.owners").isdisjoint(near) or not listed("secrecy.door").isdisjoint(near)
    return mine and listed("keypads.rooms").isdisjoint(near)


def _is_of_code(reading: Reading, door: int) -> bool:
    """Whether a door is named after its code: "el código de la puerta"."""
    near = reading.cues[max(0, door - 4) : door]
    return any(cue is not None and cue.family in {Family.CODE, Family.SECRET} for cue in near)


def _with_signs(reading: Reading, at: int) -> tuple[int, int]:
    """The place of the digits, with a star or hash that is said before or after them."""
    start, end = reading.starts[at], reading.ends[at]
    before = _SIGN_BEFORE.search(reading.text, max(0, start - _LONGEST_SIGN), start)
    after = _SIGN_AFTER.match(reading.text, end)
    return before.start() if before else start, after.end() if after else end
