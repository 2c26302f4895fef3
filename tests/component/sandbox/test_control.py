"""The sandbox's own endpoints: the client's side, the clock, the reset."""

from datetime import UTC, datetime, timedelta

import pytest

from services.ingest.providers.base import Kind, Party
from tests.component.sandbox.harness import ANA, NOW, Harness


async def test_it_says_that_it_is_well(harness: Harness) -> None:
    assert (await harness.http.get("/health")).json() == {"status": "ok"}


async def test_words_of_the_client_open_the_window_and_arrive_signed(harness: Harness) -> None:
    told = {"text": "olá/😀", "user_id": "BR.1", "name": "Ana", "username": "ana", "id": "wamid.IN1"}
    answer = await harness.client_writes(**told, at=NOW.isoformat())
    await harness.webhooks.idle()
    (event,) = harness.project.events
    assert (event.kind, event.id, event.text, event.timestamp) == (Kind.MESSAGE, "wamid.IN1", "olá/😀", NOW)
    assert event.sender == Party(phone=ANA, bsuid="BR.1", username="ana")
    assert answer.json() == {"id": "wamid.IN1", "at": "2026-05-05T16:53:20Z", "sent": True}
    assert (await harness.send()).status_code == 200


async def test_without_words_only_the_window_opens(harness: Harness) -> None:
    assert (await harness.client_writes()).json()["sent"] is False
    await harness.webhooks.idle()
    assert harness.project.requests == []


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ({}, 422),
        ({"phone": "5511900000001"}, 422),
        ({"phone": ANA, "at": "2026-05-05T16:53:20"}, 422),
        ({"phone": ANA, "unknown": 1}, 422),
        ({"phone": ANA, "phone_number_id": "1"}, 404),
    ],
)
async def test_what_makes_no_sense_of_the_client_is_refused(
    harness: Harness, told: dict[str, object], status: int
) -> None:
    assert (await harness.http.post("/sandbox/inbound", json=told)).status_code == status


async def test_the_clock_stands_where_it_is_set_and_goes_again(harness: Harness) -> None:
    set_to = await harness.http.post("/sandbox/clock", json={"now": "2026-03-02T10:00:00-05:00"})
    assert set_to.json() == {"now": "2026-03-02T15:00:00Z"}
    assert (await harness.http.get("/sandbox/clock")).json() == {"now": "2026-03-02T15:00:00Z"}
    await harness.http.post("/sandbox/clock", json={"now": None})
    assert abs(harness.sandbox.clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


async def test_accepted_messages_can_be_listed_for_one_client(talking: Harness) -> None:
    await talking.client_writes("+5511900000002")
    await talking.send("+5511900000002", "para Bruno")
    await talking.send(ANA, "para Ana")
    listed = (await talking.http.get("/sandbox/messages", params={"user": ANA})).json()["messages"]
    assert [message["body"] for message in listed] == ["para Ana"]


async def test_a_reset_forgets_everything_but_gives_no_id_twice(talking: Harness) -> None:
    first = (await talking.send()).json()["messages"][0]["id"]
    await talking.fault(kind="error", code=131000)
    overview = (await talking.http.delete("/sandbox")).json()
    assert {overview[name] for name in ("messages", "faults", "webhooks_pending")} == {0}
    assert (await talking.send()).status_code == 400
    await talking.client_writes()
    assert (await talking.send()).json()["messages"][0]["id"] != first


async def test_a_wrong_method_is_refused_in_the_providers_form(harness: Harness) -> None:
    answer = await harness.call("DELETE", "messages")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, 100)
