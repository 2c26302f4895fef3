"""A consumer that settles its batches by hand: decode each, handle, publish, then commit.

Offsets are committed after the work and never before. A transient failure rewinds every partition
of the batch and backs off; one bad record goes to quarantine and costs its neighbours nothing; too
many of them in a row stop the consumer instead, because then it is the consumer that is wrong.
"""

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import structlog
from aiokafka import TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from aiokafka.structs import ConsumerRecord
from faststream.kafka import KafkaBroker
from faststream.kafka.message import KafkaAckableMessage
from faststream.middlewares import AckPolicy

from shared.errors import Transient, Unreadable
from shared.kafka.gate import Gate
from shared.kafka.handling import (
    NO_WORK,
    Decode,
    Defect,
    Handle,
    Handled,
    WorkerHealth,
    WorkerOptions,
    decoder,
)
from shared.kafka.producer import Publisher
from shared.kafka.quarantine import Failure, FailureKind, quarantined
from shared.kafka.records import Delivered, coordinates, header
from shared.metrics import BATCH_FAILURES, BATCH_SECONDS, CONSUMER_HALTED, RECORDS

__all__ = [
    "NO_WORK",
    "BatchWorker",
    "Decode",
    "Defect",
    "Handle",
    "Handled",
    "WorkerHealth",
    "WorkerOptions",
    "decoder",
]

_log = structlog.get_logger(__name__)


