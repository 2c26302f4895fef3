"""What is accepted and what is refused is what the provider accepts and refuses."""

from typing import Any

import pytest

from tests.component.sandbox.harness import ANA, NUMBER, Harness, code_of, documented, message, without_trace

USER_ID = "BR.10000000000000000001"


async def test_an_accepted_message_is_answered_as_documented(talking: Harness) -> None:
    answer = await talking.send()
    expected = documented("send_ok")
    assert answer.status_code == expected["status"]
    body = answer.json()
    assert body.pop("messages")[0]["id"].startswith("wamid.")
    assert body == {key: expected["body"][key] for key in ("messaging_product", "contacts")}


async def test_a_message_to_a_user_id_is_answered_as_documented(harness: Harness) -> None:
    await harness.http.post("/sandbox/inbound", json={"user_id": USER_ID})
    content = {"messaging_product": "whatsapp", "recipient": USER_ID, "text": {"body": "oi"}}
    answer = await harness.call("POST", "messages", content)
    assert answer.status_code == 200
    assert answer.json()["contacts"] == documented("send_ok_bsuid")["body"]["contacts"]


async def test_the_phone_wins_over_the_user_id(talking: Harness) -> None:
    answer = await talking.send(recipient=USER_ID)
    assert answer.json()["contacts"] == [{"input": ANA, "wa_id": ANA[1:]}]


async def test_accepted_messages_are_listed_in_order_with_all_they_were(talking: Harness) -> None:
    await talking.send(body="um", biz_opaque_callback_data="job-1", context={"message_id": "wamid.A"})
    await talking.send(body="dois")
    first, second = await talking.accepted()
    assert (first["body"], second["body"]) == ("um", "dois")
    assert (first["to"], first["reply_to"], first["biz_opaque_callback_data"]) == (ANA, "wamid.A", "job-1")
    assert first["phone_number_id"] == NUMBER.phone_number_id
    assert first["id"] != second["id"]


@pytest.mark.parametrize("token", ["", "wrong", "tokén"])
async def test_a_wrong_token_is_refused_as_documented(talking: Harness, token: str) -> None:
    answer = await talking.call("POST", "messages", message(), token=token)
    expected = documented("send_err_190_token")
    assert answer.status_code == expected["status"]
    assert without_trace(answer.json()) == without_trace(expected["body"])
    assert await talking.accepted() == []


TEXT = {"body": "oi"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"messaging_product": None}, 131009),
        ({"messaging_product": "sms"}, 131009),
        ({"recipient_type": "group"}, 131009),
        ({"to": "5511900000001"}, 131009),
        ({"to": "+"}, 131009),
        ({"to": ""}, 131009),
        ({"to": 5511900000001}, 131009),
        ({"to": "+55 11 90000-0001"}, 131009),
        ({"to": None, "recipient": "5511900000001"}, 131009),
        ({"to": None}, 131008),
        ({"type": "image"}, 131051),
        ({"type": 7}, 131009),
        ({"text": "oi"}, 131009),
        ({"text": {}}, 131008),
        ({"text": {"body": ""}}, 131009),
        ({"text": {"body": 7}}, 131009),
        ({"text": {"body": "x" * 4097}}, 100),
        ({"text": TEXT | {"preview_url": "true"}}, 131009),
        ({"text": TEXT | {"link": "x"}}, 100),
        ({"context": {}}, 131008),
        ({"context": {"message_id": "a", "x": 1}}, 100),
        ({"biz_opaque_callback_data": "x" * 513}, 100),
        ({"idempotency_key": "a"}, 100),
    ],
)
async def test_what_the_provider_does_not_take_is_refused(
    talking: Harness, change: dict[str, Any], code: int
) -> None:
    answer = await talking.call("POST", "messages", message() | change)
    assert (answer.status_code, code_of(answer)) == (400, code)
    assert answer.json()["error"].keys() == {"message", "type", "code", "error_data", "fbtrace_id"}
    assert await talking.accepted() == []


@pytest.mark.parametrize(
    "change",
    [
        {"text": {"body": "x" * 4096}},
        {"text": TEXT | {"preview_url": True}},
        {"recipient_type": "individual"},
        {"biz_opaque_callback_data": "x" * 512},
        {"context": {"message_id": "wamid.A"}},
    ],
)
async def test_what_the_provider_takes_is_accepted(talking: Harness, change: dict[str, Any]) -> None:
    assert (await talking.call("POST", "messages", message() | change)).status_code == 200


async def test_a_missing_field_is_named(talking: Harness) -> None:
    answer = await talking.call("POST", "messages", {"messaging_product": "whatsapp", "to": ANA})
    assert code_of(answer) == 131008
    assert answer.json()["error"]["error_data"]["details"] == "The parameter text is required."


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        ("{", "application/json"),
        ("[]", "application/json"),
        ('{"messaging_product": "whatsapp"}', "text/plain"),
    ],
)
async def test_a_body_that_is_no_json_object_has_no_parameters(
    talking: Harness, content: str, content_type: str
) -> None:
    headers = {"Authorization": "Bearer access-token", "Content-Type": content_type}
    url = f"/v24.0/{NUMBER.phone_number_id}/messages"
    answer = await talking.http.post(url, content=content, headers=headers)
    assert (answer.status_code, code_of(answer)) == (400, 100)


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/v24.0/1/messages", 100),
        ("/24/800000000000001/messages", 2500),
        ("/v24.0/800000000000001/nothing", 2500),
    ],
)
async def test_an_unknown_number_version_or_path_is_refused_in_the_providers_form(
    talking: Harness, path: str, code: int
) -> None:
    headers = {"Authorization": "Bearer access-token"}
    answer = await talking.http.post(path, json=message(), headers=headers)
    assert (answer.status_code, code_of(answer)) == (400, code)


async def test_a_read_mark_is_taken_and_is_no_message(talking: Harness) -> None:
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.A"}
    answer = await talking.call("POST", "messages", mark | {"typing_indicator": {"type": "text"}})
    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert await talking.accepted() == []
    assert (await talking.http.get("/sandbox")).json()["read_marks"] == ["wamid.A"]


async def test_a_read_mark_of_nothing_is_refused(talking: Harness) -> None:
    answer = await talking.call("POST", "messages", {"messaging_product": "whatsapp", "status": "read"})
    assert code_of(answer) == 131008


async def test_the_number_cannot_write_to_itself(talking: Harness) -> None:
    assert code_of(await talking.send(f"+{NUMBER.display_phone_number}")) == 131021
