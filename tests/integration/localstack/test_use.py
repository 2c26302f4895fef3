"""The stack as its clients see it: real records, real documents, and no stack near another."""

import pytest

from shared.localstack.errors import NotControllable, StartFailed
from shared.localstack.settings import StackSettings
from shared.localstack.stack import LocalStack, running_stack
from tests.integration.localstack.clients import collection, consume, new_topic, produce, topics

pytestmark = pytest.mark.integration


async def test_records_and_documents_come_back(stack: LocalStack) -> None:
    addresses = stack.addresses
    topic = await new_topic(addresses.kafka)
    await produce(addresses.kafka, topic, [b"one", b"two"])
    assert await consume(addresses.kafka, topic, 2, group="readers") == [b"one", b"two"]
    with collection(addresses.mongodb) as things:
        await things.insert_one({"_id": "a", "n": 1})
        assert await things.find_one({"_id": "a"}) == {"_id": "a", "n": 1}


async def test_a_group_goes_on_where_it_stopped(stack: LocalStack) -> None:
    kafka = stack.addresses.kafka
    topic = await new_topic(kafka)
    await produce(kafka, topic, [b"1", b"2", b"3"])
    assert await consume(kafka, topic, 2, group=topic) == [b"1", b"2"]
    assert await consume(kafka, topic, 1, group=topic) == [b"3"]


async def test_a_topic_nobody_created_does_not_appear_by_being_asked_for(stack: LocalStack) -> None:
    kafka = stack.addresses.kafka
    with pytest.raises(TimeoutError):
        await produce(kafka, "never-created", [b"x"], timeout_seconds=0.5)
    assert "never-created" not in await topics(kafka)


def test_the_status_of_a_whole_stack_names_pids_and_memory(stack: LocalStack) -> None:
    status = stack.status()
    assert status.running
    kafka, store = status.parts
    assert (kafka.pid, store.pid) == (stack.kafka.pid, stack.store.pid)
    for part in (kafka, store):
        assert part.source == "processes"
        assert part.resident_bytes is not None
        assert 40e6 < part.resident_bytes < 400e6


async def test_two_stacks_side_by_side_never_meet(stack: LocalStack, settings: StackSettings) -> None:
    with running_stack(settings) as other:
        here, there = stack.addresses, other.addresses
        assert {here.kafka, here.mongodb}.isdisjoint({there.kafka, there.mongodb})
        mine, theirs = await new_topic(here.kafka), await new_topic(there.kafka)
        assert theirs not in await topics(here.kafka)
        assert mine not in await topics(there.kafka)
        with collection(here.mongodb) as things, collection(there.mongodb) as others:
            await things.insert_one({"_id": "a"})
            assert await others.database[things.name].find_one({"_id": "a"}) is None
        folder = other.folder.path
    assert not folder.exists()
    assert stack.status().running


async def test_given_addresses_are_used_and_left_alone(stack: LocalStack, settings: StackSettings) -> None:
    given = settings.model_copy(
        update={
            "kafka_bootstrap_servers": stack.addresses.kafka,
            "mongodb_uri": StackSettings.model_validate({"mongodb_uri": stack.addresses.mongodb}).mongodb_uri,
        }
    )
    said: list[str] = []
    with running_stack(given, say=said.append) as same:
        assert same.addresses == stack.addresses
        assert same.kafka.pid is None
        with pytest.raises(NotControllable, match="KAFKA_BOOTSTRAP_SERVERS names was not started here"):
            same.kafka.kill()
    assert len(said) == 1
    assert said[0].endswith(" because KAFKA_BOOTSTRAP_SERVERS and MONGODB_URI are set.")
    assert stack.status().running


def test_a_given_address_that_is_dead_is_named_without_its_password(
    stack: LocalStack, settings: StackSettings
) -> None:
    dead = StackSettings.model_validate({"mongodb_uri": "mongodb://someone:hunter2@127.0.0.1:1/"}).mongodb_uri
    given = settings.model_copy(
        update={"kafka_bootstrap_servers": stack.addresses.kafka, "mongodb_uri": dead}
    )
    with (
        pytest.raises(StartFailed, match="that MONGODB_URI names did not answer") as failure,
        running_stack(given),
    ):
        pass
    assert "hunter2" not in str(failure.value)
