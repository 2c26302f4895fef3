"""Faults on purpose: a crash keeps what was acknowledged, a pause ends, a stop is clean."""

import asyncio

import pytest
from pymongo.errors import PyMongoError

from shared.localstack import ports
from shared.localstack.errors import NotControllable
from shared.localstack.stack import LocalStack
from tests.integration.localstack.clients import collection, consume, new_topic, produce

pytestmark = [pytest.mark.integration, pytest.mark.faults]


async def test_a_broker_killed_with_9_is_reported_and_keeps_its_records_and_its_ports(
    stack: LocalStack, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, pid = stack.addresses, stack.kafka.pid
    topic = await new_topic(before.kafka)
    values = [str(number).encode() for number in range(500)]
    await produce(before.kafka, topic, values)

    await asyncio.to_thread(stack.kafka.kill)
    assert stack.kafka.pid is None
    kafka, store = stack.status().parts
    assert (kafka.condition, store.condition) == ("dead", "running")
    assert kafka.detail.startswith(f"{stack.kafka.title} was killed by signal 9: start it again")
    assert 0 < len(kafka.log_tail.splitlines()) <= 12
    assert port_given_to_another(int(before.kafka.rpartition(":")[2]), monkeypatch) != before.kafka

    await asyncio.to_thread(stack.kafka.start)
    assert stack.kafka.pid not in {None, pid}
    assert stack.addresses == before
    assert await consume(before.kafka, topic, len(values)) == values


def port_given_to_another(wished: int, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return what another stack gets, as host:port, when chance lets it wish for this port first."""
    really_any, wishes = ports._any_port, [wished]
    with monkeypatch.context() as chance:
        chance.setattr(ports, "_any_port", lambda: wishes.pop() if wishes else really_any())
        with ports.held_free_ports(1) as (given,):
            assert wishes == []
            return f"{ports.HOST}:{given}"


async def test_a_paused_store_is_silent_and_goes_on_after_it(stack: LocalStack) -> None:
    with collection(stack.addresses.mongodb) as things:
        await things.insert_one({"_id": "before"})
        await asyncio.to_thread(stack.store.pause)
        assert stack.status().parts[1].condition == "paused"
        with collection(stack.addresses.mongodb, timeout_seconds=1) as unheard, pytest.raises(PyMongoError):
            await unheard.find_one({})
        await asyncio.to_thread(stack.store.resume)
        assert await things.find_one({"_id": "before"}) == {"_id": "before"}
    assert stack.status().running


async def test_a_stopped_store_has_every_document_when_it_starts_again(stack: LocalStack) -> None:
    before = stack.addresses
    with collection(before.mongodb) as things:
        await things.insert_many([{"_id": number} for number in range(500)])
        await asyncio.to_thread(stack.store.stop)
        assert stack.status().parts[1].condition == "stopped"
        await asyncio.to_thread(stack.store.start)
        assert stack.addresses == before
        assert await things.count_documents({}) == 500


def test_up_thaws_what_is_frozen(stack: LocalStack) -> None:
    pid = stack.store.pid
    stack.store.pause()
    stack.up()
    assert stack.status().running
    assert stack.store.pid == pid


def test_a_fault_on_what_does_not_run_is_refused(stack: LocalStack) -> None:
    stack.store.stop()
    for fault in (stack.store.kill, stack.store.pause, stack.store.resume):
        with pytest.raises(NotControllable, match="is not running"):
            fault()


def test_starting_what_runs_changes_nothing(stack: LocalStack) -> None:
    pids = stack.kafka.pid, stack.store.pid
    stack.kafka.start()
    stack.up()
    assert (stack.kafka.pid, stack.store.pid) == pids
