"""Starting with something away or wrong: it waits and says for what, or ends with one sentence."""

import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from tests.support.checks import check_all
from tests.support.eventually import eventually
from tests.support.proxy import TcpProxy
from tests.support.script import bodies, mixed
from tests.support.world import SERVICES, Member, World, free_port


@asynccontextmanager
async def away(address: str) -> AsyncIterator[TcpProxy]:
    """A server that is away until the proxy is opened."""
    where = urlsplit(address if "//" in address else f"//{address}")
    assert where.hostname is not None
    assert where.port is not None
    proxy = TcpProxy(where.hostname, where.port, listen_on=free_port())
    try:
        yield proxy
    finally:
        await proxy.cut()


def through(address: str, proxy: TcpProxy) -> str:
    if "//" not in address:
        return f"127.0.0.1:{proxy.port}"
    return urlsplit(address)._replace(netloc=f"127.0.0.1:{proxy.port}").geturl()


async def says_that_it_waits(member: Member, what: str, *services: str) -> None:
    for service in services:

        async def said(service: str = service) -> None:
            assert what in await member.unready(service)
            lines = member.process.lines("waiting")
            assert {what} <= {line["waits_for"] for line in lines if line["service"] == service}

        await eventually(said)
        assert (await member.health(service, "live"))[0] == 200


async def test_without_the_store_ingest_accepts_and_the_others_wait_for_it(world: World) -> None:
    said = mixed(clients=3, messages=4, start=datetime.now(UTC) - timedelta(minutes=10), seed=51)
    async with away(world.stack.addresses.mongodb) as proxy:
        uri = through(world.stack.addresses.mongodb, proxy)
        member = world.start(*SERVICES, environment={"MONGODB_URI": uri})
        await world.say(said[:6])
        await says_that_it_waits(member, "MongoDB", "classifier", "sanctions", "responder")
        await proxy.open()
        await world.say(said[6:])
        await member.ready()
        await world.idle()
        await check_all(world, said)
        assert await member.process.terminated() == 0


async def test_without_kafka_every_service_waits_for_it(world: World) -> None:
    said = mixed(clients=3, messages=4, start=datetime.now(UTC) - timedelta(minutes=10), seed=52)
    async with away(world.kafka) as proxy:
        servers = through(world.kafka, proxy)
        member = world.start(*SERVICES, environment={"KAFKA_BOOTSTRAP_SERVERS": servers})
        await says_that_it_waits(member, "Kafka", *SERVICES)
        answer = await world.post(next(bodies(said, (3,))))
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)
        await proxy.open()
        await member.ready()
        await world.say(said)
        await world.idle()
        await check_all(world, said)
        assert await member.process.terminated() == 0


async def test_told_to_stop_while_it_waits_it_stops(world: World) -> None:
    async with away(world.kafka) as proxy:
        servers = through(world.kafka, proxy)
        member = world.start("sanctions", environment={"KAFKA_BOOTSTRAP_SERVERS": servers})
        await says_that_it_waits(member, "Kafka", "sanctions")
        assert await member.process.terminated() == 0


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"MONGODB_URI": ""}, "MONGODB_URI"),
        ({"MONGODB_URI": "mongodb://somebody:secret@:port"}, "MONGODB_URI"),
        ({"KAFKA_BOOTSTRAP_SERVERS": ""}, "KAFKA_BOOTSTRAP_SERVERS"),
        ({"SANCTIONS_HTTP_PORT": "many"}, "SANCTIONS_HTTP_PORT"),
        ({"ETIQUETA_ACCOUNTS": "/nowhere/accounts.yaml"}, "/nowhere/accounts.yaml"),
        ({"TEST_API_KEY": ""}, "TEST_API_KEY"),
        ({"ETIQUETA_POLICIES": "/nowhere"}, "/nowhere"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_a_wrong_setting_ends_the_start_with_a_sentence_that_names_it(
    world: World, changed: dict[str, str], named: str
) -> None:
    member = world.start("sanctions", environment=changed)
    assert await member.process.ended() == 1
    assert named in member.process.text()
    assert "Traceback" not in member.process.text()
    assert "secret" not in member.process.text()


async def test_a_port_that_is_taken_ends_the_start_with_a_sentence(world: World) -> None:
    first = world.start("sanctions")
    await eventually(lambda: listening(first))
    second = world.start("sanctions", environment={"SANCTIONS_HTTP_PORT": str(first.ports["sanctions"])})
    assert await second.process.ended() == 1
    assert f"port {first.ports['sanctions']}" in second.process.text()
    assert "Traceback" not in second.process.text()
    first.process.signal(signal.SIGTERM)
    assert await first.process.ended() == 0


async def listening(member: Member) -> None:
    status, _ = await member.health("sanctions", "live")
    assert status == 200
