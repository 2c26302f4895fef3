"""Steps of a day as they went, built by hand."""

import functools
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deploy.local.demo.script import DayStep
from deploy.local.demo.told import Told
from shared.events.base import Address, Route
from shared.events.decisions import Evidence, MessageDecidedV1, Tags
from shared.events.messages import ContentKind
from shared.events.outcomes import (
    ChannelStanding,
    FactRecord,
    MessageSettledV1,
    Refused,
    StandingView,
)
from shared.ids import ClientId, EventId, MessageId, PackHash, TenantId
from shared.policy.compile import load_pack
from shared.policy.pack import CompiledPack
from shared.rehearsal.observed import Observation, Reply
from shared.tags import Channel, Context, Direction, Flag, Intent, Language
from shared.words import Fact, ReplyState

AT = datetime(2026, 3, 3, 15, 5, tzinfo=UTC)
"""10:05 in Panama."""
ROUTE = Route(
    provider="whatsapp", account="8", channel=Channel.WHATSAPP, address=Address(phone="+50760000104")
)


@functools.cache
def pack() -> CompiledPack:
    return load_pack(Path(__file__).parents[3] / "deploy" / "policies" / "trackingpremium.yaml")


def decision(
    *,
    intent: Intent = Intent.OTHER,
    flags: tuple[Flag, ...] = (),
    evidence: tuple[Evidence, ...] = (),
    context: tuple[Context, ...] = (),
) -> MessageDecidedV1:
    return MessageDecidedV1(
        event_id=EventId("d"),
        tenant=TenantId("trackingpremium"),
        client=ClientId("c"),
        correlation_id="m",
        occurred_at=AT,
        message=MessageId("m"),
        original=MessageId("m"),
        route=ROUTE,
        direction=Direction.INBOUND,
        kind=ContentKind.TEXT,
        received_at=AT,
        tags=Tags(language=Language.ES, intent=intent, flags=flags, evidence=evidence),
        context=context,
        policy="trackingpremium",
        pack=PackHash("p"),
    )


def standing(points: int, *, disabled: bool = False) -> StandingView:
    channels = (ChannelStanding(channel=Channel.WHATSAPP, enabled=False),) if disabled else ()
    return StandingView(points=points, limit=3, channels=channels)


def outcome(
    *,
    before: StandingView | None = None,
    after: StandingView | None = None,
    clauses: tuple[str, ...] = (),
    facts: tuple[FactRecord, ...] = (),
    refused: tuple[Refused, ...] = (),
) -> MessageSettledV1:
    return MessageSettledV1(
        event_id=EventId("o"),
        tenant=TenantId("trackingpremium"),
        client=ClientId("c"),
        correlation_id="m",
        occurred_at=AT,
        cause="d",
        seq=1,
        received_at=AT,
        policy="trackingpremium",
        pack=PackHash("p"),
        facts=facts,
        refused=refused,
        before=before or standing(0),
        after=after or standing(0),
        message=MessageId("m"),
        direction=Direction.INBOUND,
        clauses=clauses,
    )


def disabling() -> tuple[FactRecord, ...]:
    """The facts of a client's second insult."""
    due_at = AT + timedelta(hours=4)
    return (
        FactRecord(fact=Fact.INFRACTION_RECORDED, id="i", clause="P5", points=2, at=AT),
        FactRecord(fact=Fact.CHANNEL_DISABLED, id="x", channel=Channel.WHATSAPP, at=AT),
        FactRecord(fact=Fact.CALL_REQUESTED, id="y", at=AT, due_at=due_at, assignee="executives"),
    )


def told(
    text: str,
    *,
    decided: MessageDecidedV1 | None = None,
    settled: MessageSettledV1 | None = None,
    reply: str | None = None,
    state: ReplyState = ReplyState.READ,
    refused: tuple[Refused, ...] = (),
    at: datetime = AT,
    name: str = "Julián Ríos",
) -> Told:
    """Return a step in which a client wrote `text`."""
    step = DayStep.model_validate({"at": "10:05", "client": "julian", "says": text})
    seen = Observation(at)
    if reply is not None or refused:
        seen.replies["r"] = Reply(Language.ES, state, text=reply or "", refused=list(refused))
    one = Told(step, 0, at, name, seen, stored=text, decision=decided, outcome=settled)
    if state is ReplyState.REQUESTED:
        one.waits_until = at + timedelta(seconds=20)
    return one
