"""The gate: a rebalance waits for the batch in flight and its commit, so nothing is done twice."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack

from shared.kafka.handling import Handled
from shared.kafka.records import Delivered
from tests.support.eventually import eventually
from tests.support.kit import PARTITIONS, Kit, Numbered, Running, by_key, numbered, running, settled, soon

EACH = 40


async def test_a_member_that_joins_waits_for_the_batch_in_flight(kit: Kit) -> None:
    begun, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_: Sequence[Delivered[Numbered]]) -> Handled:
        begun.set()
        await go_on.wait()
        return Handled()

    await kit.put(numbered(keys=8, each=1))
    async with AsyncExitStack() as members:
        first = await members.enter_async_context(running(kit, slow))
        await soon(begun)
        joining = asyncio.create_task(members.enter_async_context(running(kit)))
        await eventually(lambda: closed(first))  # it has heard that the other one joins
        assert not joining.done()
        assert not await kit.committed()
        go_on.set()
        second = await joining
        await second.assigned(PARTITIONS)
        await first.assigned(PARTITIONS)
        await settled(kit, 8)
        assert not second.handled
    assert by_key(await kit.out()) == {f"key-{key}": [0] for key in range(8)}


def closed(member: Running) -> None:
    assert member.worker.gate.closed


async def test_one_member_owns_a_key_on_both_topics(kit: Kit) -> None:
    async with running(kit) as first, running(kit) as second:
        await first.assigned(PARTITIONS)
        await second.assigned(PARTITIONS)
        for member in (first, second):
            numbers = {
                topic: {place.partition for place in member.worker.gate.assigned if place.topic == topic}
                for topic in kit.inputs
            }
            assert numbers[kit.inputs[0]] == numbers[kit.inputs[1]]


async def test_joining_and_leaving_under_load_loses_nothing_repeats_nothing_and_keeps_the_order(
    kit: Kit,
) -> None:
    async def load() -> None:
        for start in range(EACH):
            await kit.put(numbered(keys=10, each=1, start=start))
            await asyncio.sleep(0.02)

    async with running(kit, max_records=7) as first:
        await first.assigned()
        loading = asyncio.create_task(load())
        for _ in range(2):
            async with running(kit, max_records=7) as second:
                await second.assigned()
        await loading
        await settled(kit, 10 * EACH)
    assert by_key(await kit.out()) == {f"key-{key}": list(range(EACH)) for key in range(10)}
