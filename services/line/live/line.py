"""The line that `etiqueta rehearse --live` plays on: the running services, over HTTP and their topics.

The services run on the clock of events (`ETIQUETA_CLOCK=events`). Messages go to `POST /v1/messages`
under an account that no provider has, so nothing that a rehearsal says is ever delivered to anybody;
clients get addresses that are nobody's (country code 999), new ones in every run.
"""

import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, TypeVar

from services.line.live.stack import Published
from services.line.live.stage import ACCOUNT, Person, Stage, new_person
from shared.events.base import Event, to_instant
from shared.events.decisions import DECISION, MessageDecidedV1
from shared.events.messages import ContentKind
from shared.events.outcomes import OUTCOME, Settled, StandingView
from shared.events.replies import REPLY, ReplyChangedV1
from shared.rehearsal import Happened, Order, Utterance
from shared.tags import Channel
from shared.words import Fact, ReplyState

E = TypeVar("E", bound=Event)
_WAITS: Final = frozenset({ReplyState.REQUESTED})


@dataclass(slots=True)
class LiveLine:
    """One script on a running stack; `shared.rehearsal.Line` says what it promises."""

    stage: Stage
    _now: datetime
    """How far the script has come."""
    _clock: datetime
    """How far this script has taken the stack's clocks: never further."""
    _people: dict[str, Person] = field(default_factory=dict)
    _read: int = 0
    _known: set[str] = field(default_factory=set)
    """Ids of events that were taken: topics may hold one twice."""
    _waiting: dict[str, datetime] = field(default_factory=dict)
    """When replies that wait are due."""
    _ending: dict[tuple[str, Channel], datetime] = field(default_factory=dict)
    """When restrictions end by themselves, by client id."""

    async def say(self, utterance: Utterance, at: datetime) -> Happened:
        """Let a message arrive at `at`."""
        moment = await self._moment(at)
        written_at = to_instant(utterance.written_at) + self.stage.later
        if written_at < moment:
            await self.stage.move(moment)
        person = await self._person(utterance.client)
        body = self._body(utterance, person, written_at)
        await self.stage.stack.post("ingest", "/v1/messages", body, body["id"])
        return await self._happened()

    async def command(self, order: Order, at: datetime) -> Happened:
        """Let a person command at `at`."""
        moment = await self._moment(at)
        person = await self._person(order.client)
        until = None if order.until is None else (order.until + self.stage.later).isoformat()
        body = {
            "name": order.name,
            "client": person.id,
            "by": order.by,
            "reason": order.reason,
            "channel": order.channel,
            "until": until,
            "target": order.target,
            "verdict": order.verdict,
            "at": moment.isoformat(),
        }
        key = f"{self.stage.run}-{self.stage.number()}"
        await self.stage.stack.post("sanctions", "/v1/commands", body, key)
        return await self._happened()

    async def advance(self, to: datetime) -> Happened:
        """Let time pass until `to`, by a tick wherever something is due.

        Where nothing is, whatever comes next takes the clocks there.
        """
        goal = to_instant(to) + self.stage.later
        parts: list[Happened] = []
        while (due := self._next_due(goal)) is not None:
            parts.append(await self._pass(due))
        self._now = max(self._now, goal)
        return _joined(parts)

    async def standing(self, client: str) -> StandingView:
        """Return where the client stands at the line's present time."""
        person = await self._person(client)
        if self._clock < self._now:
            await self._pass(self._now)
        return StandingView.model_validate((await self.stage.stack.standing(person.name))["standing"])

    async def _moment(self, at: datetime) -> datetime:
        moment = to_instant(at) + self.stage.later
        await self._turn(moment)
        return moment

    async def _turn(self, at: datetime) -> None:
        await self.stage.turns.take(at)
        self._now = self._clock = at

    async def _pass(self, at: datetime) -> Happened:
        """Let a tick take the clocks to `at`, and wait for what that leads to."""
        await self._turn(at)
        ending = [client for (client, _), until in self._ending.items() if until <= at]
        people = [one for one in self._people.values() if one.id in ending] or [self.stage.keeper]
        for person in people:
            await self.stage.tick(person, at)
        self._waiting = {reply: due for reply, due in self._waiting.items() if due > at}
        return await self._happened()

    def _next_due(self, goal: datetime) -> datetime | None:
        times = [*self._waiting.values(), *self._ending.values()]
        return min((at for at in times if self._now < at <= goal), default=None)

    async def _person(self, written: str) -> Person:
        if written not in self._people:
            self._people[written] = await new_person(self.stage.stack, written, self.stage.number())
        return self._people[written]

    def _body(self, utterance: Utterance, person: Person, written_at: datetime) -> dict[str, Any]:
        return {
            "id": self._reference(person, utterance.reference),
            "edits": self._reference(person, utterance.edits) if utterance.edits else None,
            "channel": utterance.channel,
            "account": ACCOUNT,
            "client": person.who(),
            "direction": utterance.direction,
            "kind": utterance.kind,
            "text": utterance.text if utterance.text or _has_words(utterance) else None,
            "subject": utterance.subject or "",
            "copies": utterance.copies,
            "turns": [turn.model_dump() for turn in utterance.turns],
            "sent_at": written_at.isoformat(),
            "staff": utterance.staff,
            "language": utterance.language,
            "auto_reply": utterance.auto_reply,
        }

    def _reference(self, person: Person, reference: str) -> str:
        return f"{self.stage.run}-{person.id[:12]}-{reference}"

    async def _happened(self) -> Happened:
        """Wait for the stack's peace, and return what has come of our clients since we last asked."""
        stage, ids = self.stage, [person.id for person in self._people.values()]
        await stage.stack.settle(ids, self._now)
        ours = {f"{stage.tenant}:{identity}" for identity in ids}
        fresh = [one for one in stage.stack.published[self._read :] if one.key in ours]
        self._read = len(stage.stack.published)
        happened = Happened(
            decisions=self._new(_decisions(fresh)),
            outcomes=self._new(_outcomes(fresh)),
            replies=self._new(_replies(fresh)),
            haystack=(
                *(one.value.decode(errors="replace") for one in fresh),
                *await stage.stack.stored(stage.tenant, ids),
            ),
        )
        self._learn(happened)
        return happened

    def _new(self, events: Iterator[E]) -> tuple[E, ...]:
        found = {one.event_id: one for one in events if one.event_id not in self._known}
        self._known |= found.keys()
        return tuple(found.values())

    def _learn(self, happened: Happened) -> None:
        """Note what will be due: replies that wait, restrictions that end by themselves."""
        for change in happened.replies:
            waits = change.state in _WAITS and change.due_at is not None and change.due_at > self._now
            if waits and change.due_at is not None:
                self._waiting[change.reply] = change.due_at
            elif change.state not in _WAITS:
                self._waiting.pop(change.reply, None)
        for outcome in happened.outcomes:
            for fact in outcome.facts:
                if fact.channel is None:
                    continue
                place = (outcome.client, fact.channel)
                if fact.fact is Fact.CHANNEL_RESTORED:
                    self._ending.pop(place, None)
                elif fact.fact is Fact.CHANNEL_DISABLED and fact.until is not None:
                    self._ending[place] = fact.until


