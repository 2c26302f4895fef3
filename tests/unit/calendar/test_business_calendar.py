"""Business time: hours, holidays, closures, clocks that change, arithmetic over them."""

from datetime import UTC, date, datetime, time, timedelta
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.calendar import BusinessCalendar, Calendars, NeverOpens, Week, Window, national_holidays

PANAMA = ZoneInfo("America/Panama")
OFFICE = Window(time(8), time(17))
NIGHT = Window(time(22), time(6), next_day=True)


def week(*days: tuple[Window, ...]) -> Week:
    return cast("Week", (*days, *((),) * (7 - len(days))))


WORKDAYS = week(*((OFFICE,),) * 5, (Window(time(9), time(12)),))
PANAMANIAN = BusinessCalendar(PANAMA, WORKDAYS, "PA")


def at(text: str, zone: ZoneInfo = PANAMA) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-03-02T07:59:59", False),
        ("2026-03-02T08:00", True),
        ("2026-03-02T16:59:59", True),
        ("2026-03-02T17:00", False),
        ("2026-03-07T10:00", True),  # a Saturday
        ("2026-03-07T12:00", False),
        ("2026-03-08T10:00", False),  # a Sunday
        ("2026-05-01T10:00", False),  # Labor Day
        ("2026-11-03T10:00", False),  # Separation Day
    ],
)
def test_hours_and_national_holidays_say_when_it_is_open(moment: str, *, is_open: bool) -> None:
    assert PANAMANIAN.is_open(at(moment)) is is_open


def test_several_windows_a_day_leave_a_break_between_them() -> None:
    morning, afternoon = Window(time(8), time(12)), Window(time(13), time(17))
    calendar = BusinessCalendar(PANAMA, week((morning, afternoon)))
    assert [calendar.is_open(at(f"2026-03-02T{hour}:30")) for hour in ("11", "12", "13")] == [
        True,
        False,
        True,
    ]
    assert calendar.business_between(at("2026-03-02T00:00"), at("2026-03-03T00:00")) == timedelta(hours=8)


def test_a_window_across_midnight_belongs_to_the_day_it_starts_on() -> None:
    calendar = BusinessCalendar(PANAMA, week((NIGHT,)))  # Mondays
    assert calendar.is_open(at("2026-03-03T05:59"))
    assert not calendar.is_open(at("2026-03-02T05:59"))
    assert not calendar.is_open(at("2026-03-03T22:30"))


def test_a_holiday_closes_what_starts_on_it_and_not_the_night_before() -> None:
    calendar = BusinessCalendar(PANAMA, cast("Week", ((NIGHT,),) * 7), "PA")
    assert calendar.is_open(at("2026-05-01T05:00"))  # still the night of 30 April
    assert not calendar.is_open(at("2026-05-01T23:00"))
    assert not calendar.is_open(at("2026-05-02T05:00"))


def test_the_new_year_is_crossed_without_a_seam() -> None:
    calendar = BusinessCalendar(PANAMA, cast("Week", ((NIGHT,),) * 7))
    assert calendar.business_between(at("2026-12-31T21:00"), at("2027-01-01T07:00")) == timedelta(hours=8)
    assert calendar.add_business(at("2026-12-31T23:00"), timedelta(hours=3)) == at("2027-01-01T02:00")


def test_extra_closures_close_a_day() -> None:
    calendar = BusinessCalendar(PANAMA, WORKDAYS, closed=frozenset({date(2026, 3, 2)}))
    assert calendar.next_opening(at("2026-03-02T10:00")) == at("2026-03-03T08:00")


def test_a_subdivision_adds_its_own_holidays() -> None:
    revolution = date(2026, 7, 9)
    assert revolution in national_holidays("BR", "SP", 2026)
    assert revolution not in national_holidays("BR", None, 2026)


def test_the_next_opening_is_now_when_it_is_open() -> None:
    assert PANAMANIAN.next_opening(at("2026-03-02T10:00")) == at("2026-03-02T10:00")


def test_the_next_opening_passes_over_a_weekend_and_a_holiday() -> None:
    assert PANAMANIAN.next_opening(at("2026-04-30T18:00")) == at("2026-05-02T09:00")
    assert PANAMANIAN.next_opening(at("2026-03-07T13:00")) == at("2026-03-09T08:00")


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-03-02T10:00", 4, "2026-03-02T14:00"),
        ("2026-03-02T15:00", 4, "2026-03-03T10:00"),
        ("2026-03-02T13:00", 4, "2026-03-02T17:00"),
        ("2026-03-06T16:00", 4, "2026-03-07T12:00"),
        ("2026-03-06T16:00", 5, "2026-03-09T09:00"),
        ("2026-03-01T10:00", 0, "2026-03-02T08:00"),
    ],
)
def test_business_hours_are_added_inside_the_hours_only(start: str, hours: int, end: str) -> None:
    assert PANAMANIAN.add_business(at(start), timedelta(hours=hours)) == at(end)


