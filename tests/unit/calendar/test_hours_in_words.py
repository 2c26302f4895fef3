"""Opening hours as a reply says them."""

from datetime import time
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from shared.calendar import BusinessCalendar, Week, Window
from shared.tags import Language

ES, PT, EN = Language.ES, Language.PT_BR, Language.EN
OFFICE = (Window(time(8), time(17)),)
BREAK = (Window(time(8), time(12)), Window(time(13, 30), time(18)))
SATURDAY = (Window(time(9), time(12)),)
NIGHT = (Window(time(22), time(6), next_day=True),)
LATE = (Window(time(18), time(0), next_day=True),)
ALWAYS = (Window(time(0), time(0), next_day=True),)
OFF: tuple[Window, ...] = ()


def words(days: tuple[tuple[Window, ...], ...], language: Language) -> str:
    return BusinessCalendar(ZoneInfo("America/Panama"), cast("Week", days)).describe(language)


@pytest.mark.parametrize(
    ("days", "language", "expected"),
    [
        ((OFFICE,) * 5 + (OFF,) * 2, ES, "lunes a viernes de 8:00 a 17:00"),
        ((OFFICE,) * 5 + (OFF,) * 2, PT, "segunda a sexta das 8h às 17h"),
        ((OFFICE,) * 5 + (OFF,) * 2, EN, "Monday to Friday from 8:00 am to 5:00 pm"),
        ((OFFICE,) * 5 + (SATURDAY, OFF), ES, "lunes a viernes de 8:00 a 17:00 y sábados de 9:00 a 12:00"),
        (
            (BREAK,) * 5 + (SATURDAY, OFF),
            ES,
            "lunes a viernes de 8:00 a 12:00 y de 13:30 a 18:00; sábados de 9:00 a 12:00",
        ),
        ((OFFICE, OFF) * 3 + (OFF,), ES, "lunes, miércoles y viernes de 8:00 a 17:00"),
        ((OFFICE,) * 7, PT, "todos os dias das 8h às 17h"),
        ((BREAK,) * 7, PT, "todos os dias das 8h às 12h e das 13h30 às 18h"),
        ((NIGHT,) * 7, ES, "todos los días de 22:00 a 6:00 del día siguiente"),
        ((LATE,) * 7, EN, "every day from 6:00 pm to midnight"),
        ((ALWAYS,) * 7, EN, "every day 24 hours"),
        ((OFF,) * 5 + (SATURDAY,) * 2, PT, "sábados e domingos das 9h às 12h"),
    ],
)
def test_days_with_the_same_hours_are_told_together(
    days: tuple[tuple[Window, ...], ...], language: Language, expected: str
) -> None:
    assert words(days, language) == expected
