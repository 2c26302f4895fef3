"""Home addresses: a street with its number where somebody lives or has something delivered."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Final

from shared.privacy.detectors import streets
from shared.privacy.detectors.streets import part, vocabulary
from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.folding import BARRIER
from shared.privacy.text.found import Found
from shared.privacy.text.phrasebook import Phrasebook, entries, listed
from shared.privacy.text.reading import Reading

_LEAST_SCORE: Final = 2
_NEAR: Final = 9  # words before an address that say whose it is
_OWNED: Final = 30  # words between an address and what makes it that person's
# A line of farewell: what stands below it is an office's.
_FAREWELL: Final = re.compile(
    r"\n(?:atenciosamente|att|atte|abracos?|abs|(?:un )?(?:cordial )?saludos?(?: cordial(?:es)?)?|atentamente"
    r"|cordialmente|(?:(?:kind|best|warm) )?regards|sincerely|yours (?:sincerely|truly|faithfully)"
    r"|(?:thanks|obrigad[oa]|gracias|grat[oa])(?: (?:and|e|y) [a-z]{3,12})?)[,.! ]{0,3}\n"
)
_FAREWELL_ABOVE: Final = 240  # code points above an address
_NEAR_AFTER: Final = 5
_NEAREST: Final = 3  # words before an address whose place of work it is, wherever somebody lives
_MOST_BESIDE: Final = 4  # words beside an address that stands alone
_LONGEST_NAME: Final = 4  # words of a street's name
_MOST_OPENERS: Final = 3
_LEAST_LINES: Final = 2  # ends of line in a form
_MOST_IN_LINE: Final = 12  # code points of a line beside the address in it: its label
_HOUSES: Final = frozenset(("casa", "sobrado", "fundos", "fondo", "pb", "house"))
_STOREYS: Final = frozenset(("floor", "piso", "andar"))  # after their number
_FLOOR: Final = re.compile(
    r"[0-9]{1,4}[ ,]{1,3}(?:piso )?(?:[0-9]{1,2}(?:to|er|ro|do|vo|mo|no)?|[a-z]{3,6}[ter]o)[. ]{1,3}"
    r"(?:[0-9a-h]|izq|izda|izqda|dcha|dch|der|izquierda|derecha|ctro|centro)\b"
)
_HOUSE_AND_FLAT: Final = re.compile(r"[0-9]{1,5}/[0-9]{2,5}(?![0-9/])")
# Spain's and Mexico's postal code before the town.
_POSTAL_TOWN: Final = re.compile(r", ?(?:cp |c\.p\. ?)?[0-9]{5}(?= [a-z]{3}|,|$)")
_UNIT_SIGN: Final = re.compile(r" # ?[0-9]{1,4}[a-z]?\b")
_SENTENCE_END: Final = re.compile(r"[!?\n]|[a-z]{4}\.\s")


@cache
def telling_words() -> frozenset[str]:
    """The words without which, and without a digit, no text holds an address."""
    return part("stated").telling_words() | part("lives").telling_words()


@cache
def _beginnings() -> frozenset[str]:
    """The words at which an address may begin, or that stand just before or after its start."""
    names = ("street", "unit", "office", "lives", "stated", "deliver")
    return frozenset().union(*(part(name).first_words for name in names))


@cache
def _announcing() -> Phrasebook[str]:
    """What an address may follow: "I live in", "my address is"."""
    said = (entry for entry in entries("streets.txt") if entry[1] in {"lives", "stated"})
    return Phrasebook(said)


@cache
def numbered_words() -> frozenset[str]:
    """The words without which no text holds an address, numbers or not."""
    names = ("street", "unit", "office", "lives", "stated", "street_after", "deliver")
    return frozenset().union(*(part(name).telling_words() for name in names))


def find(reading: Reading) -> Iterator[Found]:
    """The addresses that are somebody's home."""
    needed = numbered_words() if reading.numbers else telling_words()
    if needed.isdisjoint(reading.words) and not streets.FLOOR.search(reading.text):
        return
    taken = 0
    at_home: bool | None = None
    beginnings = _beginnings()
    for at, text in enumerate(reading.texts):
        if at < taken or not (reading.coded[at] or text in beginnings):
            continue
        first = _beginning(reading, at, taken)
        if first is None:
            continue
        end = streets.end_of(reading, first)
        taken = end
        if at_home is None:
            at_home = _says(reading.texts, "home")  # once: it reads all the text
        if _score(reading, first, end, at_home=at_home) >= _LEAST_SCORE:
            yield Found(SensitiveKind.HOME_ADDRESS, reading.starts[first], reading.ends[end - 1])


