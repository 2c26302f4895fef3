"""Dates of birth: a date, in digits or in words, beside a word of birth, or of a person's age."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Final

from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import Family
from shared.privacy.text.folding import BARRIER
from shared.privacy.text.found import Found
from shared.privacy.text.phrasebook import alternatives, listed, words
from shared.privacy.text.reading import Reading

_MONTH: Final = (
    r"(?:jan(?:eiro|uary)?|fev(?:ereiro)?|feb(?:rero|ruary)?|ene(?:ro)?|mar(?:co|zo|so|ch)?"
    r"|abr(?:il)?|apr(?:il)?|mai(?:o)?|may(?:o)?|jun(?:ho|io|e)?|jul(?:ho|io|y)?"
    r"|ago(?:sto)?|aug(?:ust)?|set(?:embro)?|sep(?:t|tiembre|tember)?|setiembre"
    r"|out(?:ubro)?|oct(?:ubre|ober)?|nov(?:embro|iembre|ember)?|dez(?:embro)?"
    r"|dic(?:iembre)?|dec(?:ember)?)"
)
_YEAR: Final = r"(?P<{}>(?:19|20)?[0-9]{{2}})"
_OF: Final = r"[ .,/\-]{1,3}(?:(?:de|del|of|do|ano)[ .]{1,2}){0,2}'?"
_DATE: Final = re.compile(
    r"(?<![0-9.])(?:"
    rf"[0-3]?[0-9](?:st|nd|rd|th|ro|er|o)?{_OF}{_MONTH}\b(?:{_OF}{_YEAR.format('y1')}(?![0-9]))?"
    rf"|{_MONTH}[ .]{{1,2}}(?:the )?[0-3]?[0-9](?:st|nd|rd|th)?(?: ?, ?|\. | )(?:of |del? |do )?'?"
    rf"{_YEAR.format('y2')}(?![0-9])"
    rf"|[0-3]?[0-9] ?(?P<s>[/.\-]| ) ?[0-3]?[0-9] ?(?P=s) ?{_YEAR.format('y3')}(?![.\-/]?[0-9])"
    r"|(?P<y4>(?:19|20)[0-9]{2})(?P<t>[/.\- ])[01]?[0-9](?P=t)[0-3]?[0-9](?![0-9])"
    r"|(?:[0-3][0-9][01][0-9]|[01][0-9][0-3][0-9])(?P<y5>(?:19|20)[0-9]{2})(?![0-9])"
    r"|(?P<y6>(?:19|20)[0-9]{2})[01][0-9][0-3][0-9](?![0-9])"
    rf"|{_MONTH}[ .]{{1,2}}(?:de |del |of )?(?P<y7>(?:19|20)[0-9]{{2}})(?![0-9])"
    rf"|[0-3]?[0-9] (?:de|del|do) [01]?[0-9] (?:de|del|do) {_YEAR.format('y8')}(?![0-9])"
    r")"
)
# A date as machines write it, with a year of two digits: only where a word of birth announces it.
_SHORT_YEAR: Final = re.compile(r"(?<![0-9.])[0-9]{2}(?P<s>[/.\-])(?:0[1-9]|1[0-2])(?P=s)[0-3][0-9](?![0-9])")
_TAKEN_OUT: Final = re.compile(r"out[ .]+[12]")  # "take out 2000", October elsewhere
_PET: Final = re.compile(
    r"\b(?:mi|meu|minha|my|o|a|el|la|the|paciente) ([a-z]+)(?: [a-z]+){0,2},? "
    r"(?:nacio|nasceu|nacid[oa]|nascid[oa]|(?:was )?born)\b"
)
_SAME: Final = frozenset(("mesmo", "mismo"))
_THIS_CENTURY: Final = 2000
_NEAR_PAPER: Final = 4  # words from a paper or a company to the word of birth
# Six digits right behind the word of birth: "data de nasc 240395".
_SIX: Final = re.compile(r"[ :=.-]{1,3}((?:0[1-9]|[12][0-9]|3[01])(?:0[1-9]|1[0-2])[0-9]{2})(?![0-9./-])")
# A month alone, right behind the word of birth: "nasceu em 02/1963".
_MONTH_OF_YEAR: Final = re.compile(
    r"[ :]{1,2}(?:em |en |in )?((?:0?[1-9]|1[0-2])[/.-](?:19|20)[0-9]{2})(?![0-9/.-])"
)
# Eight digits behind a label that many other dates have too: of the last century alone.
_LABELLED: Final = re.compile(
    r"\b(?:data|fecha|date|dt)[ :]{1,2}((?:[0-3][0-9][01][0-9]|[01][0-9][0-3][0-9])19[0-9]{2})(?![0-9])"
)
# A day, a month and a year in digits with words between: "3 do 10 de 1946".
_NUMBERED: Final = re.compile(r"[0-9] (?:de|del|do) [01]?[0-9] (?:de|del|do) [0-9]{2}")
_ALONE: Final = re.compile(r"[0-3]?[0-9] [0-3]?[0-9] (?:19|20)[0-9]{2}")
_MOST_ALONE: Final = 3  # tokens of it
_CHILDS: Final = 2021  # nothing but a child's birth is of a year so far back beside the word son
_ALONE_AGO: Final = 2019  # the same for a date that is all that is written
_MOST_BESIDE_ALONE: Final = 2  # words beside it
_TO_COME: Final = re.compile(r"20[3-9][0-9]")
_WORD_AFTER: Final = re.compile(r" [a-z]{3}")
_HINT: Final = re.compile(r"[0-9] ?[/.\-] ?[0-9]{1,2} ?[/.\-] ?[0-9]")
_SIGNED: Final = re.compile(r"[/.\-]|[a-z]")  # a date told from three numbers in a row
_TIME_AFTER: Final = re.compile(r"[ t,]{1,2}[0-9]{1,2}:[0-9]{2}")  # of a log, not of a birth
_ACCOUNT_AFTER: Final = re.compile(r"[ /,]{1,3}[0-9]{8}(?![0-9])")  # of the bank with this sort code
_HOUR_AFTER: Final = re.compile(r":| ?(?:am|pm|a\.m|p\.m|hs?|hrs|horas?)\b")  # "14 de noviembre, 11 am"
_AFTER_OTHERS: Final = (_TIME_AFTER, _HOUR_AFTER, _ACCOUNT_AFTER)
_REACH: Final = 48  # code points from the word of birth to the date
_LONGEST: Final = 30  # code points of a date
_BEFORE: Final = 28  # code points from a date to a word of birth after it
_LONG_AGO: Final = 2012  # nobody chats about a day before that but as somebody's birth
_CENTURY_BREAK: Final = 30  # of a year in two digits
_WORDS_TO_MONTH: Final = 12
_NEAR: Final = 5
_MOST_BESIDE: Final = 3


def find(reading: Reading) -> Iterator[Found]:
    """The dates beside a word of birth, and those so long ago that they can be nothing else."""
    for place in (*_announced(reading), *_long_ago(reading), *_said(reading), *_labelled(reading)):
        if _TO_COME.search(reading.text, *place) or _is_pets(reading, place[0]):
            continue  # of a document that expires, of an animal
        yield Found(SensitiveKind.BIRTH_DATE, *place)


def _announced(reading: Reading) -> Iterator[tuple[int, int]]:
    if Family.BIRTH not in reading.families:
        return
    for index, cue in enumerate(reading.cues):
        if cue is not None and cue.family is Family.BIRTH:
            place = _right_after(reading, index)
            place = place or _after(reading.text, reading.ends[index]) or _said_after(reading, index)
            place = place or _just_before(reading.text, reading.starts[index])
            if place:
                yield place


def _right_after(reading: Reading, index: int) -> tuple[int, int] | None:
    """A date without signs, or a month alone, right behind a word of birth: no paper's, no company's."""
    near = reading.texts[max(0, index - _NEAR_PAPER) : index]
    if not listed("births.papers").isdisjoint(near):
        return None
    text, place = reading.text, reading.ends[index]
    found = _SIX.match(text, place) or _MONTH_OF_YEAR.match(text, place)
    return found.span(1) if found else None


def _after(text: str, place: int) -> tuple[int, int] | None:
    for pattern in (_DATE, _SHORT_YEAR):
        found = pattern.search(text, place, place + _REACH + _LONGEST)
        if found and found.start() <= place + _REACH:
            return found.span()
    return None


def _said_after(reading: Reading, index: int) -> tuple[int, int] | None:
    """A date in words alone: "nascido em vinte e dois de janeiro de setenta e um"."""
    said, months = listed("births.said"), words("months.txt")
    for month in range(index + 1, min(len(reading.texts), index + _WORDS_TO_MONTH)):
        if reading.texts[month] not in months:
            continue
        first = month
        while first - 1 > index and reading.texts[first - 1] in said:
            first -= 1
        end = month + 1
        while end < len(reading.texts) and reading.texts[end] in said:
            end += 1
        if first < month - 1 or end > month + 2:
            return reading.starts[first], reading.ends[end - 1]
    return None


def _said(reading: Reading) -> Iterator[tuple[int, int]]:
    """Days of long ago in words alone: "quince del cinco del setenta y dos"."""
    if not listed("births.decades").isdisjoint(reading.words):
        for found in _said_pattern().finditer(reading.text):
            yield found.span()


@cache
def _said_pattern() -> re.Pattern[str]:
    said = alternatives(listed("births.said") - listed("births.joints"))
    number = rf"(?:{said})(?: (?:e|y) (?:{said}))?"
    month = rf"(?:{alternatives(words('months.txt'))}|{number})"
    decade = "|".join(sorted(listed("births.decades")))
    year = rf"(?:mil (?:novecentos|novecientos) (?:e |y )?)?(?:{decade})(?: (?:e|y) (?:{said}))?"
    return re.compile(rf"\b{number} (?:de|del|do) {month} (?:de|del|do) {year}\b")


def _just_before(text: str, place: int) -> tuple[int, int] | None:
    found = list(_DATE.finditer(text, max(0, place - _BEFORE - _LONGEST), place))
    return found[-1].span() if found and found[-1].end() >= place - _BEFORE else None


def _long_ago(reading: Reading) -> Iterator[tuple[int, int]]:
    if not reading.numbers:
        return
    bare = len(reading.texts) <= _MOST_ALONE and _ALONE.fullmatch(reading.text.strip(" .!"))
    dated = any(hint.search(reading.text) for hint in (_HINT, _NUMBERED))
    if not bare and not dated and reading.words.isdisjoint(words("months.txt")):
        return
    for found in _DATE.finditer(reading.text):
        year = next(filter(None, (found[f"y{at}"] for at in range(1, 9))), None)
        if year is None or _is_count(reading.text, found, year):
            continue
        if _is_version_of(reading, found, year) or _TAKEN_OUT.match(found.group()):
            continue
        alone = len(reading.words) - len(found.group().split()) <= _MOST_BESIDE_ALONE and _is_first(
            reading, found
        )
        if not _SIGNED.search(found.group()) and not (alone and _ALONE.fullmatch(found.group())):
            continue
        if any(after.match(reading.text, found.end()) for after in _AFTER_OTHERS):
            continue
        telling = _full(int(year)) <= _latest(reading, found.start(), alone=alone)
        telling = telling or _follows_child(reading, found.start())
        if telling and not _is_of_a_thing(reading, found.start()) and not _is_street(reading, found.start()):
            yield found.span()


def _labelled(reading: Reading) -> Iterator[tuple[int, int]]:
    """The eight digits behind "data" beside somebody's id: "cpf ⟦national_id⟧ data 15101963"."""
    if BARRIER in reading.texts or Family.ID in reading.families:
        for found in _LABELLED.finditer(reading.text):
            yield found.span(1)


