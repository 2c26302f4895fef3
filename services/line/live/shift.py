"""Where in time a rehearsal can be played on a clock that has gone past it: weeks later, same calendar."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from shared.calendar import BusinessCalendar
from shared.policy.pack import CompiledPack
from shared.rehearsal import Document

_WEEK: Final = timedelta(weeks=1)
_DAY: Final = timedelta(days=1)
_FURTHEST_WEEKS: Final = 52 * 30
_AFTER: Final = timedelta(days=7)
"""How long after its last step a script's calendar still matters: calls are due, replies wait."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time that one script takes, at the longest."""

    start: datetime
    end: datetime
    pack: CompiledPack


def span_of(document: Document, pack: CompiledPack) -> Span:
    """Return when a document begins, and when it is over at the latest."""
    script = document.rehearsal
    length = timedelta()
    for step in script.conversation:
        texts = len(step.texts())
        length += step.after * max(texts, step.repeat_until.at_most if step.repeat_until else 1)
    return Span(script.start, script.start + length + _AFTER, pack)


def shift(spans: Sequence[Span], clock: datetime) -> timedelta | None:
    """Return by how much later every script can be played on a clock that stands at `clock`.

    Nothing where the clock has not gone past the first of them; else whole weeks, such that every day
    of every script has the opening hours and the offset of the day that was written. None: there is
    no such place within thirty years.
    """
    first = min(span.start for span in spans)
    if clock < first:
        return timedelta()
    weeks = (clock - first) // _WEEK + 1
    for later in range(weeks, weeks + _FURTHEST_WEEKS):
        if all(_same(span, later * _WEEK) for span in spans):
            return later * _WEEK
    return None


def _same(span: Span, later: timedelta) -> bool:
    calendars = span.pack.calendars
    every = [calendars.office, *calendars.people.values()]
    return all(
        _day(calendar, day) == _day(calendar, day + later) for day in _days(span) for calendar in every
    )


def _days(span: Span) -> Iterator[datetime]:
    zone = span.pack.zone
    day = datetime.combine(span.start.astimezone(zone).date(), time(), zone)
    while day < span.end:
        yield day
        day += _DAY  # of local time: the zone is part of it


def _day(calendar: BusinessCalendar, day: datetime) -> tuple[timedelta, timedelta | None]:
    return calendar.business_between(day, day + _DAY), day.utcoffset()
