"""Ids and accounts written in groups of letters and digits: a British licence, an IBAN with its bank."""

import re
from collections.abc import Iterator
from typing import Final

from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import Family
from shared.privacy.text.found import Found
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading

# National Insurance number (HM Revenue & Customs, manual NIM39110): two letters, six digits, A to D.
_INSURANCE: Final = re.compile(
    r"(?<![a-z0-9])[a-ceghj-prstw-z][a-ceghj-nprstw-z] ?(?:[0-9]{2} ?){3}[a-d](?![a-z0-9])"
)
# Driving licence number (DVLA): five letters of the surname, the date of birth, initials and check.
_LICENCE: Final = re.compile(
    r"(?<![a-z0-9])[a-z]{2,5}9{0,3} ?[0-9][0156][0-9]{4} ?[a-z][a-z9][a-z0-9][a-z]{2}(?![a-z0-9])"
)
# CURP with blanks (RENAPO, Mexico): letters of the names, date of birth, sex, state, consonants, check.
_CURP: Final = re.compile(
    r"(?<![a-z0-9])[a-z]{4}[ -]?[0-9]{6}[ -]?[hmx][ -]?[a-z]{5}[ -]?[a-z0-9][ -]?[0-9](?![a-z0-9])"
)
# RFC with blanks (SAT, Mexico): letters of the names, date of birth, homonym.
_RFC: Final = re.compile(r"(?<![a-z0-9])[a-z]{4}[ -][0-9]{6}[ -]?[a-z0-9]{3}(?![a-z0-9])")
_NAMED: Final = {"curp": _CURP, "rfc": _RFC}
# A passport as most states number them, letters apart.
_PASSPORT: Final = re.compile(r"(?<![a-z0-9])[a-z]{1,2} ?[0-9]{6,8}(?![a-z0-9])")
_IBAN: Final = re.compile(
    r"(?<![a-z0-9])([a-z]{2})[0-9]{2}(?: ?[a-z0-9]{4}){2,7}(?: ?[a-z0-9]{1,4})?(?![a-z0-9])"
)
# Lengths of national IBANs (ISO 13616 registry) with letters inside or often mistyped.
_IBAN_LENGTHS: Final = {
    "gb": 22,
    "ie": 22,
    "nl": 18,
    "mt": 31,
    "gi": 23,
    "es": 24,
    "pt": 25,
    "fr": 27,
    "it": 27,
    "de": 22,
    "cr": 22,
    "do": 28,
    "gt": 28,
    "sv": 28,
    "br": 29,
    "be": 16,
    "ch": 21,
    "at": 20,
    "lu": 20,
}
_IBAN_BEGINS: Final = re.compile(rf"(?<![a-z0-9])(?:{'|'.join(_IBAN_LENGTHS)})[0-9]{{2}} ?[a-z0-9]{{4}}")
# Driving licences of the United States as their states group them: New Jersey, Florida and Maryland and
# Michigan, Illinois, Wisconsin; a letter of the surname, then digits in groups nothing else has.
_STATES: Final = re.compile(
    r"(?<![a-z0-9-])[a-z](?:[0-9]{4}[ -][0-9]{5}[ -][0-9]{5}"
    r"|[0-9]{3}[ -][0-9]{3}[ -][0-9]{2}[ -][0-9]{3}[ -][0-9]"
    r"|(?:[ -]?[0-9]{3}[ -]){3}[0-9]{3}|[0-9]{3}-[0-9]{4}-[0-9]{4}(?:-[0-9]{2})?)(?![a-z0-9-])"
)
# Venezuela's cédula with its letter and dots, which is nothing else.
_VENEZUELAN: Final = re.compile(
    r"(?<![a-z0-9])[ve](?: ?- ?| |\. ?)[0-9]{1,2}\.[0-9]{3}\.[0-9]{3}(?![0-9.\-])"
)
# Bolivia's cédula with the department that gave it, at the end of what is said.
_BOLIVIAN: Final = re.compile(
    r"(?<![a-z0-9.\-])[3-9][0-9]{6}(?:-[0-9][a-z])?[ -]{1,2}"
    r"(?:lp|cb|sc|or|pt|ch|tj|be|bn|pd)(?=\s*(?:$|[,.;)\n]))"
)
# A licence as states number them, wherever the word stands in its sentence.
_LICENSED: Final = re.compile(
    r"(?<![a-z0-9\-])(?:[a-z]{1,2} ?-?[0-9]{6,12}|[a-z]{5,7}[0-9*][a-z0-9*]{4,10}"
    r"|[a-z][0-9]{3,4}(?:[ -]?[0-9]{2,5}){2,3})"
    r"(?![a-z0-9\-])"
)
_LEAST_GROUPS: Final = 3  # of a state's licence with blanks
_HYPHENED: Final = 13  # code points of the shortest with hyphens
_DOTTED: Final = 9  # code points of the shortest cédula with its dots
_BOLIVIAN_DIGITS: Final = 7
_LONG: Final = 3  # code points that some part of all but the British ids has
_LEAST_LICENCE_DIGITS: Final = 4
_SENTENCE_END: Final = re.compile(r"[!?;]|\.\s")
_LICENCE_REACH: Final = 60  # code points
_SIX_AND_LETTER: Final = re.compile(r"(?:[0-9]{2} ?){3}[a-z]")  # both ids have it, few texts do


