"""Health facts of a person: diagnoses, medicines, tests with their results, symptoms."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Final

from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.found import Found
from shared.privacy.text.phrasebook import Phrasebook, entries, listed, words
from shared.privacy.text.reading import Reading

_CODE: Final = re.compile(r"[a-z][0-9]{2}(?:\.[0-9]{1,2})?")
_SHORTEST_CLINICAL: Final = 8
_TAIL: Final = 4  # letters of the shortest ending
_ENDING_SIZES: Final = (4, 5, 6, 7, 8)
_NOT_CLINICAL: Final = frozenset(("nostalgia", "homeopatia", "homeopathy"))
_DOSE: Final = re.compile(r"[0-9]+(?:[.,/][0-9]+)?(?:mg|mcg|ml|g|ui|iu)?")
_WEEKS: Final = re.compile(r"\b(?:estoy|estou|to|toy|esta) (?:de|com|con) \d{1,2} (?:semanas|meses)\b")
_BLOOD: Final = re.compile(
    r"\b(?:tipo (?:sanguineo|de sangre)|blood type|sangue|sangre|blood|grupo|factor)?:? ?"
    r"(?:a|b|ab|o) ?(?:positive|negative|rh ?[+-]|rh (?:positivo|negativo))\b"
)
_CLAUSE_END: Final = re.compile(r"[.,;!?\n]")
_INDEFINITE: Final = frozenset(("uma", "una"))  # "una embarazada" is nobody in particular
_NOTHING_SAID: Final[frozenset[int]] = frozenset()
_NEAR_THING: Final = 3
_NEAR: Final = 10  # words around a doubtful term in which a person is looked for
_LONGEST_CODE: Final = 5  # tokens of "CID da guia é F41.1"
_LEAST_GOODS: Final = 3  # words for boxes in an order of a pharmacy
_NEAR_ANIMAL: Final = 20  # words around an illness in which an animal makes it its own
_NEAR_BODY: Final = 4  # words between a part of the body and what is wrong with it
_NEAR_RESULT: Final = 6  # words from a test to its result
_AFTER_TRIGGER: Final = 4  # words from "treatment for" to the illness
_LONGEST_UNKNOWN: Final = 2  # words of an illness that no lexicon has


@cache
def _book() -> Phrasebook[str]:
    return Phrasebook(entries("health.txt"))


@cache
def _figures() -> Phrasebook[str]:
    return Phrasebook(entries("figurative.txt"))


@cache
def _figure_words() -> frozenset[str]:
    return _figures().telling_words()


@cache
def _words() -> frozenset[str]:
    return _book().telling_words() | listed("health.of_patterns")


def measured_words() -> frozenset[str]:
    """The words of every grade: a number, however short, may be a test's result."""
    return _words()


@cache
def telling_words() -> frozenset[str]:
    """The words without which, and without a digit, no text holds a health fact."""
    return _book().telling_words("telling", "doubtful", "trigger", "named") | words("hurts.txt")


def has_clinical(texts: Iterable[str]) -> bool:
    """Whether one of the folded words ends as medicines and illnesses do."""
    long = [text for text in texts if len(text) >= _SHORTEST_CLINICAL]
    tails = {text[-_TAIL:] for text in long}
    return not _tails().isdisjoint(tails) and any(map(_ending, long))


@cache
def _tails() -> frozenset[str]:
    return frozenset(ending[-_TAIL:] for ending in _endings())


@cache
def _endings() -> dict[str, str]:
    return dict(entries("endings.txt"))


def _ending(word: str) -> str:
    """The grade that a word's ending gives it; empty for most words."""
    if len(word) < _SHORTEST_CLINICAL or word in _NOT_CLINICAL:
        return ""
    endings = _endings()
    for size in _ENDING_SIZES:
        grade = endings.get(word[-size:])
        if grade:
            return grade
    return ""


def find(reading: Reading) -> Iterator[Found]:
    """Health facts, each with its dose, degree or week."""
    hurting = _may_hurt(reading)
    told = not _words().isdisjoint(reading.words) or has_clinical(reading.words)
    if not (hurting or told):
        return
    said = _said_in_figures(reading)
    if hurting:
        yield from _hurts(reading, said)
    if told and not _is_stock(reading):
        yield from _facts(reading, said)


def _facts(reading: Reading, said: frozenset[int]) -> Iterator[Found]:
    """The diagnoses, medicines, tests and symptoms that the lexicon has or that end as such words do."""
    taken = 0
    first_words, tails = _book().first_words, _tails()
    for at, text in enumerate(reading.texts):
        if at < taken:
            continue
        if text in first_words or (text[-_TAIL:] in tails and _ending(text)):
            size = _fact(reading, at)
            if size and said.isdisjoint(range(at, at + size)):
                taken = at + size
                yield _found(reading, at, taken)
    if listed("health.of_patterns").isdisjoint(reading.words):
        return
    for pattern in (_WEEKS, _BLOOD):
        for found in pattern.finditer(reading.text):
            yield Found(SensitiveKind.HEALTH, *found.span())


def _said_in_figures(reading: Reading) -> frozenset[int]:
    """The tokens of sayings that only borrow an illness: "botón de pánico", "dor de cotovelo"."""
    if _figure_words().isdisjoint(reading.words):
        return _NOTHING_SAID
    book = _figures()
    starts = (at for at, text in enumerate(reading.texts) if text in book.first_words)
    phrases = ((at, book.at(reading.texts, at)) for at in starts)
    return frozenset(place for at, phrase in phrases if phrase for place in range(at, at + phrase[0]))


