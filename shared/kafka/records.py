"""Records: what goes to a topic, what came from one, and the CloudEvents headers of both.

CloudEvents 1.0, Kafka protocol binding, binary mode: attributes in `ce_*` headers, data in the value.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC
from typing import Final, Generic, Protocol, TypeVar

from aiokafka.structs import ConsumerRecord

from shared.events.base import Event
from shared.ids import topic_key
from shared.kafka.topics import topic_name

Headers = Sequence[tuple[str, bytes]]
_SOURCE: Final = "/etiqueta/"


class TypedEvent(Protocol):
    """An event whose `type` names it and its version."""

    @property
    def type(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to be published. `topic` is the name on the wire."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers = ()
    null_key: bool = False
    """Sent without a key, as a record that is replayed had come; `key` is empty then."""
    null_value: bool = False


@dataclass(frozen=True, slots=True)
class Coordinates:
    """Where a record stood."""

    topic: str
    partition: int
    offset: int


E_co = TypeVar("E_co", covariant=True)


@dataclass(frozen=True)
class Delivered(Generic[E_co]):
    """A record, understood."""

    event: E_co
    at: Coordinates
    traceparent: bytes | None = field(default=None, repr=False)


def outgoing(service: str, noun: str, event: Event, traceparent: bytes | None = None) -> Outgoing:
    """Return `event` as a record of the topic `noun`, keyed by its client."""
    kind = getattr(event, "type")  # noqa: B009 - every concrete event has one; the base has none
    headers = [
        ("ce_specversion", b"1.0"),
        ("ce_id", str(event.event_id).encode()),
        ("ce_source", (_SOURCE + service).encode()),
        ("ce_type", str(kind).encode()),
        ("ce_subject", str(event.client).encode()),
        ("ce_time", event.occurred_at.astimezone(UTC).isoformat().encode()),
        ("content-type", b"application/json"),
    ]
    if traceparent is not None:
        headers.append(("traceparent", traceparent))
    return Outgoing(
        topic=topic_name(noun),
        key=topic_key(event.tenant, event.client),
        value=event.model_dump_json().encode(),
        headers=headers,
    )


def coordinates(record: ConsumerRecord) -> Coordinates:
    """Return where `record` stands."""
    return Coordinates(record.topic, record.partition, record.offset)


def header(record: ConsumerRecord, name: str) -> bytes | None:
    """Return the first header of that name, undecoded; null values count as absent."""
    return next((value for key, value in record.headers if key == name and value is not None), None)


def header_map(headers: Headers) -> Mapping[str, bytes]:
    """Return the headers by name; of a repeated name the first stands."""
    return dict(reversed(headers))
