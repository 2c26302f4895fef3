"""Timers ask for a tick where a restriction has come to its end; asking twice is asking once."""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from services.sanctions.domain.standing import Restriction, Standing
from services.sanctions.requests import Timers
from shared.errors import Transient
from shared.events.commands import COMMAND
from shared.tags import Channel
from tests.support.builders_core import CLIENT, NOW, TENANT, FixedClock, MemoryPublisher, later

ENDED = Standing(
    tenant=TENANT,
    client=CLIENT,
    restrictions=(Restriction(channel=Channel.WHATSAPP, since=NOW, until=later(minutes=1)),),
)


class DueStandings:
    """Answers with one standing; away as often as it is told."""

    def __init__(self, away_times: int = 0) -> None:
        self.asked: list[datetime] = []
        self.away_times = away_times

    async def due(self, now: datetime) -> Sequence[Standing]:
        self.asked.append(now)
        if len(self.asked) <= self.away_times:
            raise Transient("MongoDB: away")
        return [ENDED]


async def test_a_tick_is_asked_for_at_the_end_of_the_restriction_and_always_the_same_one() -> None:
    publisher, clock = MemoryPublisher(), FixedClock(later(minutes=5))
    timers = Timers(DueStandings(), publisher, clock, every_seconds=1)
    assert await timers.look() == 1
    clock.at = later(minutes=6)
    await timers.look()
    first, second = (COMMAND.validate_json(record.value) for record in publisher.published)
    assert (first.name, first.by, first.client) == ("tick", "timer", CLIENT)
    assert (first.occurred_at, first.received_at) == (later(minutes=1), later(minutes=5))
    assert second.event_id == first.event_id


async def test_timers_outlive_a_store_that_is_away() -> None:
    due, publisher, stop = DueStandings(away_times=2), MemoryPublisher(), asyncio.Event()
    publisher.on_publish = lambda _: stop.set()
    await asyncio.wait_for(Timers(due, publisher, FixedClock(), every_seconds=0.001).run(stop), 5)
    assert len(due.asked) == 3


async def test_timers_stop_at_once_when_told() -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(
        Timers(DueStandings(), MemoryPublisher(), FixedClock(), every_seconds=3600).run(stop)
    )
    await asyncio.sleep(0)
    stop.set()
    await asyncio.wait_for(running, 5)
