"""Where in time a rehearsal can be played on a clock that has gone past it."""

from datetime import UTC, datetime, timedelta
from typing import Final

from services.line.live.shift import Span, shift, span_of
from shared.policy import CompiledPack
from shared.rehearsal import read_rehearsals
from tests.unit.policy.small_pack import pack

PACK: Final = pack()
"""Monday to Friday, and the holidays of Panama."""
MONDAY: Final = datetime(2026, 3, 2, 15, tzinfo=UTC)
DAY: Final = timedelta(days=1)


def span(start: datetime, days: int = 1, within: CompiledPack = PACK) -> Span:
    return Span(start, start + days * DAY, within)


def test_a_clock_that_has_not_come_so_far_changes_nothing() -> None:
    assert shift([span(MONDAY), span(MONDAY + DAY)], MONDAY - DAY) == timedelta()


def test_a_clock_that_has_gone_past_it_moves_everything_by_whole_weeks() -> None:
    later = shift([span(MONDAY), span(MONDAY + DAY)], MONDAY + 9 * DAY)
    assert later == timedelta(weeks=2)


def test_a_clock_that_stands_right_there_has_gone_past_it() -> None:
    assert shift([span(MONDAY)], MONDAY) == timedelta(weeks=1)


def test_a_week_with_a_holiday_is_passed_over() -> None:
    """3 April 2026 is Good Friday: five days from 30 March on would lose one."""
    assert shift([span(MONDAY, days=5)], datetime(2026, 3, 28, tzinfo=UTC)) == timedelta(weeks=5)


def test_a_holiday_is_played_on_a_holiday_of_the_same_weekday() -> None:
    separation_day = datetime(2026, 11, 3, 15, tzinfo=UTC)  # a Tuesday
    later = shift([span(separation_day)], datetime(2026, 11, 10, tzinfo=UTC))
    assert later is not None
    found = (separation_day + later).date()
    assert found.weekday() == separation_day.weekday()
    assert not PACK.calendar.is_open(separation_day + later)


def test_where_no_time_is_like_it_none_is_found() -> None:
    closed = pack(("holidays: PA}", 'holidays: PA, closed: ["2026-03-04", "2026-03-05"]}'))
    assert shift([span(MONDAY, 5, closed)], MONDAY + 9 * DAY) is None


SCRIPT: Final = """\
policy: acme
name: a script
start: 2026-03-02T10:00:00-05:00
conversation:
  - {client: "+50760000001", says: hola}
  - {after: 2d, says: [uno, dos, tres]}
  - {after: 1d, says: otra vez, repeat_until: {whatsapp: disabled, at_most: 4}}
"""


def test_a_span_is_as_long_as_its_script_may_take() -> None:
    (document,) = read_rehearsals(SCRIPT, "script.yaml")
    found = span_of(document, PACK)
    assert found.start == MONDAY
    assert found.end - found.start == (6 + 4 + 7) * DAY
