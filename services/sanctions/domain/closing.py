"""Waiving infractions, and the tasks that people close: calls, reviews, appeals."""

from functools import reduce

from services.sanctions.domain.consequences import at_the_limit, restored
from services.sanctions.domain.standing import DISMISSED, WAIVED, Infraction, Review, Standing, apply_fact
from services.sanctions.domain.terms import Terms
from services.sanctions.domain.verdicts import Refuse, Verdict, restored_by
from shared.events.commands import CommandRequestedV1
from shared.events.outcomes import CommandProblem, FactRecord
from shared.ids import consequence_id
from shared.words import Fact


def waive(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
    found = _infraction(standing, command.target)
    if isinstance(found, Refuse):
        return found
    return _without(found, command, standing, terms)


def _without(
    infraction: Infraction, command: CommandRequestedV1, standing: Standing, terms: Terms
) -> tuple[FactRecord, ...]:
    """Waive one infraction; a channel that the policy would not have disabled without it comes back."""
    waived = FactRecord(
        fact=Fact.INFRACTION_WAIVED,
        id=infraction.id,
        clause=infraction.clause,
        rule=infraction.rule,
        points=infraction.points,
        message=infraction.message,
        at=command.occurred_at,
        by=command.by,
        reason=command.reason,
    )
    points = apply_fact(standing, waived).points_at(command.occurred_at)
    if terms.limit is None or points >= terms.limit:
        return (waived,)
    back = [
        restored(command.event_id, found.channel, command.occurred_at, by=command.by, verdict=WAIVED)
        for found in standing.restrictions
        if found.by is None
    ]
    return (waived, *back)


def _infraction(standing: Standing, target: str | None) -> Infraction | Refuse:
    if target is None:
        return Refuse(
            CommandProblem.INCOMPLETE, "Name the infraction, or the message it was about, as target."
        )
    matching = [known for known in standing.infractions if target in {known.id, known.message}]
    if not matching:
        return Refuse(CommandProblem.NOT_FOUND, "This client has no such infraction.")
    alive = [known for known in matching if not known.waived]
    if not alive:
        return Refuse(CommandProblem.ALREADY_DONE, "It was waived already, or a restore has forgiven it.")
    return alive[-1]


def complete_call(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
    del terms
    if command.verdict not in {"restore", "keep"}:
        return Refuse(CommandProblem.INCOMPLETE, "Say as verdict whether to restore or to keep.")
    calls = [call for call in standing.calls if command.target in {None, call.id}]
    if not calls:
        return _gone(standing, command.target, "call")
    call = calls[0]
    done = FactRecord(
        fact=Fact.CALL_COMPLETED,
        id=call.id,
        channel=call.channel,
        at=command.occurred_at,
        assignee=call.assignee,
        by=command.by,
        reason=command.reason,
        verdict=command.verdict,
    )
    if command.verdict == "keep" or standing.restriction(call.channel) is None:
        return (done,)
    return (done, restored_by(command, call.channel))


def _gone(standing: Standing, target: str | None, what: str) -> Refuse:
    if target is not None and target in standing.closed:
        return Refuse(CommandProblem.ALREADY_DONE, f"This {what} was closed before.")
    return Refuse(CommandProblem.NOT_FOUND, f"This client has no such open {what}.")


def _review(command: CommandRequestedV1, standing: Standing) -> Review | Refuse:
    if command.target is None:
        return Refuse(CommandProblem.INCOMPLETE, "Name the review, or the message it is about, as target.")
    matching = [known for known in standing.reviews if command.target in {known.id, known.message}]
    return matching[0] if matching else _gone(standing, command.target, "review")


def _closed_review(command: CommandRequestedV1, review: Review, verdict: str) -> FactRecord:
    return FactRecord(
        fact=Fact.REVIEW_CLOSED,
        id=review.id,
        clause=review.clause,
        rule=review.rule,
        message=review.message,
        at=command.occurred_at,
        by=command.by,
        reason=command.reason,
        verdict=verdict,
    )


def confirm_review(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
    """A person says that it was one: it counts from the message's own time, and the limit applies."""
    review = _review(command, standing)
    if isinstance(review, Refuse):
        return review
    closed = _closed_review(command, review, "confirmed")
    infraction = FactRecord(
        fact=Fact.INFRACTION_RECORDED,
        id=consequence_id(review.key, f"infraction:{review.rule}"),
        clause=review.clause,
        rule=review.rule,
        points=review.points,
        message=review.message,
        at=review.at,
        counts_until=review.at + terms.expiry,
        key=review.key,
        by=command.by,
    )
    after = reduce(apply_fact, (closed, infraction), standing)
    limits = at_the_limit(command.event_id, after, terms, command.occurred_at)
    return (closed, infraction, *limits)


def dismiss_review(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
    del terms
    review = _review(command, standing)
    return review if isinstance(review, Refuse) else (_closed_review(command, review, DISMISSED),)


def appeal(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
    del terms
    found = _infraction(standing, command.target)
    if isinstance(found, Refuse):
        return found
    if any(appeal.infraction == found.id for appeal in standing.appeals):
        return Refuse(CommandProblem.ALREADY_DONE, "An appeal against it is open.")
    appeal = FactRecord(
        fact=Fact.APPEAL_OPENED,
        id=consequence_id(command.event_id, "appeal"),
        about=found.id,
        message=found.message,
        clause=found.clause,
        rule=found.rule,
        at=command.occurred_at,
        by=command.by,
        reason=command.reason,
    )
    return (appeal,)


def decide_appeal(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
    if command.verdict not in {"accept", "reject"}:
        return Refuse(CommandProblem.INCOMPLETE, "Say as verdict whether to accept or to reject.")
    appeals = [known for known in standing.appeals if command.target in {None, known.id, known.infraction}]
    if not appeals:
        return _gone(standing, command.target, "appeal")
    closed = FactRecord(
        fact=Fact.APPEAL_CLOSED,
        id=appeals[0].id,
        about=appeals[0].infraction,
        at=command.occurred_at,
        by=command.by,
        reason=command.reason,
        verdict=command.verdict,
    )
    found = _infraction(standing, appeals[0].infraction)
    if command.verdict == "reject" or isinstance(found, Refuse):
        return (closed,)
    return (closed, *_without(found, command, standing, terms))
