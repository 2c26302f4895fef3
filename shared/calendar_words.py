"""Opening hours in the words of each language, fit to stand inside a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from itertools import groupby
from typing import Final, NamedTuple

from shared.tags import Language


class Hours(NamedTuple):
    """One window of a day."""

    start: time
    end: time
    next_day: bool


@dataclass(frozen=True, slots=True)
class _Words:
    days: tuple[str, ...]
    """As a list names them, Monday first."""
    alone: tuple[str, ...]
    """As a day stands by itself."""
    range: str
    every_day: str
    span: str
    overnight: str
    all_day: str
    conjunction: str


_WORDS: Final = {
    Language.ES: _Words(
        days=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
        alone=("lunes", "martes", "miércoles", "jueves", "viernes", "sábados", "domingos"),
        range="{first} a {last}",
        every_day="todos los días",
        span="de {start} a {end}",
        overnight="de {start} a {end} del día siguiente",
        all_day="las 24 horas",
        conjunction=" y ",
    ),
    Language.PT_BR: _Words(
        days=("segunda", "terça", "quarta", "quinta", "sexta", "sábado", "domingo"),
        alone=("segundas", "terças", "quartas", "quintas", "sextas", "sábados", "domingos"),
        range="{first} a {last}",
        every_day="todos os dias",
        span="das {start} às {end}",
        overnight="das {start} às {end} do dia seguinte",
        all_day="24 horas",
        conjunction=" e ",
    ),
    Language.EN: _Words(
        days=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        alone=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        range="{first} to {last}",
        every_day="every day",
        span="from {start} to {end}",
        overnight="from {start} to {end} the next day",
        all_day="24 hours",
        conjunction=" and ",
    ),
}


def time_in_words(at: time, language: Language) -> str:
    """Return a time of day: `8:00` in Spanish, `8h` in Portuguese, `8:00 am` in English."""
    match language:
        case Language.ES:
            return f"{at.hour}:{at.minute:02}"
        case Language.PT_BR:
            return f"{at.hour}h{at.minute:02}" if at.minute else f"{at.hour}h"
        case Language.EN:
            half = "am" if at.hour < 12 else "pm"
            return f"{at.hour % 12 or 12}:{at.minute:02} {half}"


def describe_week(week: Sequence[Sequence[Hours]], language: Language) -> str:
    """Return the hours of a week (Monday first), days with the same hours told together."""
    words = _WORDS[language]
    groups: dict[tuple[Hours, ...], list[int]] = {}
    for day, hours in enumerate(week):
        if hours:
            groups.setdefault(tuple(sorted(hours)), []).append(day)
    parts = [
        f"{_days(days, words)} {_listed([_span(one, language) for one in hours], words)}"
        for hours, days in groups.items()
    ]
    if any(len(hours) > 1 for hours in groups):
        return "; ".join(parts)
    return _listed(parts, words)


def _span(hours: Hours, language: Language) -> str:
    words = _WORDS[language]
    if hours.start == hours.end:
        return words.all_day
    midnight = hours.next_day and hours.end == time()
    template = words.overnight if hours.next_day and not midnight else words.span
    return template.format(
        start=time_in_words(hours.start, language), end=_end(hours.end, language, midnight=midnight)
    )


def _end(at: time, language: Language, *, midnight: bool) -> str:
    if not midnight:
        return time_in_words(at, language)
    return {Language.ES: "24:00", Language.PT_BR: "24h", Language.EN: "midnight"}[language]


def _days(days: Sequence[int], words: _Words) -> str:
    if len(days) == 7:
        return words.every_day
    runs = [
        [day for _, day in run] for _, run in groupby(enumerate(days), key=lambda pair: pair[1] - pair[0])
    ]
    return _listed([part for run in runs for part in _run(run, words)], words)


def _run(run: Sequence[int], words: _Words) -> list[str]:
    if len(run) < 3:
        return [words.alone[day] for day in run]
    return [words.range.format(first=words.days[run[0]], last=words.days[run[-1]])]


def _listed(parts: Sequence[str], words: _Words) -> str:
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + words.conjunction + parts[-1]
