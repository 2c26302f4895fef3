"""Passwords: what is written as one beside the words password, senha, clave, wifi and their kin."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Final

from shared.privacy.detectors.logins import CLAUSE_END, IS, after_login, is_apart, is_login
from shared.privacy.detectors.secrecy import (
    ENDING,
    TRAILING,
    VALUE,
    is_lone_word,
    is_made_up,
    is_mixture,
    is_remote_id,
    is_strong,
    is_ticket,
    opens_a_door,
    phrase_end,
    whole_end,
)
from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import Cue, Family
from shared.privacy.text.folding import BARRIER
from shared.privacy.text.found import Found
from shared.privacy.text.phrasebook import listed, words
from shared.privacy.text.reading import Reading

_QUOTED: Final = re.compile(r"""["'`]([^"'`\n\uffff]{3,60})["'`]""")
# Between the word password and its value: a sign, or a verb.
_SIGN: Final = re.compile(r"\s{0,3}(?:[:=]+|-+>|=>|→|\s-\s)\s{0,4}")
_ANNOUNCING: Final = frozenset((Family.SECRET, Family.HINT))
_STRANGE: Final = 2  # words that tell the phrase is about something else
_REACH: Final = 10  # words from the word password to its sign, verb or value
_PLAIN: Final = frozenset(" \n.,;:?!()/-%$ºª\"'")
_REACH_BACK: Final = 4
_NEAR_DOOR: Final = 4  # words from a door to the digits that open it
_DIGITS_ONLY: Final = re.compile(r"[0-9 -]{4,9}")
_ALSO: Final = re.compile(
    r",? (?:e|y|and|ou|o|or|nem|ni|nor|depois|despues|luego|then)"
    r" (?:(?:a|la|o|el|the|com|con|with|tambem|tambien|also|nova|nueva|new|velha|antiga|vieja|old|one"
    r"|outra|otra|other|antes|before|e|eh|es|is|era|was) ){0,4}"
)
_SHORTEST_PUT: Final = 4
_SHORTEST: Final = 3
_DOTTED: Final = re.compile(r"[a-z]\.[0-9]")  # a name and a number in one: "Luna.1990"
_LONGEST_ROOM: Final = 4  # digits of a flat's number
_NAMED: Final = re.compile(r"[a-z]{4,}[0-9]")  # an account's name rather than a password
_BREAK: Final = re.compile(r"[?\n]|[.!;]\s")


class Firmness(Enum):
    """How surely a value follows: nothing says so, a sign or verb does, even for a plain word."""

    NONE = 0
    SIGN = 1
    WORD = 2


def find(reading: Reading) -> Iterator[Found]:
    """The values that are announced as passwords, or followed by "is the password"."""
    if reading.families & _ANNOUNCING:
        taken = 0
        for index, cue in enumerate(reading.cues):
            if cue is None or cue.family not in _ANNOUNCING or cue.name == "login":
                continue
            if reading.starts[index] < taken:
                continue
            place = _following(reading, cue, index) or _preceding(reading, index)
            if place and not (cue.family is Family.HINT and _precedes_another(reading, place[1])):
                taken = phrase_end(reading.text, place[0], whole_end(reading.text, *place))
                yield Found(_kind(reading, cue, place[0], taken), place[0], taken)
                for start, end in _listed_after(reading, taken) if cue.family is Family.SECRET else ():
                    taken = end
                    yield Found(SensitiveKind.PASSWORD, start, end)
        yield from after_login(reading)
    for start, end in _chunks_of_interest(reading):
        if is_ticket(reading, start, end):
            continue
        if is_made_up(reading, start, end) or opens_a_door(reading, start, end):
            yield Found(SensitiveKind.PASSWORD, start, end)


def _kind(reading: Reading, cue: Cue, start: int, end: int) -> SensitiveKind:
    """A PIN that lasts for minutes is a one-time code."""
    passing = cue.name == "pin" and not listed("credentials.passing").isdisjoint(reading.words)
    coded = passing and _DIGITS_ONLY.fullmatch(reading.text, start, end) is not None
    return SensitiveKind.ONE_TIME_CODE if coded else SensitiveKind.PASSWORD


def _precedes_another(reading: Reading, end: int) -> bool:
    """Whether the word password comes next: "wi-fi: PousadaMar, senha marola2023"."""
    first = reading.token_at(end)
    return any(_announces(reading, at) for at in range(first, min(len(reading.texts), first + 2)))


def _following(reading: Reading, cue: Cue, index: int) -> tuple[int, int] | None:
    """The value after a cue: past a sign or a verb, or straight after it when it looks like one."""
    strange = 0 if cue.family is Family.SECRET else _STRANGE  # words that no password is of
    verbal = False  # "the password is, all small letters, colibri23"
    last = min(len(reading.texts), index + _REACH + 1)
    for at in range(index, last):
        if at > index:
            text = reading.texts[at]
            if verbal and _is_mixed_code(reading, at):
                return reading.chunk(at)
            if text in listed("credentials.queue") or _is_taken(reading, at) or _announces(reading, at):
                return None
            if is_apart(reading, at):
                return None
            verbal = verbal or text in listed("credentials.verb")
            if text in listed("credentials.verb") and (
                place := _value(reading, at, _firmness(text, strange))
            ):
                return place
            strange += not _is_of_password(reading, at)
        if not strange and (place := _beside_login(reading, at)):
            return place
        place = _after_sign(reading, at, strange)
        if place is None and not strange and not _tells_whose(reading, at):
            place = _value(reading, at, Firmness.NONE)
        if place or not _goes_on(reading, at):
            return place
    return None


def _tells_whose(reading: Reading, at: int) -> bool:
    """Whether what follows a word is whose the password is: "clave de bodega2", "senha do apto 302"."""
    if at + 1 >= len(reading.texts):
        return False
    following = reading.texts[at + 1]
    if reading.texts[at] in listed("keypads.rooms"):
        return following.isdigit() and len(following) <= _LONGEST_ROOM
    return reading.texts[at] in listed("governing.of") and _NAMED.fullmatch(following) is not None


def _firmness(verb: str, strange: int) -> Firmness:
    if verb in IS and strange < _STRANGE:
        return Firmness.WORD
    return Firmness.SIGN


def _is_of_password(reading: Reading, at: int) -> bool:
    """Whether a word says whose or what a password is of: a known one, or a name after "of"."""
    if reading.texts[at] in words("of_passwords.txt"):
        return True
    return reading.cues[at] is None and reading.texts[at - 1] in listed("governing.of")


def _is_mixed_code(reading: Reading, at: int) -> bool:
    """Whether a token holds letters and digits both, and is no time of day or amount."""
    return reading.coded[at] and is_mixture(reading.texts[at])


def _is_taken(reading: Reading, at: int) -> bool:
    """Whether a token is a number long enough to be something of its own, or a barrier."""
    text = reading.texts[at]
    return text == BARRIER or (reading.coded[at] and len(text) > 1)


def _announces(reading: Reading, at: int) -> bool:
    """Whether a token is a word for password of its own."""
    cue = reading.cues[at]
    return cue is not None and cue.family is Family.SECRET


def _after_sign(reading: Reading, at: int, strange: int) -> tuple[int, int] | None:
    sign = _SIGN.match(reading.text, reading.ends[at])
    firmness = Firmness.WORD if strange < _STRANGE else Firmness.SIGN
    return _value_from(reading, sign.end(), firmness) if sign else None


def _goes_on(reading: Reading, at: int) -> bool:
    """Whether the sentence goes on to the next token."""
    return at + 1 < len(reading.texts) and not _BREAK.search(reading.gap(at))


def _beside_login(reading: Reading, at: int) -> tuple[int, int] | None:
    """Any word at all after "senha:" where a login stands too: "usuário: admin / senha: admin"."""
    sign = _SIGN.match(reading.text, reading.ends[at])
    if sign is None or Family.HINT not in reading.families:
        return None
    found = VALUE.match(reading.text, sign.end())
    if found is None:
        return None
    end = sign.end() + len(found.group().rstrip(TRAILING))
    ends = end - sign.end() >= _SHORTEST and ENDING.match(reading.text[end : end + 16])
    return (sign.end(), end) if ends else None


def _value(reading: Reading, at: int, firmness: Firmness) -> tuple[int, int] | None:
    return _value_from(reading, reading.ends[at], firmness)


def _value_from(reading: Reading, place: int, firmness: Firmness) -> tuple[int, int] | None:
    """The value at a place, as far as what stands before it makes one likely."""
    text = reading.text
    while place < len(text) and text[place] in " \t*(:,":
        place += 1
    quoted = _QUOTED.match(text, place)
    if quoted and firmness is Firmness.WORD:
        return quoted.span(1)
    if place < len(text) and text[place] in "\"'`":
        place += 1
    found = VALUE.match(text, place)
    if found is None:
        return None
    end = place + len(found.group().rstrip(TRAILING))
    if end - place < _SHORTEST or is_remote_id(reading, place) or is_ticket(reading, place, end):
        return None
    if text[place:end] in listed("secrecy.services"):
        return None
    if is_strong(reading, place, end) or (firmness is Firmness.WORD and is_lone_word(reading, place, end)):
        return place, end
    return None


def _preceding(reading: Reading, index: int) -> tuple[int, int] | None:
    """A strong value before "é a senha", "es la clave", "is the password"."""
    at = index - 1
    passed: set[str] = set()
    known = (listed("credentials.verb"), words("of_passwords.txt"), listed("credentials.as"))
    while at >= max(0, index - _REACH_BACK) and any(reading.texts[at] in some for some in known):
        passed.add(reading.texts[at])
        at -= 1
    if at < 0 or not reading.coded[at] or _is_anothers(reading, at):
        return None
    named = reading.cues[at - 1] if at else None
    joined = at + 1 < index and reading.written(reading.starts[at + 1], reading.ends[at + 1]) == "e"
    if joined and named is not None and named.family is Family.REFERENCE:
        return None  # "matrícula 2023110457 e a senha ...": and, not is
    linked = passed & {"e", "eh", "es", "is"} or "(" in reading.gap(at)
    if not linked and not (passed & listed("credentials.as") and _is_put(reading, at)):
        return None
    start, end = reading.chunk(at)
    return (start, end) if is_strong(reading, start, end) else None


def _is_anothers(reading: Reading, at: int) -> bool:
    """Whether a number belongs to another word, or to the groups of a longer number."""
    cue = reading.governing(at)
    grouped = at > 0 and reading.coded[at - 1] and reading.gap(at - 1) == " "
    return is_login(reading, at) or grouped or (cue is not None and cue.family is Family.REFERENCE)


def _is_put(reading: Reading, at: int) -> bool:
    """Whether the value at a token is said to have been put or tried: "puse luna22 de contraseña"."""
    start, end = reading.chunk(at)
    if end - start < _SHORTEST_PUT:
        return False
    before = reading.token_at(start) - 1
    return before >= 0 and reading.texts[before] in listed("credentials.put")


def _listed_after(reading: Reading, end: int) -> Iterator[tuple[int, int]]:
    """More values after a password, mixed as passwords are: "a senha bolinho12 e a bolinho13"."""
    while joint := _ALSO.match(reading.text, end):
        found = VALUE.match(reading.text, joint.end())
        value = found.group().rstrip(TRAILING) if found else ""
        if not is_mixture(value):
            return
        start = joint.end()
        end = whole_end(reading.text, start, start + len(value))
        yield start, end


def _chunks_of_interest(reading: Reading) -> Iterator[tuple[int, int]]:
    """Stretches with a digit in them and something else besides."""
    door = not listed("secrecy.door").isdisjoint(reading.words)
    for at in reading.numbers:
        if is_login(reading, at):
            continue
        alone = reading.texts[at].isdigit() and _stands_alone(reading, at)
        if alone and not (door and _near_door(reading, at)):
            continue
        yield reading.chunk(at)


def _near_door(reading: Reading, at: int) -> bool:
    """Whether a word for a door or its lock stands close before a number, in the same clause."""
    for before in range(at - 1, max(-1, at - 1 - _NEAR_DOOR), -1):
        if CLAUSE_END.search(reading.gap(before)):
            return False
        if reading.texts[before] in listed("secrecy.door"):
            return True
    return False


def _stands_alone(reading: Reading, at: int) -> bool:
    """Whether nothing but blanks and punctuation touches a token."""
    start, end = reading.starts[at], reading.ends[at]
    before = reading.text[start - 1] if start else " "
    after = reading.text[end] if end < len(reading.text) else " "
    return before in _PLAIN and after in _PLAIN and not _DOTTED.match(reading.text, start - 2)