_WORD: Final = re.compile(r"[a-z]+")


def find(reading: Reading) -> Iterator[Found]:
    """What is told by the pattern of its letters and digits alone; ids only in capitals."""
    if not reading.numbers:
        return
    if _SIX_AND_LETTER.search(reading.text):
        yield from _british(reading)
    if reading.longest < _LONG:
        return
    for word, pattern in _NAMED.items():
        if word in reading.words:
            for found in pattern.finditer(reading.text):
                yield Found(SensitiveKind.NATIONAL_ID, *found.span())
    if not reading.words.isdisjoint(listed("lettered.passport")):
        yield from _passports(reading)
    yield from _states(reading)
    if _IBAN_BEGINS.search(reading.text):
        yield from _ibans(reading)


def _british(reading: Reading) -> Iterator[Found]:
    for pattern in (_INSURANCE, _LICENCE):
        yield from _capitals(reading, pattern)


def _states(reading: Reading) -> Iterator[Found]:
    """What states and countries group as nobody groups anything else, and licences that are called so."""
    if len(reading.numbers) >= _LEAST_GROUPS or reading.longest >= _HYPHENED:
        yield from _capitals(reading, _STATES)
    if reading.longest >= _BOLIVIAN_DIGITS:
        yield from _capitals(reading, _BOLIVIAN)
    if reading.longest >= _DOTTED and any(reading.texts[at].count(".") > 1 for at in reading.numbers):
        yield from _capitals(reading, _VENEZUELAN)
    if not reading.words.isdisjoint(listed("lettered.licence")):
        yield from _licences(reading)


def _capitals(reading: Reading, pattern: re.Pattern[str]) -> Iterator[Found]:
    """What a pattern finds, as long as its letters are capitals."""
    for found in pattern.finditer(reading.text):
        if reading.written(*found.span()).isupper():
            yield Found(SensitiveKind.NATIONAL_ID, *found.span())


def _licences(reading: Reading) -> Iterator[Found]:
    """Capitals and digits in the sentence of a driving licence, if no nearer word says another thing."""
    if not reading.words.isdisjoint(listed("lettered.other_licence")):
        return
    for found in _LICENSED.finditer(reading.text):
        cue = reading.governing(reading.token_at(found.end()) - 1) if _has_digits(found.group()) else None
        if cue is not None and cue.family not in {Family.ID, Family.EXPIRY}:
            continue
        near = reading.text[max(0, found.start() - _LICENCE_REACH) : found.start()]
        said = _WORD.findall(_SENTENCE_END.split(near)[-1])
        near = reading.text[found.end() : found.end() + _LICENCE_REACH // 2]
        said += _WORD.findall(_SENTENCE_END.split(near)[0])
        if (
            _has_digits(found.group())
            and not listed("lettered.licence").isdisjoint(said)
            and reading.written(*found.span()).isupper()
        ):
            yield Found(SensitiveKind.NATIONAL_ID, *found.span())


def _has_digits(text: str) -> bool:
    return sum(map(str.isdigit, text)) >= _LEAST_LICENCE_DIGITS


def _passports(reading: Reading) -> Iterator[Found]:
    """Capitals and digits where a passport is spoken of, and no nearer word makes them another thing."""
    for found in _PASSPORT.finditer(reading.text):
        cue = reading.governing(reading.token_at(found.end()) - 1)
        other = cue is not None and cue.family is not Family.ID and cue.family is not Family.EXPIRY
        if not other and reading.written(*found.span())[0].isupper():
            yield Found(SensitiveKind.NATIONAL_ID, *found.span())


def _ibans(reading: Reading) -> Iterator[Found]:
    for found in _IBAN.finditer(reading.text):
        compact = found.group().replace(" ", "")
        wanted = _IBAN_LENGTHS.get(found[1])
        if wanted == len(compact):
            yield Found(SensitiveKind.BANK_ACCOUNT, *found.span())
        elif wanted and wanted < len(compact):
            end = _end_after(reading.text, found.start(), wanted)
            if end == found.end() or not reading.text[end].isalnum():
                yield Found(SensitiveKind.BANK_ACCOUNT, found.start(), end)


def _end_after(text: str, start: int, wanted: int) -> int:
    """Where as many letters and digits as an account has end."""
    end = start
    while wanted:
        wanted -= text[end].isalnum()
        end += 1
    return end
