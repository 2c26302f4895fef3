"""Answering batches: outcomes become replies and jobs, statuses are folded back, batches have no borders."""

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.responder.domain.plan import Slot, reply_id
from services.responder.domain.replies import Reply
from services.responder.memory import MemoryOutbox, MemoryReplies
from services.responder.usecase import News, RespondBatch
from shared.errors import Transient
from shared.events.outcomes import MessageSettledV1
from shared.events.receipts import AccountChangedV1, DeliveryUpdatedV1, MessageEchoedV1
from shared.events.replies import REPLY
from shared.ids import ClientId, TenantId
from shared.kafka.worker import Handled
from shared.policy.source import FixedPacks
from shared.words import Matter, ReplyState
from tests.support.builders_core import (
    ACCOUNT,
    CLIENT,
    MODERATE,
    NOW,
    OTHER_CLIENT,
    TENANT,
    FixedClock,
    delivered,
    later,
    paragraph,
    quiet_logs,
    settled,
)
from tests.unit.policy.small_pack import pack

PACK = pack()
KIND = paragraph("kind", Matter.WARNING)
ASK = paragraph("ask", Matter.GUIDANCE, delay_seconds=20)
MAIL = paragraph("mail", Matter.REDIRECT)


class Answers:
    """The use case over stores in memory."""

    def __init__(self) -> None:
        self.replies, self.outbox, self.clock = MemoryReplies(), MemoryOutbox(), FixedClock(later(minutes=1))
        self.respond = RespondBatch(self.replies, self.outbox, FixedPacks(PACK), self.clock)

    async def __call__(self, *news: News) -> Handled:
        return await self.respond([delivered(one, offset) for offset, one in enumerate(news)])

    def reply(self, outcome: MessageSettledV1) -> Reply:
        return self.replies.replies[reply_id(outcome)]


@pytest.fixture
def answers() -> Answers:
    return Answers()


def outcome(cause: str, seconds: float, *say: Any, seq: int = 1, **more: Any) -> MessageSettledV1:
    return settled(cause, later(seconds), *say, seq=seq, pack=PACK.hash, **more)


def told(handled: Handled) -> list[tuple[str, str]]:
    events = [REPLY.validate_json(record.value) for record in handled.publish]
    return [(event.reply, event.type) for event in events]


def status(word: str, **more: Any) -> DeliveryUpdatedV1:
    fields = {
        "event_id": f"receipt-{word}",
        "tenant": TENANT,
        "client": CLIENT,
        "correlation_id": "x",
        "occurred_at": later(30),
        "received_at": later(30),
        "provider": "whatsapp",
        "account": ACCOUNT,
        "provider_id": "wamid.1",
        "status": word,
    }
    return DeliveryUpdatedV1.model_validate(fields | more)


async def test_an_outcome_becomes_a_reply_a_job_and_an_event(answers: Answers) -> None:
    said = outcome("d1", 0, KIND)
    handled = await answers(said)
    assert told(handled) == [(reply_id(said), "reply.requested.v1")]
    assert list(answers.outbox.jobs) == [reply_id(said)]
    assert [slot.reply for slot in answers.replies.slots.values()] == [reply_id(said)]


async def test_an_outcome_that_says_nothing_leaves_nothing(answers: Answers) -> None:
    handled = await answers(outcome("d1", 0))
    assert (handled.publish, answers.replies.replies, answers.outbox.jobs) == ([], {}, {})


async def test_a_redelivery_tells_the_first_reply_again_and_plans_nothing(answers: Answers) -> None:
    first = await answers(outcome("d1", 0, KIND))
    kept = dict(answers.replies.replies)
    again = await answers(outcome("d1", 0, KIND, MAIL))
    assert again.publish[0].value == first.publish[0].value
    assert answers.replies.replies == kept


async def test_a_job_that_a_crash_left_out_is_put_back_by_the_redelivery(answers: Answers) -> None:
    await answers(outcome("d1", 0, KIND))
    answers.outbox.jobs.clear()
    await answers(outcome("d1", 0, KIND))
    assert len(answers.outbox.jobs) == 1