def _found(reading: Reading, first: int, end: int) -> Found:
    return Found(SensitiveKind.HEALTH, reading.starts[first], reading.ends[end - 1])


def _may_hurt(reading: Reading) -> bool:
    """Whether a text has a part of the body and what is wrong with one, and no animal."""
    if words("hurts.txt").isdisjoint(reading.words) or words("body.txt").isdisjoint(reading.words):
        return False
    return words("animals.txt").isdisjoint(reading.words)


def _hurts(reading: Reading, said: frozenset[int]) -> Iterator[Found]:
    """A part of the body and what is wrong with it: "inchou o joelho", "me lesioné el hombro"."""
    hurts = [at for at, text in enumerate(reading.texts) if at not in said and text in words("hurts.txt")]
    for at in hurts:
        near = range(max(0, at - _NEAR_BODY), min(len(reading.texts), at + _NEAR_BODY + 1))
        parts = [part for part in near if reading.texts[part] in words("body.txt")]
        if parts and not _is_of_a_thing(reading, at, 1, "doubtful"):
            yield _found(reading, min(at, *parts), max(at, *parts) + 1)


def _fact(reading: Reading, at: int) -> int:
    """How many tokens the fact at a token takes; 0 when there is none."""
    size, grade = _book().at(reading.texts, at) or (1, _ending(reading.texts[at]))
    match grade:
        case "":
            return 0
        case "code":
            return _classified(reading, at)
        case "trigger" | "leave":
            return _told_by(reading, at, size, grade)
        case _:
            holds = _holds(reading, at, size, grade)
            return size + _qualified(reading, at + size) if holds else 0


def _holds(reading: Reading, at: int, size: int, grade: str) -> bool:
    """Whether a term of a grade is a fact here."""
    if _is_of_a_thing(reading, at, size, grade):
        return False
    if grade == "telling":
        return not _beside(reading, at, size, listed("health.animals"), _NEAR_ANIMAL)
    if not reading.words.isdisjoint(words("animals.txt")):
        return False
    if grade == "named" and _beside(reading, at, size, listed("health.owners"), _NEAR_RESULT):
        return True
    if grade in {"test", "named"}:
        return _beside(reading, at, size, words("results.txt"), _NEAR_RESULT) and _is_tested(reading, at)
    return _beside(reading, at, size, words("persons.txt"), _NEAR)


def _is_of_a_thing(reading: Reading, at: int, size: int, grade: str) -> bool:
    """Whether the words of the clause make it a campaign, a price, a computer's illness."""
    if at and grade == "doubtful" and reading.texts[at - 1] in _INDEFINITE:
        return True
    near = [*_clause(reading, at, -1), *_clause(reading, at + size - 1, 1)]
    return not words("not_health.txt").isdisjoint(near)


def _clause(reading: Reading, at: int, way: int) -> Iterator[str]:
    """The words nearest to a token in its clause: before it (`way` -1) or after it (1)."""
    for place in range(at + way, at + way * (_NEAR_THING + 1), way):
        if not 0 <= place < len(reading.texts) or _CLAUSE_END.search(reading.gap(min(place, place - way))):
            return
        if reading.texts[place] in listed("health.joining"):
            return
        yield reading.texts[place]


def _is_tested(reading: Reading, at: int) -> bool:
    """Whether a test has a result worth the name: positive, high, a number."""
    near = reading.texts[at : at + _NEAR_RESULT]
    return any(text in listed("health.verdicts") or text.isdigit() for text in near)


def _beside(reading: Reading, at: int, size: int, wanted: frozenset[str], reach: int) -> bool:
    near = reading.texts[max(0, at - reach) : at] + reading.texts[at + size : at + size + reach]
    return not wanted.isdisjoint(near)


def _is_stock(reading: Reading) -> bool:
    """Whether a text lists boxes and bottles of medicines, as pharmacies order them."""
    goods = listed("health.goods")
    return not goods.isdisjoint(reading.words) and sum(map(goods.__contains__, reading.texts)) >= _LEAST_GOODS


def _classified(reading: Reading, at: int) -> int:
    """The tokens of "CID F41.1", "CIE-10 F41.1"."""
    for size in range(2, _LONGEST_CODE + 1):
        if at + size > len(reading.texts):
            break
        if _CODE.fullmatch(reading.texts[at + size - 1]):
            return size
    return 0


def _told_by(reading: Reading, at: int, size: int, grade: str) -> int:
    """A trigger with the illness after it; an unknown illness only after a diagnosis."""
    for step in range(_AFTER_TRIGGER):
        place = at + size + step
        if place >= len(reading.texts) or reading.stops(place) or "." in reading.gap(place - 1):
            break
        phrase = _book().at(reading.texts, place)
        if phrase and phrase[1] in {"telling", "doubtful"}:
            if grade == "leave" and phrase[1] == "doubtful":
                return 0
            end = place + phrase[0]
            return end - at + _qualified(reading, end)
    following = reading.texts[at + size : at + size + 1]
    if grade == "trigger" and listed("health.when").isdisjoint(following):
        return size + min(_LONGEST_UNKNOWN, len(reading.texts) - at - size)
    return 0


def _qualified(reading: Reading, at: int) -> int:
    """How many tokens a dose or a degree after a term takes."""
    size = 0
    texts = reading.texts[at : at + 4]
    for step, text in enumerate(texts):
        if step and text.isdigit() and texts[step - 1].isdigit():
            return size - 1  # a row of numbers is no dose
        if "\n" in reading.gap(at + step - 1) or "." in reading.gap(at + step - 1):
            break
        if _DOSE.fullmatch(text) or text in listed("health.units"):
            size = step + 1
        elif text not in listed("health.qualifiers"):
            break
    return size
