"""Events on the topic `messages`: what clients and staff wrote, said, changed or took back."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared.events.base import Event, Frozen, Instant, MaskedSpan, Route
from shared.ids import MessageId
from shared.tags import Direction, Language


class ContentKind(StrEnum):
    """What a message is made of."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"
    INTERACTIVE = "interactive"
    ORDER = "order"
    VOICE_CALL = "voice_call"
    EMAIL = "email"
    CALL = "call"
    UNKNOWN = "unknown"


class Turn(Frozen):
    """One turn of a call's transcript; times in seconds from its start; the text is masked."""

    speaker: Literal["agent", "client"]
    start: float
    end: float
    text: str


class Email(Frozen):
    """What an e-mail has beside its body. Of the people in copy only their number is kept."""

    subject: str = ""
    copies: int = 0


class _Message(Event):
    received_at: Instant
    route: Route
    direction: Direction
    provider_id: str
    original: MessageId
    """The message itself; for an edit, a deletion or a reaction, the message it speaks of."""
    staff: str | None = None
    """Who of the staff wrote it (outbound) or was written to (inbound), where it is known."""

    @property
    def message_id(self) -> MessageId:
        return MessageId(self.event_id)


class _Words(_Message):
    kind: ContentKind
    text: str | None = None
    """Masked at the door; `masks` says what was there."""
    masks: tuple[MaskedSpan, ...] = ()
    language: Language | None = None
    """Declared by an integrator; the classifier finds it otherwise."""
    reply_to: str | None = None
    forwarded: bool = False
    auto_reply: bool = False
    email: Email | None = None
    turns: tuple[Turn, ...] = ()


class MessageReceivedV1(_Words):
    """A message of a client or of staff."""

    type: Literal["message.received.v1"] = "message.received.v1"


class MessageEditedV1(_Words):
    """A message changed by its writer: judged as a message of its own."""

    type: Literal["message.edited.v1"] = "message.edited.v1"


class MessageDeletedV1(_Message):
    """A message taken back; what was decided about it stays."""

    type: Literal["message.deleted.v1"] = "message.deleted.v1"


class MessageReactedV1(_Message):
    """An emoji put on a message, or (None) taken off it."""

    type: Literal["message.reacted.v1"] = "message.reacted.v1"
    emoji: str | None = None


Words = MessageReceivedV1 | MessageEditedV1
MessageEvent = Annotated[
    MessageReceivedV1 | MessageEditedV1 | MessageDeletedV1 | MessageReactedV1,
    Field(discriminator="type"),
]
MESSAGE: TypeAdapter[Words | MessageDeletedV1 | MessageReactedV1] = TypeAdapter(MessageEvent)