async def test_a_reply_that_has_gone_out_is_not_put_back(answers: Answers) -> None:
    said = outcome("d1", 0, KIND)
    await answers(said)
    await answers(status("sent", reply=reply_id(said)))
    await answers(said)
    assert answers.outbox.jobs == {}


async def test_a_record_that_makes_the_core_raise_costs_no_other(answers: Answers) -> None:
    unsayable = outcome("d1", 0, paragraph("standing", Matter.WARNING))  # lacks the points it names
    handled = await answers(unsayable, outcome("d2", 1, KIND, client=OTHER_CLIENT))
    assert [(defect.record.event.cause, defect.error) for defect in handled.defects] == [("d1", "Unsayable")]
    assert len(handled.publish) == 1


async def test_a_pack_that_nobody_has_stored_yet_is_waited_for(answers: Answers) -> None:
    with pytest.raises(Transient):
        await answers(settled("d1", NOW, KIND, pack="unknown"))
    assert answers.replies.replies == {}


async def test_a_matter_is_said_once_within_its_window_inside_a_batch_too(answers: Answers) -> None:
    first, second = outcome("d1", 0, MAIL), outcome("d2", 30, MAIL, seq=2)
    handled = await answers(first, second)
    assert [kind for _, kind in told(handled)] == ["reply.requested.v1", "reply.suppressed.v1"]
    assert list(answers.outbox.jobs) == [reply_id(first)]


GUIDED = outcome("d1", 0, ASK)
GOES_ON = outcome("d2", 5, seq=2)


@pytest.mark.parametrize("batches", [[[GUIDED, GOES_ON]], [[GUIDED], [GOES_ON]], [[GUIDED, GOES_ON]] * 2])
async def test_the_clients_next_message_takes_guidance_back(
    answers: Answers, batches: list[list[MessageSettledV1]]
) -> None:
    for batch in batches:
        await answers(*batch)
    assert answers.reply(GUIDED).state is ReplyState.SUPPRESSED
    assert answers.replies.slots == {}
    assert all(job.superseded for job in answers.outbox.jobs.values())


async def test_the_message_that_goes_on_is_guided_in_its_turn(answers: Answers) -> None:
    again = outcome("d2", 5, ASK, seq=2)
    await answers(GUIDED, again)
    assert (answers.reply(GUIDED).state, answers.reply(again).state) == (
        ReplyState.SUPPRESSED,
        ReplyState.REQUESTED,
    )
    assert [slot.reply for slot in answers.replies.slots.values()] == [reply_id(again)]


@pytest.mark.parametrize(
    "more",
    [{"direction": "outbound"}, {"client": OTHER_CLIENT}, {"tenant": TenantId("other")}],
    ids=["staff", "another client", "another tenant"],
)
async def test_guidance_is_taken_back_by_the_client_alone(answers: Answers, more: dict[str, Any]) -> None:
    await answers(GUIDED)
    await answers(GOES_ON.model_copy(update=more))
    assert answers.reply(GUIDED).state is ReplyState.REQUESTED


async def test_what_is_being_sent_this_moment_is_not_taken_back(answers: Answers) -> None:
    await answers(GUIDED)
    await answers.outbox.claim(later(20), later(20), 1)
    await answers(outcome("d2", 19, seq=2))
    assert answers.reply(GUIDED).state is ReplyState.REQUESTED


async def test_statuses_are_folded_back_and_told_once_more(answers: Answers) -> None:
    said = outcome("d1", 0, KIND)
    await answers(said)
    handled = await answers(
        status("delivered", reply=reply_id(said)), status("sent", reply=reply_id(said)), status("read")
    )
    assert answers.reply(said).state is ReplyState.READ
    assert [kind for _, kind in told(handled)] == [
        "reply.delivered.v1",
        "reply.sent.v1",
        "reply.read.v1",
    ]
    assert answers.outbox.jobs == {}


