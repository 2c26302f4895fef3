"""The only place that asks what time it is.

Two clocks, never mixed: what a message *means* follows the time the provider put on it; what the
system *does* (retries, leases, windows) follows a `Clock`. With `ETIQUETA_CLOCK=events` that clock
is the script's own: it stands at the latest time that any event told.
"""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time, in UTC."""

    def now(self) -> datetime: ...

    def observe(self, at: datetime) -> None:
        """Learn that an event of time `at` has been seen."""


class WallClock:
    """The machine's clock; events do not move it."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def observe(self, at: datetime) -> None:
        del at


class EventClock:
    """Stands at the latest event time seen; before the first, at `start`."""

    def __init__(self, start: datetime = datetime(1970, 1, 1, tzinfo=UTC)) -> None:
        self._at = start

    def now(self) -> datetime:
        return self._at

    def observe(self, at: datetime) -> None:
        self._at = max(self._at, at.astimezone(UTC))


def clock_named(name: str) -> Clock:
    """Return the clock that `ETIQUETA_CLOCK` names: `wall` or `events`."""
    return EventClock() if name == "events" else WallClock()


def wall_now() -> datetime:
    """Return the machine's time, for what is never scripted: receipt, retention, lag."""
    return datetime.now(UTC)


def monotonic_seconds() -> float:
    """Return a time that only moves forward, for measuring durations."""
    return time.monotonic()
