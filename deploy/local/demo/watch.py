"""Reads along on the line's topics: every decision, outcome and reply, as soon as it is published."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Final

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.structs import ConsumerRecord

from deploy.local.demo.failure import DayStopped
from shared.events.decisions import DECISION, MessageDecidedV1
from shared.events.outcomes import OUTCOME, MessageSettledV1, Settled
from shared.events.replies import REPLY, ReplyChangedV1
from shared.ids import MessageId
from shared.kafka.topics import topic_name
from shared.words import ReplyState

PATIENCE_SECONDS: Final = 30.0
"""How long any one thing may take. It takes a fraction of a second."""
_NOUNS: Final = ("messages", "decisions", "outcomes", "replies", "receipts")


class Watch:
    """What the line has said so far. `until` waits for what it has yet to say."""

    def __init__(self) -> None:
        self.decisions: dict[MessageId, MessageDecidedV1] = {}
        self.outcomes: dict[str, Settled] = {}
        """By cause: the decision's or the command's id."""
        self.of_message: dict[MessageId, MessageSettledV1] = {}
        self.told: Counter[str] = Counter()
        """How often each event was published, by its id."""
        self.replies: dict[str, list[ReplyChangedV1]] = defaultdict(list)
        """By the outcome's event id, each news once."""
        self.values: list[bytes] = []
        """Every record of every topic, as it lay there."""
        self._changed = asyncio.Condition()
        self._reading: asyncio.Task[None] | None = None

    @classmethod
    @asynccontextmanager
    async def opened(cls, bootstrap_servers: str, partitions: int) -> "AsyncIterator[Watch]":
        """Read all partitions from their beginning, without a group, until the context ends."""
        consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap_servers,
            client_id="etiqueta-demo",
            enable_auto_commit=False,
            auto_offset_reset="earliest",
            fetch_max_wait_ms=500,
        )
        await consumer.start()
        watch = cls()
        try:
            names = [topic_name(noun) for noun in _NOUNS]
            consumer.assign([TopicPartition(name, part) for name in names for part in range(partitions)])
            watch._reading = asyncio.create_task(watch._read(consumer))
            yield watch
        finally:
            if watch._reading is not None:
                watch._reading.cancel()
                with suppress(asyncio.CancelledError):
                    await watch._reading
            await consumer.stop()

    async def until(self, holds: Callable[[], bool], what: str) -> None:
        """Wait until `holds`; raises `DayStopped` that says what did not happen in time."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS), self._changed:
                await self._changed.wait_for(lambda: holds() or self._ended())
        except TimeoutError:
            raise DayStopped(f"{what} did not happen within {PATIENCE_SECONDS:.0f} s.") from None
        if self._reading is not None and self._ended():
            self._reading.result()

    def _ended(self) -> bool:
        return self._reading is not None and self._reading.done()

    def state(self, outcome: str) -> ReplyState | None:
        """Return the last state of the reply to an outcome, None while there is no reply."""
        return self.replies[outcome][-1].state if self.replies[outcome] else None

    async def _read(self, consumer: AIOKafkaConsumer) -> None:
        async for record in consumer:
            async with self._changed:
                self._take(record)
                self._changed.notify_all()

    def _take(self, record: ConsumerRecord) -> None:
        value: bytes = record.value
        self.values.append(value)
        if record.topic == topic_name("decisions"):
            decision = DECISION.validate_json(value)
            self.decisions[decision.message] = decision
        elif record.topic == topic_name("outcomes"):
            self._take_outcome(OUTCOME.validate_json(value))
        elif record.topic == topic_name("replies"):
            self._take_reply(REPLY.validate_json(value))

    def _take_outcome(self, outcome: Settled) -> None:
        self.told[outcome.event_id] += 1
        self.outcomes[outcome.cause] = outcome
        if isinstance(outcome, MessageSettledV1):
            self.of_message[outcome.message] = outcome

    def _take_reply(self, change: ReplyChangedV1) -> None:
        self.told[change.event_id] += 1
        if self.told[change.event_id] == 1:
            self.replies[change.cause].append(change)
