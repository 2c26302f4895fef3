"""The declared topics on real Kafka: created once, with what is declared, and left alone afterwards."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from shared.errors import Transient
from shared.kafka.topics import QUARANTINE, provision, topics
from shared.localstack.stack import LocalStack
from tests.support.eventually import eventually
from tests.support.records import admin
from tests.support.world import free_port, no_topics


@pytest_asyncio.fixture(loop_scope="session")
async def bare(stack: LocalStack) -> AsyncIterator[str]:
    """A broker without topics of this project."""
    await no_topics(stack.addresses.kafka)
    yield stack.addresses.kafka
    await no_topics(stack.addresses.kafka)


async def partitions(kafka: str) -> dict[str, int]:
    async with admin(kafka) as client:
        described = await client.describe_topics([topic.name for topic in topics().values()])
    return {one["topic"]: len(one["partitions"]) for one in described}


async def test_every_declared_topic_is_created_and_a_second_time_changes_nothing(bare: str) -> None:
    created = await provision(bare)
    assert set(created) == {topic.name for topic in topics().values()}

    async def as_declared() -> None:
        assert await partitions(bare) == {topic.name: topic.partitions for topic in topics().values()}

    await eventually(as_declared)
    assert not await provision(bare, partitions=2)
    await as_declared()


async def test_topics_keep_what_is_declared_and_quarantines_as_long_as_their_source(bare: str) -> None:
    await provision(bare, partitions=1)
    declared = topics()
    kept = await eventually(lambda: configurations(bare))
    for noun, topic in declared.items():
        config = kept[topic.name]
        assert int(config["retention.ms"]) == topic.keeps_days * 86_400_000
        assert config["compression.type"] == topic.compression
        assert int(config["max.message.bytes"]) > 3_000_000
        if noun.endswith(QUARANTINE) and (source := declared.get(noun.removesuffix(QUARANTINE))):
            assert topic.keeps_days == source.keeps_days


async def configurations(kafka: str) -> dict[str, dict[str, str]]:
    """Return each topic's configuration, once the broker knows all of them."""
    resources = [ConfigResource(ConfigResourceType.TOPIC, topic.name) for topic in topics().values()]
    async with admin(kafka) as client:
        entries = [entry for answer in await client.describe_configs(resources) for entry in answer.resources]
    assert not [entry for entry in entries if entry[0]]
    return {name: {item[0]: item[1] for item in items} for _, _, _, name, items in entries}


async def test_a_topic_that_is_missing_is_added_to_those_that_are_there(bare: str) -> None:
    await provision(bare, partitions=2)
    name = topics()["replies"].name
    async with admin(bare) as client:
        await client.delete_topics([name])

        async def gone() -> None:
            assert name not in await client.list_topics()

        await eventually(gone)

        created: list[str] = []

        async def back() -> None:
            created.extend(await provision(bare, partitions=2))  # nothing while the broker is still deleting
            assert set(await client.list_topics()) >= {topic.name for topic in topics().values()}

        await eventually(back)
    assert created == [name]


async def test_without_a_broker_it_is_a_transient_failure() -> None:
    with pytest.raises(Transient):
        await provision(f"127.0.0.1:{free_port()}")
