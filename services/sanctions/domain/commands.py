"""Settling a command: what a person or a timer asked for, applied to the ledger or refused."""

from collections.abc import Mapping
from functools import reduce
from typing import Final

from services.sanctions.domain.closing import (
    appeal,
    complete_call,
    confirm_review,
    decide_appeal,
    dismiss_review,
    waive,
)
from services.sanctions.domain.consequences import disable, ended
from services.sanctions.domain.standing import Standing, apply_fact
from services.sanctions.domain.terms import Terms
from services.sanctions.domain.verdicts import Refuse, Settle, Verdict, restored_by
from shared.events.commands import CommandRequestedV1
from shared.events.outcomes import CommandProblem, CommandSettledV1, FactRecord, Paragraph
from shared.ids import PackHash, consequence_id
from shared.tags import Channel
from shared.words import CommandName, CommandState, Fact, Matter


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
        language=standing.language,
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
        notice = _notice(fact, terms)
        if notice is not None:
            values = _values(fact, facts, after, terms)
            return (Paragraph(paragraph=notice, matter=Matter.RESTRICTION, values=values),)
    return ()


def _notice(fact: FactRecord, terms: Terms) -> str | None:
    """A person's decision has words of its own; a confirmed review reaches the limit like a message."""
    if fact.fact is Fact.CHANNEL_RESTORED:
        return terms.restored_notice
    if fact.fact is not Fact.CHANNEL_DISABLED:
        return None
    return terms.disabled_notice if fact.by is None else terms.disabled_by_person_notice


def _values(
    told: FactRecord, facts: tuple[FactRecord, ...], after: Standing, terms: Terms
) -> dict[str, str | int]:
    values: dict[str, str | int] = {"points": after.points_at(told.at), "date": told.at.isoformat()}
    if terms.limit is not None:
        values["limit"] = terms.limit
    for fact in facts:
        if fact.fact is Fact.INFRACTION_RECORDED and fact.clause is not None:
            values |= {"clause": fact.clause, "date": fact.at.isoformat()}
    if after.calls:
        values["call_due"] = after.calls[0].due_at.isoformat()
    return values


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
    return (restored_by(command, channel),)


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
    CommandName.WAIVE: waive,
    CommandName.DISABLE: _disable,
    CommandName.RESTORE: _restore,
    CommandName.COMPLETE_CALL: complete_call,
    CommandName.CONFIRM_REVIEW: confirm_review,
    CommandName.DISMISS_REVIEW: dismiss_review,
    CommandName.APPEAL: appeal,
    CommandName.DECIDE_APPEAL: decide_appeal,
    CommandName.REQUEST_ATTENTION: _note(Fact.ATTENTION_REQUESTED),
    CommandName.ERASE: _note(Fact.PERSON_ERASED),
    CommandName.TICK: _tick,
}
