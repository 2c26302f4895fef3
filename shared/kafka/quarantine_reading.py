"""Reading quarantine topics, and settling what stands in them: replayed or dropped.

A topic is append-only, so settling a record adds a marker that names it; what no marker names is open.
"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final, Literal

from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import ConsumerRecord

from shared.errors import Transient, UserError
from shared.kafka.producer import Publisher
from shared.kafka.quarantine import PREFIX, noted, restored
from shared.kafka.records import Coordinates, Outgoing, coordinates
from shared.kafka.topics import QUARANTINE, topics

_SETTLES: Final = PREFIX + "settles"
_VERDICT: Final = PREFIX + "verdict"
Verdict = Literal["replayed", "dropped"]


@dataclass(frozen=True, slots=True)
class Held:
    """One open record of a quarantine; the record itself holds personal data."""

    at: Coordinates
    notes: dict[str, str]
    record: ConsumerRecord = field(repr=False)

    @property
    def name(self) -> str:
        """What people call it: `messages.quarantine/3/17`."""
        return f"{noun_of(self.at.topic)}/{self.at.partition}/{self.at.offset}"


def noun_of(topic: str) -> str:
    """Return the short name of a topic."""
    return next((noun for noun, known in topics().items() if known.name == topic), topic)


def quarantine_nouns() -> Sequence[str]:
    """Return the short names of every quarantine topic."""
    return [noun for noun in topics() if noun.endswith(QUARANTINE)]


async def held(bootstrap_servers: str, nouns: Sequence[str]) -> Sequence[Held]:
    """Return what is open in those quarantines, oldest first; raises `Transient` without a broker."""
    async with _consumer(bootstrap_servers, [topics()[noun].name for noun in nouns]) as consumer:
        records = [record async for record in _all_of(consumer)]
    settled = {value.decode() for one in records for key, value in one.headers if key == _SETTLES}
    found = [Held(coordinates(one), dict(noted(one)), one) for one in records if not _is_marker(one)]
    return sorted(
        (one for one in found if one.name not in settled), key=lambda one: (one.record.timestamp, one.name)
    )


def _is_marker(record: ConsumerRecord) -> bool:
    return any(key == _SETTLES for key, _ in record.headers)


@asynccontextmanager
async def _consumer(bootstrap_servers: str, names: Sequence[str]) -> AsyncIterator[AIOKafkaConsumer]:
    """Of no group: it has every partition of the topics at once, and leaves no trace."""
    consumer = AIOKafkaConsumer(
        *names, bootstrap_servers=bootstrap_servers, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        await consumer.start()
        yield consumer
    except (KafkaError, OSError) as error:
        raise Transient(f"no Kafka at {bootstrap_servers}: {type(error).__name__}") from None
    finally:
        await consumer.stop()


async def _all_of(consumer: AIOKafkaConsumer) -> AsyncIterator[ConsumerRecord]:
    places = list(consumer.assignment())
    await consumer.seek_to_beginning(*places)
    ends = await consumer.end_offsets(places)
    while any([await consumer.position(place) < ends[place] for place in places]):
        for batch in (await consumer.getmany(timeout_ms=500)).values():
            for record in batch:
                yield record


def chosen(found: Sequence[Held], names: Sequence[str]) -> Sequence[Held]:
    """Return the records of those names; raises `UserError` for one that is not open."""
    by_name = {one.name: one for one in found}
    missing = [name for name in names if name not in by_name]
    if missing:
        raise UserError(f"{missing[0]} is not in quarantine. `etiqueta quarantine list` shows what is.")
    return [by_name[name] for name in names]


async def replay(publisher: Publisher, records: Sequence[Held]) -> None:
    """Put records back on their topics, as they were; then mark them."""
    back: list[Outgoing] = []
    for one in records:
        if "topic" not in one.notes:
            raise UserError(f"{one.name} is a raw request body; the provider, or --ingest, sends it again.")
        back.append(restored(one.record))
    await publisher.publish(back)
    await mark(publisher, records, "replayed")


async def mark(publisher: Publisher, records: Sequence[Held], verdict: Verdict) -> None:
    """Say of records that they are settled."""
    await publisher.publish(
        [
            Outgoing(
                topic=one.at.topic,
                key=one.record.key or b"",
                value=b"",
                headers=[(_SETTLES, one.name.encode()), (_VERDICT, verdict.encode())],
            )
            for one in records
        ]
    )
