"""Opening hours as a pack writes them, made into calendars."""

import re
from collections.abc import Iterator, Mapping
from datetime import time
from typing import Final, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.calendar import BusinessCalendar, Calendars, NeverOpens, Week, Window, national_holidays
from shared.policy.problems import Problem
from shared.policy.schema import HoursPart, LeftOpen
from shared.policy.written import Location, Written

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WINDOW: Final = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)(\s+next day)?")
_HOW_DAYS: Final = "Write days like mon-fri, sat or mon,wed"
_HOW_HOURS: Final = "Write a window like 08:00-17:00, or 22:00-06:00 next day"


class HoursError(ValueError):
    """What is wrong with a piece, and what to do."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what)
        self.remedy = remedy


def compile_zone(name: str, written: Written) -> tuple[ZoneInfo, list[Problem]]:
    """Return the time zone; of an unknown name UTC and a problem."""
    try:
        return ZoneInfo(name), []
    except (ZoneInfoNotFoundError, ValueError, OSError):
        what, remedy = f"unknown time zone `{name}`", "Use an IANA name such as America/Panama"
        return ZoneInfo("UTC"), [written.problem(("left_open", "zone"), what, remedy)]


def compile_calendars(
    left_open: LeftOpen, zone: ZoneInfo, written: Written
) -> tuple[Calendars | None, list[Problem]]:
    """Return the office's calendar and the people's, or why not."""
    problems: list[Problem] = []
    office = _calendar(left_open.hours, zone, written, ("left_open", "hours"), problems)
    people: dict[str, BusinessCalendar] = {}
    for name, part in left_open.people.items():
        calendar = _calendar(part, zone, written, ("left_open", "people", name), problems)
        if calendar is not None:
            people[name.casefold()] = calendar
    return (Calendars(office, people) if office else None), problems


def _calendar(
    part: HoursPart, zone: ZoneInfo, written: Written, at: Location, problems: list[Problem]
) -> BusinessCalendar | None:
    before = len(problems)
    week = _week(part.hours, written, (*at, "hours"), problems)
    country, _, subdivision = (part.holidays or "").partition("-")
    if country:
        try:
            national_holidays(country, subdivision or None, 2000)
        except ValueError:
            what = f"unknown country or subdivision of holidays `{part.holidays}`"
            remedy = "Use an ISO 3166 code such as PA or BR-SP"
            problems.append(written.problem((*at, "holidays"), what, remedy))
    if len(problems) > before:
        return None
    try:
        return BusinessCalendar(zone, week, country or None, subdivision or None, frozenset(part.closed))
    except NeverOpens:
        problems.append(written.problem((*at, "hours"), "these hours never open", _HOW_HOURS))
        return None


def _week(hours: Mapping[str, list[str]], written: Written, at: Location, problems: list[Problem]) -> Week:
    week: list[list[Window]] = [[] for _ in _DAYS]
    for days, windows in hours.items():
        try:
            numbers = list(_day_numbers(days))
        except HoursError as mistake:
            problems.append(written.problem((*at, days), str(mistake), mistake.remedy))
            continue
        for index, text in enumerate(windows):
            try:
                window = parse_window(text)
            except HoursError as mistake:
                problems.append(written.problem((*at, days, index), str(mistake), mistake.remedy))
                continue
            for number in numbers:
                week[number].append(window)
    return cast("Week", tuple(tuple(day) for day in week))


def _day_numbers(days: str) -> Iterator[int]:
    for part in days.split(","):
        first, dash, last = (piece.strip().lower() for piece in part.partition("-"))
        if first not in _DAYS or (dash and last not in _DAYS):
            raise HoursError(f"unknown days `{days}`", _HOW_DAYS)
        begin = _DAYS.index(first)
        end = _DAYS.index(last) if dash else begin
        if end < begin:
            raise HoursError(f"the days `{days}` run backwards", _HOW_DAYS)
        yield from range(begin, end + 1)


def parse_window(text: str) -> Window:
    """Return the window that `text` says; 24:00 is midnight at the end of the day."""
    match = _WINDOW.fullmatch(text.strip())
    if match is None:
        raise HoursError(f"`{text}` is not a window of time", _HOW_HOURS)
    hours, minutes, end_hours, end_minutes = (int(part) for part in match.groups()[:4])
    if hours > 23 or minutes > 59 or end_minutes > 59 or end_hours * 60 + end_minutes > 1440:
        raise HoursError(f"`{text}` is not a time of day", _HOW_HOURS)
    midnight = end_hours == 24
    next_day = bool(match.group(5))
    start, end = time(hours, minutes), time(0 if midnight else end_hours, end_minutes)
    if midnight and next_day:
        raise HoursError(f"`{text}` says the next day twice", _HOW_HOURS)
    if not (next_day or midnight) and end <= start:
        raise HoursError(
            f"the window `{text}` ends before it begins",
            f"Turn it round, or write `{text} next day` where it runs past midnight",
        )
    return Window(start, end, next_day=next_day or midnight)
