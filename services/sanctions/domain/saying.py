"""Which paragraphs an outcome says: the decision's own, and what the ledger adds to them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.sanctions.domain.standing import Standing
from services.sanctions.domain.terms import Terms
from shared.events.decisions import InfractionEffect, MessageDecidedV1, SayEffect
from shared.events.outcomes import FactRecord, Paragraph, Refused
from shared.tags import Context, Direction
from shared.words import Fact, Matter, Mode, Refusal

_LEFT_TO_STAFF: Final = frozenset({Matter.GUIDANCE, Matter.STANDARD, Matter.HOURS})
"""What a machine does not say into a conversation that a person of the staff is having."""
_EXCERPT_CHARACTERS: Final = 80


@dataclass(frozen=True, slots=True)
class Said:
    """What is to be said, and which intended paragraphs are not."""

    paragraphs: tuple[Paragraph, ...] = ()
    refused: tuple[Refused, ...] = ()


def say(
    decision: MessageDecidedV1,
    terms: Terms,
    after: Standing,
    *,
    facts: Sequence[FactRecord],
    counted: Refusal | None,
    was_disabled: bool,
) -> Said:
    """Return the paragraphs of the reply to one decision, before throttles."""
    if decision.direction is Direction.OUTBOUND:
        return Said()
    values = _values(decision, terms, after, facts)
    paragraphs: list[Paragraph] = []
    refused: list[Refused] = []
    disabled_now = any(fact.fact is Fact.CHANNEL_DISABLED for fact in facts)
    for effect in decision.effects:
        if not isinstance(effect, SayEffect):
            continue
        why = _why_not(decision, terms, effect, counted=counted, disabled=was_disabled or disabled_now)
        if why is not None:
            refused.append(Refused(effect=effect.effect, reason=why, rule=effect.rule, matter=effect.matter))
        else:
            paragraphs.append(_paragraph(effect, values))
    if _answers(decision, terms):
        paragraphs += _notices(terms, facts, values, was_disabled=was_disabled, disabled_now=disabled_now)
    return Said(tuple(paragraphs), tuple(refused))


def _answers(decision: MessageDecidedV1, terms: Terms) -> bool:
    late = decision.received_at - decision.occurred_at > terms.late
    return not late and not decision.auto_reply


def _why_not(
    decision: MessageDecidedV1, terms: Terms, effect: SayEffect, *, counted: Refusal | None, disabled: bool
) -> Refusal | None:
    if effect.mode is Mode.SHADOW:
        return Refusal.SHADOW
    if decision.auto_reply:
        return Refusal.AUTO_REPLY
    if decision.received_at - decision.occurred_at > terms.late:
        return Refusal.LATE
    if disabled and effect.matter is not Matter.HOTLINE:
        return Refusal.CHANNEL_DISABLED
    if Context.STAFF_ACTIVE in decision.context and effect.matter in _LEFT_TO_STAFF:
        return Refusal.STAFF_ACTIVE
    if effect.matter is Matter.WARNING:
        return _why_no_warning(effect, counted)
    return None


def _why_no_warning(effect: SayEffect, counted: Refusal | None) -> Refusal | None:
    """Nobody is reproached for what a person has yet to look at, or twice for one thing."""
    if effect.mode is Mode.REVIEW:
        return Refusal.LOW_CONFIDENCE
    if counted in {Refusal.LOW_CONFIDENCE, Refusal.ALREADY_COUNTED, Refusal.OUTRANKED}:
        return counted
    return None


def _paragraph(effect: SayEffect, values: dict[str, str | int]) -> Paragraph:
    return Paragraph(
        paragraph=effect.paragraph,
        matter=effect.matter,
        rule=effect.rule,
        values=values,
        delay_seconds=effect.delay_seconds,
    )


def _notices(
    terms: Terms,
    facts: Sequence[FactRecord],
    values: dict[str, str | int],
    *,
    was_disabled: bool,
    disabled_now: bool,
) -> list[Paragraph]:
    """What the ledger itself tells the client: disabled now, disabled still, or so many of so many."""
    if disabled_now:
        return _notice(terms.disabled_notice, Matter.RESTRICTION, values)
    if was_disabled:
        return _notice(terms.disabled_again_notice, Matter.RESTRICTION, values)
    if any(fact.fact is Fact.INFRACTION_RECORDED and fact.points for fact in facts):
        return _notice(terms.standing_notice, Matter.WARNING, values)
    return []


def _notice(name: str | None, matter: Matter, values: dict[str, str | int]) -> list[Paragraph]:
    return [] if name is None else [Paragraph(paragraph=name, matter=matter, values=values)]


def _values(
    decision: MessageDecidedV1, terms: Terms, after: Standing, facts: Sequence[FactRecord]
) -> dict[str, str | int]:
    """Return what paragraphs may name. Times are ISO 8601; the renderer puts them in words."""
    values: dict[str, str | int] = {
        "points": after.points_at(decision.occurred_at),
        "date": decision.occurred_at.isoformat(),
    }
    if terms.limit is not None:
        values["limit"] = terms.limit
    for effect in decision.effects:
        if isinstance(effect, InfractionEffect):
            values["clause"] = effect.clause
    if decision.tags.evidence:
        values["excerpt"] = _excerpt(decision)
    calls = [fact.due_at for fact in facts if fact.due_at is not None]
    calls += [call.due_at for call in after.calls]
    if calls:
        values["call_due"] = calls[0].isoformat()
    return values


def _excerpt(decision: MessageDecidedV1) -> str:
    """The words that weighed most, for a notice that must name what it is about."""
    counted = {effect.rule for effect in decision.effects if isinstance(effect, InfractionEffect)}
    because = {tag for rule in decision.rules if rule.rule in counted for tag in rule.because}
    confidence = decision.tags.confidence
    heaviest = max(
        decision.tags.evidence, key=lambda entry: (entry.tag in because, confidence.get(entry.tag, 0.0))
    )
    return heaviest.excerpt[:_EXCERPT_CHARACTERS]
