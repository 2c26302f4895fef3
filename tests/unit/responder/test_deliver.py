"""Delivering what is due: claimed, sent once, settled, told; and never sent a second time."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.responder.deliver import Deliver
from services.responder.domain.delivery import MAX_ATTEMPTS, Accepted, Answer, Job, Lost, Rejected, TryAgain
from services.responder.domain.plan import Slot
from services.responder.memory import MemoryOutbox, MemoryReplies
from services.responder.progress import Progress
from shared.errors import Transient
from shared.events.replies import REPLY
from shared.ids import ClientId
from shared.words import Matter, Refusal, ReplyState
from tests.support.builders_core import (
    ACCOUNT,
    MODERATE,
    NOW,
    ROUTE,
    TENANT,
    FixedClock,
    MemoryPublisher,
    job,
    later,
    quiet_logs,
    reply,
)

LONG_AGO = datetime(2001, 1, 1, tzinfo=NOW.tzinfo)
"""A lease until then has run out by the clock of every machine."""


class ScriptedSender:
    """Answers as it is told, in order, then accepts; keeps what it was given."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.sent: list[str] = []

    async def send(self, job: Job) -> Answer:
        self.sent.append(job.reply)
        return self.answers.pop(0) if self.answers else Accepted(f"wamid.{len(self.sent)}")


class Post:
    """The delivery over stores in memory."""

    def __init__(self) -> None:
        self.replies, self.outbox = MemoryReplies(), MemoryOutbox()
        self.sender, self.publisher, self.clock = ScriptedSender(), MemoryPublisher(), FixedClock()
        progress = Progress(self.replies)
        self.deliver = Deliver(
            self.outbox, progress, {"whatsapp": self.sender}, self.publisher, self.clock, poll_seconds=0.001
        )

    async def put(self, identity: str = "r1", **more: Any) -> None:
        waiting = job(identity, **more)
        slot = Slot(
            tenant=waiting.tenant, client=waiting.client, matter=Matter.WARNING, reply=identity, at=NOW
        )
        await self.replies.add([reply(identity, client=waiting.client)], [slot])
        await self.outbox.add([waiting])

    async def look(self, *answers: Answer) -> None:
        self.sender.answers += answers
        await self.deliver.look()

    def state(self, identity: str = "r1") -> ReplyState:
        return self.replies.replies[identity].state

    def told(self) -> list[tuple[str, str]]:
        events = [REPLY.validate_json(record.value) for record in self.publisher.published]
        return [(event.reply, event.type) for event in events]


@pytest.fixture
async def post() -> Post:
    made = Post()
    await made.put()
    return made


async def test_what_is_accepted_is_sent_and_told_and_forgotten(post: Post) -> None:
    await post.look(Accepted("wamid.9"))
    assert post.replies.replies["r1"].provider_id == "wamid.9"
    assert (post.state(), post.told(), post.outbox.jobs) == (ReplyState.SENT, [("r1", "reply.sent.v1")], {})
    assert len(post.replies.slots) == 1


async def test_what_is_lost_is_unknown_and_never_sent_again(post: Post) -> None:
    await post.look(Lost("ReadTimeout"))
    await post.look()
    assert post.sender.sent == ["r1"]
    assert (post.state(), post.told()) == (ReplyState.UNKNOWN, [("r1", "reply.unknown.v1")])
    assert [one.reason for one in post.replies.replies["r1"].refused] == [Refusal.SEND_UNKNOWN]


async def test_what_is_rejected_has_failed_and_frees_its_slots(post: Post) -> None:
    await post.look(Rejected(Refusal.WINDOW_CLOSED, "131047"))
    known = post.replies.replies["r1"]
    assert (known.state, known.error_code) == (ReplyState.FAILED, "131047")
    assert [one.reason for one in known.refused] == [Refusal.WINDOW_CLOSED]
    assert (post.replies.slots, post.outbox.jobs) == ({}, {})


