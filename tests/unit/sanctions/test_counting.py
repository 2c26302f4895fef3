"""What an intended infraction comes to: the points that count, or the reason why none do."""

from datetime import timedelta
from typing import Any

import pytest

from services.sanctions.domain.messages import settle
from services.sanctions.domain.standing import Restriction, Standing, fold
from shared.events.decisions import FindingEffect, InfractionEffect
from shared.events.outcomes import FactRecord, MessageSettledV1
from shared.tags import Channel, Direction
from shared.words import Effect, Fact, Mode, Refusal
from tests.support.builders_core import CLIENT, NOW, ROUTE, TENANT, decided, infraction, later, terms

NEW = Standing(tenant=TENANT, client=CLIENT)
DISABLED = NEW.model_copy(update={"restrictions": (Restriction(channel=Channel.WHATSAPP, since=NOW),)})


def recorded(outcome: MessageSettledV1) -> list[tuple[Fact, int | None]]:
    return [(fact.fact, fact.points) for fact in outcome.facts]


def reasons(outcome: MessageSettledV1) -> list[tuple[Effect, Refusal]]:
    return [(refused.effect, refused.reason) for refused in outcome.refused]


def after(*outcomes: MessageSettledV1) -> Standing:
    standing = NEW
    for outcome in outcomes:
        standing = fold(standing, outcome)
    return standing


def test_an_infraction_counts_its_points() -> None:
    outcome = settle(decided("m1", NOW, infraction(points=2)), NEW, terms())
    assert recorded(outcome) == [(Fact.INFRACTION_RECORDED, 2)]
    assert (outcome.before.points, outcome.after.points, outcome.refused) == (0, 2, ())


@pytest.mark.parametrize(
    ("standing", "late_minutes", "effect", "more", "facts", "reason"),
    [
        (NEW, 0, infraction(mode=Mode.SHADOW), {}, [], Refusal.SHADOW),
        (NEW, 0, infraction(), {"auto_reply": True}, [], Refusal.AUTO_REPLY),
        (NEW, 31, infraction(), {}, [(Fact.INFRACTION_RECORDED, 0)], Refusal.LATE),
        (DISABLED, 0, infraction(), {}, [(Fact.INFRACTION_RECORDED, 0)], Refusal.CHANNEL_DISABLED),
        (NEW, 0, infraction(confidence=0.59), {}, [(Fact.REVIEW_OPENED, 2)], Refusal.LOW_CONFIDENCE),
        (NEW, 0, infraction(mode=Mode.REVIEW), {}, [(Fact.REVIEW_OPENED, 2)], None),
        (NEW, 0, infraction(lenient=1), {}, [(Fact.INFRACTION_RECORDED, 0)], Refusal.LENIENT),
        (
            NEW.model_copy(update={"forgiven_before": later(1)}),
            0,
            infraction(),
            {},
            [(Fact.INFRACTION_RECORDED, 0)],
            Refusal.OUTRANKED,
        ),
    ],
)
def test_an_infraction_that_does_not_count_says_why(
    standing: Standing,
    late_minutes: int,
    effect: InfractionEffect,
    more: dict[str, Any],
    facts: list[tuple[Fact, int]],
    reason: Refusal | None,
) -> None:
    late = timedelta(minutes=late_minutes)
    outcome = settle(decided("m1", NOW, effect, late=late, **more), standing, terms())
    assert recorded(outcome) == facts
    assert reasons(outcome) == ([] if reason is None else [(Effect.INFRACTION, reason)])
    assert outcome.after.points == 0


@pytest.mark.parametrize(("minutes", "counts"), [(0, True), (30, True), (31, False)])
def test_a_message_is_late_after_the_packs_minutes(minutes: int, counts: bool) -> None:
    decision = decided("m1", NOW, infraction(), late=timedelta(minutes=minutes))
    assert (settle(decision, NEW, terms()).after.points > 0) is counts


def test_confidence_at_the_threshold_counts() -> None:
    outcome = settle(decided("m1", NOW, infraction(confidence=0.6, threshold=0.6)), NEW, terms())
    assert outcome.after.points == 2


def test_the_first_n_of_a_rule_are_lenient_and_the_next_one_counts() -> None:
    light = [
        decided(f"m{n}", later(minutes=n), infraction("P5.impatient", points=1, lenient=2, burst=f"m{n}"))
        for n in range(1, 4)
    ]
    first = settle(light[0], NEW, terms())
    second = settle(light[1], after(first), terms())
    third = settle(light[2], after(first, second), terms())
    assert [outcome.after.points for outcome in (first, second, third)] == [0, 0, 1]
    assert [reasons(outcome) for outcome in (first, second, third)] == [
        [(Effect.INFRACTION, Refusal.LENIENT)],
        [(Effect.INFRACTION, Refusal.LENIENT)],
        [],
    ]


def test_leniency_is_each_rules_own() -> None:
    first = settle(decided("m1", NOW, infraction("P5.impatient", lenient=1)), NEW, terms())
    other = infraction("P3.off_purpose", points=1, lenient=1, burst="m2")
    second = settle(decided("m2", later(1), other), after(first), terms())
    assert reasons(second) == [(Effect.INFRACTION, Refusal.LENIENT)]