class BatchWorker:
    """One consumer group over some topics. `handle` stores; the worker publishes and commits."""

    def __init__(
        self,
        broker: KafkaBroker,
        decoders: Mapping[str, Decode],
        handle: Handle,
        publisher: Publisher,
        options: WorkerOptions,
    ) -> None:
        self._decoders = decoders
        self._handle = handle
        self._publisher = publisher
        self._options = options
        self._stopping = asyncio.Event()
        self.gate = Gate()
        self.health = WorkerHealth()
        self.settled: dict[TopicPartition, int] = {}
        self._subscriber = self._subscribe(broker)

    @property
    def group(self) -> str:
        return self._options.group

    @property
    def consumer(self) -> Any:
        """The aiokafka consumer, for lag and assignment; None before the start."""
        return self._subscriber.consumer

    def drain(self) -> None:
        """End a back-off early, so that stopping does not wait for it."""
        self._stopping.set()

    def _subscribe(self, broker: KafkaBroker) -> Any:
        options = self._options
        subscriber = broker.subscriber(
            *self._decoders,
            group_id=options.group,
            group_instance_id=options.instance,
            batch=True,
            max_records=options.max_records,
            batch_timeout_ms=20,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            parser=self._parse,
            decoder=_as_is,
            listener=self.gate,
            no_reply=True,
            # Range, so that one process owns a client on every topic that the group reads.
            partition_assignment_strategy=(RangePartitionAssignor,),
            session_timeout_ms=options.session_timeout_ms,
            heartbeat_interval_ms=options.heartbeat_interval_ms,
            rebalance_timeout_ms=options.rebalance_timeout_ms,
        )
        subscriber(self._settle)
        return subscriber

    async def _parse(self, records: Sequence[ConsumerRecord]) -> KafkaAckableMessage:
        """Wrap a batch without reading it: a raising parser would lose the batch."""
        first = records[0]
        return KafkaAckableMessage(
            body=b"",
            raw_message=records,
            consumer=self._subscriber.consumer,
            headers={},
            correlation_id="",
            message_id=f"{first.topic}-{first.partition}-{first.offset}",
        )

    async def _settle(self, message: KafkaAckableMessage) -> None:
        """Handle one batch; the only place that catches broadly, and nothing is committed then."""
        async with self.gate.lock:
            if self.gate.closed:
                return  # revoked between fetch and start: whoever owns it now reads it again
            if self.health.halted is not None:
                self._pause_all()  # a rebalance since has given partitions anew, and unpaused
                return
            records: Sequence[ConsumerRecord] = message.raw_message
            try:
                await self._process(records)
                offsets = {TopicPartition(r.topic, r.partition): r.offset + 1 for r in records}
                await self.consumer.commit(offsets)
                self.settled.update(offsets)
            except (CommitFailedError, IllegalStateError) as error:
                _log.warning("commit_refused", group=self.group, error=type(error).__name__)
            except _Halt as error:
                await self._halt(message, str(error))
            except Exception as error:  # noqa: BLE001
                await self._rewind(message, error)
            else:
                self.health.consecutive_failures = 0
                self.health.last_error = None

    async def _process(self, records: Sequence[ConsumerRecord]) -> None:
        with BATCH_SECONDS.labels(group=self.group).time():
            delivered, failures = self._decode(records)
            handled = await self._handle(delivered)
            raw = {coordinates(record): record for record in records}
            failures += [
                Failure(raw[defect.record.at], FailureKind.DEFECT, defect.error) for defect in handled.defects
            ]
            runs = self._runs(records, {coordinates(f.record) for f in failures})
            await self._publisher.publish(
                [*handled.publish, *(quarantined(failure, self.group) for failure in failures)]
            )
        self.health.quarantine_runs = runs
        self._count(records, failures)

    def _decode(self, records: Sequence[ConsumerRecord]) -> tuple[list[Delivered[Any]], list[Failure]]:
        delivered: list[Delivered[Any]] = []
        failures: list[Failure] = []
        for record in records:
            try:
                event = self._decoders[record.topic](_value(record))
            except Unreadable as error:
                failures.append(Failure(record, FailureKind.UNREADABLE, error.reason))
            except Exception as error:  # noqa: BLE001 - decoding is pure: the record's fault for ever
                failures.append(Failure(record, FailureKind.DEFECT, type(error).__name__))
            else:
                trace = header(record, "traceparent")
                delivered.append(Delivered(event, coordinates(record), trace))
        return delivered, failures

    def _runs(self, records: Sequence[ConsumerRecord], failed: set[Any]) -> dict[tuple[str, int], int]:
        """Count failures in a row per partition; raises `_Halt` past the limit."""
        runs = dict(self.health.quarantine_runs)
        for record in records:
            place = (record.topic, record.partition)
            runs[place] = runs.get(place, 0) + 1 if coordinates(record) in failed else 0
            if runs[place] > self._options.quarantine_run:
                raise _Halt(
                    f"{runs[place]} records in a row could not be handled on "
                    f"{record.topic}/{record.partition}, the last at offset {record.offset}"
                )
        return runs

    def _count(self, records: Sequence[ConsumerRecord], failures: Sequence[Failure]) -> None:
        RECORDS.labels(group=self.group, result="handled").inc(len(records) - len(failures))
        for failure in failures:
            RECORDS.labels(group=self.group, result=failure.kind.value).inc()
            at = coordinates(failure.record)
            _log.error(
                "record_quarantined",
                group=self.group,
                topic=at.topic,
                partition=at.partition,
                offset=at.offset,
                kind=failure.kind.value,
                reason=failure.reason,
            )

    async def _rewind(self, message: KafkaAckableMessage, error: Exception) -> None:
        health = self.health
        pauses = self._options.backoff_seconds
        pause_seconds = pauses[min(health.consecutive_failures, len(pauses) - 1)]
        health.consecutive_failures += 1
        health.last_error = str(error) if isinstance(error, Transient) else type(error).__name__
        BATCH_FAILURES.labels(group=self.group).inc()
        _log.warning(
            "batch_rewound",
            group=self.group,
            error=health.last_error,
            kind="transient" if isinstance(error, Transient) else "unexpected",
            failures=health.consecutive_failures,
            pause_seconds=pause_seconds,
        )
        await _seek_back(message)
        await self._pause(pause_seconds)

    async def _halt(self, message: KafkaAckableMessage, why: str) -> None:
        self.health.halted = why
        CONSUMER_HALTED.labels(group=self.group).set(1)
        _log.critical("consumer_halted", group=self.group, reason=why)
        await _seek_back(message)
        self._pause_all()

    def _pause_all(self) -> None:
        self.consumer.pause(*self.consumer.assignment())

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            pass


class _Halt(Exception):
    """Too many failures in a row: the consumer is wrong, not the records."""


def _value(record: ConsumerRecord) -> bytes:
    if record.value is None:
        raise Unreadable("the record has no value")
    value: bytes = record.value
    return value


async def _as_is(message: Any) -> Any:
    return message


async def _seek_back(message: KafkaAckableMessage) -> None:
    try:
        await message.nack()
    except (IllegalStateError, KafkaError) as error:
        _log.warning("rewind_refused", error=type(error).__name__)
