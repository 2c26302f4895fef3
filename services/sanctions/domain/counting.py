"""What an intended infraction comes to: the points that count, or why none do."""

from dataclasses import dataclass
from datetime import datetime

from services.sanctions.domain.standing import Infraction, Review, Standing
from services.sanctions.domain.terms import Terms
from shared.events.decisions import InfractionEffect, MessageDecidedV1
from shared.events.outcomes import FactRecord, Refused
from shared.ids import consequence_id
from shared.tags import Channel
from shared.words import Effect, Fact, Mode, Refusal


@dataclass(frozen=True, slots=True)
class Counted:
    """The facts and the refusal that one intended infraction led to."""

    facts: tuple[FactRecord, ...] = ()
    refusal: Refusal | None = None

    @property
    def points(self) -> int:
        """What it adds to the standing; a review adds nothing yet."""
        recorded = (fact.points for fact in self.facts if fact.fact is Fact.INFRACTION_RECORDED)
        return sum(points or 0 for points in recorded)

    def refused(self, effect: InfractionEffect) -> tuple[Refused, ...]:
        if self.refusal is None:
            return ()
        return (Refused(effect=Effect.INFRACTION, reason=self.refusal, rule=effect.rule),)


def count(decision: MessageDecidedV1, effect: InfractionEffect, standing: Standing, terms: Terms) -> Counted:
    """Settle one intended infraction against the standing it meets."""
    if effect.mode is Mode.SHADOW:
        return Counted(refusal=Refusal.SHADOW)
    if decision.auto_reply:
        return Counted(refusal=Refusal.AUTO_REPLY)
    if _known(standing, decision, effect):
        return Counted(refusal=Refusal.ALREADY_COUNTED)
    if (why := why_nothing_counts(decision, standing, terms)) is not None:
        return Counted((recorded(decision, effect, points=0, counts_until=None),), why)
    if effect.confidence < effect.threshold:
        return Counted((_review(decision, effect),), Refusal.LOW_CONFIDENCE)
    if effect.mode is Mode.REVIEW:
        return Counted((_review(decision, effect),))
    until = decision.occurred_at + terms.expiry
    if _forgiven(standing, effect, decision.occurred_at) < effect.lenient:
        return Counted((recorded(decision, effect, points=0, counts_until=until),), Refusal.LENIENT)
    return Counted((recorded(decision, effect, points=effect.points, counts_until=until),))


def why_nothing_counts(decision: MessageDecidedV1, standing: Standing, terms: Terms) -> Refusal | None:
    """Return why no infraction of this message can count, whatever it says."""
    if decision.received_at - decision.occurred_at > terms.late:
        return Refusal.LATE
    if in_force(standing, decision.route.channel, decision.occurred_at):
        return Refusal.CHANNEL_DISABLED
    if standing.forgiven_before is not None and decision.occurred_at < standing.forgiven_before:
        return Refusal.OUTRANKED
    return None


def in_force(standing: Standing, channel: Channel, at: datetime) -> bool:
    """Whether the client may not use the channel: by the ledger's order, not by the message's time."""
    restriction = standing.restriction(channel)
    return restriction is not None and (restriction.until is None or at < restriction.until)


def _known(standing: Standing, decision: MessageDecidedV1, effect: InfractionEffect) -> bool:
    """At most one infraction per (burst, rule) and per (original message, rule)."""
    seen: tuple[Infraction | Review, ...] = (
        *standing.infractions,
        *standing.reviews,
        *standing.dismissed,
    )
    return any(
        known.rule == effect.rule
        and (known.key == effect.burst or known.message in {decision.message, decision.original})
        for known in seen
    )


def _forgiven(standing: Standing, effect: InfractionEffect, at: datetime) -> int:
    """How many of this rule were forgiven in this period and are not yet forgotten."""
    return sum(_is_forgiveness(known, effect.rule, at) for known in standing.infractions)


def _is_forgiveness(known: Infraction, rule: str, at: datetime) -> bool:
    return known.rule == rule and not known.waived and known.points == 0 and at < known.counts_until


def recorded(
    decision: MessageDecidedV1, effect: InfractionEffect, *, points: int, counts_until: datetime | None
) -> FactRecord:
    """Return the fact; without `counts_until` it stands in the ledger and never counts."""
    cause = effect.burst if counts_until is not None else decision.message
    return FactRecord(
        fact=Fact.INFRACTION_RECORDED,
        id=consequence_id(cause, f"infraction:{effect.rule}"),
        clause=effect.clause,
        rule=effect.rule,
        points=points,
        message=decision.original,
        at=decision.occurred_at,
        counts_until=counts_until,
        key=effect.burst if counts_until is not None else None,
    )


def _review(decision: MessageDecidedV1, effect: InfractionEffect) -> FactRecord:
    return FactRecord(
        fact=Fact.REVIEW_OPENED,
        id=consequence_id(effect.burst, f"review:{effect.rule}"),
        clause=effect.clause,
        rule=effect.rule,
        points=effect.points,
        message=decision.original,
        key=effect.burst,
        at=decision.occurred_at,
    )
