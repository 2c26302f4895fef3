"""What is ordered to go wrong goes wrong: so often, for that client, and nothing else."""

import pytest

from tests.component.sandbox.harness import ANA, CutError, Harness, code_of, documented


async def test_a_slow_call_is_slow_and_is_carried_out(talking: Harness) -> None:
    await talking.fault(kind="slow", seconds=30)
    assert (await talking.send()).status_code == 200
    assert talking.pauses.seconds[0] == 30
    assert len(await talking.accepted()) == 1


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"code": 131056}, 400, 131056),
        ({"code": 130429}, 400, 130429),
        ({"code": 190}, 401, 190),
        ({"code": 131016}, 503, 131016),
        ({"code": 131000, "http_status": 502}, 502, 131000),
        ({"code": 999999}, 400, 999999),
    ],
)
async def test_a_refusal_has_its_code_and_carries_nothing_out(
    talking: Harness, fault: dict[str, int], status: int, code: int
) -> None:
    await talking.fault(kind="error", **fault)
    answer = await talking.send()
    assert (answer.status_code, code_of(answer)) == (status, code)
    assert await talking.accepted() == []


async def test_an_answer_that_is_no_json_is_the_documented_one(talking: Harness) -> None:
    await talking.fault(kind="html")
    answer = await talking.send()
    expected = documented("send_err_503_html")
    assert (answer.status_code, answer.text) == (expected["status"], expected["body"])
    assert answer.headers["content-type"].startswith("text/html")
    assert await talking.accepted() == []


async def test_a_lost_answer_leaves_an_accepted_message_that_is_reported(talking: Harness) -> None:
    await talking.fault(kind="lose_answer")
    with pytest.raises(CutError):
        await talking.send(biz_opaque_callback_data="job-1")
    await talking.webhooks.idle()
    (listed,) = await talking.accepted()
    assert {event.id for event in talking.project.events} == {listed["id"]}
    assert {event.opaque for event in talking.project.events} == {"job-1"}


async def test_a_lost_request_leaves_nothing(talking: Harness) -> None:
    await talking.fault(kind="lose_request")
    with pytest.raises(CutError):
        await talking.send()
    assert await talking.accepted() == []


async def test_a_fault_meets_as_many_calls_as_it_counts(talking: Harness) -> None:
    await talking.fault(kind="error", code=131000, count=2)
    assert [(await talking.send()).status_code for _ in range(3)] == [500, 500, 200]


async def test_a_fault_for_one_client_leaves_the_others_alone(talking: Harness) -> None:
    await talking.client_writes("+5511900000002", user_id="BR.2")
    await talking.fault(kind="error", code=131000, user="BR.2")
    assert (await talking.send(ANA)).status_code == 200
    assert (await talking.send("+5511900000002")).status_code == 500
    assert (await talking.send("+5511900000002")).status_code == 200


async def test_an_invalid_call_uses_up_no_fault(talking: Harness) -> None:
    await talking.fault(kind="error", code=131000)
    assert code_of(await talking.send(to="")) == 131009
    assert code_of(await talking.send()) == 131000


async def test_faults_of_blocking_do_not_meet_messages(talking: Harness) -> None:
    await talking.fault(kind="error", code=139103, call="block_users")
    assert (await talking.send()).status_code == 200
    block = {"messaging_product": "whatsapp", "block_users": [{"user": ANA}]}
    assert code_of(await talking.call("POST", "block_users", block)) == 139103
    assert (await talking.call("POST", "block_users", block)).status_code == 200


async def test_what_waits_is_listed_and_can_be_taken_back(talking: Harness) -> None:
    await talking.fault(kind="error", code=131000, count=3)
    await talking.send()
    waiting = (await talking.http.get("/sandbox/faults")).json()["faults"]
    assert [(fault["kind"], fault["count"]) for fault in waiting] == [("error", 2)]
    assert (await talking.http.delete("/sandbox/faults")).json() == {"faults": []}
    assert (await talking.send()).status_code == 200


@pytest.mark.parametrize(
    "fault", [{}, {"kind": "unheard"}, {"kind": "slow"}, {"kind": "error"}, {"kind": "html", "count": 0}]
)
async def test_a_fault_that_makes_no_sense_is_refused(harness: Harness, fault: dict[str, object]) -> None:
    assert (await harness.http.post("/sandbox/faults", json=fault)).status_code == 422