def _is_first(reading: Reading, found: re.Match[str]) -> bool:
    """Whether a date begins a text in which no other number stands."""
    return reading.token_at(found.start()) == 0 and reading.token_at(found.end()) > reading.numbers[-1]


def _latest(reading: Reading, place: int, *, alone: bool) -> int:
    """The latest year of which a date here is somebody's birth."""
    if alone:
        return _ALONE_AGO
    at = reading.token_at(place)
    near = reading.texts[max(0, at - _NEAR) : at]
    return _CHILDS if not listed("births.children").isdisjoint(near) else _LONG_AGO


def _is_count(text: str, found: re.Match[str], year: str) -> bool:
    """Whether what was read as a year counts something: "el 2 de mayo, 12 cuotas"."""
    return (
        len(year) < len("1988") and "," in found.group() and _WORD_AFTER.match(text, found.end()) is not None
    )


def _is_version(text: str) -> bool:
    """Whether three numbers are a program's version: "8.0.49" rather than "12.03.1985"."""
    parts = [int(part) for part in re.findall(r"[0-9]+", text)]
    if len(parts) != 3:
        return False
    first, second = parts[:2] if parts[0] < 100 else parts[1:]
    if not (1 <= min(first, second) <= 12 and max(first, second) <= 31):
        return True
    return "." in text and parts[2] < 100 and parts[0] < 100


