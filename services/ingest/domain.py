"""From a provider's event to ours: whose it is, what it says once masked, and its id."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.ingest.providers.base import Kind, Party, ProviderEvent
from shared.events.base import Address, MaskedSpan, Route
from shared.events.messages import (
    ContentKind,
    MessageDeletedV1,
    MessageEditedV1,
    MessageReactedV1,
    MessageReceivedV1,
)
from shared.events.receipts import AccountChangedV1, DeliveryUpdatedV1, MessageEchoedV1, Receipt
from shared.ids import ClientId, EventId, MessageId, client_id, derived_id, message_id
from shared.privacy.masker import mask
from shared.tags import Direction
from shared.tenants import Account, Tenant

AnyMessage = MessageReceivedV1 | MessageEditedV1 | MessageDeletedV1 | MessageReactedV1

_CONTENT: Final = {kind.value: kind for kind in ContentKind} | {"button": ContentKind.INTERACTIVE}


@dataclass(frozen=True, slots=True)
class Origin:
    """Where and when a request came in."""

    account: Account
    tenant: Tenant
    received_at: datetime


def masked(text: str | None) -> tuple[str | None, tuple[MaskedSpan, ...]]:
    """Return the text as it may be stored and published, and what was masked in it."""
    if text is None:
        return None, ()
    found = mask(storable(text))
    spans = tuple(MaskedSpan(kind=one.kind, start=one.start, end=one.end) for one in found.masks)
    return found.text, spans


def storable(text: str) -> str:
    """Return the text without what UTF-8 and JSON cannot carry (lone surrogates, NUL)."""
    return text.encode("utf-8", "replace").decode().replace("\0", " ")


def occurred(told: datetime | None, received_at: datetime) -> datetime:
    """Return the provider's time; a missing one, or one in the future, is the time of receipt."""
    return received_at if told is None else min(told, received_at)


def address_of(party: Party | None) -> Address | None:
    """Return how the person is reached; None where nothing identifies them."""
    if party is None or not party.known:
        return None
    return Address(phone=party.phone, user_id=party.bsuid or party.parent_bsuid)


def client_of(tenant: Tenant, address: Address) -> ClientId:
    """Return who that is for this tenant."""
    return client_id(tenant.client_key, address.normalised())


def to_message(event: ProviderEvent, origin: Origin) -> AnyMessage | None:
    """Return the event on `messages` that a provider's event is; None where it is none."""
    makers = {
        Kind.MESSAGE: _words,
        Kind.AUTO_REPLY: _words,
        Kind.ECHO: _words,
        Kind.CALL: _words,
        Kind.EDIT: _words,
        Kind.DELETE: _deleted,
        Kind.REACTION: _reacted,
    }
    make = makers.get(event.kind)
    if make is None or event.group or event.id is None:
        return None
    address = address_of(event.recipient if event.direction is Direction.OUTBOUND else event.sender)
    return None if address is None else make(event, origin, address)


def _identity(event: ProviderEvent, origin: Origin) -> MessageId:
    """An id without a discriminator for what comes once; a call that begins and ends is one call."""
    kind = "message" if event.kind in {Kind.MESSAGE, Kind.ECHO, Kind.AUTO_REPLY} else event.kind.value
    told_apart = "" if kind in {"message", "call"} else event.discriminator
    account = origin.account
    return message_id(account.tenant, account.provider, account.account, kind, event.id or "", told_apart)


def _original(event: ProviderEvent, origin: Origin) -> MessageId:
    account = origin.account
    return message_id(
        account.tenant, account.provider, account.account, "message", event.target_id or event.id or "", ""
    )


def _common(event: ProviderEvent, origin: Origin, address: Address) -> dict[str, object]:
    identity = _identity(event, origin)
    account = origin.account
    targets = event.kind in {Kind.EDIT, Kind.DELETE, Kind.REACTION}
    return {
        "event_id": identity,
        "tenant": account.tenant,
        "client": client_of(origin.tenant, address),
        "correlation_id": identity,
        "occurred_at": occurred(event.timestamp, origin.received_at),
        "received_at": origin.received_at,
        "route": Route(
            provider=account.provider, account=account.account, channel=account.channel, address=address
        ),
        "direction": event.direction or Direction.INBOUND,
        "provider_id": event.id or "",
        "original": _original(event, origin) if targets else identity,
        "staff": account.staff,
    }


def _words(event: ProviderEvent, origin: Origin, address: Address) -> AnyMessage:
    text, masks = masked(event.text)
    fields = _common(event, origin, address) | {
        "kind": _content_kind(event),
        "text": text,
        "masks": masks,
        "reply_to": event.reply_to,
        "forwarded": event.forwarded or event.frequently_forwarded,
        "auto_reply": event.kind is Kind.AUTO_REPLY,
    }
    model = MessageEditedV1 if event.kind is Kind.EDIT else MessageReceivedV1
    return model.model_validate(fields)


def _content_kind(event: ProviderEvent) -> ContentKind:
    if event.kind is Kind.CALL:
        return ContentKind.VOICE_CALL
    if event.kind is Kind.EDIT and event.content_type is None:
        return ContentKind.TEXT
    return _CONTENT.get(event.content_type or "", ContentKind.UNKNOWN)


def _deleted(event: ProviderEvent, origin: Origin, address: Address) -> AnyMessage:
    return MessageDeletedV1.model_validate(_common(event, origin, address))


def _reacted(event: ProviderEvent, origin: Origin, address: Address) -> AnyMessage:
    return MessageReactedV1.model_validate(_common(event, origin, address) | {"emoji": event.emoji})


def to_receipt(event: ProviderEvent, origin: Origin) -> Receipt | None:
    """Return the event on `receipts` that a provider's event is; None where it is none."""
    match event.kind:
        case Kind.STATUS if event.id is not None:
            return DeliveryUpdatedV1(
                **_receipt(event, origin),
                provider_id=event.id,
                reply=event.opaque,
                status=event.status or "unknown",
                error_code=None if event.error_code is None else str(event.error_code),
            )
        case Kind.OWN_ECHO if event.id is not None:
            return MessageEchoedV1(**_receipt(event, origin), provider_id=event.id)
        case Kind.ACCOUNT:
            until = [limit.expires_at for limit in event.restrictions if limit.expires_at is not None]
            return AccountChangedV1(
                **_receipt(event, origin),
                change=event.event or event.subtype or "unknown",
                until=max(until, default=None),
            )
        case _:
            return None


def _receipt(event: ProviderEvent, origin: Origin) -> dict[str, object]:
    account = origin.account
    address = address_of(event.recipient)
    identity = derived_id(
        "receipt", account.tenant, account.provider, event.kind, event.id or "", event.discriminator
    )
    about_account = ClientId(f"account-{account.account}")
    return {
        "event_id": EventId(identity),
        "tenant": account.tenant,
        "client": about_account if address is None else client_of(origin.tenant, address),
        "correlation_id": event.opaque or identity,
        "occurred_at": occurred(event.timestamp, origin.received_at),
        "received_at": origin.received_at,
        "provider": account.provider,
        "account": account.account,
    }


def ignored(events: Sequence[ProviderEvent], origin: Origin) -> Sequence[Kind]:
    """Return the kinds of what becomes no record: known to the parser, of no use to anybody here."""
    return [
        event.kind
        for event in events
        if to_message(event, origin) is None and to_receipt(event, origin) is None
    ]
