"""Settling a decision: what stands, what is refused and why, and what is to be said."""

from collections.abc import Iterable
from functools import reduce

from services.sanctions.domain.consequences import at_the_limit, ended
from services.sanctions.domain.counting import Counted, count, in_force
from services.sanctions.domain.saying import Said, say
from services.sanctions.domain.standing import Standing, apply_fact
from services.sanctions.domain.terms import Terms
from shared.events.decisions import FindingEffect, InfractionEffect, MessageDecidedV1
from shared.events.outcomes import FactRecord, MessageSettledV1, Refused
from shared.ids import consequence_id
from shared.words import Effect, Fact, Mode


def settle(decision: MessageDecidedV1, standing: Standing, terms: Terms) -> MessageSettledV1:
    """Return the next outcome of this client: the decision, settled against the standing."""
    over = ended(decision.event_id, standing, decision.occurred_at)
    now = reduce(apply_fact, over, standing)
    was_disabled = in_force(now, decision.route.channel, decision.occurred_at)
    counted, refused_infractions = _infraction(decision, now, terms)
    after = reduce(apply_fact, counted.facts, now)
    limits = at_the_limit(decision.event_id, after, terms, decision.occurred_at) if counted.points else ()
    after = reduce(apply_fact, limits, after)
    facts = (*over, *counted.facts, *limits, *_findings(decision))
    said = say(decision, terms, after, facts=facts, counted=counted.refusal, was_disabled=was_disabled)
    outcome = _outcome(decision, standing, after, terms, facts, (*refused_infractions, *said.refused), said)
    # On its way while the person was erased: it counts, and is neither kept in words nor answered.
    gone = standing.erased_at is not None and decision.received_at <= standing.erased_at
    return outcome.model_copy(update={"route": None, "say": ()}) if gone else outcome


def _outcome(
    decision: MessageDecidedV1,
    before: Standing,
    after: Standing,
    terms: Terms,
    facts: tuple[FactRecord, ...],
    refused: tuple[Refused, ...],
    said: Said,
) -> MessageSettledV1:
    at = decision.occurred_at
    limit = {"limit": terms.limit}
    return MessageSettledV1(
        event_id=consequence_id(decision.event_id, "outcome"),
        tenant=decision.tenant,
        client=decision.client,
        correlation_id=decision.correlation_id,
        occurred_at=at,
        cause=decision.event_id,
        seq=before.seq + 1,
        received_at=decision.received_at,
        policy=decision.policy,
        pack=decision.pack,
        facts=facts,
        refused=refused,
        before=before.view(at).model_copy(update=limit),
        after=after.view(at).model_copy(update=limit),
        say=said.paragraphs,
        language=decision.tags.language,
        route=decision.route,
        message=decision.message,
        direction=decision.direction,
        staff=decision.staff,
        clauses=tuple(dict.fromkeys(rule.clause for rule in decision.rules)),
        effects=_standing_effects(decision, refused),
        context=decision.context,
    )


def _infraction(
    decision: MessageDecidedV1, standing: Standing, terms: Terms
) -> tuple[Counted, tuple[Refused, ...]]:
    """Settle the one infraction that a decision may carry."""
    for effect in decision.effects:
        if isinstance(effect, InfractionEffect):
            counted = count(decision, effect, standing, terms)
            return counted, counted.refused(effect)
    return Counted(), ()


def _findings(decision: MessageDecidedV1) -> tuple[FactRecord, ...]:
    return tuple(
        FactRecord(
            fact=Fact.FINDING_RECORDED,
            id=consequence_id(decision.original, f"finding:{effect.rule}"),
            clause=effect.clause,
            rule=effect.rule,
            message=decision.message,
            at=decision.occurred_at,
            about=effect.staff if effect.about == "staff" else "client",
        )
        for effect in decision.effects
        if isinstance(effect, FindingEffect) and effect.mode is not Mode.SHADOW
    )


def _standing_effects(decision: MessageDecidedV1, refused: Iterable[Refused]) -> tuple[Effect, ...]:
    """The effects of the decision that were not refused, each word once."""
    gone = {(entry.effect, entry.rule) for entry in refused}
    shadowed = {rule.rule for rule in decision.rules if rule.mode is Mode.SHADOW}
    return tuple(
        dict.fromkeys(
            effect.effect
            for effect in decision.effects
            if (effect.effect, effect.rule) not in gone and effect.rule not in shadowed
        )
    )