async def test_a_failure_that_the_provider_tells_frees_the_slots(answers: Answers) -> None:
    said = outcome("d1", 0, MAIL)
    await answers(said)
    await answers(status("failed", reply=reply_id(said), error_code="131026"))
    assert (answers.reply(said).state, answers.reply(said).error_code) == (ReplyState.FAILED, "131026")
    again = outcome("d2", 10, MAIL, seq=2)
    await answers(again)
    assert answers.reply(again).state is ReplyState.REQUESTED


async def test_a_status_resolves_what_was_unknown(answers: Answers) -> None:
    said = outcome("d1", 0, KIND)
    await answers(said)
    unknown = answers.reply(said).reached(ReplyState.UNKNOWN, later(5))
    answers.replies.replies[unknown.id] = unknown
    await answers(status("delivered", reply=unknown.id))
    assert answers.reply(said).state is ReplyState.DELIVERED


@pytest.mark.parametrize(
    "receipt",
    [
        status("sent", reply="nobody's"),
        status("warning", reply=reply_id(GUIDED)),
        status("sent", reply=reply_id(GUIDED), tenant=TenantId("other")),
    ],
    ids=["not ours", "says nothing", "another tenant's"],
)
async def test_a_status_that_is_none_of_ours_changes_nothing(
    answers: Answers, receipt: DeliveryUpdatedV1
) -> None:
    await answers(GUIDED)
    kept = dict(answers.replies.replies)
    assert (await answers(receipt)).publish == []
    assert answers.replies.replies == kept


async def test_an_account_that_is_restricted_stops_sending(answers: Answers) -> None:
    fields = status("sent").model_dump(exclude={"type", "provider_id", "status", "reply", "error_code"})
    change = fields | {"change": "ACCOUNT_RESTRICTION", "until": later(hours=2)}
    await answers(AccountChangedV1.model_validate(change))
    assert await answers.outbox.stopped(later(hours=1)) == {(TENANT, ACCOUNT)}
    echo = MessageEchoedV1.model_validate(fields | {"provider_id": "wamid.1"})
    assert (await answers(echo)).publish == []


async def test_the_clock_learns_the_events_times(answers: Answers) -> None:
    await answers(outcome("d1", 3), status("sent"))
    assert answers.clock.observed == [later(3), later(30)]


STEPS = st.lists(
    st.tuples(
        st.sampled_from([CLIENT, OTHER_CLIENT]),
        st.sampled_from([1, 7, 19, 20, 61]),
        st.sampled_from([(), (ASK,), (MAIL,), (ASK, KIND), (MAIL, KIND)]),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.slow
@MODERATE
@given(steps=STEPS, cuts=st.sets(st.integers(1, 7)), again=st.booleans())
async def test_the_borders_of_batches_and_redeliveries_change_no_reply(
    steps: list[tuple[ClientId, int, tuple[Any, ...]]], cuts: set[int], again: bool
) -> None:
    """One batch, or any number of them, some delivered twice: the same replies say the same."""
    times = itertools.accumulate(pause for _, pause, _ in steps)
    outcomes = [
        outcome(f"d{number}", at, *say, seq=number + 1, client=client, received_at=later(30))
        for number, ((client, _, say), at) in enumerate(zip(steps, times, strict=True))
    ]
    at_once, in_parts = Answers(), Answers()
    borders = [0, *sorted(cut for cut in cuts if cut < len(outcomes)), len(outcomes)]
    with quiet_logs():
        await at_once(*outcomes)
        for start, end in itertools.pairwise(borders):
            await in_parts(*outcomes[start:end])
            if again:
                await in_parts(*outcomes[start:end])
    assert in_parts.replies.replies == at_once.replies.replies
    assert holding(in_parts) == holding(at_once)
    assert waiting(in_parts) == waiting(at_once)


def holding(answers: Answers) -> set[Slot]:
    """Return the slots of the matters that are throttled; any other slot holds nothing back."""
    return {slot for slot in answers.replies.slots.values() if PACK.throttle(slot.matter)}


def waiting(answers: Answers) -> set[str]:
    """Return what will go out: superseded jobs are only still to be told of."""
    return {identity for identity, job in answers.outbox.jobs.items() if not job.superseded}