async def test_an_account_that_the_provider_blocks_is_left_alone_for_as_long(post: Post) -> None:
    await post.put("r2", client=ClientId("other"), due_at=later(1))
    await post.look(Rejected(Refusal.PROVIDER_BLOCKED, "190", timedelta(hours=1)))
    post.clock.at = later(minutes=10)
    await post.look()
    assert (post.sender.sent, post.state("r2")) == (["r1"], ReplyState.REQUESTED)
    assert await post.outbox.stopped(later(minutes=59)) == {(TENANT, ACCOUNT)}
    assert await post.outbox.stopped(later(hours=1)) == set()


async def test_what_was_not_taken_is_tried_again_after_its_pause(post: Post) -> None:
    await post.look(TryAgain("code 131000", "job"))
    await post.look()
    assert (post.sender.sent, post.state()) == (["r1"], ReplyState.REQUESTED)
    post.clock.at = later(1)
    await post.look()
    assert (post.sender.sent, post.state()) == (["r1", "r1"], ReplyState.SENT)


async def test_a_pause_of_the_account_makes_its_other_clients_wait_too(post: Post) -> None:
    await post.look(TryAgain("throughput", "account", timedelta(seconds=5)))
    await post.put("r2", client=ClientId("other"))
    await post.look()
    assert post.sender.sent == ["r1"]
    post.clock.at = later(5)
    await post.look()
    assert sorted(post.sender.sent) == ["r1", "r1", "r2"]


@pytest.mark.parametrize("scope", ["job", "client", "account"])
async def test_what_is_tried_again_keeps_its_place_before_what_came_later(post: Post, scope: Any) -> None:
    await post.look(TryAgain("not now", scope, timedelta(seconds=5)))
    await post.put("r2", due_at=later(1))
    for seconds in (2, 5, 5):
        post.clock.at = later(seconds)
        await post.look()
    assert post.sender.sent == ["r1", "r1", "r2"]


async def test_attempts_that_are_counted_out_have_failed(post: Post) -> None:
    for attempt in range(MAX_ATTEMPTS + 2):
        post.clock.at = later(minutes=2 * attempt)
        await post.look(TryAgain("code 131000", "job"))
    assert len(post.sender.sent) == MAX_ATTEMPTS
    assert (post.state(), post.told()) == (ReplyState.FAILED, [("r1", "reply.failed.v1")])


async def test_what_has_become_stale_is_not_sent(post: Post) -> None:
    post.clock.at = later(minutes=31)
    await post.look()
    assert (post.sender.sent, post.state()) == ([], ReplyState.SUPPRESSED)
    assert post.told() == [("r1", "reply.suppressed.v1")]
    assert post.replies.slots == {}


async def test_what_is_superseded_is_told_at_once_and_not_sent(post: Post) -> None:
    waiting = post.outbox.jobs["r1"]
    assert await post.outbox.supersede(waiting)
    await post.look()
    assert (post.sender.sent, post.state()) == ([], ReplyState.SUPPRESSED)
    assert [one.reason for one in post.replies.replies["r1"].refused] == [Refusal.SUPERSEDED]


async def test_nothing_goes_before_its_time(post: Post) -> None:
    await post.put("r2", client=ClientId("other"), due_at=later(20))
    await post.look()
    assert post.sender.sent == ["r1"]


async def test_one_client_is_answered_in_order_one_at_a_time(post: Post) -> None:
    await post.put("r0", due_at=later(-5))
    await post.look()
    assert post.sender.sent == ["r0"]
    await post.look()
    assert post.sender.sent == ["r0", "r1"]


async def test_what_no_sender_delivers_is_left_to_the_integrator(post: Post) -> None:
    await post.put("r2", client=ClientId("other"), route=ROUTE.model_copy(update={"provider": "api"}))
    await post.look()
    assert (post.sender.sent, post.state("r2")) == (["r1"], ReplyState.REQUESTED)
    assert post.outbox.jobs == {}


async def test_a_lease_that_ran_out_while_sending_is_unknown_and_never_sent_again(post: Post) -> None:
    await post.outbox.claim(NOW, LONG_AGO, 1)
    await post.look()
    assert (post.sender.sent, post.state()) == ([], ReplyState.UNKNOWN)
    assert (post.told(), post.outbox.jobs) == ([("r1", "reply.unknown.v1")], {})


