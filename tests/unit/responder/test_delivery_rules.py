"""The rules of delivery: when a job may go, how long it waits, what supersedes it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.responder.domain.delivery import (
    MAX_ATTEMPTS,
    JobState,
    TryAgain,
    job_of,
    pause_after,
    superseded,
    why_not_now,
)
from shared.words import Refusal
from tests.support.builders_core import NOW, job, later, reply


def test_a_reply_that_is_to_go_out_is_a_job() -> None:
    found = job_of(reply(seq=7), None)
    assert found is not None
    assert (found.reply, found.text, found.seq, found.attempts) == ("r1", "Sea amable.", 7, 0)
    assert (found.due_at, found.delayed) == (NOW, False)


@pytest.mark.parametrize("more", [{"text": None}, {"route": None}, {"due_at": None}])
def test_a_reply_without_words_way_or_time_is_no_job(more: dict[str, Any]) -> None:
    assert job_of(reply(**more), NOW) is None


def test_a_reply_that_waits_on_purpose_is_delayed() -> None:
    found = job_of(reply(due_at=later(20)), None)
    assert found is not None
    assert found.delayed


@pytest.mark.parametrize(
    ("message", "last_inbound", "opened"),
    [
        ("m1", None, NOW),
        ("m1", later(hours=-5), NOW),
        ("m1", later(hours=1), later(hours=1)),
        (None, later(hours=-5), later(hours=-5)),
    ],
    ids=["its message", "an older one", "a newer one", "no message caused it"],
)
def test_the_window_is_open_for_a_day_after_the_clients_last_message(
    message: str | None, last_inbound: datetime | None, opened: datetime
) -> None:
    found = job_of(reply(message=message), last_inbound)
    assert found is not None
    assert found.window_until == opened + timedelta(hours=24)


@pytest.mark.parametrize(
    ("more", "now", "reason"),
    [
        ({}, NOW, None),
        ({}, later(minutes=30), None),
        ({}, later(minutes=30, seconds=1), Refusal.STALE),
        ({"window_until": later(1)}, later(1), None),
        ({"window_until": later(1)}, later(2), Refusal.WINDOW_CLOSED),
        ({"superseded": True}, NOW, Refusal.SUPERSEDED),
    ],
)
def test_a_job_that_may_not_go_any_more_says_why(
    more: dict[str, Any], now: datetime, reason: Refusal | None
) -> None:
    assert why_not_now(job(attempts=1, **more), now) is reason


@pytest.mark.parametrize(("seconds", "reason"), [(15, None), (25, Refusal.STALE)])
def test_what_guidance_waits_for_on_purpose_does_not_make_it_stale_and_trying_again_does(
    seconds: float, reason: Refusal | None
) -> None:
    waiting = job(due_at=later(20), attempts=2, not_before=later(minutes=30, seconds=seconds))
    assert why_not_now(waiting, later(minutes=30, seconds=seconds)) is reason


@pytest.mark.parametrize(
    ("scope", "attempts", "seconds"),
    [
        ("job", 1, 1),
        ("job", 2, 2),
        ("job", 4, 8),
        ("client", 1, 1),
        ("client", 2, 4),
        ("client", 3, 16),
        ("client", 5, 256),
        ("client", 7, 300),
        ("account", 3, 4),
    ],
)
def test_a_pause_grows_with_the_attempts_up_to_five_minutes(scope: Any, attempts: int, seconds: int) -> None:
    assert pause_after(TryAgain("why", scope), attempts) == timedelta(seconds=seconds)


def test_a_pause_that_is_told_is_kept() -> None:
    told = TryAgain("why", "account", timedelta(seconds=5))
    assert pause_after(told, 3) == timedelta(seconds=5)


@pytest.mark.parametrize(("attempts", "again"), [(MAX_ATTEMPTS - 1, True), (MAX_ATTEMPTS, False)])
def test_attempts_are_counted_out(attempts: int, again: bool) -> None:
    assert (pause_after(TryAgain("why", "job", timedelta(seconds=5)), attempts) is not None) is again


GUIDANCE = job(seq=3, due_at=later(20), delayed=True)


@pytest.mark.parametrize(
    ("waiting", "seconds", "seq", "gone"),
    [
        (GUIDANCE, 5, 4, True),
        (GUIDANCE, 0, 4, True),
        (GUIDANCE, 19, 9, True),
        (GUIDANCE, 20, 4, False),
        (GUIDANCE, -1, 4, False),
        (GUIDANCE, 0, 3, False),
        (GUIDANCE, 0, 2, False),
        (GUIDANCE.model_copy(update={"delayed": False}), 5, 4, False),
        (GUIDANCE.model_copy(update={"state": JobState.SENDING}), 5, 4, False),
    ],
    ids=[
        "the next message",
        "in the same second",
        "a much later one",
        "once it is due",
        "an older message that comes late",
        "its own cause",
        "what came before its cause",
        "a reply that does not wait",
        "what is being sent",
    ],
)
def test_the_clients_next_message_supersedes_guidance_that_waits(
    waiting: Any, seconds: int, seq: int, gone: bool
) -> None:
    assert superseded([waiting], later(seconds), seq) == ([waiting] if gone else [])
