"""From a provider's event to ours: whose it is, what it says once masked, and its id."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.domain import (
    Origin,
    address_of,
    client_of,
    ignored,
    masked,
    occurred,
    storable,
    to_message,
    to_receipt,
)
from services.ingest.providers.base import Attachment, Kind, Party, ProviderEvent, Restriction
from shared.events.base import Address
from shared.events.messages import ContentKind
from shared.events.receipts import AccountChangedV1, DeliveryUpdatedV1, MessageEchoedV1
from shared.ids import message_id
from shared.tags import Direction
from tests.support.builders_core import ACCOUNT, MODERATE, NOW, PHONE, TENANT, account, later, tenant

ORIGIN = Origin(account(staff="Central"), tenant(TENANT), received_at=later(60))
ANA = Party(phone=PHONE)


def told(kind: Kind = Kind.MESSAGE, **more: Any) -> ProviderEvent:
    """Return an event as a parser tells it; `sender` and `id` unless left out."""
    fields: dict[str, Any] = {
        "kind": kind,
        "direction": Direction.INBOUND,
        "id": "wamid.1",
        "timestamp": NOW,
        "account": ACCOUNT,
        "sender": ANA,
        "content_type": "text",
        "text": "hola",
    }
    return ProviderEvent(**(fields | more))


def message(event: ProviderEvent, origin: Origin = ORIGIN) -> Any:
    found = to_message(event, origin)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("event", "type_", "kind", "direction"),
    [
        (told(), "message.received.v1", ContentKind.TEXT, Direction.INBOUND),
        (told(Kind.AUTO_REPLY), "message.received.v1", ContentKind.TEXT, Direction.INBOUND),
        (
            told(Kind.ECHO, direction=Direction.OUTBOUND, sender=None, recipient=ANA),
            "message.received.v1",
            ContentKind.TEXT,
            Direction.OUTBOUND,
        ),
        (
            told(Kind.CALL, content_type=None),
            "message.received.v1",
            ContentKind.VOICE_CALL,
            Direction.INBOUND,
        ),
        (told(Kind.EDIT, target_id="w0"), "message.edited.v1", ContentKind.TEXT, Direction.INBOUND),
        (
            told(Kind.EDIT, target_id="w0", content_type=None),
            "message.edited.v1",
            ContentKind.TEXT,
            Direction.INBOUND,
        ),
        (told(content_type="button"), "message.received.v1", ContentKind.INTERACTIVE, Direction.INBOUND),
        (told(content_type="hologram"), "message.received.v1", ContentKind.UNKNOWN, Direction.INBOUND),
    ],
)
def test_words_and_media_become_messages(
    event: ProviderEvent, type_: str, kind: ContentKind, direction: Direction
) -> None:
    found = message(event)
    assert (found.type, found.kind, found.direction) == (type_, kind, direction)
    assert found.auto_reply is (event.kind is Kind.AUTO_REPLY)
    assert found.route.address.phone == PHONE


@pytest.mark.parametrize(
    ("kind", "type_"), [(Kind.DELETE, "message.deleted.v1"), (Kind.REACTION, "message.reacted.v1")]
)
def test_what_is_taken_back_or_reacted_to_names_its_target(kind: Kind, type_: str) -> None:
    original = message(told(id="w0"))
    found = message(told(kind, target_id="w0", emoji="👍"))
    assert (found.type, found.original) == (type_, original.event_id)
    assert found.event_id != original.event_id


def test_a_message_is_its_own_original_and_belongs_to_the_accounts_person() -> None:
    found = message(told())
    assert found.original == found.event_id == found.correlation_id
    assert (found.staff, found.tenant, found.provider_id) == ("Central", TENANT, "wamid.1")
    assert found.received_at == later(60)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (told(), told(text="otra", timestamp=later(5)), True),
        (told(), told(Kind.ECHO), True),
        (told(Kind.CALL, discriminator="connect"), told(Kind.CALL, discriminator="terminate"), True),
        (told(), told(id="wamid.2"), False),
        (told(), told(Kind.EDIT, target_id="wamid.1"), False),
        (told(Kind.EDIT, discriminator="1"), told(Kind.EDIT, discriminator="2"), False),
        (told(Kind.REACTION, discriminator="1"), told(Kind.REACTION, discriminator="2"), False),
    ],
)
def test_an_id_is_the_providers_event_and_nothing_else(
    one: ProviderEvent, other: ProviderEvent, same: bool
) -> None:
    assert (message(one).event_id == message(other).event_id) is same


def test_the_id_is_that_of_the_account_and_the_tenant() -> None:
    found = message(told())
    assert found.event_id == message_id(TENANT, "whatsapp", ACCOUNT, "message", "wamid.1", "")
    elsewhere = Origin(account("800000000000002"), tenant(TENANT), later(60))
    assert message(told(), elsewhere).event_id != found.event_id


@pytest.mark.parametrize(
    "event",
    [
        told(group=True),
        told(id=None),
        told(sender=None),
        told(sender=Party(username="ana")),
        told(Kind.HISTORY),
        told(Kind.UNDELETE),
        told(Kind.IDENTITY_CHANGE),
        told(Kind.IGNORED),
    ],
    ids=[
        "a group",
        "no id",
        "nobody",
        "a name that changes hands",
        "history",
        "undelete",
        "identity",
        "ignored",
    ],
)
def test_what_is_nobodys_message_becomes_none(event: ProviderEvent) -> None:
    assert to_message(event, ORIGIN) is None
    assert to_receipt(event, ORIGIN) is None
    assert ignored([event], ORIGIN) == [event.kind]


def test_a_status_is_a_receipt_that_carries_our_own_id() -> None:
    event = told(
        Kind.STATUS, sender=None, recipient=ANA, status="failed", error_code=131047, opaque="reply-1"
    )
    found = to_receipt(event, ORIGIN)
    assert isinstance(found, DeliveryUpdatedV1)
    assert (found.status, found.error_code, found.reply) == ("failed", "131047", "reply-1")
    assert found.client == client_of(ORIGIN.tenant, Address(phone=PHONE))


def test_an_echo_of_our_own_is_a_receipt_and_no_words_of_the_staff() -> None:
    event = told(Kind.OWN_ECHO, sender=None, recipient=ANA)
    assert to_message(event, ORIGIN) is None
    assert isinstance(to_receipt(event, ORIGIN), MessageEchoedV1)


@pytest.mark.parametrize(
    ("restrictions", "until"),
    [
        ((), None),
        ((Restriction("a"),), None),
        ((Restriction("a", later(60)), Restriction("b", later(99)), Restriction("c")), later(99)),
    ],
)
def test_a_change_of_an_account_lasts_until_its_last_restriction_ends(
    restrictions: tuple[Restriction, ...], until: datetime | None
) -> None:
    event = told(Kind.ACCOUNT, sender=None, event="ACCOUNT_RESTRICTION", restrictions=restrictions)
    found = to_receipt(event, ORIGIN)
    assert isinstance(found, AccountChangedV1)
    assert (found.change, found.until, found.client) == ("ACCOUNT_RESTRICTION", until, f"account-{ACCOUNT}")


@pytest.mark.parametrize(
    ("told_at", "expected"),
    [(None, NOW), (later(-5), later(-5)), (later(5), NOW), (NOW, NOW)],
)
def test_a_time_that_is_missing_or_in_the_future_is_that_of_receipt(
    told_at: datetime | None, expected: datetime
) -> None:
    assert occurred(told_at, NOW) == expected


@pytest.mark.parametrize(
    ("party", "address"),
    [
        (None, None),
        (Party(username="ana"), None),
        (Party(phone=PHONE, bsuid="BR.1"), Address(phone=PHONE, user_id="BR.1")),
        (Party(parent_bsuid="BR.2"), Address(user_id="BR.2")),
    ],
)
def test_a_person_is_reached_by_number_or_by_id(party: Party | None, address: Address | None) -> None:
    assert address_of(party) == address


def test_a_client_is_who_the_number_identifies_whatever_its_national_form() -> None:
    with_nine, without = Address(phone="+5511987654321"), Address(phone="+551187654321")
    assert client_of(ORIGIN.tenant, with_nine) == client_of(ORIGIN.tenant, without)


def test_what_is_masked_is_told_by_kind_and_place() -> None:
    text, spans = masked("mi tarjeta es 4111111111111111")
    assert text is not None
    assert "4111" not in text
    assert [(span.kind, text[span.start : span.end][0]) for span in spans] == [("payment_card", "⟦")]
    assert masked(None) == (None, ())


@MODERATE
@given(text=st.text(st.characters(codec=None), max_size=40))
def test_whatever_the_text_it_can_be_stored_and_sent(text: str) -> None:
    kept = storable(text)
    assert kept.encode("utf-8").decode() == kept
    assert "\0" not in kept
    assert len(kept) == len(text)


def test_attachments_without_words_have_no_text() -> None:
    event = told(content_type="image", text=None, attachments=(Attachment("image", "media-1"),))
    assert (message(event).text, message(event).kind) == (None, ContentKind.IMAGE)


@pytest.mark.parametrize(
    ("more", "forwarded"), [({}, False), ({"forwarded": True}, True), ({"frequently_forwarded": True}, True)]
)
def test_words_that_are_not_the_writers_own_are_told(more: dict[str, Any], forwarded: bool) -> None:
    assert message(told(**more)).forwarded is forwarded


def test_times_are_whole_milliseconds_in_utc() -> None:
    found = message(told(timestamp=NOW + timedelta(microseconds=1234)))
    assert found.occurred_at == NOW + timedelta(milliseconds=1)
