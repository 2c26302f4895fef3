"""Codes and passwords told by what they did: "entrou com 730114", "884102 did the trick"."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from shared.privacy.detectors.codes import names_another
from shared.privacy.detectors.logins import is_login
from shared.privacy.detectors.secrecy import is_product
from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import Family
from shared.privacy.text.found import Found
from shared.privacy.text.phrasebook import Phrasebook, alternatives_of, entries, listed
from shared.privacy.text.reading import Reading

_DIGITS: Final = re.compile(r"[0-9]{4,8}|[0-9]{3}[ -][0-9]{3}")
# As a password is made up, and no model, dose or paper: a word and a number, or a sign between them.
_MADE_UP: Final = re.compile(
    r"[a-z]{4,}[._-]?[0-9]{3,}[!@#$%&*]{0,3}"
    r"|(?=[^\s]*[0-9])(?=[^\s]*[a-z])[^\s]{2,}[@#$%&*_!][^\s]+|(?=[^\s]*[a-z]{2})[^\s]{5,}[0-9]!+"
)
_OF_DOOR: Final = re.compile(r"[0-9]{3,5}[a-fnp-uxyz]|[a-z][0-9]{3,5}")  # no watts, volts, litres
_YEAR_OR_AMOUNT: Final = re.compile(r"(?:19|20)[0-9]{2}|[0-9]*00")
_MAIL: Final = re.compile(r"[^@]+@[^@]+\.[a-z]{2,}")
_SIGNED: Final = re.compile(r"[@#$%&*_]")  # whose number no word governs: "Sobral@ti9"
# Behind a user's name: a slash, or the password.
_PASSWORD_NEXT: Final = re.compile(
    r" ?/ ?[^\s]|,? (?:e|y|and) (?:(?:la|a|the) )?(?:senha|clave|contrasena|password)\b"
)
# What a clause ends with, or goes on: "entrei com 4408 e agora"; an amount is of something.
_ENDS: Final = re.compile(
    r"[\"')]?(?:\s*(?:$|[.,;!?)\n])| (?:e|y|and|ya|ja|agora|ahora|now|valeu|obrigad[oa]|gracias|thanks|nos"
    r"|sim|si|finalmente|pero|mas|but)\b)"
)
_WINDOW: Final = 64  # code points that are looked at before and after a value
# What may stand before a value that did something: nothing, an article, "with".
_LED: Final = re.compile(
    r"(?:^|[.,!?;:\n] ?"
    r"|\b(?:con|com|with|codigo|code|pin|el|la|o|a|the|so|entao|entonces|ok|si|sim|yes|legend) )$"
)
_OPENING: Final = frozenset(("abre", "abren", "abrem"))
# No cue, or one of a secret: any other word says what else the number is.
_FREE: Final = frozenset((None, Family.CODE, Family.SECRET, Family.HINT))


def find(reading: Reading) -> Iterator[Found]:
    """The values that a text says to have let somebody in."""
    if reading.words.isdisjoint(_telling()):
        return
    door = not (listed("secrecy.door").isdisjoint(reading.words) and _OPENING.isdisjoint(reading.words))
    taken = 0
    for at in reading.numbers:
        if reading.starts[at] < taken:
            continue
        start, end = _value(reading, at)
        if _is_code(reading, at, start, end, door=door) and _let_in(reading, start, end, door=door):
            taken = end
            lasting = door or not _DIGITS.fullmatch(reading.text, start, end)
            yield Found(SensitiveKind.PASSWORD if lasting else SensitiveKind.ONE_TIME_CODE, start, end)


def _value(reading: Reading, at: int) -> tuple[int, int]:
    """The stretch around a number's token, and the second group of "118 206"."""
    start, end = reading.chunk(at)
    following = reading.chunk(at + 1) if at + 1 < len(reading.texts) else (end, end)
    if _DIGITS.fullmatch(reading.text, start, following[1]):
        return start, following[1]
    return start, end


def _is_code(reading: Reading, at: int, start: int, end: int, *, door: bool) -> bool:
    """Whether a stretch looks like a code or a password, and nothing beside it says otherwise."""
    text = reading.text
    made_up = _MADE_UP.fullmatch(text, start, end) or (door and _OF_DOOR.fullmatch(text, start, end))
    if not (made_up or _DIGITS.fullmatch(text, start, end)) or is_product(text[start:end]):
        return False
    if _YEAR_OR_AMOUNT.fullmatch(text, start, end) or _is_user(reading, at, start, end):
        return False
    cue = None if _SIGNED.search(text, start, end) else reading.governing(at)
    free = (cue.family if cue else None) in _FREE
    return free and not names_another(reading, at, reading.token_at(end) - 1)


def _is_user(reading: Reading, at: int, start: int, end: int) -> bool:
    """Whether a value is who enters and no secret: an e-mail address, or what a password goes with."""
    text = reading.text
    return is_login(reading, at) or bool(_MAIL.fullmatch(text, start, end) or _PASSWORD_NEXT.match(text, end))


def _let_in(reading: Reading, start: int, end: int, *, door: bool) -> bool:
    text = reading.text
    before = text[max(0, start - _WINDOW) : start]
    if door and _doors().search(before):
        return True
    ends = not text[start:end].isdigit() or _ENDS.match(text, end) is not None
    if ends and _entered().search(before):
        return True
    return _did().match(text, end) is not None and _LED.search(before) is not None


@cache
def _entered() -> re.Pattern[str]:
    """`entrei direitinho com o código`, `entrou o código`."""
    entered = rf"\b(?:{alternatives_of('admitted.txt', 'entered')})"
    well = r"(?:,| certinho| direitinho| bien| perfecto| fine| aqui| ja| ya| nada| al fin| finalmente){0,2}"
    article = r"(?: (?:o|a|el|la|the|esse|essa|este|esta|ese|esa|that|my)){0,2}"
    code = r"(?:codigo|code|pin|numeros?)"
    return re.compile(
        rf"{entered}(?:{well} (?:com|con|with|using|usando){article}(?: {code})?"
        rf"| (?:o|el|the) {code}) [\"']?$"
    )


@cache
def _doors() -> re.Pattern[str]:
    """`abre no`, `opened on`."""
    return re.compile(rf"\b(?:{alternatives_of('admitted.txt', 'door')}) $")


@cache
def _did() -> re.Pattern[str]:
    """`ya me abrió`, ` did the trick`, ` foi!`."""
    filled = r"(?:,? (?:ya|ja|me|nos|se|lo|la|si|sim|it|just|finally|ai|que|finalmente|por fin)){0,4}"
    return re.compile(rf"[\"']?{filled} (?:(?:{alternatives_of('admitted.txt', 'did')})\b|foi(?=[!.,]|$))")


@cache
def _telling() -> frozenset[str]:
    """The words without which nothing is said to have let somebody in."""
    return Phrasebook(entries("admitted.txt")).telling_words() | {"foi"}
