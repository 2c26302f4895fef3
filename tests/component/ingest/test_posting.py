"""`POST /v1/messages`: one message or a batch, accepted under ids that a repetition gives again."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.ingest.api import MAX_BATCH, MAX_TEXT_CHARACTERS
from shared.ids import client_id
from tests.component.ingest.door import LIMIT_BYTES, POSTED, Door, fuzzed, text_message
from tests.support.builders_core import (
    ACCOUNT,
    MODERATE,
    PHONE,
    TENANT,
    bearer,
    later,
    quiet_logs,
    tenant,
)

RECEIVED = later(days=200)


async def test_a_message_is_accepted_under_the_id_that_it_has_everywhere(door: Door) -> None:
    answer = await door.post(POSTED)
    assert answer.status_code == 202
    (message,) = door.messages()
    assert answer.json() == {"ids": [message.event_id]}
    assert message.client == client_id(tenant(TENANT).client_key, f"tel:{PHONE}")
    assert (message.route.provider, message.route.account, message.route.channel) == (
        "api",
        "api",
        "telegram",
    )
    assert (message.occurred_at, message.received_at) == (RECEIVED, RECEIVED)


async def test_a_batch_is_accepted_in_its_order(door: Door) -> None:
    answer = await door.post([POSTED | {"text": text} for text in ("uno", "dos", "tres")])
    assert [message.text for message in door.messages()] == ["uno", "dos", "tres"]
    assert answer.json()["ids"] == [message.event_id for message in door.messages()]


async def test_the_same_key_gives_the_same_ids(door: Door) -> None:
    batch = [POSTED, POSTED | {"text": "otra"}]
    first = await door.post(batch, **{"idempotency-key": "k1"})
    second = await door.post(batch, **{"idempotency-key": "k1"})
    third = await door.post(batch, **{"idempotency-key": "k2"})
    assert first.json() == second.json()
    assert len({*first.json()["ids"], *third.json()["ids"]}) == 4


async def test_without_a_key_each_request_is_messages_of_its_own(door: Door) -> None:
    assert (await door.post(POSTED)).json() != (await door.post(POSTED)).json()


async def test_the_same_key_of_another_tenant_gives_other_ids(door: Door) -> None:
    mine = await door.post(POSTED, **{"idempotency-key": "k1"})
    theirs = await door.post(POSTED, **bearer("key-of-other"), **{"idempotency-key": "k1"})
    assert mine.json() != theirs.json()


async def test_an_id_of_its_own_is_the_message_whatever_the_key_and_the_batch(door: Door) -> None:
    own = POSTED | {"id": "m-1"}
    first = (await door.post(own, **{"idempotency-key": "k1"})).json()["ids"]
    second = (await door.post([POSTED, own])).json()["ids"]
    assert first == second[1:]


async def test_a_providers_own_id_gives_the_id_that_its_webhook_gives(door: Door) -> None:
    await door.webhook(text_message("wamid.7"))
    posted = POSTED | {"id": "wamid.7", "channel": "whatsapp", "account": ACCOUNT}
    (identity,) = (await door.post(posted)).json()["ids"]
    assert identity == door.messages()[0].event_id


async def test_an_account_of_another_tenant_is_a_name_like_any_other(door: Door) -> None:
    posted = POSTED | {"id": "wamid.7", "channel": "whatsapp", "account": ACCOUNT}
    mine = (await door.post(posted)).json()["ids"]
    theirs = (await door.post(posted, **bearer("key-of-other"))).json()["ids"]
    assert mine != theirs
    assert [message.route.provider for message in door.messages()] == ["whatsapp", "api"]


async def test_a_time_in_the_future_counts_as_now_and_a_zone_is_understood(door: Door) -> None:
    await door.post(
        [POSTED | {"sent_at": "2030-01-01T00:00:00Z"}, POSTED | {"sent_at": "2026-03-02T10:00:00-05:00"}]
    )
    assert [message.occurred_at for message in door.messages()] == [RECEIVED, later()]


async def test_words_of_every_part_are_masked(door: Door) -> None:
    card = "tarjeta 4111 1111 1111 1111"
    await door.post(
        [
            POSTED | {"kind": "email", "channel": "email", "subject": card, "text": card, "copies": 2},
            POSTED
            | {
                "kind": "call",
                "channel": "phone",
                "text": None,
                "turns": [{"speaker": "client", "start": 0, "end": 2.5, "text": card}],
            },
        ]
    )
    mail, call = door.messages()
    assert not any(b"4111" in record.value for record in door.publisher.published)
    assert (mail.email.copies, call.turns[0].speaker, call.turns[0].end) == (2, "client", 2.5)


async def test_an_edit_speaks_of_the_message_that_it_changes(door: Door) -> None:
    await door.post([POSTED | {"id": "m-1"}, POSTED | {"id": "e-1", "edits": "m-1"}])
    message, edit = door.messages()
    assert (edit.type, edit.original) == ("message.edited.v1", message.event_id)
    assert edit.event_id != message.event_id


BAD: list[tuple[Any, str]] = [
    (POSTED | {"channel": "pigeon"}, "/channel"),
    (POSTED | {"client": {}}, "/client"),
    (POSTED | {"client": {"phone": "6000-0001"}}, "/client"),
    (POSTED | {"client": {"email": "secreto"}}, "/client/email"),
    (POSTED | {"text": None}, ""),
    (POSTED | {"kind": "call", "text": None}, ""),
    (POSTED | {"text": "x" * (MAX_TEXT_CHARACTERS + 1)}, "/text"),
    (POSTED | {"text": 5}, "/text"),
    (POSTED | {"copies": -1}, "/copies"),
    (POSTED | {"sent_at": "ayer"}, "/sent_at"),
    (POSTED | {"sent_at": "2026-03-02T10:00:00"}, "/sent_at"),
    (POSTED | {"sent_at": "0001-01-01T00:00:00Z"}, "/sent_at"),
    (POSTED | {"sent_at": "0001-01-01T00:00:00+14:00"}, "/sent_at"),
    (POSTED | {"id": ""}, "/id"),
    (POSTED | {"id": "a\u001fb"}, "/id"),
    (POSTED | {"edits": "m-1"}, ""),
    (POSTED | {"language": "fr"}, "/language"),
    (POSTED | {"unknown": "secreto"}, "/unknown"),
    ([POSTED, POSTED | {"channel": "pigeon"}], "/1/channel"),
    ([], ""),
    ("secreto", ""),
]


@pytest.mark.parametrize(("body", "pointer"), BAD)
async def test_a_body_that_cannot_be_used_is_refused_by_field_and_never_echoed(
    body: Any, pointer: str
) -> None:
    door = Door(limit_bytes=2 * MAX_TEXT_CHARACTERS)
    async with door.client:
        answer = await door.post(body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert (pointer or "/") in answer.json()["detail"]
    for written in ("secreto", "6000-0001", "pigeon", "ayer"):
        assert written not in answer.text
    assert door.publisher.published == []


async def test_of_many_faults_the_first_twenty_are_named(door: Door) -> None:
    answer = await door.post([POSTED | {"channel": "pigeon"}] * 30)
    assert len(answer.json()["errors"]) == 20


async def test_a_batch_that_is_too_long_is_refused(door: Door) -> None:
    answer = await door.post([{"channel": "email"}] * (MAX_BATCH + 1))
    assert answer.status_code == 422


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({}, b"{}", 401),
        (bearer("wrong"), b"{}", 401),
        ({"x-api-key": "wrong"}, b"{}", 401),
        (bearer() | {"content-type": "application/x-www-form-urlencoded"}, b"a=b", 415),
        (bearer() | {"content-type": ""}, b"{}", 415),
        (bearer(), b" " * (LIMIT_BYTES + 1), 413),
        (bearer() | {"idempotency-key": ""}, b"{}", 400),
        (bearer(), b"{broken", 400),
        (bearer(), b'"\xff"', 400),
        (bearer(), b"[" * 2000, 400),
    ],
)
async def test_a_request_that_cannot_be_taken_is_refused_with_a_problem_document(
    door: Door, headers: dict[str, str], content: bytes, status: int
) -> None:
    answer = await door.client.post("/v1/messages", content=content, headers=headers)
    assert (answer.status_code, answer.json()["status"]) == (status, status)
    assert door.publisher.published == []


async def test_a_key_is_taken_in_either_header(door: Door) -> None:
    answer = await door.client.post(
        "/v1/messages", json=POSTED, headers={"x-api-key": "key-of-acme", "content-type": "application/json"}
    )
    assert answer.status_code == 202


async def test_while_the_log_is_away_nothing_is_accepted(door: Door) -> None:
    door.publisher.away = True
    answer = await door.post(POSTED)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/v1/messages", 405), ("GET", "/nowhere", 404)]
)
async def test_what_the_framework_refuses_is_a_problem_document_too(
    door: Door, method: str, path: str, status: int
) -> None:
    answer = await door.client.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["id", "channel", "client", "phone", "text", "kind", "turns", "sent_at", "x"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=10,
)
LIKE_A_MESSAGE = st.fixed_dictionaries(
    {"channel": st.sampled_from(["whatsapp", "email", "phone"]), "client": st.just({"phone": PHONE})},
    optional={
        "text": st.text(max_size=30) | ANY_JSON,
        "kind": st.sampled_from(["text", "email", "call", "voice_call", "image"]),
        "id": st.text(max_size=5),
        "sent_at": st.datetimes().map(lambda at: f"{at.isoformat()}+14:00") | ANY_JSON,
        "turns": ANY_JSON,
        "subject": st.text(max_size=10),
        "staff": st.text(max_size=5),
    },
)


@pytest.mark.slow
@MODERATE
@given(body=ANY_JSON | LIKE_A_MESSAGE | st.lists(LIKE_A_MESSAGE, max_size=3))
async def test_whatever_is_posted_is_accepted_or_refused(body: Any) -> None:
    door = fuzzed()
    door.publisher.published.clear()
    with quiet_logs():
        answer = await door.client.post("/v1/messages", content=json.dumps(body), headers=bearer())
    assert answer.status_code in {202, 422}
    assert len(door.messages()) == len(answer.json().get("ids", []))