def _beginning(reading: Reading, at: int, taken: int) -> int | None:
    """Where an address begins that a token gives away: a street, a unit, "I live in"."""
    if streets.begins(reading, at):
        return at
    text = reading.texts[at]
    if text in vocabulary("unit") or text in vocabulary("office") or streets.is_floor(reading, at):
        first = streets.named_house(reading, at)
        return first if first is not None and first >= taken else None
    return _stated(reading, at) or _delivered(reading, at)


def _stated(reading: Reading, at: int) -> int | None:
    """Where an address begins that "I live in" or "my address is" announces."""
    said = _announcing().at(reading.texts, at)
    if said is None:
        return None
    first = streets.after_openers(reading, at + said[0])
    if first >= len(reading.texts) or first > at + said[0] + _MOST_OPENERS:
        return None
    if streets.begins(reading, first):
        return first
    numbered = first + 1 < len(reading.texts) and streets.is_number(reading, first)
    named = streets.is_capital(reading, first + 1 if numbered else first)
    known = reading.texts[first] in vocabulary("halt") or reading.texts[first] == "i"
    return first if named and not known and "." not in reading.gap(first - 1) else None


def _delivered(reading: Reading, at: int) -> int | None:
    """Where "entregar en Pedro Montt 93, Vicuña" begins: a name and a number, a comma or the end."""
    said = part("deliver").at(reading.texts, at)
    if said is None:
        return None
    first = streets.after_openers(reading, at + said[0])
    if first == at + said[0] or first >= len(reading.texts) or not streets.is_capital(reading, first):
        return None
    for place in range(first + 1, min(first + _LONGEST_NAME, len(reading.texts))):
        if streets.is_number(reading, place):
            last = place + 1 == len(reading.texts)
            ends = last or "," in reading.gap(place) or streets.is_floor(reading, place + 1)
            return first if ends else None
        if not streets.is_capital(reading, place) or reading.gap(place - 1) != " ":
            return None
    return None


def _score(reading: Reading, first: int, end: int, *, at_home: bool) -> int:
    """How much speaks for a home: a number, a flat, words of living or delivering nearby.

    `at_home` is whether the text speaks of a home anywhere.
    """
    score = _inside(reading, first, end)
    if score == 0 and not _is_stated(reading, first, end):
        return 0
    before = _before(reading, first)
    living = _says(before, "lives") or _says(before, "here")
    told = _says(before, "deliver") or _says(before, "stated")
    # To him whose id or card was found near it the address belongs.
    near = reading.texts[max(0, first - _OWNED) : end + _OWNED]
    owned = BARRIER in near and _is_named(reading, first, end)
    if _is_signed_with(reading, first) and not (living or told or at_home):
        return score - 2
    if vocabulary("business").isdisjoint(before[-_NEAREST:]):
        if living:
            return score + 2
        if owned and (told or score > 1) and not _is_workplace(reading, first, end):
            return score + 1
    if _is_business(reading, first, end, before):
        return score - 2
    beside = len(reading.texts) - (end - first)
    alone = (beside <= _MOST_BESIDE or _is_line(reading, first, end)) and _is_named(reading, first, end)
    alone = alone or _is_in_town(reading, first, end)
    return score + (told or owned) + alone + at_home


def _is_signed_with(reading: Reading, first: int) -> bool:
    """Whether an address is a part of a signature: below a line of farewell."""
    start = reading.starts[first]
    return _FAREWELL.search(reading.text, max(0, start - _FAREWELL_ABOVE), start) is not None


def _is_line(reading: Reading, first: int, end: int) -> bool:
    """Whether an address is a line of its own in a form of several."""
    start, last = reading.starts[first], reading.ends[end - 1]
    opens = reading.text.rfind("\n", 0, start)
    closes = reading.text.find("\n", last)
    line = reading.text[opens + 1 : closes if closes >= 0 else len(reading.text)]
    return reading.text.count("\n") >= _LEAST_LINES and len(line) - (last - start) <= _MOST_IN_LINE


