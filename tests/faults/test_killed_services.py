"""Each service killed with -9 between every pair of read, store, publish and commit: nothing is lost,
nothing counts twice, every client keeps one order, and no reply is sent twice.
"""

import signal
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.support.checks import (
    check_all,
    check_archive,
    check_decisions,
    check_ledger,
    check_replies,
    check_standings,
)
from tests.support.crashing import Crash
from tests.support.model import expected
from tests.support.script import Said, bodies, mixed
from tests.support.world import SERVICES, Member, World

BATCH = ("read", "write-1", "stored", "half-published", "published", "committed")
POINTS = [
    *(("ingest", point, "etiqueta.ingest.archive") for point in ("read", "write-1", "stored", "committed")),
    *(("ingest", point, None) for point in ("asked", "accepted")),
    *(("classifier", point, "etiqueta.classifier") for point in BATCH),
    *(("sanctions", point, "etiqueta.sanctions") for point in (*BATCH, "write-2")),
    *(("responder", point, "etiqueta.responder") for point in (*BATCH, "write-2")),
]
QUICK = {
    "ETIQUETA_BATCH_RECORDS": "6",
    "RESPONDER_POLL_SECONDS": "0.05",
    "RESPONDER_LEASE_SECONDS": "2",
    "RESPONDER_SEND_SECONDS": "1.5",
}


def script(seed: int) -> list[Said]:
    start = datetime.now(UTC) - timedelta(minutes=10)
    return mixed(clients=4, messages=5, start=start, seed=seed)


@pytest.mark.parametrize(("service", "point", "group"), POINTS)
async def test_a_service_killed_there_loses_and_repeats_nothing(
    world: World, service: str, point: str, group: str | None
) -> None:
    victim = await all_but_one_that_dies(world, Crash(service, point, batch=2, group=group))
    said = script(seed=hash_of(service, point))
    await say_through_a_death(world, said)
    assert await victim.process.ended() == -signal.SIGKILL

    await started(world, service)
    await world.say(said, (4,))
    await world.idle()
    # What a dying responder had claimed is unknown, at most one call a client, and never repeated.
    await check_all(world, said, in_flight=len(expected(said)) if service == "responder" else 0)


@pytest.mark.parametrize("point", ["claimed", "called", "settled", "told"])
async def test_a_responder_killed_while_delivering_never_sends_twice(world: World, point: str) -> None:
    victim = await all_but_one_that_dies(world, Crash("responder", point))
    said = script(seed=hash_of("delivery", point))
    await world.say(said)
    assert await victim.process.ended() == -signal.SIGKILL

    await started(world, "responder")
    await world.idle()
    clients, messages = expected(said), check_archive(world, said)
    check_decisions(world, messages, await world.topic("decisions"))
    check_ledger(world, clients, messages, await world.topic("outcomes"))
    check_standings(world, clients, messages)
    await check_replies(world, clients, messages, in_flight=len(clients))


async def all_but_one_that_dies(world: World, crash: Crash) -> Member:
    """Let three services run as they are, and start the fourth so that it will kill itself."""
    for name in SERVICES:
        if name != crash.service and not [one for one in world.members if runs(one, name)]:
            await started(world, name)
    for member in world.members:
        if runs(member, crash.service):
            await member.process.terminated()
    victim = world.start(crash.service, crash=crash, environment=quick(crash.service))
    await victim.ready()
    return victim


async def started(world: World, service: str) -> Member:
    return await world.started(service, environment=quick(service))


def runs(member: Member, service: str) -> bool:
    return service in member.ports and member.process.code() is None


def quick(service: str) -> dict[str, str]:
    """Static membership: whoever comes back under the same name has its partitions at once."""
    return {**QUICK, "ETIQUETA_INSTANCE": service}


async def say_through_a_death(world: World, said: list[Said]) -> None:
    """Post until ingest dies of it or everything is taken; what is not taken is posted again later."""
    for body in bodies(said, (3, 1)):
        try:
            await world.post(body)
        except httpx.HTTPError:
            return


def hash_of(*words: str) -> int:
    return sum(ord(letter) for word in words for letter in word)
