"""Kafka stopped or killed, and started again: nothing accepted is lost, and nobody has to be restarted."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from tests.support.checks import check_all
from tests.support.script import bodies, mixed
from tests.support.world import SERVICES, World

QUICK = {"INGEST_PUBLISH_SECONDS": "1"}


@pytest.mark.parametrize("ending", ["stop", "kill"])
async def test_while_the_broker_is_away_ingest_says_so_and_all_goes_on_when_it_is_back(
    world: World, ending: str
) -> None:
    member = world.members[0] if world.members else await world.started(*SERVICES, environment=QUICK)
    said = mixed(clients=4, messages=6, start=datetime.now(UTC) - timedelta(minutes=10), seed=len(ending))
    waiting = list(bodies(said, (4,)))
    for body in waiting[:3]:
        await world.post_until_taken(body)

    await asyncio.to_thread(getattr(world.stack.kafka, ending))
    try:
        for body in waiting[2:5]:
            answer = await world.post(body)
            assert answer.status_code == 503
            assert int(answer.headers["Retry-After"]) > 0
            assert answer.headers["Content-Type"] == "application/problem+json"
        assert "Kafka" in await member.unready("ingest")
        assert (await member.health("ingest", "live"))[0] == 200
    finally:
        await asyncio.to_thread(world.stack.kafka.start)

    for body in waiting[2:]:
        await world.post_until_taken(body)
    await member.ready()
    await world.idle()
    await check_all(world, said)
    assert member.process.code() is None
