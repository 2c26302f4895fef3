"""What the limit asks for: channels disabled, a call asked for, and who may stand in its way."""

from datetime import timedelta

import pytest

from services.sanctions.domain.messages import settle
from services.sanctions.domain.standing import Infraction, Restriction, Standing, fold
from shared.events.decisions import InfractionEffect
from shared.events.outcomes import MessageSettledV1
from shared.ids import MessageId
from shared.tags import Channel
from shared.words import Fact
from tests.support.builders_core import CLIENT, NOW, TENANT, decided, infraction, later, terms

NEW = Standing(tenant=TENANT, client=CLIENT)


def with_points(points: int, at: float = -60) -> Standing:
    known = Infraction(
        id="before",
        clause="P3",
        rule="P3.off_purpose",
        points=points,
        message=MessageId("m0"),
        key="m0",
        at=later(at),
        counts_until=later(at, days=90),
    )
    return NEW.model_copy(update={"infractions": (known,)})


def facts(outcome: MessageSettledV1) -> list[Fact]:
    return [fact.fact for fact in outcome.facts]


@pytest.mark.parametrize(("before", "points", "disabled"), [(0, 2, False), (1, 2, True), (2, 2, True)])
def test_the_limit_disables_the_channel_and_asks_for_a_call(before: int, points: int, disabled: bool) -> None:
    outcome = settle(decided("m1", NOW, infraction(points=points)), with_points(before), terms())
    expected = [Fact.CHANNEL_DISABLED, Fact.CALL_REQUESTED] if disabled else []
    assert facts(outcome) == [Fact.INFRACTION_RECORDED, *expected]
    assert [channel.enabled for channel in outcome.after.channels] == ([False] if disabled else [])


def test_the_call_is_due_when_the_policy_says_and_with_whom() -> None:
    outcome = settle(decided("m1", NOW, infraction()), with_points(2), terms())
    (call,) = [fact for fact in outcome.facts if fact.fact is Fact.CALL_REQUESTED]
    assert (call.due_at, call.assignee, call.channel) == (later(hours=4), "executives", Channel.WHATSAPP)


def test_a_policy_without_calls_asks_for_none() -> None:
    outcome = settle(decided("m1", NOW, infraction()), with_points(2), terms(call_due=None))
    assert facts(outcome) == [Fact.INFRACTION_RECORDED, Fact.CHANNEL_DISABLED]


def test_a_policy_without_a_limit_restricts_nobody() -> None:
    outcome = settle(decided("m1", NOW, infraction(points=50)), with_points(50), terms(limit=None))
    assert facts(outcome) == [Fact.INFRACTION_RECORDED]
    assert outcome.after.limit is None


def test_every_channel_of_the_policy_is_disabled_and_each_asks_for_its_call() -> None:
    both = terms(channels=(Channel.WHATSAPP, Channel.TELEGRAM))
    outcome = settle(decided("m1", NOW, infraction()), with_points(2), both)
    assert {found.channel for found in outcome.after.channels} == {Channel.WHATSAPP, Channel.TELEGRAM}
    assert facts(outcome).count(Fact.CALL_REQUESTED) == 2


def test_a_channel_that_a_person_has_disabled_is_not_disabled_again() -> None:
    by_person = Restriction(channel=Channel.TELEGRAM, since=NOW, by="supervisor")
    standing = with_points(2).model_copy(update={"restrictions": (by_person,)})
    both = terms(channels=(Channel.WHATSAPP, Channel.TELEGRAM))
    outcome = settle(decided("m1", NOW, infraction()), standing, both)
    disabled = [fact.channel for fact in outcome.facts if fact.fact is Fact.CHANNEL_DISABLED]
    assert disabled == [Channel.WHATSAPP]


def test_a_restriction_with_a_term_names_its_end() -> None:
    lasting = terms(restriction_lasts=timedelta(days=30))
    outcome = settle(decided("m1", NOW, infraction()), with_points(2), lasting)
    assert [found.until for found in outcome.after.channels] == [later(days=30)]
    assert fold(with_points(2), outcome).wake_at() == later(days=30)


@pytest.mark.parametrize(("seconds", "disabled"), [(-1, False), (0, True)])
def test_a_persons_exemption_holds_until_its_time(seconds: int, disabled: bool) -> None:
    exempt = with_points(2).model_copy(update={"exempt_until": NOW})
    outcome = settle(decided("m1", later(seconds), infraction(points=1)), exempt, terms())
    assert (Fact.CHANNEL_DISABLED in facts(outcome)) is disabled


@pytest.mark.parametrize(
    "effect",
    [infraction(lenient=1), infraction(confidence=0.1), infraction(points=0)],
    ids=["lenient", "under review", "worth nothing"],
)
def test_only_an_infraction_that_counts_reaches_the_limit(effect: InfractionEffect) -> None:
    """Points of an exemption that has ended are no reason to punish what itself counts nothing."""
    exempt = with_points(3).model_copy(update={"exempt_until": later(-1)})
    outcome = settle(decided("m1", NOW, effect), exempt, terms())
    assert Fact.CHANNEL_DISABLED not in facts(outcome)


def test_a_late_message_disables_nothing() -> None:
    exempt = with_points(3).model_copy(update={"exempt_until": later(-1)})
    late = decided("m1", NOW, infraction(), late=timedelta(hours=1))
    assert Fact.CHANNEL_DISABLED not in facts(settle(late, exempt, terms()))


@pytest.mark.parametrize(("days", "counts"), [(89, True), (90, False)])
def test_points_expire(days: int, counts: bool) -> None:
    first = settle(decided("m1", NOW, infraction(points=2)), NEW, terms())
    second = decided("m2", later(days=days), infraction(points=1, burst="m2"))
    outcome = settle(second, fold(NEW, first), terms())
    assert outcome.after.points == (3 if counts else 1)
    assert (Fact.CHANNEL_DISABLED in facts(outcome)) is counts
