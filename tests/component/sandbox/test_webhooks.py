"""What the builders write is what the provider would write: the project's own parser understands it."""

import hashlib
import hmac
import json
from datetime import UTC, datetime

import pytest

from deploy.local.sandbox import webhooks
from deploy.local.sandbox.webhooks import Client, Item, Stamp
from services.ingest.providers.base import Attachment, Kind, Party, ProviderEvent
from services.ingest.providers.whatsapp import WhatsApp
from shared.tags import Direction
from tests.component.sandbox.harness import ANA, NOW, NUMBER

CLIENT = Client(ANA, "BR.1", "Ana", "ana")
PARTY = Party(phone=ANA, bsuid="BR.1", username="ana")


def at(minute: int) -> Stamp:
    return Stamp(f"wamid.{minute}", datetime(2026, 5, 5, 17, minute, tzinfo=UTC))


def parsed(*items: Item) -> tuple[ProviderEvent, ...]:
    result = WhatsApp().parse(webhooks.delivery(NUMBER, items))
    assert result.unreadable == ()
    return result.events


def the_event(item: Item) -> ProviderEvent:
    (event,) = parsed(item)
    return event


@pytest.mark.parametrize(
    ("item", "kind", "content_type", "words"),
    [
        (webhooks.text(CLIENT, at(1), "olá"), Kind.MESSAGE, "text", "olá"),
        (webhooks.image(CLIENT, at(1), "7", "veja"), Kind.MESSAGE, "image", "veja"),
        (webhooks.image(CLIENT, at(1), "7"), Kind.MESSAGE, "image", None),
        (webhooks.audio(CLIENT, at(1), "7"), Kind.MESSAGE, "audio", None),
        (
            webhooks.button(CLIENT, at(1), "Sim", "yes", "wamid.0"),
            Kind.MESSAGE,
            "interactive.button_reply",
            "Sim",
        ),
        (webhooks.unsupported(CLIENT, at(1), "poll"), Kind.MESSAGE, "unsupported", None),
        (webhooks.edit(CLIENT, at(1), "wamid.0", "oi"), Kind.EDIT, "text", "oi"),
        (webhooks.revoke(CLIENT, at(1), "wamid.0"), Kind.DELETE, None, None),
        (webhooks.reaction(CLIENT, at(1), "wamid.0", "👍"), Kind.REACTION, None, None),
    ],
)
def test_what_a_client_does_is_understood(
    item: Item, kind: Kind, content_type: str | None, words: str | None
) -> None:
    event = the_event(item)
    assert (event.kind, event.content_type, event.text) == (kind, content_type, words)
    assert (event.id, event.timestamp, event.sender) == (at(1).id, at(1).at, PARTY)
    assert (event.direction, event.account) == (Direction.INBOUND, NUMBER.phone_number_id)


def test_what_speaks_of_another_message_names_it() -> None:
    spoken = [
        webhooks.edit(CLIENT, at(1), "wamid.0", "oi"),
        webhooks.revoke(CLIENT, at(2), "wamid.0"),
        webhooks.reaction(CLIENT, at(3), "wamid.0", None),
    ]
    assert {event.target_id for event in parsed(*spoken)} == {"wamid.0"}
    assert the_event(webhooks.text(CLIENT, at(1), "sim", reply_to="wamid.0")).reply_to == "wamid.0"
    assert the_event(webhooks.text(CLIENT, at(1), "veja", forwarded=True)).forwarded


def test_a_voice_note_is_one() -> None:
    note = the_event(webhooks.audio(CLIENT, at(1), "7"))
    assert note.attachments == (Attachment("audio", "7", "audio/ogg; codecs=opus", voice=True),)


def test_a_reaction_is_put_on_and_taken_off() -> None:
    assert the_event(webhooks.reaction(CLIENT, at(1), "wamid.0", "👍")).emoji == "👍"
    assert the_event(webhooks.reaction(CLIENT, at(1), "wamid.0", None)).emoji is None


