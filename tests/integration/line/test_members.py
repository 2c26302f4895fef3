"""Two members of each group: one joins and leaves while messages come in."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import count

from tests.support.checks import check_all
from tests.support.eventually import eventually
from tests.support.script import Said, bodies, mixed
from tests.support.world import SERVICES, Member, World

RESULTS = {
    "ingest": "batch_archived",
    "classifier": "batch_decided",
    "sanctions": "batch_settled",
    "responder": "batch_answered",
}


async def test_members_that_join_and_leave_under_load_lose_nothing(world: World) -> None:
    first = await world.started(*SERVICES)
    enough = asyncio.Event()
    load = asyncio.create_task(_steadily(world, enough))

    second = world.start(*SERVICES)
    await _takes_part(second)
    assert await second.process.terminated() == 0

    third = world.start(*SERVICES)
    await _takes_part(third)
    # Webhooks go to the first one's port: what is left of them is accepted before it leaves.
    enough.set()
    said = await load
    assert await first.process.terminated() == 0

    await world.idle()
    await check_all(world, said)
    assert await third.process.terminated() == 0


async def _steadily(world: World, enough: asyncio.Event) -> list[Said]:
    """Post conversations, slowly until told that it is enough, however long that takes; return all."""
    said: list[Said] = []
    start = datetime.now(UTC) - timedelta(minutes=15)
    for seed in count(21):
        some = mixed(clients=6, messages=25, start=start, seed=seed)
        said += some
        for body in bodies(some, (1, 2)):
            await world.post_until_taken(body)
            if not enough.is_set():
                await asyncio.sleep(0.05)
        if enough.is_set():
            break
    return said


async def _takes_part(member: Member) -> None:
    """Wait until a member has handled a batch in every group."""

    def works() -> None:
        idle = [name for name, event in RESULTS.items() if not member.process.lines(event)]
        assert not idle, f"no batch yet for {idle}"

    await eventually(works)