def _is_in_town(reading: Reading, first: int, end: int) -> bool:
    """Whether a street as English writes it has its town after it, in a text about no shop."""
    if not reading.coded[first] or not vocabulary("business").isdisjoint(reading.words):
        return False
    return any("," in reading.gap(at - 1) and streets.is_capital(reading, at) for at in range(first + 3, end))


def _is_named(reading: Reading, first: int, end: int) -> bool:
    """Whether a street is told by its kind and its name: no "AV 8420", a flight."""
    named = not reading.coded[first + 1] or sum(reading.coded[first:end]) > 1
    return named and reading.texts[first] in listed("places.streets")


def _inside(reading: Reading, first: int, end: int) -> int:
    """One for a house number, one for a flat or floor, one for a quarter or postal code."""
    numbered = any(streets.is_number(reading, at) for at in range(first, end))
    # "Quadra 5": the one number there is cannot count twice.
    later = first + (sum(reading.coded[first:end]) == 1 and reading.texts[first] not in _HOUSES)
    flat = any(reading.texts[at] in vocabulary("unit") and _is_flat(reading, at) for at in range(later, end))
    text = reading.text[reading.starts[first] : reading.ends[end - 1]]
    floor = numbered and _FLOOR.search(text) is not None
    floor = floor or _HOUSE_AND_FLAT.search(text) is not None
    area = (
        _POSTAL_TOWN.search(text) is not None
        or streets.is_postal(text, english=reading.coded[first])
        or any(reading.texts[at] in listed("places.areas") for at in range(first + 1, end))
    )
    return numbered + (flat or floor or _has_unit_sign(reading, first, end)) + area


def _is_flat(reading: Reading, at: int) -> bool:
    """Whether a word for a flat, floor or house has its number beside it, or needs none."""
    text, last = reading.texts[at], at + 1 == len(reading.texts)
    if text in _HOUSES or (text in _STOREYS and reading.coded[at - 1]):
        return True
    return not last and (reading.coded[at + 1] or len(reading.texts[at + 1]) == 1)


def _has_unit_sign(reading: Reading, first: int, end: int) -> bool:
    """Whether a flat goes with an address: "12 Bergen St #2L", "departamento Av. Sol 15"."""
    text = reading.text[reading.starts[first] : reading.ends[end - 1]]
    if reading.coded[first] and _UNIT_SIGN.search(text):
        return True
    return first > 0 and reading.texts[first - 1] in {"departamento", "depa", "depto", "dpto", "flat"}


def _is_stated(reading: Reading, first: int, end: int) -> bool:
    """Without any number: names with capitals right after "my address is"."""
    capitals = sum(streets.is_capital(reading, at) for at in range(first, end))
    if "al" in reading.texts[first:end]:  # the sentence goes on: "vive en Quilmes, y al nuevo"
        return False
    return capitals >= 2 and first > 0 and "," in reading.text[reading.starts[first] : reading.ends[end - 1]]


def _before(reading: Reading, first: int) -> list[str]:
    """The words before an address in its sentence, in their order."""
    at = first
    while at > max(0, first - _NEAR) and not _SENTENCE_END.search(
        reading.text[reading.ends[at - 1] - 4 : reading.starts[at]]
    ):
        at -= 1
    return reading.texts[at:first]


def _says(words: list[str], name: str) -> bool:
    return any(part(name).at(words, at) for at in range(len(words)))


def _is_landmark(near: list[str], shop: int) -> bool:
    """Whether a shop only says where a home is, or a home comes after it: "from my office to the house"."""
    if not listed("places.beside").isdisjoint(near[max(0, shop - 3) : shop]):
        return True
    return not listed("places.homes").isdisjoint(near[shop + 1 :])


def _is_business(reading: Reading, first: int, end: int, before: list[str]) -> bool:
    if not listed("places.public").isdisjoint(reading.words):
        return True
    for near in (before[-6:], reading.texts[end : end + _NEAR_AFTER]):
        shops = [at for at, text in enumerate(near) if text in vocabulary("business")]
        if shops and not _is_landmark(near, shops[-1]):
            return True
    return _is_workplace(reading, first, end)


def _is_workplace(reading: Reading, first: int, end: int) -> bool:
    """Whether an address names a shop, a room of an office or a shed: "galpão 3"."""
    return not listed("places.workplaces").isdisjoint(reading.texts[first:end])
