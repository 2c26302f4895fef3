"""Providers deliver again: the same body, or its messages in another batch. Nothing counts twice."""

from datetime import UTC, datetime, timedelta

from tests.support.checks import check_all
from tests.support.script import bodies, mixed
from tests.support.world import SERVICES, World


async def test_every_webhook_again_and_in_other_batches_changes_nothing(world: World) -> None:
    member = await world.started(*SERVICES)
    said = mixed(clients=5, messages=8, start=datetime.now(UTC) - timedelta(minutes=10), seed=11)
    for body in bodies(said, (3, 1, 4)):
        await world.post_until_taken(body)
        await world.post_until_taken(body)
    await world.say(said, (7, 2))
    await world.idle()
    await world.say(said, (1,))
    await world.idle()

    await check_all(world, said)
    delivered = await world.topic("messages")
    assert len(delivered) == 4 * len(said)
    assert await member.metric("classifier", "etiqueta_batch_failures_total") == 0


async def test_one_webhook_that_holds_a_message_twice_is_one_message(world: World) -> None:
    member = await world.started(*SERVICES) if not world.members else world.members[0]
    said = mixed(clients=2, messages=3, start=datetime.now(UTC) - timedelta(minutes=5), seed=12)
    twice = [one for message in said for one in (message, message)]
    await world.say(twice, (12,))
    await world.idle()
    await check_all(world, said)
    assert await member.metric("sanctions", "etiqueta_batch_failures_total") == 0
