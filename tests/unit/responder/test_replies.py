"""How far a reply has come: statuses come in any order, twice, and late."""

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.responder.domain.receipts import state_told, stopped_until
from services.responder.domain.replies import Reply, changed, supersedes
from shared.events.outcomes import Refused
from shared.events.receipts import AccountChangedV1
from shared.ids import consequence_id
from shared.words import Effect, Refusal, ReplyState
from tests.support.builders_core import MODERATE, NOW, later, reply

SENT, DELIVERED, READ = ReplyState.SENT, ReplyState.DELIVERED, ReplyState.READ
FAILED, UNKNOWN, SUPPRESSED = ReplyState.FAILED, ReplyState.UNKNOWN, ReplyState.SUPPRESSED
REQUESTED = ReplyState.REQUESTED
REFUSED = Refused(effect=Effect.REPLY, reason=Refusal.SEND_FAILED)


def test_an_event_told_again_is_the_same_whatever_happened_since() -> None:
    news = [
        (REQUESTED, None, ()),
        (UNKNOWN, None, (REFUSED,)),
        (SENT, "wamid.1", ()),
        (FAILED, "wamid.1", (REFUSED,)),
    ]
    known, told = reply(steps=()), {}
    for number, (state, provider_id, refused) in enumerate(news):
        known = known.reached(state, later(number), provider_id=provider_id, refused=refused)
        told[state] = changed(known, state)
        assert {before: changed(known, before) for before in told} == told
    assert [len(event.refused) for event in told.values() if event] == [0, 1, 1, 2]


def after(*states: ReplyState) -> Reply:
    known = reply()
    for number, state in enumerate(states, 1):
        known = known.reached(state, later(number))
    return known


@pytest.mark.parametrize(
    ("states", "final"),
    [
        ((SENT,), SENT),
        ((SENT, DELIVERED), DELIVERED),
        ((SENT, DELIVERED, READ), READ),
        ((SENT, READ), READ),
        ((SENT, FAILED), FAILED),
        ((DELIVERED, FAILED), DELIVERED),
        ((READ, FAILED, SENT), READ),
        ((UNKNOWN, SENT), SENT),
        ((UNKNOWN, FAILED), FAILED),
        ((UNKNOWN, DELIVERED), DELIVERED),
        ((UNKNOWN,), UNKNOWN),
    ],
)
def test_the_best_knowledge_stands_in_whatever_order_it_comes(
    states: tuple[ReplyState, ...], final: ReplyState
) -> None:
    assert {after(*order).state for order in permutations(states)} == {final}


@pytest.mark.slow
@MODERATE
@given(states=st.lists(st.sampled_from([SENT, DELIVERED, READ, FAILED, UNKNOWN]), max_size=8), data=st.data())
def test_order_and_repetition_of_statuses_change_nothing(
    states: list[ReplyState], data: st.DataObject
) -> None:
    shuffled = data.draw(st.permutations(states))
    one, other = after(*states), after(*shuffled, *states)
    assert one.state is other.state
    assert {step.state for step in one.steps} == {step.state for step in other.steps}
    assert len(other.steps) == len({step.state for step in other.steps})


@pytest.mark.parametrize("news", [SENT, DELIVERED, READ, FAILED, UNKNOWN])
def test_what_was_taken_back_before_it_was_sent_stays_taken_back(news: ReplyState) -> None:
    assert after(SUPPRESSED, news).state is SUPPRESSED


@pytest.mark.parametrize("known", [SENT, DELIVERED, READ, FAILED, UNKNOWN])
def test_what_has_left_cannot_be_taken_back(known: ReplyState) -> None:
    assert not supersedes(SUPPRESSED, known)
    assert supersedes(SUPPRESSED, REQUESTED)


@pytest.mark.parametrize("state", list(ReplyState))
def test_nothing_supersedes_itself(state: ReplyState) -> None:
    assert not supersedes(state, state)


def test_late_news_is_noted_and_lowers_nothing() -> None:
    known = after(DELIVERED, SENT)
    assert [(step.state, step.at) for step in known.steps] == [
        (REQUESTED, NOW),
        (DELIVERED, later(1)),
        (SENT, later(2)),
    ]


def test_the_first_of_twice_the_same_news_stands() -> None:
    once = reply().reached(SENT, later(1), provider_id="wamid.1")
    assert once.reached(SENT, later(9), provider_id="wamid.2", refused=(REFUSED,)) == once


def test_the_providers_id_and_reason_are_kept() -> None:
    known = reply().reached(FAILED, later(1), provider_id="wamid.1", error_code="131047", refused=(REFUSED,))
    assert (known.provider_id, known.error_code, known.refused) == ("wamid.1", "131047", (REFUSED,))


@pytest.mark.parametrize("state", [REQUESTED, SENT, DELIVERED, READ, FAILED, SUPPRESSED, UNKNOWN])
def test_each_step_is_told_by_an_event_of_its_own_and_the_same_one_every_time(state: ReplyState) -> None:
    known = reply() if state is REQUESTED else reply().reached(state, later(5), error_code="131026")
    event, again = changed(known, state), changed(known.reached(READ, later(9)), state)
    assert event is not None
    assert again is not None
    assert event.event_id == again.event_id == consequence_id("r1", state.value)
    assert (event.type, event.state) == (f"reply.{state}.v1", state)
    assert event.occurred_at == (NOW if state is REQUESTED else later(5))
    assert (event.text is not None, event.due_at is not None) == (state is REQUESTED, state is REQUESTED)
    assert (event.error_code is not None) is (state is FAILED)


def test_a_step_that_was_not_reached_and_a_reply_without_a_way_are_not_told() -> None:
    assert changed(reply(), SENT) is None
    assert changed(reply(route=None), REQUESTED) is None


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("sent", SENT),
        ("DELIVERED", DELIVERED),
        ("read", READ),
        ("played", READ),
        ("failed", FAILED),
        ("deleted", None),
        ("warning", None),
        ("", None),
    ],
)
def test_a_providers_status_is_told_in_our_words(status: str, state: ReplyState | None) -> None:
    assert state_told(status) is state


@pytest.mark.parametrize(
    ("change", "until", "expected"),
    [
        ("ACCOUNT_RESTRICTION", later(hours=3), later(hours=3)),
        ("disabled_update", None, later(days=1)),
        ("ACCOUNT_DELETED", None, later(days=1)),
        ("PHONE_NUMBER_QUALITY_UPDATE", None, None),
        ("VERIFIED_ACCOUNT", later(hours=3), None),
    ],
)
def test_an_account_that_is_restricted_stops_until_its_end_or_until_somebody_looks(
    change: str, until: object, expected: object
) -> None:
    fields = {"event_id": "e", "tenant": "t", "client": "c", "correlation_id": "e", "occurred_at": NOW}
    more = {"received_at": NOW, "provider": "whatsapp", "account": "1", "change": change, "until": until}
    assert stopped_until(AccountChangedV1.model_validate(fields | more)) == expected
