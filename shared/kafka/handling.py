"""What a batch worker is given and what it gives back: decoders, handlers, options, health."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from shared.errors import Unreadable, locations
from shared.kafka.records import Delivered, Outgoing

Decode = Callable[[bytes], Any]


@dataclass(frozen=True, slots=True)
class Defect:
    """A record on which the pure core raised: the same input would raise again."""

    record: Delivered[Any]
    error: str
    """The exception's type; never its text, which may quote the input."""


@dataclass(frozen=True, slots=True)
class Handled:
    """What a use case made of a batch: to be published, and what it could not handle."""

    publish: Sequence[Outgoing] = ()
    defects: Sequence[Defect] = ()


Handle = Callable[[Sequence[Delivered[Any]]], Awaitable[Handled]]


@dataclass(frozen=True, slots=True)
class WorkerOptions:
    """How a consumer group reads; times in seconds unless the name says otherwise."""

    group: str
    max_records: int = 200
    backoff_seconds: Sequence[float] = (0.2, 1.0, 5.0)
    quarantine_run: int = 50
    """So many quarantined records in a row on one partition stop the consumer."""
    session_timeout_ms: int = 10_000
    heartbeat_interval_ms: int = 1_000
    rebalance_timeout_ms: int = 60_000
    instance: str | None = None
    """Static membership: unique, and never in two living processes at once."""


@dataclass(slots=True)
class WorkerHealth:
    """What liveness and readiness ask of a consumer."""

    consecutive_failures: int = 0
    halted: str | None = None
    last_error: str | None = None
    quarantine_runs: dict[tuple[str, int], int] = field(default_factory=dict)


def decoder(adapter: TypeAdapter[Any]) -> Decode:
    """Return a decoder of JSON values that names the place of a fault and never the content."""

    def decode(value: bytes) -> Any:
        try:
            return adapter.validate_json(value)
        except ValidationError as error:
            raise Unreadable("; ".join(locations(error)[:5])) from None

    return decode


NO_WORK: Final = Handled()
