"""Quarantine: what could not be handled, kept with everything that a replay needs.

The value, the key and the headers are the original bytes; `etiqueta_q_*` headers beside them say
where the record stood and why it is here. It holds personal data as its source does, and keeps as
long.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from aiokafka.structs import ConsumerRecord

from shared.kafka.records import Outgoing, coordinates
from shared.kafka.topics import QUARANTINE

PREFIX: Final = "etiqueta_q_"
_NULL: Final = "null"


class FailureKind(StrEnum):
    """Why a record is quarantined."""

    UNREADABLE = "unreadable"
    DEFECT = "defect"


@dataclass(frozen=True, slots=True)
class Failure:
    """One record that could not be handled; `reason` never holds its content."""

    record: ConsumerRecord
    kind: FailureKind
    reason: str


def quarantined(failure: Failure, consumer_group: str) -> Outgoing:
    """Return the record for the quarantine of the failure's topic."""
    record, at = failure.record, coordinates(failure.record)
    original = [(name, value) for name, value in record.headers if not name.startswith(PREFIX)]
    why = {
        "kind": failure.kind.value,
        "reason": failure.reason,
        "group": consumer_group,
        "topic": at.topic,
        "partition": str(at.partition),
        "offset": str(at.offset),
        "timestamp_ms": str(record.timestamp),
        "key": _NULL if record.key is None else "bytes",
    }
    if record.value is None:
        why["value"] = _NULL
    return Outgoing(
        topic=at.topic + QUARANTINE,
        key=record.key or b"",
        value=record.value or b"",
        headers=[*original, *((PREFIX + name, text.encode()) for name, text in why.items())],
    )


def restored(record: ConsumerRecord) -> Outgoing:
    """Return a quarantined record as it was, for the topic that it came from.

    Raises `KeyError` when the record does not say where it came from.
    """
    notes = dict(noted(record))
    return Outgoing(
        topic=notes["topic"],
        key=record.key or b"",
        value=record.value or b"",
        headers=[(name, value) for name, value in record.headers if not name.startswith(PREFIX)],
        null_key=notes.get("key") == _NULL,
        null_value=notes.get("value") == _NULL,
    )


def noted(record: ConsumerRecord) -> Sequence[tuple[str, str]]:
    """Return what the quarantine notes about a record, without its content."""
    return [
        (name.removeprefix(PREFIX), value.decode(errors="replace"))
        for name, value in record.headers
        if name.startswith(PREFIX)
    ]