def test_what_staff_write_is_an_echo() -> None:
    event = the_event(webhooks.echo(NUMBER, CLIENT, at(1), "já verifico"))
    assert (event.kind, event.direction, event.recipient) == (Kind.ECHO, Direction.OUTBOUND, PARTY)


def test_a_call_begins_and_ends_with_or_without_an_answer() -> None:
    call = Stamp("wacid.1", NOW)
    begun, answered, missed = (
        the_event(webhooks.call(NUMBER, CLIENT, call, event, seconds))
        for event, seconds in (("connect", None), ("terminate", 12), ("terminate", None))
    )
    assert (begun.kind, begun.event, begun.sender) == (Kind.CALL, "connect", PARTY)
    assert (answered.status, answered.duration_seconds) == ("COMPLETED", 12)
    assert (missed.status, missed.duration_seconds) == ("FAILED", None)


def test_a_status_tells_our_own_mark_and_an_error() -> None:
    error = {"code": 131047, "title": "Re-engagement message"}
    event = the_event(webhooks.status(CLIENT, at(1), "failed", opaque="job-1", error=error))
    assert (event.kind, event.status, event.opaque, event.error_code) == (
        Kind.STATUS,
        "failed",
        "job-1",
        131047,
    )


def test_a_number_change_names_both_numbers() -> None:
    event = the_event(webhooks.number_change(CLIENT, at(1), Client("+5511900000009", "BR.9")))
    assert event.kind is Kind.IDENTITY_CHANGE
    assert event.old == Party(phone=ANA, bsuid="BR.1")
    assert event.new == Party(phone="+5511900000009", bsuid="BR.9")


def test_an_account_event_has_its_time_and_no_metadata() -> None:
    event = the_event(webhooks.account_update(NOW, "PARTNER_REMOVED"))
    assert (event.kind, event.event, event.timestamp) == (Kind.ACCOUNT, "PARTNER_REMOVED", NOW)
    assert (event.account, event.business_account) == (None, NUMBER.business_account)


def test_a_client_without_a_phone_has_none_anywhere() -> None:
    raw = webhooks.delivery(NUMBER, [webhooks.text(Client(None, "BR.1"), at(1), "oi")])
    assert b'"from"' not in raw
    assert b'"wa_id"' not in raw
    assert WhatsApp().parse(raw).events[0].sender == Party(bsuid="BR.1")


def test_a_batch_keeps_its_order_and_names_each_client_once() -> None:
    bruno = Client("+5511900000002")
    raw = webhooks.delivery(
        NUMBER,
        [
            webhooks.text(CLIENT, at(1), "um"),
            webhooks.text(bruno, at(2), "dois"),
            webhooks.text(CLIENT, at(3), "três"),
            webhooks.echo(NUMBER, CLIENT, at(4), "quatro"),
            webhooks.text(CLIENT, at(5), "cinco"),
        ],
    )
    assert [event.text for event in WhatsApp().parse(raw).events] == ["um", "dois", "três", "quatro", "cinco"]
    changes = json.loads(raw)["entry"][0]["changes"]
    assert [change["field"] for change in changes] == ["messages", "smb_message_echoes", "messages"]
    assert len(changes[0]["value"]["contacts"]) == 2


def test_bodies_are_escaped_as_meta_escapes_them() -> None:
    raw = webhooks.delivery(NUMBER, [webhooks.text(CLIENT, at(1), "olá 😀 a/b")])
    assert b"ol\\u00e1 \\ud83d\\ude00 a\\/b" in raw
    assert json.loads(raw)["entry"][0]["changes"][0]["value"]["messages"][0]["text"]["body"] == "olá 😀 a/b"


def test_the_signature_is_over_the_raw_bytes() -> None:
    raw = webhooks.delivery(NUMBER, [webhooks.text(CLIENT, at(1), "oi")])
    digest = hmac.new(b"secret", raw, hashlib.sha256).hexdigest()
    assert webhooks.sign("secret", raw) == f"sha256={digest}"
    headers = {webhooks.SIGNATURE_HEADER: webhooks.sign("secret", raw)}
    assert WhatsApp().verify_signature(headers, raw, secrets=["secret"])
