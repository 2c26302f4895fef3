"""A standing is a fold of its ledger: in order, complete, and forgetting only what cannot matter."""

from datetime import timedelta
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sanctions.domain.messages import settle
from services.sanctions.domain.standing import Infraction, Standing, apply_fact, fold, rebuild
from services.sanctions.domain.terms import Terms
from shared.events.decisions import MessageDecidedV1
from shared.events.outcomes import FactRecord, Settled
from shared.ids import MessageId
from shared.tags import Channel
from shared.words import Fact
from tests.support.builders_core import (
    CLIENT,
    MODERATE,
    NOW,
    TENANT,
    decided,
    infraction,
    later,
    settled,
    terms,
)

NEW = Standing(tenant=TENANT, client=CLIENT)
TERMS = terms(restriction_lasts=timedelta(days=7))


def fact(kind: Fact, **more: object) -> FactRecord:
    return FactRecord.model_validate({"fact": kind, "id": "x", "at": NOW} | more)


@pytest.mark.parametrize("seq", [1, 3, 7])
def test_an_outcome_that_is_not_the_next_one_is_a_defect(seq: int) -> None:
    with pytest.raises(ValueError, match="does not follow 1"):
        fold(NEW.model_copy(update={"seq": 1}), settled(seq=seq))


@pytest.mark.parametrize(
    ("broken", "what"),
    [
        (fact(Fact.CHANNEL_DISABLED), "channel"),
        (fact(Fact.CHANNEL_RESTORED), "channel"),
        (fact(Fact.CALL_REQUESTED, channel="whatsapp"), "due time"),
        (fact(Fact.APPEAL_OPENED), "about"),
        (fact(Fact.REVIEW_OPENED), "about"),
        (fact(Fact.INFRACTION_RECORDED, key="m1", counts_until=NOW), "about"),
    ],
)
def test_a_fact_that_lacks_what_it_is_about_is_a_defect(broken: FactRecord, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        apply_fact(NEW, broken)


@pytest.mark.parametrize("kind", [Fact.FINDING_RECORDED, Fact.ATTENTION_REQUESTED, Fact.PERSON_ERASED])
def test_what_others_act_on_leaves_the_standing_as_it_is(kind: Fact) -> None:
    assert apply_fact(NEW, fact(kind)) == NEW


def known(identity: str, days: int) -> Infraction:
    return Infraction(
        id=identity,
        clause="P5",
        rule="P5.aggressive",
        points=2,
        message=MessageId(identity),
        key=identity,
        at=later(days=days - 90),
        counts_until=later(days=days),
    )


def test_an_infraction_is_known_for_sixty_days_beyond_its_expiry() -> None:
    standing = NEW.model_copy(update={"infractions": (known("old", -60), known("young", -59))})
    assert [one.id for one in fold(standing, settled(at=NOW)).infractions] == ["young"]


def test_the_last_fifty_closed_tasks_are_known() -> None:
    closed = tuple(f"call-{number}" for number in range(60))
    after = fold(NEW.model_copy(update={"closed": closed}), settled())
    assert after.closed == closed[10:]


def test_the_view_shows_points_of_now_and_restrictions() -> None:
    disabled = apply_fact(NEW, fact(Fact.CHANNEL_DISABLED, channel="whatsapp", until=later(days=1), by="Ana"))
    standing = disabled.model_copy(update={"infractions": (known("m1", 1),), "limit": 3})
    view = standing.view(NOW)
    assert (view.points, view.limit) == (2, 3)
    assert [(one.channel, one.enabled, one.until, one.by) for one in view.channels] == [
        (Channel.WHATSAPP, False, later(days=1), "Ana")
    ]
    assert standing.view(later(days=1)).points == 0


def test_a_standing_wakes_at_the_first_end_of_its_restrictions() -> None:
    facts = [
        fact(Fact.CHANNEL_DISABLED, channel="whatsapp", until=later(days=2)),
        fact(Fact.CHANNEL_DISABLED, channel="telegram", until=later(days=1)),
        fact(Fact.CHANNEL_DISABLED, channel="teams"),
    ]
    standing = reduce(apply_fact, facts, NEW)
    assert (NEW.wake_at(), standing.wake_at()) == (None, later(days=1))


DECISIONS = st.lists(
    st.tuples(st.integers(0, 20), st.sampled_from([1, 2]), st.sampled_from([0.1, 0.9]), st.integers(0, 2)),
    max_size=8,
)


def messages(drawn: list[tuple[int, int, float, int]], name: str = "m") -> list[MessageDecidedV1]:
    """Return one decision each: its day, points, confidence and leniency."""
    return [
        decided(
            f"{name}{number}",
            later(days=day, minutes=number),
            infraction(points=points, confidence=confidence, lenient=lenient, burst=f"{name}{number}"),
        )
        for number, (day, points, confidence, lenient) in enumerate(drawn)
    ]


def ledger_of(decisions: list[MessageDecidedV1], by: Terms = TERMS) -> tuple[Standing, list[Settled]]:
    standing, ledger = NEW, list[Settled]()
    for decision in decisions:
        outcome = settle(decision, standing, by)
        standing, ledger = fold(standing, outcome), [*ledger, outcome]
    return standing, ledger


@pytest.mark.slow
@MODERATE
@given(drawn=DECISIONS)
def test_the_fold_is_what_a_rebuild_gives(drawn: list[tuple[int, int, float, int]]) -> None:
    standing, ledger = ledger_of(messages(drawn))
    assert rebuild(TENANT, CLIENT, ledger) == standing
    assert Standing.model_validate(standing.model_dump(mode="python")) == standing


@pytest.mark.slow
@MODERATE
@given(drawn=DECISIONS, extra=st.integers(0, 5))
def test_an_infraction_more_never_softens_an_outcome(
    drawn: list[tuple[int, int, float, int]], extra: int
) -> None:
    """Whatever was done before: who did one thing more stands no better, now and at the next message."""
    for_good = terms()
    standing, _ = ledger_of(messages(drawn), for_good)
    more = fold(standing, settle(messages([(20, extra, 0.9, 0)], "extra")[0], standing, for_good))
    last = messages([(21, 1, 0.9, 0)], "last")[0]
    without, with_more = settle(last, standing, for_good), settle(last, more, for_good)
    assert more.points_at(later(days=21)) >= standing.points_at(later(days=21)) >= 0
    restricted = {one.channel for one in without.after.channels}
    assert {one.channel for one in with_more.after.channels} >= restricted
