"""Plays the day: step after step in the script's time, each awaited to its end and compared."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from deploy.local.demo.failure import DayStopped, Difference
from deploy.local.demo.mongo import DayStore
from deploy.local.demo.outside import Outside
from deploy.local.demo.script import ClientPart, DayStep, Script
from deploy.local.demo.watch import Watch
from deploy.local.environment import NUMBER, TENANT
from deploy.local.sandbox.webhooks import Client, Item, Stamp, call, delivery, echo, text
from shared.clock import monotonic_seconds
from shared.events.decisions import MessageDecidedV1
from shared.events.outcomes import MessageSettledV1, Settled
from shared.ids import MessageId, TenantId, message_id
from shared.rehearsal.compare import mismatches
from shared.rehearsal.document import CommandPart
from shared.rehearsal.observed import Observation, Reply
from shared.rehearsal.targets import Targets
from shared.words import CommandName, ReplyState

_FINISHED: Final = frozenset(
    {ReplyState.READ, ReplyState.FAILED, ReplyState.SUPPRESSED, ReplyState.UNKNOWN}
)
_PROVIDER: Final = "whatsapp"
_CLOCK: Final = CommandPart(name=CommandName.TICK, by="the script's clock")


@dataclass(slots=True)
class Told:
    """One step as it went: what was sent and what became of it."""

    step: DayStep
    number: int
    """Counted from 0."""
    at: datetime
    name: str
    stored: str | None = None
    """What was written, as it is kept: masked."""
    decision: MessageDecidedV1 | None = None
    outcome: Settled | None = None
    reply: Reply | None = None
    waits_until: datetime | None = None
    """A reply that holds back, in case the client goes on."""
    took_back: "list[Told]" = field(default_factory=list)
    """Earlier steps whose waiting reply this one took back."""
    observation: Observation | None = None

    @property
    def seen(self) -> Observation:
        if self.observation is None:
            self.observation = Observation(self.at)
        return self.observation


class Audience(Protocol):
    """Who is told of the day as it goes on."""

    def step(self, told: Told) -> None:
        """A step has gone through, except for a reply that waits."""

    def later(self, told: Told, at: datetime) -> None:
        """A reply that waited has been sent."""

    def differs(self, difference: Difference) -> None:
        """Something expected did not happen."""


@dataclass(slots=True)
class Log:
    """What the day came to, beside what is stored."""

    told: list[Told] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    reply_seconds: list[float] = field(default_factory=list)
    """Real time from each webhook until its reply was on the phone and read."""


class Player:
    """Plays one script on a running line."""

    def __init__(
        self, script: Script, watch: Watch, outside: Outside, store: DayStore, audience: Audience
    ) -> None:
        self._script = script
        self._watch = watch
        self._outside = outside
        self._store = store
        self._audience = audience
        self._log = Log()
        self._waiting: list[Told] = []
        self._targets = Targets()
        self._last_webhook: dict[str, tuple[bytes, MessageId]] = {}

    async def play(self) -> Log:
        """Play all steps; raises `DayStopped` where the day cannot go on."""
        for number, step in enumerate(self._script.day.steps):
            at = self._script.day.instant(step)
            told = Told(step, number, at, self._client(step).name)
            try:
                await self._let_pass(at)
                await self._outside.set_time(at)
                await self._act(told)
            except DayStopped as stopped:
                raise DayStopped(f"{self._place(told)}: {self._label(told)}: {stopped}") from None
            self._log.told.append(told)
            self._audience.step(told)
            for earlier in told.took_back:
                self._compare(earlier)
            if told.waits_until is None:
                self._compare(told)
        await self._let_pass(None)
        return self._log

    def _client(self, step: DayStep) -> ClientPart:
        return self._script.day.clients[step.client]

    async def _act(self, told: Told) -> None:
        step = told.step
        if step.command is not None:
            await self._command(told, step.command)
        elif step.redelivered:
            await self._redeliver(told)
        else:
            await self._send(told)

    # -- what is sent

    async def _send(self, told: Told) -> None:
        wamid = f"wamid.day{told.number + 1:04d}"
        raw = delivery(NUMBER, [self._item(told, wamid)])
        kind = "call" if told.step.voice_call else "message"
        message = message_id(
            TenantId(TENANT), _PROVIDER, NUMBER.phone_number_id, kind, wamid, ""
        )
        if told.step.staff_says is None:
            await self._outside.open_window(self._client(told.step).phone, wamid, told.at)
            self._last_webhook[told.step.client] = raw, message
        begun_seconds = monotonic_seconds()
        await self._outside.deliver(raw)
        await self._settled(told, message)
        if told.reply is not None and told.reply.state is ReplyState.READ:
            self._log.reply_seconds.append(monotonic_seconds() - begun_seconds)

    def _item(self, told: Told, wamid: str) -> Item:
        step, part = told.step, self._client(told.step)
        client, stamp = Client(part.phone, name=part.name), Stamp(wamid, told.at)
        if step.voice_call:
            return call(NUMBER, client, stamp, "connect")
        if step.staff_says is not None:
            return echo(NUMBER, client, stamp, step.staff_says)
        return text(client, stamp, step.says or "")

    async def _settled(self, told: Told, message: MessageId) -> None:
        watch = self._watch
        await watch.until(lambda: message in watch.of_message, "an outcome")
        await watch.until(lambda: message in watch.decisions, "a decision")
        told.decision, outcome = watch.decisions[message], watch.of_message[message]
        told.stored = await self._store.text_of(message)
        told.seen.decisions.append(told.decision)
        await self._take_outcome(told, outcome)
        if told.step.staff_says is None:
            await self._take_back(told)

    async def _take_outcome(self, told: Told, outcome: Settled) -> None:
        told.outcome = outcome
        told.seen.outcomes.append(outcome)
        told.seen.standing_view = outcome.after
        self._targets.learn(told.step.client, outcome)
        if not outcome.say:
            return
        await self._watch.until(lambda: self._answered(outcome, told.at), "a reply")
        self._take_reply(told, outcome)
        first = self._watch.replies[outcome.event_id][0]
        if told.reply is not None and told.reply.state is ReplyState.REQUESTED:
            told.waits_until = first.due_at
            self._waiting.append(told)
        else:
            await self._arrived(told)

    def _answered(self, outcome: Settled, at: datetime) -> bool:
        """Whether nothing more will come of a reply at this time."""
        changes = self._watch.replies[outcome.event_id]
        if not changes:
            return False
        due_at = changes[0].due_at
        return changes[-1].state in _FINISHED or (due_at is not None and due_at > at)

    def _take_reply(self, told: Told, outcome: Settled) -> None:
        """Fold the news of the reply; each is folded once, by a fresh fold of all."""
        told.seen.replies.clear()
        for change in self._watch.replies[outcome.event_id]:
            told.seen.take_reply(change)
        told.reply = next(iter(told.seen.replies.values()), None)

    async def _arrived(self, told: Told) -> None:
        """Make sure that what is called sent is on the client's phone, word for word."""
        reply = told.reply
        if reply is None or not reply.said:
            return
        phone = await self._outside.phone_of(self._client(told.step).phone)
        if not phone or phone[-1].body != reply.text:
            self._differ(told, "the phone", reply.text, phone[-1].body if phone else "nothing arrived")

    async def _take_back(self, told: Told) -> None:
        """Follow up replies that waited and that this message of the same client took back."""
        for earlier in [one for one in self._waiting if one.step.client == told.step.client and one is not told]:
            outcome = earlier.outcome
            if outcome is None or earlier.waits_until is None or told.at >= earlier.waits_until:
                continue
            await self._watch.until(
                lambda outcome=outcome: self._watch.state(outcome.event_id) is ReplyState.SUPPRESSED,  # type: ignore[misc]
                "the taking back of the reply that waited",
            )
            self._take_reply(earlier, outcome)
            self._waiting.remove(earlier)
            told.took_back.append(earlier)

    async def _command(self, told: Told, command: CommandPart) -> None:
        target = self._targets.of(told.step.client, command.name, command.target)
        await self._take_outcome(told, await self._commanded(told, command, told.at, target))

    async def _commanded(
        self, told: Told, command: CommandPart, at: datetime, target: str | None = None
    ) -> Settled:
        phone = self._client(told.step).phone
        identity = await self._outside.command(command, phone, at, target)
        await self._watch.until(lambda: identity in self._watch.outcomes, f"the settling of {command.name}")
        return self._watch.outcomes[identity]

    async def _redeliver(self, told: Told) -> None:
        """Send the same bytes again and see that nothing of what is kept, or on the phone, grows."""
        raw, message = self._last_webhook[told.step.client]
        outcome = self._watch.of_message[message]
        phone = self._client(told.step).phone
        before = await self._store.kept_of(outcome.client), len(await self._outside.phone_of(phone))
        times = self._watch.told[outcome.event_id]
        await self._outside.deliver(raw)
        await self._watch.until(
            lambda: self._watch.told[outcome.event_id] > times, "the second telling of the same outcome"
        )
        after = await self._store.kept_of(outcome.client), len(await self._outside.phone_of(phone))
        if after != before:
            self._differ(told, "what is kept, and messages on the phone", str(before), str(after))
        told.decision, told.outcome = self._watch.decisions[message], outcome
        told.seen.standing_view = self._watch.of_message[message].after

    # -- the script's time

    async def _let_pass(self, to: datetime | None) -> None:
        """Let what waits fall due: the script's clock ticks for each, in order of time."""
        while due := self._next_due(to):
            told, at = due
            outcome = told.outcome
            if outcome is None:
                raise ValueError("only what was settled waits")
            self._waiting.remove(told)
            await self._outside.set_time(at)
            await self._commanded(told, _CLOCK, at)
            await self._watch.until(
                lambda outcome=outcome: self._watch.state(outcome.event_id) in _FINISHED,  # type: ignore[misc]
                "the reply that waited",
            )
            self._take_reply(told, outcome)
            await self._arrived(told)
            self._audience.later(told, at)
            self._compare(told)

    def _next_due(self, to: datetime | None) -> tuple[Told, datetime] | None:
        due = [(one.waits_until, one) for one in self._waiting if one.waits_until is not None]
        ready = [(at, one) for at, one in due if to is None or at <= to]
        if not ready:
            return None
        at, one = min(ready, key=lambda pair: pair[0])
        return one, at

    # -- comparing

    def _compare(self, told: Told) -> None:
        told.seen.haystack += [told.stored or "", *(one.text for one in told.seen.replies.values())]
        for one in mismatches(told.step.expect, told.seen):
            place = f"{self._script.written.file}:{self._script.line(told.number, one.key)}"
            self._tell(Difference(place, self._label(told), one.key, one.expected, one.actual))

    def _differ(self, told: Told, what: str, expected: str, actual: str) -> None:
        self._tell(Difference(self._place(told), self._label(told), what, expected, actual))

    def _tell(self, difference: Difference) -> None:
        self._log.differences.append(difference)
        self._audience.differs(difference)

    def _place(self, told: Told) -> str:
        return f"{self._script.written.file}:{self._script.line(told.number)}"

    def _label(self, told: Told) -> str:
        return f"step {told.number + 1}, {told.step.at:%H:%M}, {told.name}"