def test_business_time_runs_forward_only() -> None:
    with pytest.raises(ValueError, match="negative"):
        PANAMANIAN.add_business(at("2026-03-02T10:00"), timedelta(hours=-1))
    assert PANAMANIAN.business_between(at("2026-03-03T10:00"), at("2026-03-02T10:00")) == timedelta()


def test_a_night_shift_lasts_an_hour_less_when_the_clock_is_put_forward() -> None:
    new_york = ZoneInfo("America/New_York")
    calendar = BusinessCalendar(new_york, cast("Week", ((NIGHT,),) * 7))
    nights = [
        calendar.business_between(
            at(f"2026-03-0{day}T12:00", new_york), at(f"2026-03-0{day + 1}T12:00", new_york)
        )
        for day in (6, 7)  # the clock is put forward in the night to 8 March
    ]
    assert nights == [timedelta(hours=8), timedelta(hours=7)]


def test_a_night_shift_lasts_an_hour_more_when_the_clock_is_put_back() -> None:
    new_york = ZoneInfo("America/New_York")
    calendar = BusinessCalendar(new_york, cast("Week", ((NIGHT,),) * 7))
    night = calendar.business_between(at("2026-10-31T12:00", new_york), at("2026-11-01T12:00", new_york))
    assert night == timedelta(hours=9)


def test_a_window_that_ends_in_a_skipped_hour_ends_at_the_skip() -> None:
    new_york = ZoneInfo("America/New_York")
    early = Window(time(1), time(2, 30))
    calendar = BusinessCalendar(new_york, cast("Week", ((early,),) * 7))
    skip = datetime(2026, 3, 8, 7, tzinfo=UTC)
    assert calendar.is_open(skip - timedelta(seconds=1))
    assert not calendar.is_open(skip)


def test_a_window_in_an_hour_that_comes_twice_lasts_from_its_first_to_its_second_coming() -> None:
    new_york = ZoneInfo("America/New_York")
    early = Window(time(1, 15), time(1, 45))
    calendar = BusinessCalendar(new_york, cast("Week", ((early,),) * 7))
    night = datetime(2026, 11, 1, 5, tzinfo=UTC)  # 1:00 comes at 5:00 and again at 6:00 UTC
    assert calendar.business_between(night, night + timedelta(hours=3)) == timedelta(hours=1, minutes=30)


def test_hours_that_never_come_are_an_error_and_not_an_endless_search() -> None:
    with pytest.raises(NeverOpens):
        BusinessCalendar(PANAMA, week())
    every_day = frozenset(date(2026, 1, 1) + timedelta(days=day) for day in range(366 * 12))
    closed = BusinessCalendar(PANAMA, WORKDAYS, closed=every_day)
    with pytest.raises(NeverOpens):
        closed.next_opening(at("2026-03-02T10:00"))
    with pytest.raises(NeverOpens):
        closed.add_business(at("2026-03-02T10:00"), timedelta(hours=1))


def test_a_window_that_ends_before_it_begins_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="ends before it begins"):
        Window(time(17), time(8))


@pytest.mark.parametrize(("country", "subdivision"), [("XX", None), ("BR", "ZZ")])
def test_an_unknown_country_or_subdivision_is_an_error(country: str, subdivision: str | None) -> None:
    with pytest.raises(ValueError, match=subdivision or country):
        BusinessCalendar(PANAMA, WORKDAYS, country, subdivision)


def test_people_may_have_hours_of_their_own() -> None:
    evening = BusinessCalendar(PANAMA, week((Window(time(12), time(20)),)))
    calendars = Calendars(PANAMANIAN, {"ana": evening})
    assert calendars.of("Ana") is evening
    assert calendars.of("Bruno") is PANAMANIAN
    assert calendars.of(None) is PANAMANIAN


# --- properties ------------------------------------------------------------------------------------

a_few = settings(max_examples=40, deadline=None)  # each of them computes one or two whole years

