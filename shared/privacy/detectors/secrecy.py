"""What a secret looks like: the word itself, whatever stands beside it."""

import re
from typing import Final

from shared.privacy.text.cues import Family
from shared.privacy.text.folding import BARRIER
from shared.privacy.text.phrasebook import listed, words
from shared.privacy.text.reading import Reading

_LONGEST_SEEN: Final = 64  # code points of a value that are looked at; all of it is masked
VALUE: Final = re.compile(rf"(?![¿¡])[^\s{BARRIER}]{{1,{_LONGEST_SEEN}}}")
_REST: Final = re.compile(rf"[^\s{BARRIER}]*")
TRAILING: Final = ".,;:?)\"'`]}>"

_LONGEST_NUMBER: Final = 16
_SHORTEST_WORD: Final = 4
_MIXED_CASE: Final = re.compile(r"[a-zà-ÿ0-9][A-Z]|[A-Z]{2}[a-z]")
_SYMBOL: Final = re.compile(r"[^\w\s.,;:?!()\"'`/\-]|\w[!_]|\d[./\-]\D|[^\W\d][./\-]\d")
_MAIL: Final = re.compile(r"@[a-z-]+\.[a-z]{2,}")
# Letters, digits and a sign that no other code has inside: "Recife@01".
_MADE_UP: Final = re.compile(
    r"(?=[^\s]*[0-9])(?![a-z]{0,3}\$|#|@)"
    r"(?:[a-z][a-z0-9._-]*[@*&^~+%$#!][a-z0-9@*&^~+%$#!._-]*[a-z0-9@*#!$%&]|\$[a-z][a-z0-9]{4,})"
)
# Names of things that are written like passwords.
_PRODUCT: Final = re.compile(
    r"(?:iphone|ipad|galaxy|windows|win|office|redmi|moto|xiaomi|huawei|nokia|sap|oracle|sql|dell|hp|epson"
    r"|canon|zebra|lenovo|wifi|usb|covid|copa|enem|sprint|build|release|chrome|android|ios)[a-z]?[0-9]"
)
_DOOR_CODE: Final = re.compile(r"[0-9]{4,6}|[a-z]{1,2}-?[0-9]{3,5}|[0-9]{3,5}[a-z]")
_TRAILED: Final = re.compile(r"[a-z]{4,}[0-9]{2,}[#!*$%&@]{1,2}")
_SCRAMBLED: Final = re.compile(
    r"(?=(?:[^A-Z]*[A-Z]){2})(?=(?:[^a-z]*[a-z]){2})(?=[^0-9]*[0-9])[A-Za-z0-9]{8,24}"
)
_LEAST_TURNS: Final = 4  # changes of letters and digits in a scrambled word
_TURN: Final = re.compile(r"[0-9]+|[A-Za-z]+")
_KEYPAD: Final = re.compile(r"[0-9]{3,8}[#*]|[#*][0-9]{3,8}[#*]?")
# What goes on from a word: its number, or the sign and the rest as they are said.
_GOES_ON: Final = re.compile(
    r"(?: (?:cerquilha|arroba|asterisco|hashtag|numeral|underline|underscore|gato|guion|hash)"
    r" [a-z0-9]{1,20})+"
    r"|(?: [0-9]{2,6})+(?=\s*(?:$|[.,;!?)\n]))"
)
ENDING: Final = re.compile(
    r"\s*(?:$|[.,;!?)\"'\n]|(?:e|y|and|pero|mas|but)\b)| [0-9]{2,6}\s*(?:$|[.,;!?)\n])"
    r"| (?:cerquilha|arroba|asterisco|hashtag|underline|underscore)\b"
)
_REMOTE_ID: Final = re.compile(r"(?:[0-9] )?[0-9]{3}(?: [0-9]{3}){2}(?![0-9])")
_SHORTEST_MIXED: Final = 6
_LEAST_LETTERS: Final = 2
_TICKET: Final = re.compile(r"[a-z]{1,3}-?[0-9]{1,4}")
_DOTTED: Final = re.compile(r"[a-z]+(?:[._-][a-z]+)+[!.]*")


def whole_end(text: str, start: int, end: int) -> int:
    """Where a value really ends that was looked at only so far."""
    if end - start < _LONGEST_SEEN:
        return end
    rest = _REST.match(text, end)
    return rest.end() if rest else end


def phrase_end(text: str, start: int, end: int) -> int:
    """Where a value ends that goes on in words of its own: "girassol 44", "662 019"."""
    if not text[start:end].isalnum():
        return end
    rest = _GOES_ON.match(text, end)
    return rest.end() if rest else end


