"""A provider's webhook: proved, parsed, masked, and answered only once the log has it."""

import asyncio
import json
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.providers import meta
from shared.kafka.records import Outgoing
from tests.component.ingest.door import (
    LIMIT_BYTES,
    OTHER_ACCOUNT,
    Door,
    case,
    fuzzed,
    text_message,
    webhook_of,
)
from tests.support.builders_core import ACCOUNT, MODERATE, VERIFY, quiet_logs
from tests.unit.ingest_providers.strategies import LIKE_A_WEBHOOK


async def test_a_message_is_accepted_and_stands_on_its_topic_under_its_clients_key(door: Door) -> None:
    answer = await door.webhook(case("01_text"))
    assert (answer.status_code, answer.json()) == (200, {"status": "accepted"})
    (record,), (message,) = door.of("messages"), door.messages()
    assert record.key == f"acme:{message.client}".encode()
    assert (message.text, message.route.account) == ("Bom dia, meu pedido 123 ainda não chegou.", ACCOUNT)


async def test_every_message_of_every_change_of_every_entry_is_accepted(door: Door) -> None:
    await door.webhook(case("14_batch"))
    assert len({message.event_id for message in door.messages()}) == len(door.messages()) >= 2


async def test_statuses_go_to_the_receipts(door: Door) -> None:
    await door.webhook(case("08_statuses"))
    assert door.messages() == []
    assert {receipt.status for receipt in door.receipts()} == {"sent", "delivered", "read"}


async def test_a_redelivery_gives_the_same_ids_whatever_batch_it_comes_in(door: Door) -> None:
    one, two = text_message("wamid.1"), text_message("wamid.2")
    await door.webhook(one)
    await door.webhook(two)
    both = webhook_of([_message(one), _message(two)])
    await door.webhook(both)
    ids = [message.event_id for message in door.messages()]
    assert ids[:2] == ids[2:]


def _message(raw: bytes) -> object:
    return json.loads(raw)["entry"][0]["changes"][0]["value"]["messages"][0]


async def test_personal_data_is_masked_before_anything_leaves(door: Door) -> None:
    await door.webhook(text_message(text="mi tarjeta es 4111 1111 1111 1111, gracias"))
    (message,) = door.messages()
    assert "4111" not in door.publisher.published[0].value.decode()
    assert [mask.kind for mask in message.masks] == ["payment_card"]
    span = message.masks[0]
    assert 0 < span.start < span.end <= len(message.text)


async def test_the_trace_of_the_request_goes_on_and_another_begins_without_one(door: Door) -> None:
    given_trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    await door.webhook(text_message(), traceparent=given_trace)
    await door.webhook(text_message(), traceparent="rubbish")
    first, second = (dict(record.headers)["traceparent"].decode() for record in door.of("messages"))
    assert (first, second == first) == (given_trace, False)


@pytest.mark.parametrize(
    ("headers", "to", "status"),
    [
        ({"x-hub-signature-256": "sha256=00"}, ACCOUNT, 401),
        ({"x-hub-signature-256": ""}, ACCOUNT, 401),
        ({"content-type": "text/plain"}, ACCOUNT, 415),
        ({"content-length": str(LIMIT_BYTES + 1)}, ACCOUNT, 413),
        ({}, "12345", 404),
    ],
)
async def test_a_request_that_cannot_be_taken_is_refused_with_a_problem_document(
    door: Door, headers: dict[str, str], to: str, status: int
) -> None:
    answer = await door.webhook(text_message(text="palabras"), to=to, **headers)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "palabras" not in answer.text
    assert door.publisher.published == []


async def test_an_unknown_provider_is_told_which_ones_are_known(door: Door) -> None:
    answer = await door.client.post("/webhooks/pigeon/1", content=b"{}")
    assert (answer.status_code, "whatsapp" in answer.json()["detail"]) == (404, True)


async def test_the_signature_is_over_the_raw_bytes_and_each_accounts_own(door: Door) -> None:
    raw = text_message()
    signed = {"x-hub-signature-256": meta.signature("app-secret", raw)}
    assert (await door.webhook(raw + b" ", **signed)).status_code == 401
    assert (await door.webhook(raw, secret="another")).status_code == 401
    assert (await door.webhook(raw)).status_code == 200


