"""Which paragraphs an outcome says, and which it keeps to itself."""

from datetime import timedelta
from typing import Any

import pytest

from services.sanctions.domain.messages import settle
from services.sanctions.domain.standing import Infraction, Restriction, Standing
from shared.events.decisions import Evidence, IntendedEffect, SignalEffect, Tags
from shared.events.outcomes import MessageSettledV1
from shared.ids import MessageId
from shared.tags import Channel, Context, Direction, Language
from shared.words import Effect, Matter, Mode, Refusal
from tests.support.builders_core import CLIENT, NOW, TENANT, decided, infraction, later, saying, terms

NEW = Standing(tenant=TENANT, client=CLIENT)
DISABLED = NEW.model_copy(update={"restrictions": (Restriction(channel=Channel.WHATSAPP, since=NOW),)})
AT_TWO = NEW.model_copy(
    update={
        "infractions": (
            Infraction(
                id="i0",
                clause="P3",
                rule="P3.off_purpose",
                points=2,
                message=MessageId("m0"),
                key="m0",
                at=later(-60),
                counts_until=later(days=90),
            ),
        )
    }
)
WARNING = saying("respect", Matter.WARNING)
REDIRECT = saying("mail", Matter.REDIRECT, rule="P3.off_purpose")
HOTLINE = saying("hotline", Matter.HOTLINE, rule="T2.urgent")
GUIDANCE = saying("greeting", Matter.GUIDANCE, rule="P4.greeting", delay_seconds=20)
HOURS = saying("hours", Matter.HOURS, rule="P6.out_of_hours")


def said(outcome: MessageSettledV1) -> list[str]:
    return [paragraph.paragraph for paragraph in outcome.say]


def refusals(outcome: MessageSettledV1) -> dict[str | None, Refusal]:
    return {refused.rule: refused.reason for refused in outcome.refused if refused.matter}


def test_what_the_decision_says_is_said_with_its_delay() -> None:
    outcome = settle(decided("m1", NOW, REDIRECT, GUIDANCE), NEW, terms())
    assert [(one.paragraph, one.matter, one.delay_seconds) for one in outcome.say] == [
        ("mail", Matter.REDIRECT, 0),
        ("greeting", Matter.GUIDANCE, 20),
    ]


def test_a_warning_that_counts_says_where_the_client_stands() -> None:
    outcome = settle(decided("m1", NOW, WARNING, infraction(points=2)), NEW, terms())
    assert said(outcome) == ["respect", "standing"]
    assert outcome.say[1].values["points"] == 2
    assert outcome.say[1].values["limit"] == 3


def test_a_lenient_warning_says_nothing_of_points() -> None:
    outcome = settle(decided("m1", NOW, WARNING, infraction(lenient=1)), NEW, terms())
    assert said(outcome) == ["respect"]


def test_reaching_the_limit_says_that_the_channel_is_disabled_and_nothing_else_but_the_hotline() -> None:
    outcome = settle(decided("m1", NOW, HOTLINE, WARNING, REDIRECT, infraction()), AT_TWO, terms())
    assert said(outcome) == ["hotline", "disabled"]
    assert refusals(outcome) == {
        "P5.aggressive": Refusal.CHANNEL_DISABLED,
        "P3.off_purpose": Refusal.CHANNEL_DISABLED,
    }


def test_the_disabled_notice_can_name_clause_day_words_and_call() -> None:
    evidence = (
        Evidence(tag="aggressive", start=0, end=3, excerpt="slight"),
        Evidence(tag="impatient", start=4, end=9, excerpt="x" * 200),
    )
    tags = Tags(language=Language.ES, confidence={"aggressive": 0.5, "impatient": 0.9}, evidence=evidence)
    outcome = settle(decided("m1", NOW, infraction(), tags=tags), AT_TWO, terms())
    values = outcome.say[0].values
    assert values["clause"] == "P5"
    assert values["date"] == NOW.isoformat()
    assert values["call_due"] == later(hours=4).isoformat()
    assert values["excerpt"] == "x" * 80


