"""Builds and signs the webhooks that Meta would send: pure functions from what happened to bytes.

Shapes: Meta "messages", "status", "smb_message_echoes", "calls" and "account_update" webhook references.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import groupby
from typing import Any, Final

SIGNATURE_HEADER: Final = "X-Hub-Signature-256"


@dataclass(frozen=True, slots=True)
class Number:
    """A business number: where clients write to."""

    phone_number_id: str
    display_phone_number: str
    """Digits without a plus sign, as the provider writes them."""
    business_account: str = "900000000000001"


@dataclass(frozen=True, slots=True)
class Client:
    """A person who writes; `phone` (with a plus sign) or `user_id` may be withheld, not both."""

    phone: str | None
    user_id: str | None = None
    name: str = "Cliente"
    username: str | None = None

    @property
    def wa_id(self) -> str | None:
        return self.phone.removeprefix("+") if self.phone else None


@dataclass(frozen=True, slots=True)
class Stamp:
    """A message's id (`wamid…`, `wacid…`) and its time."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that happened: in which field and array it is told, and about whom."""

    field: str
    array: str
    content: dict[str, Any]
    contact: dict[str, Any] | None = None
    at: datetime | None = None
    """The time of the whole entry; only account-level fields have one."""


def sign(secret: str, raw: bytes) -> str:
    """Return the value of `X-Hub-Signature-256`: HMAC-SHA256 with the app secret over the raw bytes."""
    return f"sha256={hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}"


def delivery(number: Number, items: Sequence[Item]) -> bytes:
    """Return one request body that tells all the items, in order, batched as Meta batches them."""
    changes = [_change(number, list(group)) for _, group in groupby(items, key=lambda item: item.field)]
    entry: dict[str, Any] = {"id": number.business_account, "changes": changes}
    times = [item.at for item in items if item.at is not None]
    if times:
        entry["time"] = int(times[0].timestamp())
    return encode({"object": "whatsapp_business_account", "entry": [entry]})


def encode(body: object) -> bytes:
    """Return JSON as Meta writes it, with non-ASCII and slashes escaped: the signed form."""
    return json.dumps(body, ensure_ascii=True, separators=(",", ":")).replace("/", "\\/").encode()


def _change(number: Number, items: list[Item]) -> dict[str, Any]:
    if items[0].field == "account_update":
        return {"value": items[0].content, "field": "account_update"}
    value: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "metadata": {
            "display_phone_number": number.display_phone_number,
            "phone_number_id": number.phone_number_id,
        },
    }
    contacts: list[dict[str, Any]] = []
    for item in items:
        if item.contact is not None and item.contact not in contacts:
            contacts.append(item.contact)
    if contacts:
        value["contacts"] = contacts
    for item in items:
        value.setdefault(item.array, []).append(item.content)
    return {"value": value, "field": items[0].field}


def text(
    client: Client, stamp: Stamp, body: str, *, reply_to: str | None = None, forwarded: bool = False
) -> Item:
    """Words; `reply_to` is the id of the quoted message."""
    item = _message(client, stamp, "text", {"body": body})
    context: dict[str, Any] = {"id": reply_to} if reply_to else {}
    return _within(item, context | ({"forwarded": True} if forwarded else {}))


def image(client: Client, stamp: Stamp, media_id: str, caption: str | None = None) -> Item:
    """A picture, with or without words."""
    picture = {"mime_type": "image/jpeg", "id": media_id, "sha256": _digest(media_id)}
    return _message(client, stamp, "image", picture | ({"caption": caption} if caption else {}))


def audio(client: Client, stamp: Stamp, media_id: str) -> Item:
    """A voice note."""
    note = {"mime_type": "audio/ogg; codecs=opus", "id": media_id, "sha256": _digest(media_id), "voice": True}
    return _message(client, stamp, "audio", note)


def button(client: Client, stamp: Stamp, title: str, payload: str, reply_to: str) -> Item:
    """A tapped reply button of the message `reply_to`."""
    inner = {"type": "button_reply", "button_reply": {"id": payload, "title": title}}
    return _within(_message(client, stamp, "interactive", inner), {"id": reply_to})


def reaction(client: Client, stamp: Stamp, target_id: str, emoji: str | None) -> Item:
    """An emoji put on a message; None takes it off."""
    inner = {"message_id": target_id} | ({"emoji": emoji} if emoji else {})
    return _message(client, stamp, "reaction", inner)


