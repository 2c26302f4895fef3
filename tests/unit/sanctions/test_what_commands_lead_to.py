"""What follows from a command: the period it begins, what it outranks, what the client is told."""

from datetime import timedelta
from typing import Any

import pytest

from services.sanctions.domain.commands import settle_command
from services.sanctions.domain.messages import settle
from services.sanctions.domain.standing import Standing, fold
from services.sanctions.terms import no_terms
from shared.tags import Channel, Direction, Language
from shared.words import CommandName, Fact
from tests.support.builders_core import NOW, command, decided, in_four_hours, infraction, later, terms
from tests.unit.sanctions.histories import (
    AT,
    AT_LIMIT,
    NEW,
    TERMS,
    TWO_POINTS,
    after,
    facts,
    message,
    settled,
)


def test_a_restore_starts_a_new_period_at_zero_points() -> None:
    outcome = settled(CommandName.RESTORE, AT_LIMIT)
    standing = fold(AT_LIMIT, outcome)
    assert (outcome.before.points, outcome.after.points, outcome.after.channels) == (3, 0, ())
    assert (standing.calls, standing.forgiven_before) == ((), AT)
    assert AT_LIMIT.calls[0].id in standing.closed


def test_a_message_from_before_the_restore_counts_nothing_in_the_new_period() -> None:
    standing = fold(AT_LIMIT, settled(CommandName.RESTORE, AT_LIMIT))
    old = settle(decided("m9", later(minutes=59), infraction(burst="m9")), standing, TERMS)
    new = settle(decided("m9", later(minutes=60), infraction(burst="m9")), standing, TERMS)
    assert (old.after.points, new.after.points) == (0, 2)


def test_a_restore_may_forbid_the_policy_to_disable_again_for_a_while() -> None:
    standing = fold(AT_LIMIT, settled(CommandName.RESTORE, AT_LIMIT, until=later(days=2)))
    for day, disables in ((1, False), (3, True)):
        bad = decided("m9", later(days=day), infraction(points=5, burst="m9"))
        assert (Fact.CHANNEL_DISABLED in facts(settle(bad, standing, TERMS))) is disables


def test_a_waiver_leaves_a_persons_restriction_in_place() -> None:
    both = fold(TWO_POINTS, settled(CommandName.DISABLE, TWO_POINTS))
    assert facts(settled(CommandName.WAIVE, both, target="m1")) == [Fact.INFRACTION_WAIVED]


def test_a_waiver_that_leaves_the_limit_reached_gives_nothing_back() -> None:
    exactly_three_left = after(message("m1"), message("m2", points=3))
    assert facts(settled(CommandName.WAIVE, exactly_three_left, target="m1")) == [Fact.INFRACTION_WAIVED]


def test_a_person_may_disable_for_a_time_and_it_ends_by_itself() -> None:
    standing = fold(NEW, settled(CommandName.DISABLE, NEW, until=later(days=1)))
    assert standing.wake_at() == later(days=1)
    early = settle_command(command(CommandName.TICK, later(days=1, seconds=-1)), standing, TERMS)
    tick = settle_command(command(CommandName.TICK, later(days=1)), standing, TERMS)
    assert (facts(early), facts(tick)) == ([], [Fact.CHANNEL_RESTORED])
    assert fold(standing, tick).restrictions == ()
    assert tick.facts[0].by is None


def test_a_confirmed_review_counts_from_the_messages_time_and_may_reach_the_limit() -> None:
    standing = after(message("m0", points=2), message("m1", confidence=0.1))
    outcome = settled(CommandName.CONFIRM_REVIEW, standing, target="m1")
    assert facts(outcome) == [
        Fact.REVIEW_CLOSED,
        Fact.INFRACTION_RECORDED,
        Fact.CHANNEL_DISABLED,
        Fact.CALL_REQUESTED,
    ]
    assert outcome.facts[1].counts_until == NOW + timedelta(days=90)


def test_a_command_without_a_channel_means_the_policys_first() -> None:
    telegram = terms(channels=(Channel.TELEGRAM, Channel.WHATSAPP))
    outcome = settle_command(command(CommandName.DISABLE), NEW, telegram)
    assert outcome.facts[0].channel is Channel.TELEGRAM
    nowhere = settle_command(command(CommandName.DISABLE), NEW, terms(channels=()))
    assert nowhere.facts[0].channel is Channel.WHATSAPP


@pytest.mark.parametrize(
    ("name", "standing", "more", "notice"),
    [
        (CommandName.DISABLE, NEW, {}, "disabled_by_person"),
        (CommandName.RESTORE, AT_LIMIT, {}, "restored"),
        (CommandName.WAIVE, AT_LIMIT, {"target": "m1"}, "restored"),
        (
            CommandName.CONFIRM_REVIEW,
            after(message("m0"), message("m1", confidence=0.1)),
            {"target": "m1"},
            "disabled",
        ),
        (CommandName.WAIVE, TWO_POINTS, {"target": "m1"}, None),
        (CommandName.COMPLETE_CALL, AT_LIMIT, {"verdict": "keep"}, None),
        (CommandName.REQUEST_ATTENTION, NEW, {}, None),
    ],
)
def test_the_client_is_told_what_changed_for_them(
    name: CommandName, standing: Standing, more: dict[str, Any], notice: str | None
) -> None:
    outcome = settled(name, standing, **more)
    assert [paragraph.paragraph for paragraph in outcome.say] == ([] if notice is None else [notice])


def test_the_notice_names_what_its_words_need() -> None:
    standing = after(message("m0"), message("m1", confidence=0.1))
    values = settled(CommandName.CONFIRM_REVIEW, standing, target="m1").say[0].values
    assert values == {
        "points": 4,
        "limit": 3,
        "clause": "P5",
        "date": NOW.isoformat(),
        "call_due": in_four_hours(AT).isoformat(),
    }


@pytest.mark.parametrize(
    ("direction", "language", "expected"),
    [
        (Direction.INBOUND, Language.PT_BR, Language.PT_BR),
        (Direction.OUTBOUND, Language.EN, None),
    ],
)
def test_a_command_is_told_in_the_language_that_the_client_wrote_in_last(
    direction: Direction, language: Language, expected: Language | None
) -> None:
    decision = decided("m1", NOW, direction=direction, tags={"language": language})
    standing = fold(NEW, settle(decision, NEW, TERMS))
    assert settled(CommandName.DISABLE, standing).language is expected


def test_a_tenant_without_a_policy_can_still_be_commanded() -> None:
    none = no_terms("acme")
    outcome = settle_command(command(CommandName.DISABLE), NEW, none)
    assert (facts(outcome), outcome.say) == ([Fact.CHANNEL_DISABLED], ())


@pytest.mark.parametrize("name", list(CommandName))
def test_settling_is_a_function_of_its_arguments(name: CommandName) -> None:
    event = command(name, AT, target="m1", verdict="restore")
    assert settle_command(event, AT_LIMIT, TERMS) == settle_command(event, AT_LIMIT, TERMS)
