"""A line that follows a small script of its own: what it says depends on the words of a message alone.

`hola` is guided after 20 seconds, unless the client writes on; `mal` costs a point; two points disable.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from shared.events.base import Address, Route
from shared.events.decisions import FiredRule, InfractionEffect, MessageDecidedV1, SayEffect, Tags
from shared.events.messages import ContentKind
from shared.events.outcomes import (
    ChannelStanding,
    CommandSettledV1,
    FactRecord,
    MessageSettledV1,
    Paragraph,
    Refused,
    Settled,
    StandingView,
)
from shared.events.replies import ReplyChangedV1, reply_type
from shared.ids import ClientId, EventId, MessageId, PackHash, TenantId
from shared.rehearsal import Happened, Order, Utterance
from shared.tags import Channel, Flag, Intent, Language
from shared.words import CommandName, CommandState, Effect, Fact, Matter, Mode, Refusal, ReplyState

_GUIDANCE: Final = timedelta(seconds=20)
_LIMIT: Final = 2
_EVENT: Final = {"tenant": TenantId("acme"), "correlation_id": "x"}
_PACK: Final = {"policy": "acme", "pack": PackHash("0" * 64)}


@dataclass(slots=True)
class _Client:
    points: int = 0
    disabled: bool = False
    until: datetime | None = None
    waiting: tuple[datetime, str] | None = None
    """When a guidance reply is due, and the outcome that caused it."""


@dataclass(slots=True)
class FakeLine:
    """Keeps what it was told, so that a test can look at it."""

    said: list[tuple[Utterance, datetime]] = field(default_factory=list)
    orders: list[tuple[Order, datetime]] = field(default_factory=list)
    now: datetime | None = None
    _clients: dict[str, _Client] = field(default_factory=dict)
    _outcomes: int = 0

    async def say(self, utterance: Utterance, at: datetime) -> Happened:
        self._move(at)
        self.said.append((utterance, at))
        client = self._clients.setdefault(utterance.client, _Client())
        superseded = self._supersede(utterance.client, client, at)
        decision = _decision(utterance, at)
        bad = "mal" in utterance.text
        counts = bad and not client.disabled
        facts = [self._fact(Fact.INFRACTION_RECORDED, at, points=1 if counts else 0)] if bad else []
        client.points += counts
        if counts and client.points >= _LIMIT:
            client.disabled = True
            facts.append(self._fact(Fact.CHANNEL_DISABLED, at))
        refused = (
            (Refused(effect=Effect.INFRACTION, reason=Refusal.CHANNEL_DISABLED),)
            if bad and not counts
            else ()
        )
        outcome = self._settled(decision, client, tuple(facts), refused)
        replies = self._reply(utterance, client, outcome, bad=bad)
        return Happened(
            (decision,),
            (outcome,),
            (*superseded, *replies),
            haystack=(utterance.text.replace("4111", "****"),),
        )

    async def command(self, order: Order, at: datetime) -> Happened:
        self._move(at)
        self.orders.append((order, at))
        client = self._clients.setdefault(order.client, _Client())
        facts: tuple[FactRecord, ...] = ()
        if order.name is CommandName.DISABLE:
            client.disabled, client.until = True, order.until
            facts = (self._fact(Fact.CHANNEL_DISABLED, at),)
        elif order.name is CommandName.RESTORE:
            client.disabled, client.points = False, 0
            facts = (self._fact(Fact.CHANNEL_RESTORED, at),)
        return Happened(outcomes=(self._commanded(order.name, at, client, facts),))

    async def advance(self, to: datetime) -> Happened:
        self._move(to)
        outcomes: list[Settled] = []
        replies: list[ReplyChangedV1] = []
        for client in self._clients.values():
            if client.waiting is not None and client.waiting[0] <= to:
                replies.append(_changed(client.waiting[1], ReplyState.SENT, client.waiting[0]))
                client.waiting = None
            if client.until is not None and client.until <= to:
                fact = self._fact(Fact.CHANNEL_RESTORED, client.until)
                client.disabled, client.until = False, None
                outcomes.append(self._commanded(CommandName.TICK, to, client, (fact,)))
        return Happened(outcomes=tuple(outcomes), replies=tuple(replies))

    async def standing(self, client: str) -> StandingView:
        return _view(self._clients.get(client, _Client()))

    def _move(self, to: datetime) -> None:
        assert self.now is None or to >= self.now, "time went back"
        self.now = to

    def _fact(self, fact: Fact, at: datetime, points: int | None = None) -> FactRecord:
        self._outcomes += 1
        return FactRecord(fact=fact, id=f"fact-{self._outcomes}", at=at, points=points)

    def _supersede(self, name: str, client: _Client, at: datetime) -> tuple[ReplyChangedV1, ...]:
        if client.waiting is None:
            return ()
        _, cause = client.waiting
        client.waiting = None
        refused = (Refused(effect=Effect.REPLY, reason=Refusal.SUPERSEDED),)
        return (_changed(cause, ReplyState.SUPPRESSED, at).model_copy(update={"refused": refused}),)

    def _settled(
        self,
        decision: MessageDecidedV1,
        client: _Client,
        facts: tuple[FactRecord, ...],
        refused: tuple[Refused, ...],
    ) -> MessageSettledV1:
        self._outcomes += 1
        view = _view(client)
        say = (Paragraph(paragraph="kind", matter=Matter.WARNING),) if facts else ()
        return MessageSettledV1(
            **_EVENT,
            **_PACK,
            event_id=EventId(f"outcome-{self._outcomes}"),
            client=decision.client,
            occurred_at=decision.occurred_at,
            received_at=decision.received_at,
            cause=decision.event_id,
            seq=self._outcomes,
            facts=facts,
            refused=refused,
            before=view,
            after=view,
            say=say,
            message=decision.message,
            direction=decision.direction,
        )

    def _commanded(
        self, name: CommandName, at: datetime, client: _Client, facts: tuple[FactRecord, ...]
    ) -> CommandSettledV1:
        self._outcomes += 1
        return CommandSettledV1(
            **_EVENT,
            **_PACK,
            event_id=EventId(f"outcome-{self._outcomes}"),
            client=ClientId("client"),
            occurred_at=at,
            received_at=at,
            cause=f"command-{self._outcomes}",
            seq=self._outcomes,
            facts=facts,
            before=_view(client),
            after=_view(client),
            name=name,
            state=CommandState.APPLIED,
            by="somebody",
        )

    def _reply(
        self, utterance: Utterance, client: _Client, outcome: MessageSettledV1, *, bad: bool
    ) -> list[ReplyChangedV1]:
        at = outcome.occurred_at
        if bad:
            asked = _changed(
                outcome.event_id, ReplyState.REQUESTED, at, "Sea amable:\n  así.", Matter.WARNING
            )
            return [asked, _changed(outcome.event_id, ReplyState.SENT, at)]
        if "hola" in utterance.text.casefold():
            client.waiting = (at + _GUIDANCE, outcome.event_id)
            return [_changed(outcome.event_id, ReplyState.REQUESTED, at, "¿Qué necesita?", Matter.GUIDANCE)]
        return []


def _view(client: _Client) -> StandingView:
    whatsapp = ChannelStanding(channel=Channel.WHATSAPP, enabled=not client.disabled)
    return StandingView(points=client.points, limit=_LIMIT, channels=(whatsapp,))


def _route(utterance: Utterance) -> Route:
    return Route(provider="fake", account="a", channel=utterance.channel, address=Address(user_id="x"))


def _decision(utterance: Utterance, at: datetime) -> MessageDecidedV1:
    bad, greets = "mal" in utterance.text, "hola" in utterance.text.casefold()
    infraction = InfractionEffect(
        clause="K1",
        rule="K1.rude",
        mode=Mode.ENFORCE,
        points=1,
        burst=MessageId(utterance.reference),
        confidence=1,
        threshold=0.5,
    )
    guidance = SayEffect(
        effect=Effect.REPLY,
        clause="K2",
        rule="K2.hello",
        mode=Mode.ENFORCE,
        paragraph="ask",
        matter=Matter.GUIDANCE,
    )
    fired = [("K1", "K1.rude")] * bad + [("K2", "K2.hello")] * greets
    return MessageDecidedV1(
        **_EVENT,
        **_PACK,
        event_id=EventId(f"decision-{utterance.reference}"),
        client=ClientId("client"),
        occurred_at=utterance.written_at,
        message=MessageId(utterance.reference),
        original=MessageId(utterance.edits or utterance.reference),
        route=_route(utterance),
        direction=utterance.direction,
        kind=ContentKind.TEXT,
        received_at=at,
        tags=Tags(
            language=Language.EN if "hello" in utterance.text else Language.ES,
            intent=Intent.GREETING if greets else Intent.OTHER,
            flags=(Flag.AGGRESSIVE,) * bad,
        ),
        rules=tuple(FiredRule(clause=clause, rule=rule, mode=Mode.ENFORCE) for clause, rule in fired),
        effects=(infraction,) * bad + (guidance,) * greets,
    )


def _changed(
    cause: str, state: ReplyState, at: datetime, text: str | None = None, matter: Matter | None = None
) -> ReplyChangedV1:
    return ReplyChangedV1(
        **_EVENT,
        type=reply_type(state),
        event_id=EventId(f"reply-{cause}-{state}"),
        client=ClientId("client"),
        occurred_at=at,
        reply=f"reply-{cause}",
        state=state,
        cause=cause,
        route=Route(provider="fake", account="a", channel=Channel.WHATSAPP, address=Address(user_id="x")),
        language=Language.ES,
        pack=PackHash("0" * 64),
        matters=(matter,) if matter else (),
        text=text,
    )
