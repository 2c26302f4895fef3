"""Dates of birth: a date, in digits or in words, beside a word of birth."""

import re
from collections.abc import Iterator
from typing import Final

from shared.privacy.cues import Family
from shared.privacy.found import Found
from shared.privacy.kinds import SensitiveKind
from shared.privacy.reading import Reading

_MONTH: Final = (
    r"(?:jan(?:eiro|uary)?|fev(?:ereiro)?|feb(?:rero|ruary)?|ene(?:ro)?|mar(?:co|zo|ch)?"
    r"|abr(?:il)?|apr(?:il)?|mai(?:o)?|may(?:o)?|jun(?:ho|io|e)?|jul(?:ho|io|y)?"
    r"|ago(?:sto)?|aug(?:ust)?|set(?:embro)?|sep(?:t|tiembre|tember)?|setiembre"
    r"|out(?:ubro)?|oct(?:ubre|ober)?|nov(?:embro|iembre|ember)?|dez(?:embro)?"
    r"|dic(?:iembre)?|dec(?:ember)?)"
)
_YEAR: Final = r"(?:19|20)?[0-9]{2}"
_OF: Final = r"[ .,/\-]{1,3}(?:(?:de|del|of|do|ano)[ .]{1,2}){0,2}"
_DATE: Final = re.compile(
    r"(?<![0-9])(?:"
    rf"[0-9]{{1,2}}(?:st|nd|rd|th|ro|er|o)?{_OF}{_MONTH}\b(?:{_OF}{_YEAR}(?![0-9]))?"
    rf"|{_MONTH}[ .]{{1,2}}[0-9]{{1,2}}(?:st|nd|rd|th)?[ ,.]{{1,3}}(?:of )?{_YEAR}(?![0-9])"
    r"|[0-9]{1,2} ?[/.\- ] ?[0-9]{1,2} ?[/.\- ] ?(?:19|20)?[0-9]{2}(?![0-9])"
    r"|(?:19|20)[0-9]{2} ?[/.\- ] ?[0-9]{1,2} ?[/.\- ] ?[0-9]{1,2}(?![0-9])"
    r"|[0-3][0-9][01][0-9](?:19|20)[0-9]{2}(?![0-9])"
    r"|(?:19|20)[0-9]{2}[01][0-9][0-3][0-9](?![0-9])"
    rf"|{_MONTH}[ .]{{1,2}}(?:de |del |of )?(?:19|20)[0-9]{{2}}(?![0-9])"
    r")"
)
_REACH: Final = 48  # code points from the word of birth to the date, either way
_STOP: Final = re.compile(r"[!?;\uffff]|\.\s+(?=[a-z])")


def find(reading: Reading) -> Iterator[Found]:
    """The dates that follow a word of birth, or stand just before one."""
    if Family.BIRTH not in reading.families:
        return
    for index, cue in enumerate(reading.cues):
        if cue is None or cue.family is not Family.BIRTH:
            continue
        start, end = _after(reading, reading.tokens[index].end) or (0, 0)
        if end:
            yield Found(SensitiveKind.BIRTH_DATE, start, end)


def _after(reading: Reading, place: int) -> tuple[int, int] | None:
    found = _DATE.search(reading.text, place, place + _REACH + 30)
    if found is None or found.start() > place + _REACH:
        return None
    return found.span()