def test_a_message_on_a_disabled_channel_is_answered_by_the_notice_alone() -> None:
    outcome = settle(decided("m1", NOW, HOTLINE, REDIRECT), DISABLED, terms())
    assert said(outcome) == ["hotline", "disabled_again"]
    assert refusals(outcome) == {"P3.off_purpose": Refusal.CHANNEL_DISABLED}


@pytest.mark.parametrize(
    ("effects", "more", "reason"),
    [
        ([saying(mode=Mode.SHADOW)], {}, Refusal.SHADOW),
        ([WARNING], {"auto_reply": True}, Refusal.AUTO_REPLY),
        ([WARNING], {"late": timedelta(minutes=31)}, Refusal.LATE),
        ([HOURS], {"context": [Context.STAFF_ACTIVE]}, Refusal.STAFF_ACTIVE),
        ([GUIDANCE], {"context": [Context.STAFF_ACTIVE]}, Refusal.STAFF_ACTIVE),
        ([saying(mode=Mode.REVIEW)], {}, Refusal.LOW_CONFIDENCE),
        ([WARNING, infraction(confidence=0.1)], {}, Refusal.LOW_CONFIDENCE),
    ],
)
def test_a_paragraph_that_is_not_said_says_why(
    effects: list[IntendedEffect], more: dict[str, Any], reason: Refusal
) -> None:
    outcome = settle(decided("m1", NOW, *effects, **more), NEW, terms())
    assert said(outcome) == []
    assert list(refusals(outcome).values()) == [reason]


@pytest.mark.parametrize("matter", [Matter.HOTLINE, Matter.WARNING, Matter.SENSITIVE, Matter.REDIRECT])
def test_a_person_in_the_conversation_does_not_silence_what_only_the_policy_says(matter: Matter) -> None:
    active = decided("m1", NOW, saying("words", matter), context=[Context.STAFF_ACTIVE])
    assert said(settle(active, NEW, terms())) == ["words"]


def test_nobody_is_reproached_for_what_is_forgiven_or_was_counted() -> None:
    forgiven = NEW.model_copy(update={"forgiven_before": later(1)})
    outcome = settle(decided("m1", NOW, WARNING, infraction()), forgiven, terms())
    assert refusals(outcome) == {"P5.aggressive": Refusal.OUTRANKED}
    counted = decided("m2", NOW, saying(rule="P3.off_purpose"), infraction("P3.off_purpose", burst="m0"))
    assert refusals(settle(counted, AT_TWO, terms())) == {"P3.off_purpose": Refusal.ALREADY_COUNTED}


def test_staff_are_never_answered() -> None:
    outcome = settle(decided("m1", NOW, REDIRECT, direction=Direction.OUTBOUND), DISABLED, terms())
    assert (said(outcome), outcome.refused) == ([], ())


@pytest.mark.parametrize("more", [{"auto_reply": True}, {"late": timedelta(hours=1)}])
def test_a_machine_and_a_late_message_get_no_notice_either(more: dict[str, Any]) -> None:
    outcome = settle(decided("m1", NOW, **more), DISABLED, terms())
    assert said(outcome) == []


def test_a_pack_without_notices_says_none() -> None:
    silent = terms(standing_notice=None, disabled_notice=None, disabled_again_notice=None)
    for standing in (NEW, AT_TWO, DISABLED):
        assert said(settle(decided("m1", NOW, infraction()), standing, silent)) == []


def test_the_outcome_lists_the_effects_that_stand() -> None:
    route = SignalEffect(effect=Effect.ROUTE, clause="P1", rule="P1.details", mode=Mode.ENFORCE, to="agents")
    decision = decided("m1", NOW, route, WARNING, infraction(lenient=1), GUIDANCE)
    assert settle(decision, NEW, terms()).effects == (Effect.ROUTE, Effect.REPLY)
    assert settle(decision, DISABLED, terms()).effects == (Effect.ROUTE,)
