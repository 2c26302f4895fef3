"""Publishing: records go out grouped by partition and are acknowledged by all in-sync replicas."""

import asyncio
import contextlib
import functools
from collections.abc import Callable, Sequence
from typing import Any, Final, Protocol

import structlog
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, OutOfOrderSequenceNumber, ProducerClosed
from aiokafka.partitioner import murmur2

from shared.errors import Transient
from shared.kafka.records import Outgoing
from shared.kafka.topics import MAX_RECORD_BYTES

_log = structlog.get_logger(__name__)
_MAX_BATCH_BYTES: Final = MAX_RECORD_BYTES - 64 * 1024

# The Java client's partitioner, cached: in pure Python it would cost more than the sending.
_hash: Callable[[bytes], int] = functools.lru_cache(65536)(lambda key: murmur2(key) & 0x7FFFFFFF)


class Publisher(Protocol):
    """Puts records on their topics; returns when every one of them is safe."""

    async def publish(self, records: Sequence[Outgoing]) -> None: ...


class KafkaPublisher:
    """A publisher on real Kafka: idempotent, acks=all, never waiting longer than it was told.

    With idempotence a batch is retried for ever while the broker is away, and so is closing;
    every wait here is bounded from outside.
    """

    def __init__(self, bootstrap_servers: str, *, client: str, timeout_seconds: float = 10.0) -> None:
        self._servers = bootstrap_servers
        self._client = client
        self._timeout_seconds = timeout_seconds
        self._producer: AIOKafkaProducer | None = None
        self._replacement: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect; raises `Transient` when no broker answers."""
        self._producer = await self._connected()

    async def _connected(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._servers,
            client_id=self._client,
            acks="all",
            enable_idempotence=True,
            compression_type="zstd",
            max_batch_size=_MAX_BATCH_BYTES,
            max_request_size=MAX_RECORD_BYTES,
            linger_ms=0,
            request_timeout_ms=10_000,
        )
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await producer.start()
        except (KafkaError, TimeoutError, OSError) as error:
            await _close(producer)
            raise Transient(f"no Kafka at {self._servers}: {type(error).__name__}") from error
        except asyncio.CancelledError:
            await _close(producer)
            raise
        return producer

    @property
    def usable(self) -> bool:
        """False before the start and once the sending task has died (only a restart mends that)."""
        producer = self._producer
        if producer is None:
            return False
        task: asyncio.Task[Any] | None = producer._sender.sender_task  # noqa: SLF001
        return task is not None and not task.done()

    async def answers(self, within_seconds: float) -> bool:
        """Whether a broker tells its metadata in that time."""
        producer = self._producer
        if producer is None:
            return False
        try:
            async with asyncio.timeout(within_seconds):
                return bool(await producer.client.force_metadata_update())
        except (KafkaError, TimeoutError):
            return False

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """Send all and wait for every acknowledgement; raises `Transient` when one is missing."""
        if not records:
            return
        producer = self._producer
        if producer is None:
            raise Transient("the producer is not connected")
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await _send_grouped(producer, records)
        except (KafkaError, TimeoutError) as error:
            if isinstance(error, OutOfOrderSequenceNumber):
                self._replace(producer)
            raise Transient(f"Kafka did not acknowledge: {type(error).__name__}") from error

    def _replace(self, refused: AIOKafkaProducer) -> None:
        """Begin to go on with a producer of another id; nobody waits for it, and one is begun at a time.

        aiokafka numbers a batch when it first takes it up, and gives up one whose partition is without a
        leader for too long, as after a broker's restart. The broker refuses every later number of
        that producer, for ever (aiokafka issue 1017).
        """
        under_way = self._replacement is not None and not self._replacement.done()
        if self._producer is refused and not under_way:
            self._replacement = asyncio.create_task(self._replaced(refused))

    async def _replaced(self, refused: AIOKafkaProducer) -> None:
        try:
            self._producer = await self._connected()
        except Transient as error:
            _log.warning("producer_not_replaced", client=self._client, error=str(error))
            return  # the next that is refused begins again
        _log.warning("producer_replaced", client=self._client, why="OutOfOrderSequenceNumber")
        refused._message_accumulator.fail_all(ProducerClosed())  # noqa: SLF001 - who waits tries again
        await self._closed(refused)

    async def _closed(self, producer: AIOKafkaProducer) -> None:
        with contextlib.suppress(KafkaError, TimeoutError):
            async with asyncio.timeout(self._timeout_seconds):
                await _close(producer)

    async def stop(self) -> None:
        """Flush within the time limit, then close whatever the broker does."""
        if self._replacement is not None:
            self._replacement.cancel()
            await asyncio.wait([self._replacement])
        producer, self._producer = self._producer, None
        if producer is None:
            return
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await producer.stop()
        except (KafkaError, TimeoutError):
            await _close(producer)


async def _close(producer: AIOKafkaProducer) -> None:
    """Close without flushing: what `stop` cannot do while the broker is away."""
    if producer._sender is not None:  # noqa: SLF001
        await producer._sender.close()  # noqa: SLF001
    await producer.client.close()
    producer._closed = True  # noqa: SLF001 - or its finaliser complains


async def _send_grouped(producer: AIOKafkaProducer, records: Sequence[Outgoing]) -> None:
    pending: list[asyncio.Future[Any]] = []
    batches: dict[tuple[str, int], Any] = {}

    async def ship(target: tuple[str, int]) -> None:
        batch = batches.pop(target)
        batch.close()
        pending.append(await producer.send_batch(batch, target[0], partition=target[1]))

    for record in records:
        partitions = sorted(await producer.partitions_for(record.topic))
        target = (record.topic, partitions[_hash(record.key) % len(partitions)])
        if not _append(producer, batches, target, record):
            await ship(target)
            if not _append(producer, batches, target, record):
                raise ValueError(f"a record of {len(record.value)} bytes is larger than a batch")
    for target in list(batches):
        await ship(target)
    await asyncio.gather(*pending)


def _append(
    producer: AIOKafkaProducer,
    batches: dict[tuple[str, int], Any],
    target: tuple[str, int],
    record: Outgoing,
) -> bool:
    batch = batches.setdefault(target, producer.create_batch())
    headers = list(record.headers)  # the builder takes a list, and only that
    key = None if record.null_key else record.key
    value = None if record.null_value else record.value
    added = batch.append(key=key, value=value, timestamp=None, headers=headers)
    return added is not None
