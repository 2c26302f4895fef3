"""What clients and staff wrote: `messages[]`, `message_echoes[]` and the messages of a history.

Source: Meta's "messages" and "smb_message_echoes" webhook references, "Onboarding WhatsApp Business
app users" (edit, revoke).
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from services.ingest.providers.base import (
    Kind,
    Misfit,
    Party,
    ProviderEvent,
    Reading,
    Referral,
    UnreadableItem,
)
from services.ingest.providers.reading import Json, identifier, instant, integer, mapping, mappings, words
from services.ingest.providers.whatsapp.change import Change
from services.ingest.providers.whatsapp.content import read_content
from services.ingest.providers.whatsapp.identity import read_system
from services.ingest.providers.whatsapp.parties import party
from shared.tags import Direction


@dataclass(frozen=True, slots=True)
class Author:
    """Which side wrote, and who the client is."""

    kind: Kind
    direction: Direction
    client: Party


def read_message(change: Change, item: Json, path: str) -> Iterator[Reading]:
    """Read one of `messages[]`; what comes from the business's own number is staff's."""
    if item.get("type") == "system":
        yield from read_system(change, item, path)
    elif change.is_own(item.get("from")):
        yield from read_echo(change, item, path)
    else:
        author = Author(Kind.MESSAGE, Direction.INBOUND, sender(change, item))
        yield from read_written(change, item, path, author)


def read_echo(change: Change, item: Json, path: str) -> Iterator[Reading]:
    """Read one of `message_echoes[]`: a person wrote it on the phone; which person is not told."""
    author = Author(Kind.ECHO, Direction.OUTBOUND, recipient(change, item))
    yield from read_written(change, item, path, author)


def sender(change: Change, item: Json) -> Party:
    return change.contacts.complete(party(item, "from", "from_user_id", "from_parent_user_id"))


def recipient(change: Change, item: Json) -> Party:
    return change.contacts.complete(party(item, "to", "to_user_id", "to_parent_user_id"))


def first_error(item: Json) -> int | None:
    """Return the code of the first error; errors can stand beside real content."""
    codes = (integer(error.get("code")) for error in mappings(item.get("errors")))
    return next((code for code in codes if code is not None), None)


def read_written(change: Change, item: Json, path: str, author: Author) -> Iterator[Reading]:
    """Read whatever a person wrote, changed, took back or reacted with."""
    found = identifier(item.get("id"))
    if found is None:
        yield UnreadableItem(path, Misfit.NO_ID)
        return
    if not author.client.known and author.kind is not Kind.HISTORY:
        yield UnreadableItem(path, Misfit.NO_PARTY)
        return
    inbound = author.direction is Direction.INBOUND
    client = author.client if author.client.known else None
    group = identifier(item.get("group_id"))
    base = ProviderEvent(
        kind=author.kind,
        direction=author.direction,
        id=found,
        timestamp=instant(item.get("timestamp")),
        account=change.account,
        business_account=change.business_account,
        sender=client if inbound else None,
        recipient=None if inbound else client,
        conversation_id=group,
        group=group is not None,
        error_code=first_error(item),
    )
    event = _with_content(base, item)
    yield replace(event, kind=Kind.HISTORY) if author.kind is Kind.HISTORY else event


def _with_content(base: ProviderEvent, item: Json) -> ProviderEvent:
    match item.get("type"):
        case "edit":
            edit = mapping(item.get("edit"))
            changed = mapping(edit.get("message"))
            target = identifier(edit.get("original_message_id"))
            return replace(_said(base, changed), kind=Kind.EDIT, target_id=target)
        case "revoke":
            revoke = mapping(item.get("revoke"))
            target = identifier(revoke.get("original_message_id"))
            return replace(base, kind=Kind.DELETE, target_id=target)
        case "reaction":
            reaction = mapping(item.get("reaction"))
            target = identifier(reaction.get("message_id"))
            return replace(base, kind=Kind.REACTION, target_id=target, emoji=words(reaction.get("emoji")))
        case _:
            return _said(base, item)


def _said(base: ProviderEvent, message: Json) -> ProviderEvent:
    content = read_content(message)
    context = mapping(message.get("context"))
    often = context.get("frequently_forwarded") is True
    return replace(
        base,
        content_type=content.content_type,
        subtype=content.subtype,
        text=content.text,
        attachments=content.attachments,
        payload=content.payload,
        reply_to=identifier(context.get("id")),
        forwarded=often or context.get("forwarded") is True,
        frequently_forwarded=often,
        referral=_referral(message, context),
    )


def _referral(message: Json, context: Json) -> Referral | None:
    """Return the advertisement or product that a conversation began with."""
    advertisement = mapping(message.get("referral"))
    product = mapping(context.get("referred_product"))
    if source := identifier(advertisement.get("source_id")):
        return Referral(identifier(advertisement.get("source_type")) or "ad", source)
    if retailer_id := identifier(product.get("product_retailer_id")):
        return Referral("product", retailer_id)
    return None
