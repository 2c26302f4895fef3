"""The block list: only who wrote within a day, mixed results, and its effect on both sides."""

from datetime import timedelta
from typing import Any

from tests.component.sandbox.harness import ANA, NOW, NUMBER, Harness, code_of, documented, without_trace

BRUNO = "+5511900000002"


def block(*users: dict[str, str]) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "block_users": list(users)}


async def test_who_wrote_today_can_be_blocked_as_documented(talking: Harness) -> None:
    answer = await talking.call("POST", "block_users", block({"user": ANA}))
    assert answer.status_code == 200
    assert answer.json() == documented("block_ok")["body"]


async def test_a_mixed_result_is_a_400_with_both_lists_as_documented(talking: Harness) -> None:
    answer = await talking.call("POST", "block_users", block({"user": ANA}, {"user": BRUNO}))
    expected = documented("block_mixed_400")
    assert answer.status_code == expected["status"]
    assert without_trace(answer.json()) == without_trace(expected["body"])


async def test_who_wrote_yesterday_cannot_be_blocked_but_can_be_unblocked(talking: Harness) -> None:
    await talking.call("POST", "block_users", block({"user": ANA}))
    talking.sandbox.clock.set(NOW + timedelta(hours=25))
    assert (await talking.call("DELETE", "block_users", block({"user": ANA}))).status_code == 200
    assert (await talking.call("POST", "block_users", block({"user": ANA}))).status_code == 400


async def test_a_blocked_client_is_not_written_to_and_cannot_write(talking: Harness) -> None:
    await talking.call("POST", "block_users", block({"user": ANA[1:]}))
    assert code_of(await talking.send()) == 131026
    assert (await talking.client_writes(text="oi")).status_code == 409
    await talking.webhooks.idle()
    assert talking.project.requests == []


async def test_an_unblocked_client_is_back(talking: Harness) -> None:
    await talking.call("POST", "block_users", block({"user": ANA}))
    answer = await talking.call("DELETE", "block_users", block({"user": ANA}))
    assert answer.json()["block_users"] == {"removed_users": [{"input": ANA, "wa_id": ANA[1:]}]}
    assert (await talking.send()).status_code == 200


async def test_a_client_without_a_phone_is_blocked_by_user_id(harness: Harness) -> None:
    await harness.http.post("/sandbox/inbound", json={"user_id": "BR.3"})
    answer = await harness.call("POST", "block_users", block({"user_id": "BR.3"}))
    assert answer.json()["block_users"]["added_users"] == [{"input": "BR.3", "user_id": "BR.3"}]


async def test_the_list_comes_page_by_page(harness: Harness) -> None:
    people = [f"+551190000000{number}" for number in range(1, 4)]
    for person in people:
        await harness.client_writes(person)
    await harness.call("POST", "block_users", block(*({"user": person} for person in people)))
    first = (await harness.call("GET", "block_users?limit=2")).json()
    assert [user["wa_id"] for user in first["data"][0]["block_users"]] == [one[1:] for one in people[:2]]
    after = first["paging"]["cursors"]["after"]
    rest = (await harness.call("GET", f"block_users?limit=2&after={after}")).json()
    assert [user["wa_id"] for user in rest["data"][0]["block_users"]] == [people[2][1:]]
    assert "next" in first["paging"]
    assert "next" not in rest["paging"]


async def test_a_blocked_client_known_by_two_names_is_listed_once(harness: Harness) -> None:
    await harness.client_writes(user_id="BR.1")
    await harness.call("POST", "block_users", block({"user": ANA}))
    assert (await harness.http.get("/sandbox")).json()["blocked"] == [ANA]


async def test_the_number_cannot_block_itself(harness: Harness) -> None:
    answer = await harness.call("POST", "block_users", block({"user": f"+{NUMBER.display_phone_number}"}))
    failed = answer.json()["block_users"]["failed_users"]
    assert [user["errors"][0]["code"] for user in failed] == [131021]


async def test_a_list_of_nobody_and_a_bad_cursor_are_refused(harness: Harness) -> None:
    assert code_of(await harness.call("POST", "block_users", block())) == 131009
    assert code_of(await harness.call("POST", "block_users", block({}))) == 131008
    assert code_of(await harness.call("GET", "block_users?after=x")) == 100
