"""Statuses come back signed, in order, with our own mark, and until they are taken."""

import httpx

from deploy.local.sandbox.delivery import ATTEMPTS
from services.ingest.providers.base import Kind, Party
from tests.component.sandbox.harness import ANA, NOW, NUMBER, Harness


async def test_a_message_is_sent_delivered_and_read(talking: Harness) -> None:
    answer = await talking.send(biz_opaque_callback_data="job-42")
    await talking.webhooks.idle()
    events = talking.project.events
    assert [event.status for event in events] == ["sent", "delivered", "read"]
    assert {event.kind for event in events} == {Kind.STATUS}
    assert {event.id for event in events} == {answer.json()["messages"][0]["id"]}
    assert {event.opaque for event in events} == {"job-42"}
    assert {event.recipient for event in events} == {Party(phone=ANA)}
    assert {event.timestamp for event in events} == {NOW}


async def test_they_go_to_the_address_of_the_number(talking: Harness) -> None:
    await talking.send()
    await talking.webhooks.idle()
    assert {path for path, _, _ in talking.project.requests} == {f"/webhooks/{NUMBER.phone_number_id}"}


async def test_what_was_reported_is_listed_with_the_message(talking: Harness) -> None:
    await talking.send()
    await talking.webhooks.idle()
    (listed,) = await talking.accepted()
    assert [status["status"] for status in listed["statuses"]] == ["sent", "delivered", "read"]


async def test_any_answer_but_200_is_tried_again_with_the_same_bytes(talking: Harness) -> None:
    talking.project.answers = [500, 404, 202]
    await talking.send()
    await talking.webhooks.idle()
    bodies = [raw for _, _, raw in talking.project.requests]
    assert len(set(bodies[:4])) == 1
    assert [event.status for event in talking.project.events[3:]] == ["sent", "delivered", "read"]


async def test_the_pauses_between_tries_grow(talking: Harness) -> None:
    talking.project.answers = [503] * 3
    await talking.send()
    await talking.webhooks.idle()
    assert talking.pauses.seconds[1:4] == [0.2, 0.4, 0.8]


async def test_what_is_never_taken_is_counted_and_given_up(talking: Harness) -> None:
    talking.project.answers = [500] * ATTEMPTS
    await talking.send()
    await talking.webhooks.idle()
    overview = (await talking.http.get("/sandbox")).json()
    assert (overview["webhooks_undelivered"], overview["webhooks_pending"]) == (1, 0)
    assert [event.status for event in talking.project.events[ATTEMPTS:]] == ["delivered", "read"]


async def test_a_receiver_that_is_away_is_tried_again(talking: Harness) -> None:
    class Away(httpx.AsyncBaseTransport):
        def __init__(self) -> None:
            self.tries = 0

        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            self.tries += 1
            if self.tries < 3:
                raise httpx.ConnectError("refused", request=request)
            return httpx.Response(200)

    away = Away()
    talking.webhooks._http = httpx.AsyncClient(transport=away)
    await talking.send()
    await talking.webhooks.idle()
    assert away.tries == 5
    assert talking.webhooks.undelivered == 0


async def test_a_message_that_fails_later_is_accepted_first(talking: Harness) -> None:
    await talking.fault(kind="fail_later", code=131026)
    assert (await talking.send(biz_opaque_callback_data="job-7")).status_code == 200
    await talking.webhooks.idle()
    (event,) = talking.project.events
    assert (event.status, event.error_code, event.opaque) == ("failed", 131026, "job-7")


async def test_statuses_can_be_withheld(talking: Harness) -> None:
    await talking.fault(kind="withhold_statuses")
    assert (await talking.send()).status_code == 200
    await talking.webhooks.idle()
    assert talking.project.requests == []