def is_strong(reading: Reading, start: int, end: int) -> bool:
    """Whether a word, where a password would stand, is mixed with digits, signs or capitals."""
    folded = reading.text[start:end]
    if folded.isdigit():
        return len(folded) <= _LONGEST_NUMBER and not _is_count(reading, end)
    if _MAIL.search(folded):
        return False
    letters = any(map(str.isalpha, folded))
    if letters and any(map(str.isdigit, folded)):
        return True
    written = reading.written(start, end)
    return bool(_SYMBOL.search(written) or (letters and _MIXED_CASE.search(written)))


def is_remote_id(reading: Reading, start: int) -> bool:
    """Whether the groups of a remote desktop's id stand there, which are no secret by themselves."""
    if _REMOTE_ID.match(reading.text, start) is None:
        return False
    return not listed("secrecy.remote").isdisjoint(reading.words)


def is_mixture(value: str) -> bool:
    """Whether letters and digits make a value as long as a mixed password."""
    letters, digits = sum(map(str.isalpha, value)), sum(map(str.isdigit, value))
    return len(value) >= _SHORTEST_MIXED and letters >= _LEAST_LETTERS and digits > 0


def is_ticket(reading: Reading, start: int, end: int) -> bool:
    """Whether a value is the number somebody waits with: "tirei a senha A034 no guichê"."""
    if listed("secrecy.waiting").isdisjoint(reading.words):
        return False
    return _TICKET.fullmatch(reading.text[start:end].rstrip("!?.,")) is not None


def is_lone_word(reading: Reading, start: int, end: int) -> bool:
    """Whether a plain word stands where a password would, and is no adjective or verb."""
    folded = reading.text[start:end]
    if not folded.isalpha():
        return _DOTTED.fullmatch(folded) is not None
    return (
        len(folded) >= _SHORTEST_WORD
        and folded not in words("not_passwords.txt")
        and not folded.endswith(("ando", "endo", "indo", "mente", "ing", "ada", "ida"))
        and ENDING.match(reading.text[end : end + 16]) is not None
    )


def is_made_up(reading: Reading, start: int, end: int) -> bool:
    """Whether a word is nothing but a password, whatever stands beside it."""
    folded = reading.text[start:end]
    if _MAIL.search(folded) or "://" in folded or "=" in folded:
        return False
    hinted = bool(reading.families & {Family.SECRET, Family.HINT}) or (
        "_" in folded and not listed("secrecy.spelled").isdisjoint(reading.words)
    )
    if _MADE_UP.fullmatch(folded):
        sure = re.search(r"[0-9]{2}", folded) and any(sign in folded[:-1] for sign in "@*&^~%$#")
        return bool(sure) or (hinted and any(map(str.isdigit, folded)))
    if hinted and (_TRAILED.fullmatch(folded) or _is_scrambled(reading.written(start, end))):
        return True
    return hinted and _is_mixed(reading, start, end)


def _is_scrambled(written: str) -> bool:
    """Whether capitals, small letters and digits change places as on the sticker of a router."""
    return _SCRAMBLED.fullmatch(written) is not None and len(_TURN.findall(written)) > _LEAST_TURNS


def is_product(value: str) -> bool:
    """Whether a folded word is the name of a thing that is written like a password."""
    return _PRODUCT.match(value) is not None


def _is_mixed(reading: Reading, start: int, end: int) -> bool:
    """Capitals, small letters and digits in one word: no code of anything else has all three."""
    written, folded = reading.written(start, end), reading.text[start:end]
    at = reading.token_at(start)
    named = at and "_" not in written and reading.texts[at - 1] in listed("secrecy.articles")
    if named or is_product(folded):
        return False
    return (
        re.fullmatch(r"[\w.\-]{6,24}[!*#$@&+%]{0,3}", written) is not None
        and re.search(r"[A-Z]", written) is not None
        and re.search(r"[a-z]{2}", written) is not None
        and re.search(r"[0-9]", written) is not None
    )


def opens_a_door(reading: Reading, start: int, end: int) -> bool:
    """Whether digits with a hash or a star, or beside the word code, are for a door's keypad."""
    if reading.words.isdisjoint(listed("secrecy.door")):
        return False
    folded = reading.text[start:end]
    if _KEYPAD.fullmatch(folded):
        return True
    coded = Family.CODE in reading.families or Family.SECRET in reading.families
    return coded and _DOOR_CODE.fullmatch(folded) is not None and _governed(reading, start)


def _governed(reading: Reading, start: int) -> bool:
    cue = reading.governing(reading.token_at(start))
    return cue is not None and cue.family in {Family.CODE, Family.SECRET}


def _is_count(reading: Reading, end: int) -> bool:
    following = re.match(r"\s?([a-z]+)", reading.text[end : end + 16])
    return following is not None and following[1] in listed("secrecy.units")
