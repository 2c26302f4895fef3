"""A Kafka consumer that remembers: positions, commits, pauses; and a worker that reads from it.

FastStream's own test broker forgets seeks and commits, which is all that settling by hand is about.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from aiokafka import TopicPartition
from aiokafka.structs import ConsumerRecord
from faststream.kafka import KafkaBroker
from pydantic import BaseModel, TypeAdapter

from shared.kafka.records import Delivered, Outgoing
from shared.kafka.worker import BatchWorker, Handled, WorkerOptions, decoder
from tests.support.builders_core import MemoryPublisher

TOPICS = ("etiqueta.messages", "etiqueta.decisions")


class Word(BaseModel):
    """The event of these tests."""

    word: str


class RememberingConsumer:
    """One consumer over written-down partitions."""

    def __init__(self, log: Mapping[TopicPartition, Sequence[ConsumerRecord]]) -> None:
        self.log = {partition: list(records) for partition, records in log.items()}
        self.positions = dict.fromkeys(self.log, 0)
        self.committed: dict[TopicPartition, int] = {}
        self.paused: set[TopicPartition] = set()
        self.refuses: Exception | None = None
        """What the next commits raise."""

    def fetch(self, limit: int) -> tuple[ConsumerRecord, ...]:
        """Return the next records of every partition that is not paused, as one batch."""
        batch: list[ConsumerRecord] = []
        for partition in sorted(self.log.keys() - self.paused):
            start = self.positions[partition]
            found = self.log[partition][start : start + limit]
            self.positions[partition] += len(found)
            batch += found
        return tuple(batch)

    def seek(self, partition: TopicPartition, offset: int) -> None:
        self.positions[partition] = offset

    def assignment(self) -> set[TopicPartition]:
        return set(self.log)

    def pause(self, *partitions: TopicPartition) -> None:
        self.paused |= set(partitions)

    async def commit(self, offsets: Mapping[TopicPartition, int]) -> None:
        if self.refuses is not None:
            raise self.refuses
        self.committed |= offsets


def record(
    value: bytes | None, offset: int, topic: str = TOPICS[0], partition: int = 0, **more: Any
) -> ConsumerRecord:
    """Return a record as aiokafka gives it."""
    fields: dict[str, Any] = {
        "timestamp": 1_700_000_000_000,
        "timestamp_type": 0,
        "key": b"acme:client-1",
        "checksum": None,
        "serialized_key_size": 0,
        "serialized_value_size": 0,
        "headers": (("traceparent", b"00-trace"),),
    }
    return ConsumerRecord(topic=topic, partition=partition, offset=offset, value=value, **(fields | more))


def word(text: str) -> bytes:
    return Word(word=text).model_dump_json().encode()


def log_of(*values: bytes | None, topic: str = TOPICS[0], partition: int = 0) -> Any:
    """Return one partition that holds these values."""
    place = TopicPartition(topic, partition)
    return {place: [record(value, offset, topic, partition) for offset, value in enumerate(values)]}


Handler = Callable[[Sequence[Delivered[Word]]], Awaitable[Handled]]


class Reading:
    """A worker at work: the consumer, what was handled, what was published."""

    def __init__(
        self,
        log: Mapping[TopicPartition, Sequence[ConsumerRecord]],
        handle: Handler | None = None,
        *,
        batch: int = 3,
        quarantine_run: int = 2,
    ) -> None:
        self.consumer = RememberingConsumer(log)
        self.publisher = MemoryPublisher()
        self.handled: list[str] = []
        self._batch = batch
        options = WorkerOptions("group", backoff_seconds=(0.0,), quarantine_run=quarantine_run)
        broker = KafkaBroker("nowhere:9092")
        decode = decoder(TypeAdapter(Word))
        self.worker = BatchWorker(
            broker, dict.fromkeys(TOPICS, decode), handle or self._handle, self.publisher, options
        )
        self.worker._subscriber.consumer = self.consumer

    async def _handle(self, batch: Sequence[Delivered[Word]]) -> Handled:
        self.handled += [one.event.word for one in batch]
        return Handled(publish=[told(one.event.word) for one in batch])

    async def assigned(self) -> None:
        await self.worker.gate.on_partitions_assigned(self.consumer.assignment())

    async def turn(self) -> bool:
        """Let the worker settle the next batch; False when there is none."""
        batch = self.consumer.fetch(self._batch)
        if not batch:
            return False
        await self.worker._settle(await self.worker._parse(batch))
        return True

    async def run(self, turns: int = 20) -> None:
        """Settle until nothing is left, or so often."""
        await self.assigned()
        for _ in range(turns):
            if not await self.turn():
                return

    def published(self, topic: str = "out") -> list[str]:
        return [one.value.decode() for one in self.publisher.published if one.topic == topic]

    def quarantined(self) -> list[Outgoing]:
        return [one for one in self.publisher.published if one.topic.endswith(".quarantine")]


def told(text: str) -> Outgoing:
    return Outgoing("out", b"acme:client-1", text.encode())
