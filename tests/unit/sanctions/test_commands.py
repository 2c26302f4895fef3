"""What people and timers ask for: applied to the ledger, or refused with the reason and what to do."""

from collections.abc import Callable
from typing import Any

import pytest

from services.sanctions.domain.standing import Standing, fold
from shared.events.outcomes import CommandProblem, Settled
from shared.words import CommandName, CommandState, Fact
from tests.unit.sanctions.histories import (
    APPEALED,
    AT,
    AT_LIMIT,
    BY_PERSON,
    CALL_DONE,
    IN_REVIEW,
    NEW,
    TWO_POINTS,
    WAIVED,
    after,
    asked,
    facts,
    infraction_of,
    message,
    settled,
)


@pytest.mark.parametrize(
    ("name", "standing", "more", "expected"),
    [
        (CommandName.WAIVE, TWO_POINTS, {"target": "m1"}, [Fact.INFRACTION_WAIVED]),
        (CommandName.WAIVE, TWO_POINTS, {"target": infraction_of(TWO_POINTS)}, [Fact.INFRACTION_WAIVED]),
        (CommandName.WAIVE, AT_LIMIT, {"target": "m1"}, [Fact.INFRACTION_WAIVED, Fact.CHANNEL_RESTORED]),
        (CommandName.DISABLE, NEW, {}, [Fact.CHANNEL_DISABLED, Fact.CALL_REQUESTED]),
        (CommandName.DISABLE, AT_LIMIT, {}, [Fact.CHANNEL_DISABLED]),
        (CommandName.DISABLE, CALL_DONE, {}, [Fact.CHANNEL_DISABLED, Fact.CALL_REQUESTED]),
        (CommandName.RESTORE, AT_LIMIT, {}, [Fact.CHANNEL_RESTORED]),
        (CommandName.RESTORE, BY_PERSON, {"channel": "whatsapp"}, [Fact.CHANNEL_RESTORED]),
        (CommandName.COMPLETE_CALL, AT_LIMIT, {"verdict": "keep"}, [Fact.CALL_COMPLETED]),
        (
            CommandName.COMPLETE_CALL,
            AT_LIMIT,
            {"verdict": "restore", "target": AT_LIMIT.calls[0].id},
            [Fact.CALL_COMPLETED, Fact.CHANNEL_RESTORED],
        ),
        (
            CommandName.CONFIRM_REVIEW,
            IN_REVIEW,
            {"target": "m1"},
            [Fact.REVIEW_CLOSED, Fact.INFRACTION_RECORDED],
        ),
        (CommandName.DISMISS_REVIEW, IN_REVIEW, {"target": IN_REVIEW.reviews[0].id}, [Fact.REVIEW_CLOSED]),
        (CommandName.APPEAL, TWO_POINTS, {"target": "m1"}, [Fact.APPEAL_OPENED]),
        (CommandName.DECIDE_APPEAL, APPEALED, {"verdict": "reject"}, [Fact.APPEAL_CLOSED]),
        (
            CommandName.DECIDE_APPEAL,
            APPEALED,
            {"verdict": "accept", "target": APPEALED.appeals[0].id},
            [Fact.APPEAL_CLOSED, Fact.INFRACTION_WAIVED],
        ),
        (CommandName.REQUEST_ATTENTION, NEW, {"target": "conversation"}, [Fact.ATTENTION_REQUESTED]),
        (CommandName.ERASE, NEW, {}, [Fact.PERSON_ERASED]),
        (CommandName.TICK, AT_LIMIT, {}, []),
    ],
)
def test_a_command_is_applied(
    name: CommandName, standing: Standing, more: dict[str, Any], expected: list[Fact]
) -> None:
    outcome = settled(name, standing, **more)
    assert (outcome.state, outcome.problem, outcome.detail) == (CommandState.APPLIED, None, "")
    assert facts(outcome) == expected
    assert outcome.seq == standing.seq + 1


