"""Dates, durations and lists as each language writes them."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from shared.calendar_words import time_in_words
from shared.tags import Language

_MONTHS: Final = {
    Language.ES: (
        *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
        *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
    ),
    Language.PT_BR: (
        *("janeiro", "fevereiro", "março", "abril", "maio", "junho"),
        *("julho", "agosto", "setembro", "outubro", "novembro", "dezembro"),
    ),
    Language.EN: (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}
_WEEKDAYS: Final = {
    Language.ES: ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    Language.PT_BR: (
        *("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira"),
        *("sábado", "domingo"),
    ),
    Language.EN: ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def day_in_words(day: date, language: Language) -> str:
    """Return a date: `2 de marzo de 2026`, `2 de março de 2026`, `March 2, 2026`."""
    month = _MONTHS[language][day.month - 1]
    match language:
        case Language.ES | Language.PT_BR:
            number = "1º" if language is Language.PT_BR and day.day == 1 else str(day.day)
            return f"{number} de {month} de {day.year}"
        case Language.EN:
            return f"{month} {day.day}, {day.year}"


def moment_in_words(at: datetime, language: Language) -> str:
    """Return a day of the near future and its time, in the zone that `at` stands in."""
    month, weekday = _MONTHS[language][at.month - 1], _WEEKDAYS[language][at.weekday()]
    hour = time_in_words(at.time(), language)
    match language:
        case Language.ES:
            at_hour = "a la" if at.hour == 1 else "a las"
            return f"{weekday} {at.day} de {month} {at_hour} {hour}"
        case Language.PT_BR:
            at_hour = "à" if at.hour in {0, 1} else "às"
            return f"{weekday}, {at.day} de {month}, {at_hour} {hour}"
        case Language.EN:
            return f"{weekday}, {month} {at.day}, at {hour}"


def working_time_in_words(minutes: int, language: Language) -> str:
    """Return a stretch of business time: `2 horas hábiles`, `1 hora e 30 minutos úteis`."""
    hours, rest = divmod(minutes, 60)
    match language:
        case Language.ES:
            parts = [_counted(hours, "hora", "horas"), _counted(rest, "minuto", "minutos")]
            return f"{_joined(parts, ' y ')} {'hábil' if minutes in {1, 60} else 'hábiles'}"
        case Language.PT_BR:
            parts = [_counted(hours, "hora", "horas"), _counted(rest, "minuto", "minutos")]
            return f"{_joined(parts, ' e ')} {'útil' if minutes in {1, 60} else 'úteis'}"
        case Language.EN:
            parts = [
                _counted(hours, "working hour", "working hours"),
                _counted(rest, "working minute", "working minutes"),
            ]
            return _joined(parts, " and ")


def shortened(text: str, characters: int) -> str:
    """Return `text` on one line and no longer than `characters`, cut at a word where it can be."""
    line = " ".join(text.split())
    if len(line) <= characters:
        return line
    cut = line[: characters - 1]
    words, _, rest = cut.rpartition(" ")
    return (words if words and len(rest) < 20 else cut).rstrip(" ,;:") + "…"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""


def _joined(parts: Sequence[str], joint: str) -> str:
    return joint.join(part for part in parts if part)
