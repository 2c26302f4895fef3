"""Settling a command: what a person or a timer asked for, applied to the ledger or refused."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import reduce
from typing import Final

from services.sanctions.domain.consequences import at_the_limit, disable, ended, restored
from services.sanctions.domain.standing import Infraction, Review, Standing, apply_fact
from services.sanctions.domain.terms import Terms
from shared.events.commands import CommandRequestedV1
from shared.events.outcomes import CommandProblem, CommandSettledV1, FactRecord, Paragraph
from shared.ids import PackHash, consequence_id
from shared.tags import Channel
from shared.words import CommandName, CommandState, Fact, Matter


@dataclass(frozen=True, slots=True)
class Refuse:
    """The command cannot be applied; `detail` tells the person why and what to do."""

    problem: CommandProblem
    detail: str


Verdict = tuple[FactRecord, ...] | Refuse
Settle = Callable[[CommandRequestedV1, Standing, Terms], Verdict]


def settle_command(command: CommandRequestedV1, standing: Standing, terms: Terms) -> CommandSettledV1:
    """Return the next outcome of this client: the command, applied or refused."""
    verdict = _SETTLE[command.name](command, standing, terms)
    facts = () if isinstance(verdict, Refuse) else verdict
    after = reduce(apply_fact, facts, standing)
    at = command.occurred_at
    limit = {"limit": terms.limit}
    return CommandSettledV1(
        event_id=consequence_id(command.event_id, "outcome"),
        tenant=command.tenant,
        client=command.client,
        correlation_id=command.correlation_id,
        occurred_at=at,
        cause=command.event_id,
        seq=standing.seq + 1,
        received_at=command.received_at,
        policy=terms.policy,
        pack=PackHash(terms.pack),
        facts=facts,
        before=standing.view(at).model_copy(update=limit),
        after=after.view(at).model_copy(update=limit),
        say=_told(facts, after, terms),
        name=command.name,
        state=CommandState.REFUSED if isinstance(verdict, Refuse) else CommandState.APPLIED,
        problem=verdict.problem if isinstance(verdict, Refuse) else None,
        detail=verdict.detail if isinstance(verdict, Refuse) else "",
        by=command.by,
        reason=command.reason,
    )


def _told(facts: tuple[FactRecord, ...], after: Standing, terms: Terms) -> tuple[Paragraph, ...]:
    """What the client is told of it: that the channel is disabled, or that it is back."""
    for fact in facts:
        values: dict[str, str | int] = {"points": after.points_at(fact.at), "date": fact.at.isoformat()}
        values |= {"limit": terms.limit} if terms.limit is not None else {}
        if fact.fact is Fact.CHANNEL_DISABLED and terms.disabled_again_notice is not None:
            calls = [call.due_at.isoformat() for call in after.calls]
            values |= {"call_due": calls[0]} if calls else {}
            return (
                Paragraph(paragraph=terms.disabled_again_notice, matter=Matter.RESTRICTION, values=values),
            )
        if fact.fact is Fact.CHANNEL_RESTORED and terms.restored_notice is not None:
            return (Paragraph(paragraph=terms.restored_notice, matter=Matter.RESTRICTION, values=values),)
    return ()


def _waive(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
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
        restored(command.event_id, found.channel, command.occurred_at, by=command.by, reason="waived")
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


def _disable(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
    channel = command.channel or _main_channel(terms)
    if command.until is not None and command.until <= command.occurred_at:
        return Refuse(CommandProblem.INCOMPLETE, "until lies in the past.")
    known = standing.restriction(channel)
    facts = disable(
        command.event_id,
        channel,
        command.occurred_at,
        terms,
        until=command.until,
        by=command.by,
        reason=command.reason,
    )
    # A call that is already asked for is not asked for twice.
    return facts if known is None or not standing.calls else facts[:1]


def _main_channel(terms: Terms) -> Channel:
    return terms.channels[0] if terms.channels else Channel.WHATSAPP


def _restore(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
    channel = command.channel or _main_channel(terms)
    if standing.restriction(channel) is None:
        return Refuse(CommandProblem.NOT_DISABLED, f"{channel} is not disabled for this client.")
    return (_back(command, channel),)


def _back(command: CommandRequestedV1, channel: Channel) -> FactRecord:
    return restored(
        command.event_id,
        channel,
        command.occurred_at,
        by=command.by,
        reason=command.reason,
        until=command.until,
    )


def _complete_call(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
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
    return (done, _back(command, call.channel))


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


def _confirm_review(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
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


def _dismiss_review(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
    del terms
    review = _review(command, standing)
    return review if isinstance(review, Refuse) else (_closed_review(command, review, "dismissed"),)


def _appeal(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
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


def _decide_appeal(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
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


def _note(fact: Fact) -> Settle:
    """Return what settles a command that the ledger only notes, for others to act on."""

    def settle(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
        del standing, terms
        return (
            FactRecord(
                fact=fact,
                id=consequence_id(command.event_id, fact.value),
                at=command.occurred_at,
                about=command.target,
                by=command.by,
                reason=command.reason,
            ),
        )

    return settle


def _tick(command: CommandRequestedV1, standing: Standing, terms: Terms) -> Verdict:
    del terms
    return ended(command.event_id, standing, command.occurred_at)


_SETTLE: Final[Mapping[CommandName, Settle]] = {
    CommandName.WAIVE: _waive,
    CommandName.DISABLE: _disable,
    CommandName.RESTORE: _restore,
    CommandName.COMPLETE_CALL: _complete_call,
    CommandName.CONFIRM_REVIEW: _confirm_review,
    CommandName.DISMISS_REVIEW: _dismiss_review,
    CommandName.APPEAL: _appeal,
    CommandName.DECIDE_APPEAL: _decide_appeal,
    CommandName.REQUEST_ATTENTION: _note(Fact.ATTENTION_REQUESTED),
    CommandName.ERASE: _note(Fact.PERSON_ERASED),
    CommandName.TICK: _tick,
}