REFUSED: list[tuple[CommandName, Standing, dict[str, Any], CommandProblem]] = [
    (CommandName.WAIVE, TWO_POINTS, {}, CommandProblem.INCOMPLETE),
    (CommandName.WAIVE, NEW, {"target": "m1"}, CommandProblem.NOT_FOUND),
    (CommandName.WAIVE, WAIVED, {"target": "m1"}, CommandProblem.ALREADY_DONE),
    (CommandName.DISABLE, NEW, {"until": AT}, CommandProblem.INCOMPLETE),
    (CommandName.RESTORE, NEW, {}, CommandProblem.NOT_DISABLED),
    (CommandName.RESTORE, AT_LIMIT, {"channel": "telegram"}, CommandProblem.NOT_DISABLED),
    (CommandName.COMPLETE_CALL, AT_LIMIT, {}, CommandProblem.INCOMPLETE),
    (CommandName.COMPLETE_CALL, AT_LIMIT, {"verdict": "accept"}, CommandProblem.INCOMPLETE),
    (CommandName.COMPLETE_CALL, NEW, {"verdict": "keep"}, CommandProblem.NOT_FOUND),
    (CommandName.COMPLETE_CALL, AT_LIMIT, {"verdict": "keep", "target": "x"}, CommandProblem.NOT_FOUND),
    (
        CommandName.COMPLETE_CALL,
        CALL_DONE,
        {"verdict": "keep", "target": AT_LIMIT.calls[0].id},
        CommandProblem.ALREADY_DONE,
    ),
    (CommandName.CONFIRM_REVIEW, IN_REVIEW, {}, CommandProblem.INCOMPLETE),
    (CommandName.CONFIRM_REVIEW, NEW, {"target": "m1"}, CommandProblem.NOT_FOUND),
    (CommandName.DISMISS_REVIEW, IN_REVIEW, {}, CommandProblem.INCOMPLETE),
    (CommandName.DISMISS_REVIEW, NEW, {"target": "m1"}, CommandProblem.NOT_FOUND),
    (CommandName.APPEAL, TWO_POINTS, {}, CommandProblem.INCOMPLETE),
    (CommandName.APPEAL, NEW, {"target": "m1"}, CommandProblem.NOT_FOUND),
    (CommandName.APPEAL, WAIVED, {"target": "m1"}, CommandProblem.ALREADY_DONE),
    (CommandName.APPEAL, APPEALED, {"target": "m1"}, CommandProblem.ALREADY_DONE),
    (CommandName.DECIDE_APPEAL, APPEALED, {}, CommandProblem.INCOMPLETE),
    (CommandName.DECIDE_APPEAL, APPEALED, {"verdict": "restore"}, CommandProblem.INCOMPLETE),
    (CommandName.DECIDE_APPEAL, NEW, {"verdict": "accept"}, CommandProblem.NOT_FOUND),
]


@pytest.mark.parametrize(("name", "standing", "more", "problem"), REFUSED)
def test_a_command_is_refused_and_changes_nothing(
    name: CommandName, standing: Standing, more: dict[str, Any], problem: CommandProblem
) -> None:
    outcome = settled(name, standing, **more)
    assert (outcome.state, outcome.problem, outcome.facts) == (CommandState.REFUSED, problem, ())
    assert outcome.detail
    assert outcome.say == ()
    unmoved = {"seq": standing.seq, "limit": standing.limit}
    assert fold(standing, outcome).model_copy(update=unmoved) == standing


@pytest.mark.parametrize(
    ("close", "name", "verdict"),
    [
        ([asked(CommandName.CONFIRM_REVIEW, target="m1")], CommandName.DISMISS_REVIEW, None),
        ([asked(CommandName.DISMISS_REVIEW, target="m1")], CommandName.CONFIRM_REVIEW, None),
    ],
)
def test_a_review_is_closed_once(
    close: list[Callable[[Standing], Settled]], name: CommandName, verdict: str | None
) -> None:
    closed = after(message("m1", confidence=0.1), *close)
    again = settled(name, closed, target=IN_REVIEW.reviews[0].id, verdict=verdict)
    assert again.problem is CommandProblem.ALREADY_DONE


def test_an_appeal_is_decided_once() -> None:
    decision = asked(CommandName.DECIDE_APPEAL, verdict="reject")
    decided_once = after(message("m1"), asked(CommandName.APPEAL, target="m1"), decision)
    target = APPEALED.appeals[0].id
    assert settled(CommandName.DECIDE_APPEAL, decided_once, verdict="accept", target=target).problem is (
        CommandProblem.ALREADY_DONE
    )


def test_every_problem_of_the_list_is_met_by_some_command() -> None:
    """`no_policy` waits for commands that cannot do without one; today each can."""
    assert {problem for *_, problem in REFUSED} == set(CommandProblem) - {CommandProblem.NO_POLICY}
