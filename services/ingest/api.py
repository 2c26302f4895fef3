"""What integrators post to `/v1/messages`: one message or a batch."""

from typing import Annotated, Final, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

from services.ingest.domain import client_of, masked, occurred, storable
from shared.events.base import Address, Instant, Route
from shared.events.messages import ContentKind, Email, MessageEditedV1, MessageReceivedV1, Turn
from shared.ids import EventId, MessageId, message_id
from shared.phones import is_e164
from shared.tags import Channel, Direction, Language
from shared.tenants import Tenant

API_PROVIDER: Final = "api"
MAX_BATCH: Final = 500
MAX_TEXT_CHARACTERS: Final = 100_000
# No control characters: one of them joins the parts of an id.
_Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)


class Who(_Strict):
    """The client: at least one of the three."""

    phone: Annotated[str, Field(description="E.164, with its plus sign")] | None = None
    user_id: _Name | None = None
    email: Annotated[str, Field(max_length=320, pattern=r"^[^@\s]+@[^@\s]+$")] | None = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if not (self.phone or self.user_id or self.email):
            raise ValueError("name the client by phone, user_id or email")
        if self.phone is not None and not is_e164(self.phone):
            raise ValueError("write the phone as E.164, with plus sign and country code: +50760000001")
        return self


class TurnIn(_Strict):
    """One turn of a call's transcript; times in seconds from its start."""

    speaker: Literal["agent", "client"]
    start: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    end: Annotated[float, Field(ge=0, allow_inf_nan=False)]
    text: Annotated[str, Field(max_length=MAX_TEXT_CHARACTERS)]


class MessageIn(_Strict):
    """One message that an integrator saw on a channel of its own."""

    id: Annotated[_Name | None, Field(description="Your own id of it; the same id is the same message")] = (
        None
    )
    channel: Channel
    account: Annotated[_Name, Field(description="The company's account it was written to")] = "api"
    client: Who
    direction: Direction = Direction.INBOUND
    kind: ContentKind = ContentKind.TEXT
    text: Annotated[str | None, Field(max_length=MAX_TEXT_CHARACTERS)] = None
    subject: Annotated[str, Field(max_length=2000)] = ""
    copies: Annotated[int, Field(ge=0, le=10_000, description="E-mail: how many people are in copy")] = 0
    turns: Annotated[tuple[TurnIn, ...], Field(max_length=5000)] = ()
    sent_at: Annotated[
        Instant | None, Field(description="When it was written; a future time counts as now")
    ] = None
    staff: _Name | None = None
    language: Language | None = None
    edits: Annotated[
        _Name | None, Field(description="Your own id of the message that this one changes; needs an id")
    ] = None
    auto_reply: Annotated[bool, Field(description="A machine of the client's wrote it")] = False

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if self.kind is ContentKind.CALL and not self.turns:
            raise ValueError("a call needs its turns")
        if self.kind in {ContentKind.TEXT, ContentKind.EMAIL} and self.text is None:
            raise ValueError("text is required for a text or an e-mail")
        if self.edits is not None and self.id is None:
            raise ValueError("an edit needs an id of its own")
        return self


class Accepted(BaseModel):
    """What was accepted: the ids under which it is found everywhere."""

    ids: list[str]


Batch = Annotated[list[MessageIn], Field(min_length=1, max_length=MAX_BATCH)]
ONE: TypeAdapter[MessageIn] = TypeAdapter(MessageIn)
MANY: TypeAdapter[list[MessageIn]] = TypeAdapter(Batch)


def to_event(
    message: MessageIn, tenant: Tenant, provider: str, identity: MessageId, received_at: Instant
) -> MessageReceivedV1 | MessageEditedV1:
    """Return the posted message as an event, masked."""
    address = Address(**message.client.model_dump())
    text, masks = masked(message.text)
    changed = message.edits
    model = MessageReceivedV1 if changed is None else MessageEditedV1
    return model(
        event_id=EventId(identity),
        tenant=tenant.id,
        client=client_of(tenant, address),
        correlation_id=identity,
        occurred_at=occurred(message.sent_at, received_at),
        received_at=received_at,
        route=Route(provider=provider, account=message.account, channel=message.channel, address=address),
        direction=message.direction,
        provider_id=message.id or identity,
        original=identity if changed is None else _own(message, tenant, provider, "message", changed),
        staff=message.staff,
        kind=message.kind,
        text=text,
        masks=masks,
        auto_reply=message.auto_reply,
        language=message.language,
        email=_email(message),
        turns=tuple(_turn(turn) for turn in message.turns),
    )


def identity_of(message: MessageIn, tenant: Tenant, provider: str, key: str, position: int) -> MessageId:
    """Return the id: of the integrator's own id where it gives one, else of the request's key.

    The provider's own id of a message on a known account gives the id that its webhook would give.
    """
    if message.id is not None:
        kind = "message" if message.edits is None else "edit"
        return _own(message, tenant, provider, kind, message.id)
    return message_id(tenant.id, "api", "", "request", key, str(position))


def _own(message: MessageIn, tenant: Tenant, provider: str, kind: str, own_id: str) -> MessageId:
    return message_id(tenant.id, provider, message.account, kind, own_id, "")


def _email(message: MessageIn) -> Email | None:
    if message.kind is not ContentKind.EMAIL:
        return None
    return Email(subject=masked(message.subject)[0] or "", copies=message.copies)


def _turn(turn: TurnIn) -> Turn:
    text = masked(storable(turn.text))[0] or ""
    return Turn(speaker=turn.speaker, start=turn.start, end=turn.end, text=text)
