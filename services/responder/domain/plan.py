"""Planning the reply to an outcome: throttles, loops, windows, and what of it is left to say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.responder.domain.replies import Reply, Step
from shared.events.base import Frozen, Instant, Route
from shared.events.outcomes import MessageSettledV1, Paragraph, Refused, Settled
from shared.ids import ClientId, TenantId, consequence_id
from shared.policy.pack import CompiledPack
from shared.policy.render import render
from shared.words import Effect, Fact, Matter, Refusal, ReplyState

STALE: Final = timedelta(minutes=30)
"""A cause older than this, by the clock of what the system does, gets no reply."""
WINDOW: Final = timedelta(hours=24)
"""WhatsApp's customer service window: free text only so long after the client's last message."""
_HOUR: Final = timedelta(hours=1)


class Slot(Frozen):
    """The right to have said a matter: one document per (tenant, client, matter)."""

    tenant: TenantId
    client: ClientId
    matter: Matter
    reply: str
    at: Instant


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of a client when a reply is planned."""

    slots: Mapping[Matter, Slot]
    recent: Sequence[datetime]
    """Event times of the replies that went out to this client."""
    route: Route | None
    """Where the client last wrote from, for what no message caused."""
    last_inbound_at: datetime | None


@dataclass(frozen=True, slots=True)
class Planned:
    """A reply, and the slots that it takes."""

    reply: Reply
    slots: tuple[Slot, ...] = ()


def looks_back_to(outcomes: Sequence[Settled]) -> datetime:
    """Return since when replies matter to the planning of these outcomes."""
    return min(outcome.occurred_at for outcome in outcomes) - _HOUR


def reply_id(outcome: Settled) -> str:
    """Return the id of the one reply that an outcome may have."""
    return consequence_id(outcome.event_id, "reply")


def plan(outcome: Settled, known: Known, pack: CompiledPack, now: datetime) -> Planned | None:
    """Return the reply to an outcome; None where nothing was to be said."""
    if not outcome.say:
        return None
    route = outcome.route or known.route
    why = _why_none(outcome, known, pack, now, route)
    if why is not None:
        return Planned(_reply(outcome, pack, now, route, (), refused=_all(outcome.say, why)))
    said, throttled = _throttle(outcome, known, pack)
    reply = _reply(outcome, pack, now, route, said, refused=_all(throttled, Refusal.THROTTLED))
    return Planned(reply, tuple(_slot(outcome, reply.id, matter) for matter in reply.matters))


def _why_none(
    outcome: Settled, known: Known, pack: CompiledPack, now: datetime, route: Route | None
) -> Refusal | None:
    if now - outcome.received_at > STALE:
        return Refusal.STALE
    if route is None:
        return Refusal.UNKNOWN_ADDRESS
    if not isinstance(outcome, MessageSettledV1):
        last = known.last_inbound_at
        if last is None or outcome.occurred_at - last > WINDOW:
            return Refusal.WINDOW_CLOSED
    lately = [at for at in known.recent if outcome.occurred_at - _HOUR < at <= outcome.occurred_at]
    return Refusal.LOOP if len(lately) >= pack.replies_an_hour else None


def _throttle(outcome: Settled, known: Known, pack: CompiledPack) -> tuple[list[Paragraph], list[Paragraph]]:
    said: list[Paragraph] = []
    throttled: list[Paragraph] = []
    for paragraph in outcome.say:
        held = _is_held(outcome, known.slots.get(paragraph.matter), pack.throttle(paragraph.matter))
        (throttled if held else said).append(paragraph)
    return said, throttled


def _is_held(outcome: Settled, slot: Slot | None, window_seconds: int) -> bool:
    """A slot that my own reply holds is mine; in event time, so that a replay decides alike."""
    if slot is None or slot.reply == reply_id(outcome):
        return False
    return slot.at <= outcome.occurred_at < slot.at + timedelta(seconds=window_seconds)


def _slot(outcome: Settled, reply: str, matter: Matter) -> Slot:
    return Slot(
        tenant=outcome.tenant, client=outcome.client, matter=matter, reply=reply, at=outcome.occurred_at
    )


def _all(paragraphs: Sequence[Paragraph], reason: Refusal) -> tuple[Refused, ...]:
    return tuple(
        Refused(effect=_effect(one), reason=reason, rule=one.rule, matter=one.matter) for one in paragraphs
    )


def _effect(paragraph: Paragraph) -> Effect:
    return Effect.REDIRECT if paragraph.matter is Matter.REDIRECT else Effect.REPLY


def _reply(
    outcome: Settled,
    pack: CompiledPack,
    now: datetime,
    route: Route | None,
    said: Sequence[Paragraph],
    *,
    refused: tuple[Refused, ...],
) -> Reply:
    state = ReplyState.REQUESTED if said else ReplyState.SUPPRESSED
    language = pack.language(outcome.language)
    # Guidance waits for the client's next message; with anything else beside it, nothing waits.
    delay_seconds = min((one.delay_seconds for one in said), default=0)
    return Reply(
        id=reply_id(outcome),
        tenant=outcome.tenant,
        client=outcome.client,
        cause=outcome.event_id,
        message=outcome.message if isinstance(outcome, MessageSettledV1) else None,
        correlation_id=outcome.correlation_id,
        occurred_at=outcome.occurred_at,
        received_at=outcome.received_at,
        seq=outcome.seq,
        route=route,
        language=language,
        pack=outcome.pack,
        matters=tuple(dict.fromkeys(one.matter for one in said)),
        text=render(pack, said, language) if said else None,
        state=state,
        steps=(Step(state=state, at=now),),
        refused=refused,
        due_at=outcome.occurred_at + timedelta(seconds=delay_seconds) if said else None,
        blocks=_blocks(outcome, pack, said),
    )


def _blocks(outcome: Settled, pack: CompiledPack, said: Sequence[Paragraph]) -> bool:
    """Whether the reply tells of a channel that this pack has blocked at the provider as well."""
    wanted = pack.restriction is not None and pack.restriction.provider_block
    told = any(paragraph.matter is Matter.RESTRICTION for paragraph in said)
    return wanted and told and any(fact.fact is Fact.CHANNEL_DISABLED for fact in outcome.facts)
