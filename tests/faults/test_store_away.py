"""The store frozen or cut off: accepting goes on, the others are not ready, nothing is lost or doubled."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest_asyncio

from tests.support.checks import check_all
from tests.support.eventually import eventually
from tests.support.proxy import TcpProxy
from tests.support.script import Said, mixed
from tests.support.world import SERVICES, Member, World

NEED_THE_STORE = ("classifier", "sanctions", "responder")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def proxy(world: World) -> AsyncIterator[TcpProxy]:
    """What the services take for the store."""
    where = urlsplit(world.stack.addresses.mongodb)
    assert where.hostname is not None
    assert where.port is not None
    async with TcpProxy(where.hostname, where.port) as opened:
        yield opened


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def member(world: World, proxy: TcpProxy) -> Member:
    uri = urlsplit(world.stack.addresses.mongodb)._replace(netloc=f"127.0.0.1:{proxy.port}").geturl()
    return await world.started(*SERVICES, environment={"MONGODB_URI": uri})


def script(seed: int) -> Sequence[Said]:
    return mixed(clients=4, messages=9, start=datetime.now(UTC) - timedelta(minutes=10), seed=seed)


async def test_a_store_that_is_frozen_and_thawed_costs_only_time(world: World, member: Member) -> None:
    said = script(seed=41)
    failed_before = await failures(member)
    await world.say(said[:12])
    await asyncio.to_thread(world.stack.store.pause)
    try:
        await world.say(said[12:24])
        for service in NEED_THE_STORE:
            assert "MongoDB" in await member.unready(service)
        assert (await member.health("ingest"))[0] == 200
        # Long enough for calls to be given up that the store carries out when it thaws.
        await eventually(lambda: failed(member, failed_before))
    finally:
        await asyncio.to_thread(world.stack.store.resume)
    await world.say(said[24:])
    await member.ready()
    await world.idle()
    await check_all(world, said)


async def test_a_store_that_is_cut_off_costs_only_time(world: World, member: Member, proxy: TcpProxy) -> None:
    said = script(seed=42)
    failed_before = await failures(member)
    await world.say(said[:12])
    await proxy.cut()
    await world.say(said[12:24])
    for service in NEED_THE_STORE:
        assert "MongoDB" in await member.unready(service)
    await eventually(lambda: failed(member, failed_before))
    await proxy.open()
    await world.say(said[24:])
    await member.ready()
    await world.idle()
    await check_all(world, said)


async def failures(member: Member) -> float:
    return await member.metric("classifier", "etiqueta_batch_failures_total")


async def failed(member: Member, before: float) -> None:
    assert await failures(member) > before