ZONES = [
    "America/Panama",
    "America/Sao_Paulo",
    "America/New_York",
    "Europe/Lisbon",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "UTC",
]
QUARTER = timedelta(minutes=15)
QUARTERS = st.integers(0, 95).map(lambda number: time(number // 4, number % 4 * 15))


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start, end = draw(QUARTERS), draw(QUARTERS)
    return Window(start, end, next_day=end <= start)


@st.composite
def calendars(draw: st.DrawFn) -> BusinessCalendar:
    days = draw(st.lists(st.lists(windows(), max_size=3).map(tuple), min_size=7, max_size=7))
    if not any(days):
        days[0] = (OFFICE,)
    closed = draw(st.frozensets(st.dates(date(2010, 12, 1), date(2012, 2, 1)), max_size=5))
    country = draw(st.sampled_from([None, "PA", "BR"]))
    return BusinessCalendar(
        ZoneInfo(draw(st.sampled_from(ZONES))), cast("Week", tuple(days)), country, closed=closed
    )


# 2011: most of these zones changed their clocks twice, and Apia left out a whole day.
INSTANTS = st.integers(0, 36_500).map(lambda number: datetime(2010, 12, 25, tzinfo=UTC) + number * QUARTER)
SPANS = st.integers(0, 400).map(lambda number: number * QUARTER)


def open_by_the_wall(calendar: BusinessCalendar, moment: datetime) -> bool:
    """Decide by the clock on the wall alone: slow, simple, and without the calendar's own arithmetic."""
    wall = moment.astimezone(calendar.zone).replace(tzinfo=None)
    for back in (0, 1):
        day = wall.date() - timedelta(days=back)
        holidays = national_holidays(calendar.country, None, day.year) if calendar.country else ()
        if day in calendar.closed or day in holidays:
            continue
        for window in calendar.week[day.weekday()]:
            start = datetime.combine(day, window.start)
            end = datetime.combine(day + timedelta(days=window.next_day), window.end)
            if start <= wall < end:
                return True
    return False


def comes_twice(calendar: BusinessCalendar, moment: datetime) -> bool:
    local = moment.astimezone(calendar.zone)
    return local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()


@pytest.mark.slow
@a_few
@given(calendar=calendars(), moment=INSTANTS)
def test_it_is_open_exactly_when_the_clock_on_the_wall_says_so(
    calendar: BusinessCalendar, moment: datetime
) -> None:
    if not comes_twice(calendar, moment):
        assert calendar.is_open(moment) is open_by_the_wall(calendar, moment)


@pytest.mark.slow
@a_few
@given(calendar=calendars(), moment=INSTANTS, span=SPANS)
def test_business_time_is_the_sum_of_the_open_quarters(
    calendar: BusinessCalendar, moment: datetime, span: timedelta
) -> None:
    quarters = [moment + number * QUARTER for number in range(span // QUARTER)]
    expected = sum((QUARTER for quarter in quarters if calendar.is_open(quarter)), timedelta())
    assert calendar.business_between(moment, moment + span) == expected


@pytest.mark.slow
@a_few
@given(calendar=calendars(), moment=INSTANTS, first=SPANS, second=SPANS)
def test_business_time_adds_up(
    calendar: BusinessCalendar, moment: datetime, first: timedelta, second: timedelta
) -> None:
    middle, end = moment + first, moment + first + second
    parts = calendar.business_between(moment, middle) + calendar.business_between(middle, end)
    assert calendar.business_between(moment, end) == parts


@pytest.mark.slow
@a_few
@given(calendar=calendars(), moment=INSTANTS, duration=SPANS)
def test_what_is_added_is_what_lies_between(
    calendar: BusinessCalendar, moment: datetime, duration: timedelta
) -> None:
    end = calendar.add_business(moment, duration)
    assert end >= moment
    assert calendar.business_between(moment, end) == duration
    if duration:
        assert calendar.is_open(end - timedelta(microseconds=1))


@pytest.mark.slow
@a_few
@given(calendar=calendars(), moment=INSTANTS)
def test_nothing_is_open_before_the_next_opening(calendar: BusinessCalendar, moment: datetime) -> None:
    opening = calendar.next_opening(moment)
    assert calendar.is_open(opening)
    assert calendar.business_between(moment, opening) == timedelta()


@pytest.mark.slow
@a_few
@given(calendar=calendars(), moment=INSTANTS, zone=st.sampled_from(ZONES))
def test_the_zone_of_the_question_does_not_matter(
    calendar: BusinessCalendar, moment: datetime, zone: str
) -> None:
    assert calendar.is_open(moment.astimezone(ZoneInfo(zone))) is calendar.is_open(moment)
