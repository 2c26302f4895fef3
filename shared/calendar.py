"""Business calendars: when somebody is there, and how much working time lies between two instants.

A week of windows (several a day, also across midnight), less the national holidays of a country
and extra closures. A window belongs to the day on which it starts, so a holiday closes the windows
that start on it. Everything is computed once a year of local time and kept, in UTC, so a clock that
is put forward or back costs exactly the time it takes or gives.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import holidays

from shared.calendar_words import Hours, describe_week
from shared.tags import Language

_ONE_DAY: Final = timedelta(days=1)
_YEARS_AHEAD: Final = 3
"""How far an opening is looked for: closures that last longer are a mistake in the calendar."""
_LONGEST: Final = timedelta(days=2)


class NeverOpens(ValueError):
    """A calendar without an opening in the years that follow."""


@dataclass(frozen=True, slots=True)
class Window:
    """One stretch of a day, in local time: `start` is inside, `end` is not."""

    start: time
    end: time
    next_day: bool = False
    """The end lies on the following day; midnight at the end of a day is 00:00 of the next."""

    def __post_init__(self) -> None:
        if not self.next_day and self.end <= self.start:
            raise ValueError(f"a window ends before it begins: {self.start}-{self.end}")

    def on(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """Return when this window of `day` begins and ends, in UTC.

        A local time that comes twice begins with its first and ends with its second coming.
        """
        last = day + _ONE_DAY if self.next_day else day
        begin = _instant(datetime.combine(day, self.start), zone, second=False)
        return begin, _instant(datetime.combine(last, self.end), zone, second=True)


Week = tuple[
    tuple[Window, ...],
    tuple[Window, ...],
    tuple[Window, ...],
    tuple[Window, ...],
    tuple[Window, ...],
    tuple[Window, ...],
    tuple[Window, ...],
]
"""The windows of each weekday, Monday first."""


@dataclass(frozen=True, slots=True)
class _Year:
    """The open stretches of one year, in UTC, apart from each other and in order."""

    starts: Sequence[datetime]
    ends: Sequence[datetime]
    before: Sequence[timedelta]
    """Open time of the year before each start."""
    total: timedelta

    def open_until(self, at: datetime) -> timedelta:
        """Return the open time of this year up to `at`."""
        index = bisect_right(self.starts, at) - 1
        if index < 0:
            return timedelta()
        return self.before[index] + min(at, self.ends[index]) - self.starts[index]

    def covers(self, at: datetime) -> bool:
        index = bisect_right(self.starts, at) - 1
        return index >= 0 and at < self.ends[index]

    def instant(self, spent: timedelta) -> datetime:
        """Return the first instant at which `spent` (0 < spent <= total) of the year was open."""
        index = bisect_left(self.before, spent) - 1
        return self.starts[index] + (spent - self.before[index])


@dataclass(frozen=True, slots=True, eq=False)
class BusinessCalendar:
    """When one office or one person is there."""

    zone: ZoneInfo
    week: Week
    country: str | None = None
    """ISO 3166 code of the country whose national holidays close; None: no holidays."""
    subdivision: str | None = None
    closed: frozenset[date] = frozenset()
    _years: dict[int, _Year] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if not any(self.week):
            raise NeverOpens("a calendar needs at least one window")
        if self.country:
            national_holidays(self.country, self.subdivision, 2000)

    def is_open(self, at: datetime) -> bool:
        return self._year(self._year_of(at)).covers(at.astimezone(UTC))

    def next_opening(self, at: datetime) -> datetime:
        """Return `at` itself when open, else the instant of the next opening, in local time."""
        moment = at.astimezone(UTC)
        first = self._year_of(at)
        for number in range(first, first + _YEARS_AHEAD + 1):
            year = self._year(number)
            if year.covers(moment):
                return at.astimezone(self.zone)
            index = bisect_right(year.starts, moment)
            if index < len(year.starts):
                return year.starts[index].astimezone(self.zone)
        raise NeverOpens(f"no opening in the {_YEARS_AHEAD} years after {at.date()}")

    def add_business(self, at: datetime, duration: timedelta) -> datetime:
        """Return the first instant at which `duration` of open time has passed since `at`.

        Nothing to add gives the next opening. A negative duration is an error.
        """
        if duration < timedelta():
            raise ValueError("a negative business duration")
        if not duration:
            return self.next_opening(at)
        number = self._year_of(at)
        spent = self._year(number).open_until(at.astimezone(UTC)) + duration
        empty = 0
        while spent > (total := self._year(number).total):
            empty = 0 if total else empty + 1
            if empty > _YEARS_AHEAD:
                raise NeverOpens(f"no opening in the {_YEARS_AHEAD} years before {number}")
            spent -= total
            number += 1
        return self._year(number).instant(spent).astimezone(self.zone)

    def business_between(self, begin: datetime, end: datetime) -> timedelta:
        """Return the open time from `begin` to `end`; zero where `end` is not after `begin`."""
        if end <= begin:
            return timedelta()
        first, last = self._year_of(begin), self._year_of(end)
        whole = sum((self._year(year).total for year in range(first, last)), timedelta())
        return (
            whole
            + self._year(last).open_until(end.astimezone(UTC))
            - self._year(first).open_until(begin.astimezone(UTC))
        )

    def describe(self, language: Language) -> str:
        """Return the hours in words, fit to stand inside a sentence."""
        return describe_week([[_hours(window) for window in day] for day in self.week], language)

    def _year_of(self, at: datetime) -> int:
        return at.astimezone(self.zone).year

    def _year(self, number: int) -> _Year:
        year = self._years.get(number)
        if year is None:
            year = self._years[number] = _year(list(self._stretches(number)))
        return year

    def _stretches(self, number: int) -> Iterator[tuple[datetime, datetime]]:
        """Give the year's windows in UTC, cut at its ends, in order of their start."""
        first, last = date(number, 1, 1), date(number + 1, 1, 1)
        floor = _instant(datetime.combine(first, time()), self.zone, second=False)
        ceiling = _instant(datetime.combine(last, time()), self.zone, second=False)
        found: list[tuple[datetime, datetime]] = []
        day = first - _LONGEST
        while day < last:
            if not self._is_closed(day):
                for window in self.week[day.weekday()]:
                    begin, end = window.on(day, self.zone)
                    found.append((max(begin, floor), min(end, ceiling)))
            day += _ONE_DAY
        yield from sorted(pair for pair in found if pair[0] < pair[1])

    def _is_closed(self, day: date) -> bool:
        if day in self.closed:
            return True
        if self.country is None:
            return False
        return day in national_holidays(self.country, self.subdivision, day.year)


