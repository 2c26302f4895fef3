"""Events on the topic `replies`: how far each reply has come."""

from typing import Literal

from pydantic import TypeAdapter

from shared.events.base import Event, Instant, Route
from shared.events.outcomes import Refused
from shared.ids import MessageId, PackHash
from shared.tags import Language
from shared.words import Matter, ReplyState

ReplyType = Literal[
    "reply.requested.v1",
    "reply.sent.v1",
    "reply.delivered.v1",
    "reply.read.v1",
    "reply.failed.v1",
    "reply.suppressed.v1",
    "reply.unknown.v1",
]


class ReplyChangedV1(Event):
    """One step of one reply. `requested` alone carries the words."""

    type: ReplyType
    reply: str
    state: ReplyState
    cause: str
    """The outcome's event id."""
    message: MessageId | None = None
    route: Route
    language: Language
    pack: PackHash
    matters: tuple[Matter, ...] = ()
    text: str | None = None
    due_at: Instant | None = None
    refused: tuple[Refused, ...] = ()
    provider_id: str | None = None
    error_code: str | None = None
    """The provider's own code of a final failure."""


REPLY: TypeAdapter[ReplyChangedV1] = TypeAdapter(ReplyChangedV1)


def reply_type(state: ReplyState) -> ReplyType:
    """Return the event type that tells of `state`."""
    types: dict[ReplyState, ReplyType] = {
        ReplyState.REQUESTED: "reply.requested.v1",
        ReplyState.SENT: "reply.sent.v1",
        ReplyState.DELIVERED: "reply.delivered.v1",
        ReplyState.READ: "reply.read.v1",
        ReplyState.FAILED: "reply.failed.v1",
        ReplyState.SUPPRESSED: "reply.suppressed.v1",
        ReplyState.UNKNOWN: "reply.unknown.v1",
    }
    return types[state]
