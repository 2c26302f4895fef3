"""Window, pair rate and throughput: as documented, and never more than documented."""

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.local.sandbox.limits import PAIR_BURST, PAIR_INTERVAL, PairRate, Throughput
from deploy.local.sandbox.state import WindowMode
from tests.component.sandbox.harness import ANA, NOW, Harness, code_of, documented, without_trace


async def test_a_client_who_never_wrote_cannot_be_written_to(harness: Harness) -> None:
    answer = await harness.send()
    expected = documented("send_err_131047_window")
    assert answer.status_code == expected["status"]
    assert without_trace(answer.json()) == without_trace(expected["body"])


@pytest.mark.parametrize(
    ("after", "status"),
    [(timedelta(hours=24) - timedelta(seconds=1), 200), (timedelta(hours=24), 400), (timedelta(days=3), 400)],
)
async def test_the_window_closes_24_hours_after_the_client_wrote(
    harness: Harness, after: timedelta, status: int
) -> None:
    await harness.client_writes(at=NOW.isoformat())
    harness.sandbox.clock.set(NOW + after)
    assert (await harness.send()).status_code == status


async def test_each_message_of_the_client_opens_the_window_anew(harness: Harness) -> None:
    await harness.client_writes(at=(NOW - timedelta(hours=30)).isoformat())
    assert code_of(await harness.send()) == 131047
    await harness.client_writes(at=(NOW - timedelta(hours=1)).isoformat())
    assert (await harness.send()).status_code == 200


async def test_an_older_message_told_late_does_not_shorten_the_window(talking: Harness) -> None:
    await talking.client_writes(at=(NOW - timedelta(days=2)).isoformat())
    assert (await talking.send()).status_code == 200


async def test_the_window_is_the_same_for_both_names_of_a_client(harness: Harness) -> None:
    await harness.client_writes(user_id="BR.1")
    content = {"messaging_product": "whatsapp", "recipient": "BR.1", "text": {"body": "oi"}}
    assert (await harness.call("POST", "messages", content)).status_code == 200
    assert (await harness.send(ANA)).status_code == 200


async def test_an_open_sandbox_looks_at_no_window() -> None:
    assert (await Harness(WindowMode.OPEN).send()).status_code == 200


async def test_the_46th_message_of_a_burst_to_one_client_is_refused_as_documented(talking: Harness) -> None:
    for _ in range(PAIR_BURST):
        assert (await talking.send()).status_code == 200
    answer = await talking.send()
    expected = documented("send_err_131056_pair_rate")
    assert answer.status_code == expected["status"]
    assert without_trace(answer.json()) == without_trace(expected["body"])
    await talking.client_writes("+5511900000002")
    assert (await talking.send("+5511900000002")).status_code == 200
    talking.sandbox.clock.set(NOW + PAIR_INTERVAL)
    assert (await talking.send()).status_code == 200
    assert code_of(await talking.send()) == 131056


async def test_the_81st_message_of_a_second_is_refused_as_documented() -> None:
    harness = Harness(WindowMode.OPEN)
    answers = [await harness.send(f"+55119000{number:05d}") for number in range(81)]
    assert {answer.status_code for answer in answers[:80]} == {200}
    expected = documented("send_err_130429_throughput")
    assert answers[80].status_code == expected["status"]
    assert without_trace(answers[80].json()) == without_trace(expected["body"])
    harness.real_seconds += 1
    assert (await harness.send()).status_code == 200


@given(steps=st.lists(st.integers(-10, 100), max_size=200))
def test_a_pair_never_gets_more_than_its_burst_and_one_each_6_seconds(steps: list[int]) -> None:
    rate, now, latest, allowed = PairRate(), NOW, NOW, 0
    for seconds in steps:
        now = now + timedelta(seconds=seconds)
        latest = max(latest, now)
        if rate.allows(now):
            rate.spend(now)
            allowed += 1
    going_back = sum(-seconds for seconds in steps if seconds < 0)
    span = latest - NOW + timedelta(seconds=going_back)
    assert allowed <= PAIR_BURST + span / PAIR_INTERVAL + 1e-6


@given(gaps=st.lists(st.floats(0, 0.5), max_size=300))
def test_no_second_ever_holds_more_than_80_messages(gaps: list[float]) -> None:
    throughput, now, sent = Throughput(), 0.0, list[float]()
    for gap in gaps:
        now += gap
        if throughput.allows(now):
            throughput.spend(now)
            sent.append(now)
    assert all(sum(1 for at in sent if start - 1 < at <= start) <= 80 for start in sent)


def test_a_waiting_pair_gains_no_more_than_a_burst() -> None:
    rate = PairRate()
    rate.spend(NOW)
    later: datetime = NOW + timedelta(days=7)
    assert rate.allows(later)
    assert rate.tokens == PAIR_BURST
