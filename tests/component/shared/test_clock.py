"""Two clocks: the machine's, which events do not move, and the script's, which only they move."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from shared.clock import Clock, EventClock, WallClock, clock_named, monotonic_seconds, wall_now
from shared.events.base import to_instant
from tests.support.builders_core import NOW, later


def test_events_do_not_move_the_machines_clock() -> None:
    clock: Clock = WallClock()
    clock.observe(datetime(2999, 1, 1, tzinfo=UTC))
    assert abs(wall_now() - clock.now()) < timedelta(minutes=1)


def test_the_scripts_clock_stands_at_the_latest_event() -> None:
    clock = EventClock()
    before = clock.now()
    for at in (NOW, later(-60), later(60), later(5)):
        clock.observe(at.astimezone(timezone(timedelta(hours=-5))))
    assert (before.year, clock.now(), clock.now().tzinfo) == (1970, later(60), UTC)


@pytest.mark.parametrize(("name", "kind"), [("wall", WallClock), ("events", EventClock)])
def test_a_clock_has_a_name(name: str, kind: type[object]) -> None:
    assert isinstance(clock_named(name), kind)


def test_durations_are_measured_by_what_only_moves_forward() -> None:
    assert monotonic_seconds() <= monotonic_seconds()


def test_an_instant_is_what_the_store_gives_back() -> None:
    local = datetime(2026, 3, 2, 10, 0, 0, 123_999, tzinfo=timezone(timedelta(hours=-5)))
    assert to_instant(local) == datetime(2026, 3, 2, 15, 0, 0, 123_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "at",
    [
        datetime(1969, 12, 31, 23, tzinfo=UTC),
        datetime(1970, 1, 1, tzinfo=timezone(timedelta(hours=1))),
        datetime.min.replace(tzinfo=timezone(timedelta(hours=14))),
        datetime.max.replace(tzinfo=timezone(timedelta(hours=-14))),
    ],
)
def test_a_time_that_no_message_can_have_is_no_instant(at: datetime) -> None:
    with pytest.raises(ValueError, match="between the years 1970 and 9999"):
        to_instant(at)
