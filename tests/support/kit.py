"""The Kafka kit on real topics of a test's own: a worker of one group over them, and what it did."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import uuid4

from aiokafka import TopicPartition
from aiokafka.admin import NewTopic
from faststream.kafka import KafkaBroker
from pydantic import BaseModel, TypeAdapter

from shared.kafka.handling import Handle, Handled, WorkerOptions, decoder
from shared.kafka.producer import KafkaPublisher
from shared.kafka.records import Delivered, Outgoing
from shared.kafka.topics import QUARANTINE
from shared.kafka.worker import BatchWorker
from tests.support.eventually import eventually
from tests.support.records import admin, read_topic

PARTITIONS: Final = 4


class Numbered(BaseModel):
    """The event of these tests: the n-th of a key."""

    key: str
    number: int

    def outgoing(self, topic: str) -> Outgoing:
        return Outgoing(topic, self.key.encode(), self.model_dump_json().encode())


@dataclass(slots=True)
class Kit:
    """Topics that no other test knows, and the names of a group and its output."""

    kafka: str
    inputs: tuple[str, str]
    output: str
    group: str
    publisher: KafkaPublisher

    async def put(self, events: Sequence[Numbered], topic: int = 0) -> None:
        await self.publisher.publish([event.outgoing(self.inputs[topic]) for event in events])

    async def out(self) -> list[Numbered]:
        """Return what came out, key by key in its order."""
        records = await read_topic(self.kafka, self.output)
        return [Numbered.model_validate_json(record.value) for record in records]

    async def committed(self) -> Mapping[TopicPartition, int]:
        async with admin(self.kafka) as client:
            offsets = await client.list_consumer_group_offsets(self.group)
        return {place: known.offset for place, known in offsets.items() if known.offset > 0}


@asynccontextmanager
async def new_kit(kafka: str) -> AsyncIterator[Kit]:
    """Yield a kit on fresh topics, quarantines included; the topics are deleted afterwards."""
    unique = uuid4().hex[:8]
    inputs = (f"kit.{unique}.a", f"kit.{unique}.b")
    names = [*inputs, *(name + QUARANTINE for name in inputs), f"kit.{unique}.out"]
    publisher = KafkaPublisher(kafka, client="kit")
    async with admin(kafka) as client:
        await client.create_topics([NewTopic(name, PARTITIONS, 1) for name in names])
        await publisher.start()
        try:
            yield Kit(kafka, inputs, names[-1], f"kit.{unique}", publisher)
        finally:
            await publisher.stop()
            await client.delete_topics(names)


@dataclass(slots=True)
class Running:
    """One member of the kit's group, in this process."""

    worker: BatchWorker
    broker: KafkaBroker
    handled: list[list[Numbered]] = field(default_factory=list)

    async def assigned(self, partitions: int | None = None) -> None:
        """Wait until it has partitions; so many where told."""

        def check() -> None:
            have = len(self.worker.gate.assigned)
            assert have == partitions if partitions is not None else have

        await eventually(check)

    async def stop(self) -> None:
        self.worker.drain()
        await self.broker.stop()


@asynccontextmanager
async def running(kit: Kit, handle: Handle | None = None, **options: Any) -> AsyncIterator[Running]:
    """Run one member; by default it passes on what it gets. Yields once it has partitions."""
    broker = KafkaBroker(
        kit.kafka,
        consumer_only=True,
        allow_auto_create_topics=False,
        apply_types=False,
        graceful_timeout=20,
    )
    batches: list[list[Numbered]] = []

    async def pass_on(batch: Sequence[Delivered[Numbered]]) -> Handled:
        batches.append([one.event for one in batch])
        extra = Handled() if handle is None else await handle(batch)
        gone = {id(defect.record) for defect in extra.defects}
        out = [one.event.outgoing(kit.output) for one in batch if id(one) not in gone]
        return Handled(publish=[*out, *extra.publish], defects=extra.defects)

    decode = decoder(TypeAdapter(Numbered))
    quick = {"backoff_seconds": (0.05,), "heartbeat_interval_ms": 300}
    worker = BatchWorker(
        broker,
        dict.fromkeys(kit.inputs, decode),
        pass_on,
        kit.publisher,
        WorkerOptions(**{"group": kit.group, **quick, **options}),
    )
    member = Running(worker, broker, batches)
    await broker.start()
    try:
        yield member
    finally:
        await member.stop()


def numbered(keys: int, each: int, start: int = 0) -> list[Numbered]:
    """Return events of several keys, turn by turn."""
    return [
        Numbered(key=f"key-{key}", number=number)
        for number in range(start, start + each)
        for key in range(keys)
    ]


def by_key(events: Sequence[Numbered]) -> dict[str, list[int]]:
    """Return the numbers of each key, in order."""
    found: dict[str, list[int]] = {}
    for event in events:
        found.setdefault(event.key, []).append(event.number)
    return found


async def came_out(kit: Kit, count: int) -> list[Numbered]:
    """Wait until so many events have come out, and return them."""

    async def check() -> list[Numbered]:
        found = await kit.out()
        assert len(found) >= count
        return found

    return await eventually(check)


async def settled(kit: Kit, count: int) -> None:
    """Wait until so many records have been committed."""

    async def check() -> None:
        assert sum((await kit.committed()).values()) == count

    await eventually(check)


async def soon(condition: asyncio.Event) -> None:
    """Wait for an event, as long as a test may."""
    await asyncio.wait_for(condition.wait(), 60)
