"""How an address is written: where one begins among the tokens, and how far it goes."""

import re
from functools import cache
from typing import Final

from shared.privacy.text.folding import BARRIER
from shared.privacy.text.phrasebook import Phrasebook, entries, listed, words
from shared.privacy.text.reading import Reading

POSTAL_CODE: Final = re.compile(r"[0-9]{5}-[0-9]{3}")
# Britain, Canada, Australia, the United States after its state.
_FOREIGN_CODE: Final = re.compile(
    r"\b(?:[a-z]{1,2}[0-9][a-z0-9]? [0-9][a-z]{2}|[a-z][0-9][a-z] ?[0-9][a-z][0-9]"
    r"|(?:nsw|vic|qld|wa|tas|nt) [0-9]{4}|[a-z]{2} [0-9]{5})\b"
)
_ORDINALS: Final = frozenset(
    ("primero", "segundo", "tercero", "cuarto", "quinto", "sexto", "septimo", "octavo", "noveno", "decimo")
)
_ORDINAL: Final = re.compile(r"[0-9]{1,2}(?:to|er|ro|do|vo|mo|no|da|ra|ta)")  # "4to B"
_HOUSE_AND_FLAT: Final = re.compile(r"[0-9]{1,5}/[0-9]{2,5}")
FLOOR: Final = re.compile(r"[0-9][.]?  [0-9a-h]\b")  # "5° B": the folded ordinal sign is a blank
_NUMBER: Final = re.compile(r"(?![0-9]{1,2}hs?[0-9]{0,2}$)[0-9]{1,5}[a-z]{0,2}(?:[-/.][0-9a-z]{1,5}){0,2}")
_BREAK: Final = re.compile(r"[!?;:\n()]|\s-\s")
_STOP: Final = re.compile(r"\.\s")
_LONGEST: Final = 28  # tokens of an address
_LONGEST_NAME: Final = 8  # tokens from a street's first word to its number
_SHORTEST_NUMBER: Final = 2  # of a house, where no kind of street is named
_MOST_DIGITS: Final = 6  # of a number in an address that is no postal code
_LONGEST_DAY: Final = 2  # digits of a day that names a street
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_SURE_PARTS: Final = ("unit", "office", "area", "street", "numero")


@cache
def part(name: str) -> Phrasebook[str]:
    """The phrases of one part of an address (see lexicons/streets.txt)."""
    return Phrasebook((phrase, head) for phrase, head in entries("streets.txt") if head == name)


@cache
def vocabulary(name: str) -> frozenset[str]:
    """The single words of one part of an address."""
    return frozenset(phrase for phrase, head in entries("streets.txt") if head == name and " " not in phrase)


def is_postal(text: str, *, english: bool) -> bool:
    """Whether a folded address has a postal code in it, of the countries that write as it does."""
    if POSTAL_CODE.search(text) is not None:
        return True
    return english and _FOREIGN_CODE.search(text) is not None


def is_number(reading: Reading, at: int) -> bool:
    """Whether a token may be a house number."""
    if not reading.coded[at] or _NUMBER.fullmatch(reading.texts[at]) is None:
        return False
    following = at + 1 < len(reading.texts) and reading.gap(at) == " "
    return not following or reading.texts[at + 1] not in listed("streets.counted") or _is_dated(reading, at)


def _is_day(reading: Reading, at: int) -> bool:
    """Whether a date begins at a token that is no street's name: "Villa, 5 de julio del 62"."""
    if not reading.coded[at] or at + 2 >= len(reading.texts) or reading.texts[at + 1] not in {"de", "do"}:
        return False
    return reading.texts[at + 2] in words("months.txt") and not _is_dated(reading, at)


def _is_dated(reading: Reading, at: int) -> bool:
    """Whether a street named after a date begins at a token, with its number: "9 de Julio 3388"."""
    if at + 3 >= len(reading.texts) or reading.texts[at + 1] not in {"de", "do"}:
        return False
    number = reading.texts[at + 3]
    named = reading.texts[at + 2] in words("months.txt") and reading.gap(at + 2) in {" ", ", "}
    return named and number.isdigit() and len(number) <= _MOST_DIGITS and not _YEAR.fullmatch(number)


def is_capital(reading: Reading, at: int) -> bool:
    """Whether a token was written with a capital."""
    start = reading.starts[at]
    return reading.written(start, start + 1).isupper()


def begins(reading: Reading, at: int) -> bool:
    """Whether a street begins at a token: its kind and name, or number and name and kind."""
    text = reading.texts[at]
    if text == "c":
        return _is_calle(reading, at)
    if text in vocabulary("street"):
        return _names_street(reading, at)
    if reading.coded[at] and len(text) <= _LONGEST_DAY and text.isdigit() and _is_dated(reading, at):
        return True
    return is_number(reading, at) and _english_street(reading, at)


def _is_calle(reading: Reading, at: int) -> bool:
    """Whether "C/ Mayor 3" or "c. 47" begins at a token: Brazil writes "c/" for "with"."""
    if at + 1 >= len(reading.texts):
        return False
    if reading.coded[at + 1]:
        return reading.gap(at).startswith(".")
    if not reading.gap(at).startswith(("/", ".")) or not is_capital(reading, at + 1):
        return False
    return is_capital(reading, at) or listed("streets.portuguese").isdisjoint(reading.words)


