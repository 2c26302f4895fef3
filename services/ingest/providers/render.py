"""The public JSON form of an event: the lines of `etiqueta parse` and of the contract cases."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

from services.ingest.providers.base import Attachment, Kind, Party, ProviderEvent, Restriction

T = TypeVar("T")

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_WITH_WORDS: Final = frozenset(
    {Kind.MESSAGE, Kind.ECHO, Kind.OWN_ECHO, Kind.EDIT, Kind.HISTORY, Kind.AUTO_REPLY}
)
_PLAIN: Final = (
    "subtype",
    "payload",
    "target_id",
    "reply_to",
    "conversation_id",
    "forwarded",
    "frequently_forwarded",
    "event",
    "status",
)
_NUMBERS_AND_RENAMED: Final = {
    "error_code": "error_code",
    "opaque": "tracker",
    "duration_seconds": "duration",
}


def as_line(event: ProviderEvent) -> dict[str, Any]:
    """Return the event as JSON values: kind, direction, id and time always, of the rest what it has.

    A time is ISO 8601 in UTC; `timestamp_ms` counts from 1970; `duration` is in seconds.
    """
    line: dict[str, Any] = {
        "kind": event.kind.value,
        "direction": event.direction.value if event.direction else None,
        "id": event.id,
        "timestamp": _iso(event.timestamp),
        "timestamp_ms": _milliseconds(event.timestamp),
    }
    line |= {name: _party(party) for name, party in _parties(event) if party is not None}
    if event.kind in _WITH_WORDS:
        line |= {"content_type": event.content_type, "text": event.text}
    if event.kind is Kind.REACTION:
        line["emoji"] = event.emoji
    line |= {name: found for name in _PLAIN if (found := getattr(event, name))}
    line |= {
        public: found
        for name, public in _NUMBERS_AND_RENAMED.items()
        if (found := getattr(event, name)) is not None
    }
    if event.referral:
        line["referral"] = {"type": event.referral.type, "id": event.referral.id}
    if event.group:
        line["group_id"] = event.conversation_id
    line |= _list("attachments", event.attachments, _attachment)
    line |= _list("restrictions", event.restrictions, _restriction)
    return line


def _iso(at: datetime | None) -> str | None:
    if at is None:
        return None
    precision = "milliseconds" if at.microsecond else "seconds"
    return at.astimezone(UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def _milliseconds(at: datetime | None) -> int | None:
    return None if at is None else (at - _EPOCH) // timedelta(milliseconds=1)


def _parties(event: ProviderEvent) -> list[tuple[str, Party | None]]:
    return [
        ("sender", event.sender),
        ("recipient", event.recipient),
        ("old", event.old),
        ("new", event.new),
    ]


def _party(party: Party) -> dict[str, str | None]:
    return {
        "phone": party.phone,
        "bsuid": party.bsuid,
        "parent_bsuid": party.parent_bsuid,
        "username": party.username,
    }


def _attachment(attachment: Attachment) -> dict[str, Any]:
    line: dict[str, Any] = {
        "type": attachment.type,
        "id": attachment.id,
        "mime": attachment.mime,
        "name": attachment.name,
    }
    return {name: value for name, value in line.items() if value is not None} | (
        {"voice": True} if attachment.voice else {}
    )


def _restriction(restriction: Restriction) -> dict[str, Any]:
    return {"type": restriction.type, "expires_at": _iso(restriction.expires_at)}


def _list(name: str, items: tuple[T, ...], form: Callable[[T], dict[str, Any]]) -> dict[str, Any]:
    return {name: [form(item) for item in items]} if items else {}
