"""Context tags: what the hours and the conversation so far say about a message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from services.classifier.domain.history import Entry
from shared.events.messages import ContentKind
from shared.tags import Context, Direction, Flag, Intent

_PRESENCE_CHECK: Final = timedelta(hours=2)
"""A greeting so soon after an unanswered message asks whether anybody is there."""
_CONVERSATION: Final = timedelta(days=3)
"""What was left unanswered longer ago than this is another conversation."""
_SHORT_CHARACTERS: Final = 80
_AWAITS_NOTHING: Final = frozenset({Intent.ACKNOWLEDGEMENT, Intent.PERSONAL_CHAT, Intent.OTHER})


class Hours(Protocol):
    """The business calendar of a policy."""

    def is_open(self, at: datetime) -> bool: ...

    def business_between(self, start: datetime, end: datetime) -> timedelta: ...


@dataclass(frozen=True, slots=True)
class Windows:
    """The time windows that a policy sets."""

    burst: timedelta
    fragments: int
    response: timedelta
    """In business time: how soon staff promise to answer."""
    staff_active: timedelta


@dataclass(frozen=True, slots=True)
class Seen:
    """A message as its context is judged: the tags are those of the text alone."""

    at: datetime
    direction: Direction
    kind: ContentKind
    length: int
    digest: str | None
    intent: Intent | None
    flags: frozenset[Flag]


def context_of(
    message: Seen, before: Sequence[Entry], burst: Sequence[Entry], hours: Hours, windows: Windows
) -> tuple[Context, ...]:
    """Return the context tags, in the order of the closed list."""
    found: set[Context] = set()
    if not hours.is_open(message.at):
        found.add(Context.OUT_OF_HOURS)
    if message.kind is ContentKind.VOICE_CALL:
        found.add(Context.VOICE_CALL)
    if message.direction is Direction.INBOUND:
        found |= _inbound(message, before, burst, hours, windows)
    return tuple(tag for tag in Context if tag in found)


def _inbound(
    message: Seen, before: Sequence[Entry], burst: Sequence[Entry], hours: Hours, windows: Windows
) -> set[Context]:
    found: set[Context] = set()
    if _is_fragmented(message, burst, windows):
        found.add(Context.FRAGMENTED)
    staff = [entry.at for entry in before if entry.direction is Direction.OUTBOUND]
    if staff and message.at - staff[-1] <= windows.staff_active:
        found.add(Context.STAFF_ACTIVE)
    waiting = _waiting(before[: len(before) - len(burst)], message.at)
    if waiting and _insists(message, waiting):
        waited = hours.business_between(waiting[0].at, message.at)
        found.add(Context.REPEAT_PING if waited <= windows.response else Context.OVERDUE)
    return found


def _is_fragmented(message: Seen, burst: Sequence[Entry], windows: Windows) -> bool:
    lengths = [*(entry.length for entry in burst), message.length]
    return (
        message.kind is ContentKind.TEXT
        and len(lengths) >= windows.fragments
        and max(lengths) <= _SHORT_CHARACTERS
    )


def _waiting(before: Sequence[Entry], at: datetime) -> Sequence[Entry]:
    """Return what the client wrote since the staff's last word and has had no answer to."""
    waiting: list[Entry] = []
    for entry in reversed(before):
        if entry.direction is Direction.OUTBOUND or at - entry.at > _CONVERSATION:
            break
        if entry.intent is not None and entry.intent not in _AWAITS_NOTHING:
            waiting.insert(0, entry)
    return waiting


def _insists(message: Seen, waiting: Sequence[Entry]) -> bool:
    if Flag.IMPATIENT in message.flags or message.intent is Intent.FOLLOW_UP:
        return True
    if message.digest is not None and any(entry.digest == message.digest for entry in waiting):
        return True
    return message.intent is Intent.GREETING and message.at - waiting[-1].at <= _PRESENCE_CHECK