def edit(client: Client, stamp: Stamp, target_id: str, body: str) -> Item:
    """Other words for an earlier message; the edit has an id of its own."""
    changed = {"type": "text", "text": {"body": body}}
    return _message(client, stamp, "edit", {"original_message_id": target_id, "message": changed})


def revoke(client: Client, stamp: Stamp, target_id: str) -> Item:
    """An earlier message taken back."""
    return _message(client, stamp, "revoke", {"original_message_id": target_id})


def unsupported(client: Client, stamp: Stamp, kind: str) -> Item:
    """Something that the API cannot carry, such as a `poll`."""
    item = _message(client, stamp, "unsupported", {"type": kind})
    error = {"code": 131051, "title": "Message type unknown", "message": "Message type unknown"}
    return replace(item, content=item.content | {"errors": [error]})


def number_change(client: Client, stamp: Stamp, new: Client) -> Item:
    """The client moved to another number; system messages carry no contacts."""
    moved: dict[str, Any] = {
        "body": f"User {client.name} changed from {client.wa_id} to {new.wa_id}",
        "wa_id": new.wa_id,
        "type": "user_changed_number",
    }
    if new.user_id:
        moved["user_id"] = new.user_id
    return replace(_message(client, stamp, "system", moved), contact=None)


def echo(number: Number, client: Client, stamp: Stamp, body: str) -> Item:
    """Staff wrote from the phone app of the business number."""
    content: dict[str, Any] = {"from": number.display_phone_number}
    content |= _named(client, "to", "to_user_id")
    content |= {"id": stamp.id, "timestamp": _seconds(stamp.at), "type": "text", "text": {"body": body}}
    return Item("smb_message_echoes", "message_echoes", content, _contact(client))


def call(
    number: Number, client: Client, stamp: Stamp, event: str, duration_seconds: int | None = None
) -> Item:
    """A client calls: `connect`, then `terminate`, which has a duration only if it was answered."""
    content: dict[str, Any] = _named(client, "from", "from_user_id")
    content |= {"id": stamp.id, "to": number.display_phone_number, "event": event}
    content |= {"timestamp": _seconds(stamp.at), "direction": "USER_INITIATED"}
    if event == "connect":
        content["session"] = {"sdp": "v=0", "sdp_type": "offer"}
    else:
        content["status"] = "FAILED" if duration_seconds is None else "COMPLETED"
    if duration_seconds is not None:
        content["duration"] = duration_seconds
    return Item("calls", "calls", content, _contact(client))


def status(
    client: Client,
    stamp: Stamp,
    state: str,
    *,
    opaque: str | None = None,
    error: dict[str, Any] | None = None,
) -> Item:
    """What became of our message `stamp.id`: sent, delivered, read, played, or failed with an error."""
    content: dict[str, Any] = {"id": stamp.id, "status": state, "timestamp": _seconds(stamp.at)}
    content |= _named(client, "recipient_id", "recipient_user_id")
    if opaque is not None:
        content["biz_opaque_callback_data"] = opaque
    if state == "sent":
        price = {"billable": False, "pricing_model": "PMP", "type": "free_customer_service"}
        content["pricing"] = price | {"category": "service"}
    if error is not None:
        content["errors"] = [error]
    return Item("messages", "statuses", content, None if state == "failed" else _contact(client))


def account_update(at: datetime, event: str, **details: object) -> Item:
    """Something happened to the business account; such a change has no metadata."""
    return Item("account_update", "", {"event": event, **details}, at=at)


def _message(client: Client, stamp: Stamp, kind: str, inner: dict[str, Any]) -> Item:
    content: dict[str, Any] = _named(client, "from", "from_user_id")
    content |= {"id": stamp.id, "timestamp": _seconds(stamp.at), "type": kind, kind: inner}
    return Item("messages", "messages", content, _contact(client))


def _within(item: Item, context: dict[str, Any]) -> Item:
    return replace(item, content=item.content | {"context": context}) if context else item


def _named(client: Client, phone_field: str, user_field: str) -> dict[str, Any]:
    named = {phone_field: client.wa_id, user_field: client.user_id}
    return {name: value for name, value in named.items() if value is not None}


def _contact(client: Client) -> dict[str, Any]:
    profile = {"name": client.name} | ({"username": client.username} if client.username else {})
    return {"profile": profile} | _named(client, "wa_id", "user_id")


def _seconds(at: datetime) -> str:
    return str(int(at.timestamp()))


def _digest(media_id: str) -> str:
    return hashlib.sha256(media_id.encode()).hexdigest()