def _has_words(utterance: Utterance) -> bool:
    return utterance.kind in {ContentKind.TEXT, ContentKind.EMAIL}


def _decisions(records: Sequence[Published]) -> Iterator[MessageDecidedV1]:
    return (DECISION.validate_json(one.value) for one in records if one.noun == "decisions")


def _outcomes(records: Sequence[Published]) -> Iterator[Settled]:
    return (OUTCOME.validate_json(one.value) for one in records if one.noun == "outcomes")


def _replies(records: Sequence[Published]) -> Iterator[ReplyChangedV1]:
    return (REPLY.validate_json(one.value) for one in records if one.noun == "replies")


def _joined(parts: Sequence[Happened]) -> Happened:
    return Happened(
        decisions=tuple(one for part in parts for one in part.decisions),
        outcomes=tuple(one for part in parts for one in part.outcomes),
        replies=tuple(one for part in parts for one in part.replies),
        haystack=tuple(one for part in parts for one in part.haystack),
    )


@contextlib.asynccontextmanager
async def live_line(stage: Stage, start: datetime) -> AsyncIterator[LiveLine]:
    """Play one script on the stage; leaving lets the others go on."""
    try:
        at = to_instant(start) + stage.later
        yield LiveLine(stage, at, at, _read=len(stage.stack.published))
    finally:
        stage.turns.leave()