def test_leniency_returns_once_the_forgiven_one_has_expired() -> None:
    first = settle(decided("m1", NOW, infraction("P5.impatient", lenient=1)), NEW, terms())
    much_later = decided("m2", later(days=91), infraction("P5.impatient", lenient=1, burst="m2"))
    assert reasons(settle(much_later, after(first), terms())) == [(Effect.INFRACTION, Refusal.LENIENT)]


@pytest.mark.parametrize(
    ("message", "original", "burst", "rule", "counts"),
    [
        ("m2", None, "m1", "P5.aggressive", False),
        ("e1", "m1", "e1", "P5.aggressive", False),
        ("m2", None, "m2", "P5.aggressive", True),
        ("m2", None, "m1", "P3.off_purpose", True),
        ("e1", "m1", "e1", "P3.off_purpose", True),
    ],
    ids=["same burst", "edit", "another message", "another rule of the burst", "another rule of the edit"],
)
def test_one_infraction_per_burst_or_original_message_and_rule(
    message: str, original: str | None, burst: str, rule: str, counts: bool
) -> None:
    first = settle(decided("m1", NOW, infraction("P5.aggressive", points=1, burst="m1")), NEW, terms())
    again = decided(message, later(5), infraction(rule, points=1, burst=burst), original=original)
    outcome = settle(again, after(first), terms())
    assert outcome.after.points == (2 if counts else 1)
    assert reasons(outcome) == ([] if counts else [(Effect.INFRACTION, Refusal.ALREADY_COUNTED)])


def test_a_burst_under_review_opens_no_second_review() -> None:
    unsure = infraction(confidence=0.1, burst="m1")
    first = settle(decided("m1", NOW, unsure), NEW, terms())
    second = settle(decided("m2", later(5), unsure), after(first), terms())
    assert (second.facts, reasons(second)) == ((), [(Effect.INFRACTION, Refusal.ALREADY_COUNTED)])


def test_another_channel_than_the_disabled_one_counts_as_ever() -> None:
    email = ROUTE.model_copy(update={"channel": Channel.EMAIL})
    outcome = settle(decided("m1", NOW, infraction(), route=email), DISABLED, terms())
    assert outcome.after.points == 2


@pytest.mark.parametrize(("seconds", "disabled"), [(-1, True), (0, False), (1, False)])
def test_a_restriction_that_has_come_to_its_end_is_over_without_a_tick(seconds: int, disabled: bool) -> None:
    ends = Restriction(channel=Channel.WHATSAPP, since=later(days=-1), until=NOW)
    standing = NEW.model_copy(update={"restrictions": (ends,)})
    outcome = settle(decided("m1", later(seconds), infraction()), standing, terms())
    restored = [fact for fact in outcome.facts if fact.fact is Fact.CHANNEL_RESTORED]
    assert [fact.at for fact in restored] == ([] if disabled else [NOW])
    assert outcome.after.points == (0 if disabled else 2)


def test_what_a_message_wrote_before_the_disabling_comes_to_is_decided_by_the_ledgers_order() -> None:
    outcome = settle(decided("m1", later(-60), infraction()), DISABLED, terms())
    assert reasons(outcome) == [(Effect.INFRACTION, Refusal.CHANNEL_DISABLED)]


def test_an_infraction_that_never_counted_is_in_the_ledger_and_not_in_the_standing() -> None:
    outcome = settle(decided("m1", NOW, infraction()), DISABLED, terms())
    assert fold(DISABLED, outcome).infractions == ()


def test_what_a_person_dismissed_is_not_opened_again_by_an_edit() -> None:
    review = settle(decided("m1", NOW, infraction(confidence=0.1)), NEW, terms())
    closed = FactRecord(fact=Fact.REVIEW_CLOSED, id=review.facts[0].id, at=later(60), verdict="dismissed")
    dismissal = review.model_copy(update={"seq": 2, "cause": "c1", "facts": (closed,)})
    standing = fold(after(review), dismissal)
    edit = decided("e1", later(90), infraction(confidence=0.95, burst="e1"), original="m1")
    assert reasons(settle(edit, standing, terms())) == [(Effect.INFRACTION, Refusal.ALREADY_COUNTED)]


def test_staff_are_noted_with_their_name_and_clients_as_the_client() -> None:
    findings = [
        FindingEffect(clause="T6", rule="T6.handles", mode=Mode.ENFORCE, about="staff", staff="Ana"),
        FindingEffect(clause="T1", rule="T1.again", mode=Mode.ENFORCE, about="client"),
        FindingEffect(clause="T8", rule="T8.hours", mode=Mode.SHADOW, about="staff", staff="Ana"),
    ]
    outcome = settle(decided("m1", NOW, *findings, direction=Direction.OUTBOUND), NEW, terms())
    assert [(fact.rule, fact.about) for fact in outcome.facts] == [
        ("T6.handles", "Ana"),
        ("T1.again", "client"),
    ]
