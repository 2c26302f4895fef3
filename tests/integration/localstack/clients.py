"""Records and documents sent through a stack and read back, as the services' own clients do it."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from motor.motor_asyncio import AsyncIOMotorClient

TIMEOUT_SECONDS = 60.0


async def new_topic(bootstrap_servers: str) -> str:
    """Create a topic of one partition with a name of its own."""
    topic = f"test-{uuid4().hex[:8]}"
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    finally:
        await admin.close()
    return topic


async def topics(bootstrap_servers: str) -> set[str]:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        return set(await admin.list_topics())
    finally:
        await admin.close()


async def produce(
    bootstrap_servers: str, topic: str, values: list[bytes], timeout_seconds: float = TIMEOUT_SECONDS
) -> None:
    """Return once every value is acknowledged; raises `TimeoutError` or `KafkaError`."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap_servers, acks="all", request_timeout_ms=2000)
    await producer.start()
    try:
        async with asyncio.timeout(timeout_seconds):
            for value in values:
                await producer.send_and_wait(topic, value)
    finally:
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_seconds):
                await producer.stop()


async def consume(bootstrap_servers: str, topic: str, count: int, group: str | None = None) -> list[bytes]:
    """Read `count` values from the beginning, or from where the group stands, and commit them."""
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=bootstrap_servers,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
    )
    async with asyncio.timeout(TIMEOUT_SECONDS):
        await consumer.start()
        try:
            values = [(await consumer.getone()).value for _ in range(count)]
            if group is not None:
                await consumer.commit()
        finally:
            await consumer.stop()
    return values


@contextmanager
def collection(uri: str, timeout_seconds: float = TIMEOUT_SECONDS) -> Iterator[Any]:
    """Yield a collection of a name of its own."""
    milliseconds = int(timeout_seconds * 1000)
    client: Any = AsyncIOMotorClient(uri, serverSelectionTimeoutMS=milliseconds, timeoutMS=milliseconds)
    try:
        yield client["test"][f"c{uuid4().hex[:8]}"]
    finally:
        client.close()