async def test_a_crash_between_storing_and_telling_is_made_good_without_a_second_call(post: Post) -> None:
    (claimed,) = await post.outbox.claim(NOW, LONG_AGO, 1)
    await Progress(post.replies).reach(claimed, ReplyState.SENT, NOW, provider_id="wamid.1")
    await post.look()
    assert (post.sender.sent, post.told(), post.outbox.jobs) == ([], [("r1", "reply.sent.v1")], {})


async def test_while_the_log_is_away_nothing_is_sent_twice(post: Post) -> None:
    post.publisher.away = True
    with pytest.raises(Transient):
        await post.look()
    post.publisher.away = False
    await post.look()
    assert post.sender.sent == ["r1"]
    assert post.state() is ReplyState.SENT


async def test_one_jobs_trouble_does_not_keep_the_others_from_being_settled(post: Post) -> None:
    await post.put("r2", client=ClientId("other"))
    change = post.replies.change

    async def fails_for_one(before: object, after: object) -> None:
        if getattr(before, "id", None) == "r1":
            raise Transient("MongoDB: away")
        await change(before, after)  # type: ignore[arg-type]

    post.replies.change = fails_for_one  # type: ignore[method-assign]
    with pytest.raises(Transient):
        await post.look()
    assert (post.state("r1"), post.state("r2")) == (ReplyState.REQUESTED, ReplyState.SENT)


async def test_the_task_outlives_a_store_that_is_away_and_ends_when_told(post: Post) -> None:
    stop = asyncio.Event()
    post.publisher.away = True

    def back(_: object) -> None:
        stop.set()

    claim, calls = post.outbox.claim, 0

    async def counted(now: datetime, wall: datetime, limit: int) -> object:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise Transient("MongoDB: away")
        post.publisher.away = False
        post.publisher.on_publish = back
        return await claim(now, wall, limit)

    post.outbox.claim = counted  # type: ignore[assignment, method-assign]
    await asyncio.wait_for(post.deliver.run(stop), 5)
    assert post.state() is ReplyState.SENT


ANSWERS = st.sampled_from(
    [
        Accepted("wamid.1"),
        Lost("ReadTimeout"),
        Rejected(Refusal.SEND_FAILED, "131026"),
        Rejected(Refusal.PROVIDER_BLOCKED, "190", timedelta(seconds=30)),
        TryAgain("code 1", "job"),
        TryAgain("pair rate", "client"),
        TryAgain("throughput", "account", timedelta(seconds=5)),
    ]
)
EVENTS = st.lists(
    st.tuples(ANSWERS, st.sampled_from(["goes on", "log away", "crash while sending"]), st.integers(1, 40)),
    min_size=1,
    max_size=12,
)


@pytest.mark.slow
@MODERATE
@given(events=EVENTS)
async def test_no_reply_is_taken_by_the_provider_twice(events: list[tuple[Answer, str, int]]) -> None:
    """Whatever the provider answers and whenever the process dies: one acceptance or loss, then no call."""
    post = Post()
    await post.put()
    taken = 0
    with quiet_logs():
        for answer, happens, seconds in events:
            post.publisher.away = happens == "log away"
            calls = len(post.sender.sent)
            if happens == "crash while sending":
                claimed = await post.outbox.claim(post.clock.at, LONG_AGO, 1)
                taken += len(claimed)
            else:
                post.sender.answers = [answer]
                await _look(post)
                assert len(post.sender.sent) == calls or taken == 0
                taken += len(post.sender.sent) > calls and isinstance(answer, Accepted | Lost)
            post.clock.at += timedelta(seconds=seconds)
        post.publisher.away = False
        post.sender.answers = [Rejected(Refusal.SEND_FAILED, "end")] * 20
        for _ in range(20):
            post.clock.at += timedelta(minutes=6)
            await _look(post)
    assert taken <= 1
    assert post.state() is not ReplyState.REQUESTED
    assert {reply for reply, _ in post.told()} == {"r1"}


async def _look(post: Post) -> None:
    try:
        await post.deliver.look()
    except Transient:
        _let_leases_run_out(post)


def _let_leases_run_out(post: Post) -> None:
    for identity, known in post.outbox.jobs.items():
        if known.lease_until is not None:
            post.outbox.jobs[identity] = known.model_copy(update={"lease_until": LONG_AGO})
