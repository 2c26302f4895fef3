"""What follows from points and from people: channels disabled and restored, calls asked for."""

from datetime import datetime

from services.sanctions.domain.standing import Standing
from services.sanctions.domain.terms import Terms
from shared.events.outcomes import FactRecord
from shared.ids import consequence_id
from shared.tags import Channel
from shared.words import Fact


def disable(
    cause: str,
    channel: Channel,
    at: datetime,
    terms: Terms,
    *,
    until: datetime | None = None,
    by: str | None = None,
    reason: str | None = None,
) -> tuple[FactRecord, ...]:
    """Return the facts of disabling one channel, the call by an executive among them."""
    facts = [
        FactRecord(
            fact=Fact.CHANNEL_DISABLED,
            id=consequence_id(cause, f"disabled:{channel}"),
            channel=channel,
            at=at,
            until=until,
            by=by,
            reason=reason,
        )
    ]
    if terms.call_due is not None:
        facts.append(
            FactRecord(
                fact=Fact.CALL_REQUESTED,
                id=consequence_id(cause, f"call:{channel}"),
                channel=channel,
                at=at,
                due_at=terms.call_due(at),
                assignee=terms.assignee,
            )
        )
    return tuple(facts)


def at_the_limit(cause: str, standing: Standing, terms: Terms, at: datetime) -> tuple[FactRecord, ...]:
    """Return what the limit asks for; nothing while a person's word exempts the client."""
    if terms.limit is None or standing.points_at(at) < terms.limit:
        return ()
    if standing.exempt_until is not None and at < standing.exempt_until:
        return ()
    until = None if terms.restriction_lasts is None else at + terms.restriction_lasts
    return tuple(
        fact
        for channel in terms.channels
        if standing.restriction(channel) is None
        for fact in disable(cause, channel, at, terms, until=until)
    )


def restored(
    cause: str,
    channel: Channel,
    at: datetime,
    *,
    by: str | None = None,
    reason: str | None = None,
    until: datetime | None = None,
    verdict: str | None = None,
) -> FactRecord:
    """Return the fact that gives a channel back; without `by` the restriction ended by itself."""
    return FactRecord(
        fact=Fact.CHANNEL_RESTORED,
        id=consequence_id(cause, f"restored:{channel}"),
        channel=channel,
        at=at,
        by=by,
        reason=reason,
        until=until,
        verdict=verdict,
    )


def ended(cause: str, standing: Standing, at: datetime) -> tuple[FactRecord, ...]:
    """Return the restrictions whose time has passed at `at`."""
    return tuple(
        restored(cause, found.channel, found.until, reason="ended")
        for found in standing.restrictions
        if found.until is not None and found.until <= at
    )