async def test_a_body_that_streams_past_the_limit_is_cut_off(door: Door) -> None:
    async def chunks() -> object:
        for _ in range(10):
            yield b"x" * (LIMIT_BYTES // 5)

    answer = await door.client.post(f"/webhooks/whatsapp/{ACCOUNT}", content=chunks())  # type: ignore[arg-type]
    assert answer.status_code == 413


@pytest.mark.parametrize("raw", [b"", b"not json", b"[]", b"\xff", b'{"a": ' + b"9" * 5000 + b"}"])
async def test_a_body_that_cannot_be_read_is_refused_and_kept_raw(door: Door, raw: bytes) -> None:
    answer = await door.webhook(raw)
    assert answer.status_code == 422
    (kept,) = door.kept_raw()
    assert kept.value == raw
    headers = dict(kept.headers)
    assert (headers["etiqueta_q_kind"], headers["etiqueta_q_account"]) == (b"unreadable", ACCOUNT.encode())
    assert kept.key.startswith(b"acme:")


async def test_a_part_that_cannot_be_read_costs_no_neighbour_and_is_kept_with_its_place(door: Door) -> None:
    good = {
        "from": "50760000001",
        "id": "w1",
        "timestamp": "1778000000",
        "type": "text",
        "text": {"body": "x"},
    }
    answer = await door.webhook(webhook_of(["broken", good]))
    assert (answer.status_code, len(door.messages())) == (200, 1)
    assert b"messages[0]" in dict(door.kept_raw()[0].headers)["etiqueta_q_reason"]


async def test_another_account_of_the_tenant_is_known_and_a_strangers_is_kept_apart(door: Door) -> None:
    message = {"from": "50760000001", "id": "w1", "timestamp": "1778000000", "type": "text"}
    await door.webhook(webhook_of([message | {"text": {"body": "x"}}], "800000000000002"))
    assert door.messages()[0].route.account == "800000000000002"
    for stranger in (OTHER_ACCOUNT, "777"):
        door.publisher.published.clear()
        await door.webhook(webhook_of([message | {"text": {"body": "x"}}], stranger))
        assert door.messages() == []
        reason = dict(door.kept_raw()[0].headers)["etiqueta_q_reason"]
        assert reason == f"unknown account {stranger}".encode()


async def test_an_event_of_no_use_to_anybody_is_accepted_and_published_nowhere(door: Door) -> None:
    answer = await door.webhook(b'{"object": "page", "entry": []}')
    assert (answer.status_code, door.publisher.published) == (200, [])


@pytest.mark.parametrize("raw", [text_message(), b"not json"])
async def test_while_the_log_is_away_nothing_is_accepted(door: Door, raw: bytes) -> None:
    door.publisher.away = True
    answer = await door.webhook(raw)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


class SlowPublisher:
    """Waits until it is let go; or for ever."""

    def __init__(self) -> None:
        self.arrived, self.go = asyncio.Event(), asyncio.Event()

    async def publish(self, records: Sequence[Outgoing]) -> None:
        del records
        self.arrived.set()
        await self.go.wait()


async def test_who_waits_too_long_for_the_log_is_told_to_come_back() -> None:
    door = Door(timeout_seconds=0.01)
    door.publisher.publish = SlowPublisher().publish  # type: ignore[method-assign]
    async with door.client:
        assert (await door.webhook(text_message())).status_code == 503


async def test_when_as_many_wait_as_may_the_next_is_told_to_come_back_and_the_place_is_given_back() -> None:
    door, slow = Door(in_flight=1), SlowPublisher()
    door.publisher.publish = slow.publish  # type: ignore[method-assign]
    async with door.client:
        first = asyncio.create_task(door.webhook(text_message("w1")))
        await slow.arrived.wait()
        refused = await door.webhook(text_message("w2"))
        slow.go.set()
        assert (await first).status_code == 200
        again = await door.webhook(text_message("w2"))
    assert (refused.status_code, refused.headers["retry-after"], again.status_code) == (429, "1", 200)


@pytest.mark.parametrize(
    ("query", "status", "text"),
    [
        ({"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158"}, 200, "1158"),
        ({"hub.mode": "subscribe", "hub.verify_token": "wrong", "hub.challenge": "1158"}, 403, None),
        ({"hub.mode": "other", "hub.verify_token": VERIFY, "hub.challenge": "1158"}, 403, None),
        ({}, 403, None),
    ],
)
async def test_the_address_is_verified_with_the_providers_own_challenge(
    door: Door, query: dict[str, str], status: int, text: str | None
) -> None:
    answer = await door.client.get(f"/webhooks/whatsapp/{ACCOUNT}", params=query)
    assert answer.status_code == status
    if text is None:
        assert VERIFY not in answer.text
    else:
        assert (answer.text, answer.headers["content-type"]) == (text, "text/plain; charset=utf-8")


@MODERATE
@given(raw=st.binary(max_size=100) | LIKE_A_WEBHOOK.map(lambda value: str(value).replace("'", '"').encode()))
async def test_no_signed_body_makes_it_crash(raw: bytes) -> None:
    door = fuzzed()
    door.publisher.published.clear()
    with quiet_logs():
        answer = await door.webhook(raw)
    assert answer.status_code in {200, 422}
    for record in door.publisher.published:
        assert record.key.startswith(b"acme:")