def _names_street(reading: Reading, at: int) -> bool:
    """A kind of street with a name or number after it; short forms need their dot or a capital."""
    if at + 1 >= len(reading.texts) or reading.texts[at + 1] == BARRIER:
        return False
    gap = reading.gap(at)
    if _BREAK.search(gap) or "," in gap or "$" in gap:
        return False
    if reading.texts[at] not in listed("places.streets") and _is_day(reading, at + 1):
        return False
    if len(reading.texts[at]) <= 2 and not gap.startswith(".") and not is_capital(reading, at):
        return reading.coded[at + 1] or is_capital(reading, at + 1)
    return True


def _english_street(reading: Reading, at: int) -> bool:
    for step in range(1, 5):
        if at + step >= len(reading.texts) or reading.gap(at + step - 1) not in {" ", "  ", ". "}:
            return False
        text = reading.texts[at + step]
        if step > 1 and text in vocabulary("street_after"):
            return is_capital(reading, at + 1) or text in _SURE_STREETS
        pointing = step == 1 and text in _QUARTERS
        if not pointing and (text in vocabulary("halt") or text in listed("streets.links")):
            return False
    return False


_QUARTERS: Final = frozenset(("n", "s", "e", "w", "ne", "nw", "se", "sw"))  # "1944 E Geneva Dr"
_SURE_STREETS: Final = frozenset(("street", "st", "avenue", "ave", "road", "rd", "lane", "drive"))


def named_house(reading: Reading, at: int) -> int | None:
    """Where a name with a house number before the unit word at a token begins, if one does."""
    if at <= 1 or not is_number(reading, at - 1) or len(reading.texts[at - 1]) < _SHORTEST_NUMBER:
        return None
    name = at - 2
    if _BREAK.search(reading.gap(name)) or not _is_name(reading, name):
        return None
    while (
        name > 0
        and reading.gap(name - 1) in {" ", ". "}
        and (
            (_is_name(reading, name - 1) and is_capital(reading, name - 1))
            or (
                reading.texts[name - 1] in listed("streets.links")
                and name > 1
                and _is_name(reading, name - 2)
                and is_capital(reading, name - 2)
            )
        )
    ):
        name -= 1
    return name


def is_floor(reading: Reading, at: int) -> bool:
    """Whether "5° B" or "2° 9" begins at a token: a floor and a door after a house number."""
    if at < 1 or at + 1 >= len(reading.texts):
        return False
    if len(reading.texts[at + 1]) > 1 and reading.texts[at + 1] not in listed("places.doors"):
        return False
    if _ORDINAL.fullmatch(reading.texts[at]):
        return reading.coded[at - 1]
    if reading.texts[at] in _ORDINALS:
        return reading.coded[at - 1]
    return (
        reading.texts[at].isdigit()
        and len(reading.texts[at]) <= 2
        and reading.gap(at) in {"  ", ".  "}
        and reading.coded[at - 1]
    )


def _is_name(reading: Reading, at: int) -> bool:
    text = reading.texts[at]
    return (
        not reading.coded[at]
        and len(text) > 3
        and reading.cues[at] is None
        and text not in vocabulary("unit")
        and text not in vocabulary("halt")
        and text not in listed("streets.openers")
    )


def after_openers(reading: Reading, at: int) -> int:
    """The first token from `at` that is no "in", "at", "is"."""
    while at < len(reading.texts) and reading.texts[at] in listed("streets.openers"):
        at += 1
    return at


def end_of(reading: Reading, first: int) -> int:
    """One past the last token of the address that begins at `first`."""
    at = first + 1
    housed = is_number(reading, first)
    loose = 0  # small words since the last part that is an address's for sure
    last = min(len(reading.texts), first + _LONGEST)
    while at < last and not _is_over(reading, at):
        sure = _is_sure(reading, at)
        if "," in reading.gap(at - 1) and not sure:
            break
        loose = 0 if sure or not housed else loose + 1
        if loose > 1:
            at -= 1
            break
        housed = housed or is_number(reading, at)
        at += 1
    while at > first + 1 and reading.texts[at - 1] in listed("streets.links") | listed("streets.openers"):
        at -= 1
    return at


def _is_over(reading: Reading, at: int) -> bool:
    text, gap = reading.texts[at], reading.gap(at - 1)
    if text == BARRIER or text in vocabulary("halt") or _BREAK.search(gap):
        return True
    if reading.coded[at] and not POSTAL_CODE.fullmatch(text):
        return sum(map(str.isdigit, text)) > _MOST_DIGITS and _HOUSE_AND_FLAT.fullmatch(text) is None
    if _STOP.search(gap):
        before = reading.texts[at - 1]
        known = before in listed("streets.abbreviated") or before in vocabulary("street")
        return not known and len(before) > 1
    return False


def _is_sure(reading: Reading, at: int) -> bool:
    """Whether a token is an address's own: a number, a unit, a quarter, a name with a capital."""
    text = reading.texts[at]
    if reading.coded[at] or is_capital(reading, at) or len(text) == 1:
        return True
    return any(text in vocabulary(name) for name in _SURE_PARTS)