@dataclass(frozen=True, slots=True)
class Calendars:
    """The office's calendar, and those of the people who have their own."""

    office: BusinessCalendar
    people: Mapping[str, BusinessCalendar] = field(default_factory=dict)

    def of(self, person: str | None) -> BusinessCalendar:
        """Return the calendar of `person` (case does not matter); without one, the office's."""
        return self.people.get((person or "").casefold(), self.office)


_HOLIDAYS: dict[tuple[str, str | None, int], frozenset[date]] = {}


def national_holidays(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """Return a country's public holidays of a year. An unknown name is a ValueError.

    Source: the `holidays` package, kept up to date by its maintainers.
    """
    known = _HOLIDAYS.get((country, subdivision, year))
    if known is not None:
        return known
    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=year)
    except NotImplementedError as error:
        raise ValueError(str(error)) from None
    days = frozenset(day for day in found if day.year == year)
    _HOLIDAYS[country, subdivision, year] = days
    return days


def _year(stretches: list[tuple[datetime, datetime]]) -> _Year:
    """Join what touches or overlaps, and add up."""
    joined: list[tuple[datetime, datetime]] = []
    for begin, end in stretches:
        if joined and begin <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    before: list[timedelta] = []
    total = timedelta()
    for begin, end in joined:
        before.append(total)
        total += end - begin
    return _Year([pair[0] for pair in joined], [pair[1] for pair in joined], before, total)


def _instant(local: datetime, zone: ZoneInfo, *, second: bool) -> datetime:
    """Return the UTC instant of a local time; of one that is skipped, the moment of the skip."""
    early = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    late = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if early > late:
        return _skip_between(late, early, zone)
    return late if second else early


def _skip_between(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """Return the first instant after `low` with the offset of `high`, to the second."""
    offset = high.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) // 2
        if middle.astimezone(zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return high.replace(microsecond=0)


def _hours(window: Window) -> Hours:
    return Hours(window.start, window.end, next_day=window.next_day)