def _full(year: int) -> int:
    """A year in full; two digits belong to the century that makes it a birth or a day of late."""
    if year >= 100:
        return year
    return year + (1900 if year > _CENTURY_BREAK else 2000)


def _is_of_a_thing(reading: Reading, place: int) -> bool:
    """Whether a date is that of an invoice, a contract, a law."""
    near = _words_before(reading, place)
    last = last_thing(near)
    return last is not None and listed("births.kin").isdisjoint(near[last:])


def last_thing(texts: Sequence[str]) -> int | None:
    """Where the last word stands that makes a date a thing's: "fatura", no "last name", no "mesmo dia"."""
    found = None
    for at, text in enumerate(texts):
        if text not in words("dated.txt"):
            continue
        named = text == "last" and texts[at + 1 : at + 2] == ["name"]
        shared = text == "dia" and at > 0 and texts[at - 1] in _SAME
        if not (named or shared):
            found = at
    return found


def _is_street(reading: Reading, place: int) -> bool:
    """Whether a street is named after a date: "rua 24 de Maio 60"."""
    at = reading.token_at(place)
    return at > 0 and reading.texts[at - 1] in listed("places.streets")


def _follows_child(reading: Reading, place: int) -> bool:
    """Whether a date stands after a child's name or document: "dependente: Ana Luz, 01.12.2019"."""
    return not words("children.txt").isdisjoint(_words_before(reading, place))


def _is_pets(reading: Reading, place: int) -> bool:
    """Whether a date is when an animal was born: "mi perrita Luna nació el 12/03/2021"."""
    before = reading.text[max(0, place - _REACH) : place]
    found = _PET.search(before)
    return found is not None and found[1] in listed("health.animals")


def _is_version_of(reading: Reading, found: re.Match[str], year: str) -> bool:
    """Whether three numbers are a version: near somebody's kin one of the last century is a birth."""
    if not _is_version(found.group()):
        return False
    return _full(int(year)) >= _THIS_CENTURY or not _follows_kin(reading, found.start())


def _follows_kin(reading: Reading, place: int) -> bool:
    """Whether a date stands after a word for somebody's children or kin: "mis hijos 12.4.79"."""
    near = _words_before(reading, place)
    return not all(listed(name).isdisjoint(near) for name in ("births.children", "births.kin"))


def _words_before(reading: Reading, place: int) -> list[str]:
    """The few words right before a date."""
    at = reading.token_at(place)
    return reading.texts[max(0, at - _NEAR) : at]
