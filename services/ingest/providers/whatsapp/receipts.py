"""What becomes of our own messages, and calls: `statuses[]` and `calls[]`.

Source: Meta's "status" webhook reference, "Groups API", "Calling API reference".
"""

from collections.abc import Iterator

from services.ingest.providers.base import Kind, Misfit, Party, ProviderEvent, Reading, UnreadableItem
from services.ingest.providers.reading import Json, identifier, instant, integer, term
from services.ingest.providers.whatsapp.change import Change
from services.ingest.providers.whatsapp.messages import first_error, recipient, sender
from services.ingest.providers.whatsapp.parties import party
from shared.tags import Direction


def read_status(change: Change, item: Json, path: str) -> Iterator[Reading]:
    """Read one of `statuses[]`: of a message, of a call that we began, or of something else."""
    found, status = identifier(item.get("id")), term(item.get("status"))
    if found is None or status is None:
        yield UnreadableItem(path, Misfit.NO_ID if found is None else Misfit.NO_STATUS)
        return
    about = term(item.get("type")) or ("call" if change.field == "calls" else "message")
    group = identifier(item.get("recipient_id")) if item.get("recipient_type") == "group" else None
    named = _addressee(item, in_group=group is not None)
    person = change.contacts.complete(named)
    kind = {"message": Kind.STATUS, "call": Kind.CALL}.get(about, Kind.IGNORED)
    status = status.upper() if kind is Kind.CALL else status.lower()
    # As named here: contacts may come with one delivery and not with the next.
    participant = (named.bsuid or named.phone or "") if group else ""
    yield ProviderEvent(
        kind=kind,
        direction=None if kind is Kind.IGNORED else Direction.OUTBOUND,
        id=found,
        timestamp=instant(item.get("timestamp")),
        account=change.account,
        business_account=change.business_account,
        discriminator=":".join(part for part in (status, participant) if part),
        recipient=person if person.known else None,
        subtype=f"status.{about}" if kind is Kind.IGNORED else None,
        conversation_id=group,
        group=group is not None,
        status=status,
        error_code=first_error(item),
        opaque=identifier(item.get("biz_opaque_callback_data")),
    )


def _addressee(item: Json, *, in_group: bool) -> Party:
    whose = "recipient_participant" if in_group else "recipient"
    return party(item, f"{whose}_id", f"{whose}_user_id", f"{whose}_parent_user_id")


def read_call(change: Change, item: Json, path: str) -> Iterator[Reading]:
    """Read one of `calls[]`; a call of the client opens the service window."""
    found = identifier(item.get("id"))
    ours = _ours(change, item)
    client = _client(change, item, ours=ours)
    if found is None or not client.known:
        yield UnreadableItem(path, Misfit.NO_ID if found is None else Misfit.NO_PARTY)
        return
    event, status = term(item.get("event")), term(item.get("status"))
    yield ProviderEvent(
        kind=Kind.CALL,
        direction=Direction.OUTBOUND if ours else Direction.INBOUND,
        id=found,
        timestamp=instant(item.get("timestamp")),
        account=change.account,
        business_account=change.business_account,
        discriminator=(event or status or "").lower(),
        sender=None if ours else client,
        recipient=client if ours else None,
        event=event.lower() if event else None,
        status=status.upper() if status else None,
        error_code=first_error(item),
        opaque=identifier(item.get("biz_opaque_callback_data")),
        duration_seconds=integer(item.get("duration")),
    )


def _ours(change: Change, item: Json) -> bool:
    """Whether the business called; where the direction is missing, the caller's number tells."""
    direction = term(item.get("direction"))
    if direction is None:
        return change.is_own(item.get("from"))
    return direction.upper() == "BUSINESS_INITIATED"


def _client(change: Change, item: Json, *, ours: bool) -> Party:
    """Return who is not the business: a terminate can name the sides the other way round."""
    here, there = (recipient, sender) if ours else (sender, recipient)
    own_field = "to" if ours else "from"
    return there(change, item) if change.is_own(item.get(own_field)) else here(change, item)
