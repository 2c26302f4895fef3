"""Whole topics as tests read them, raw records as tests put them there, and how far groups have come."""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.structs import ConsumerRecord

from tests.support.eventually import eventually

Header = tuple[str, bytes | None]


@asynccontextmanager
async def admin(bootstrap_servers: str) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, client_id="tests")
    try:
        await client.start()
        yield client
    finally:
        await client.close()


@asynccontextmanager
async def _reader(bootstrap_servers: str) -> AsyncIterator[AIOKafkaConsumer]:
    """A consumer of no group: it reads, and leaves no trace."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap_servers, enable_auto_commit=False)
    await consumer.start()
    try:
        yield consumer
    finally:
        await consumer.stop()


async def read_topic(bootstrap_servers: str, topic: str) -> list[ConsumerRecord]:
    """Return every record of the topic, partition by partition, in the order of their offsets."""
    found: list[ConsumerRecord] = []
    async with _reader(bootstrap_servers) as consumer:
        places = [TopicPartition(topic, number) for number in await _partitions(consumer, topic)]
        ends = await consumer.end_offsets(places)
        consumer.assign(places)
        for place in places:
            await consumer.seek_to_beginning(place)
        while any([await consumer.position(place) < ends[place] for place in places]):
            fetched = await consumer.getmany(timeout_ms=100)
            found += [record for records in fetched.values() for record in records]
    return sorted(found, key=lambda record: (record.partition, record.offset))


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> Sequence[int]:
    async def known() -> Sequence[int]:
        await consumer._client.force_metadata_update()
        found: set[int] | None = consumer.partitions_for_topic(topic)
        assert found, f"no topic {topic}"
        return sorted(found)

    consumer._client.add_topic(topic)
    return await eventually(known)


async def put_raw(
    bootstrap_servers: str,
    topic: str,
    records: Sequence[tuple[bytes | None, bytes | None, Sequence[Header]]],
    *,
    partition: int,
) -> None:
    """Put records (key, value, headers) on one partition, in this order, whatever they hold."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap_servers, acks="all")
    await producer.start()
    try:
        batch = producer.create_batch()
        for key, value, headers in records:
            assert batch.append(key=key, value=value, timestamp=None, headers=list(headers)) is not None
        await (await producer.send_batch(batch, topic, partition=partition))
    finally:
        await producer.stop()


async def lag(bootstrap_servers: str, groups: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return how many records each group has not committed yet, of the topics that it reads."""
    behind: dict[str, int] = {}
    async with admin(bootstrap_servers) as client, _reader(bootstrap_servers) as consumer:
        for group, topics in groups.items():
            committed = await client.list_consumer_group_offsets(group)
            places = [TopicPartition(t, n) for t in topics for n in await _partitions(consumer, t)]
            ends = await consumer.end_offsets(places)
            done = {place: max(0, committed[place].offset) if place in committed else 0 for place in places}
            behind[group] = sum(ends[place] - done[place] for place in places)
    return behind
