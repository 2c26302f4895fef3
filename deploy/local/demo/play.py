"""Plays the day: step after step in the script's time, each awaited to its end and compared."""

from typing import Final

from deploy.local.demo.failure import DayStopped, Difference
from deploy.local.demo.mongo import DayStore
from deploy.local.demo.outside import Outside
from deploy.local.demo.script import ClientPart, DayStep, Script
from deploy.local.demo.told import Audience, Log, Told
from deploy.local.demo.watch import Watch
from deploy.local.environment import NUMBER, TENANT
from deploy.local.sandbox.webhooks import Client, Item, Stamp, call, delivery, echo, text
from shared.clock import monotonic_seconds
from shared.events.outcomes import Settled
from shared.ids import MessageId, TenantId, message_id
from shared.rehearsal.compare import mismatches
from shared.rehearsal.document import CommandPart
from shared.rehearsal.observed import Observation
from shared.rehearsal.targets import Targets
from shared.words import CommandName, ReplyState

_FINISHED: Final = frozenset({ReplyState.READ, ReplyState.FAILED, ReplyState.SUPPRESSED, ReplyState.UNKNOWN})
_TICK: Final = CommandPart(name=CommandName.TICK, by="the script's clock")


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
            told = Told(step, number, at, self._client(step).name, Observation(at))
            try:
                await self._step(told)
            except DayStopped as stopped:
                raise DayStopped(f"{self._place(told)}: {told.label}: {stopped}") from None
        while self._waiting:
            await self._send_waiting(min(self._waiting, key=lambda one: one.waits_until or one.at))
        return self._log

    async def _step(self, told: Told) -> None:
        while due := [one for one in self._waiting if one.waits_until and one.waits_until <= told.at]:
            await self._send_waiting(min(due, key=lambda one: one.waits_until or one.at))
        await self._outside.set_time(told.at)
        await self._act(told)
        self._log.told.append(told)
        self._audience.step(told)
        for one in (*told.took_back, *(() if told.waits else (told,))):
            self._compare(one)

    async def _act(self, told: Told) -> None:
        step = told.step
        if step.command is not None:
            target = self._targets.of(step.client, step.command.name, step.command.target)
            await self._take_outcome(told, await self._commanded(told, step.command, target))
        elif step.redelivered:
            await self._redeliver(told)
        else:
            await self._send(told)

    def _client(self, step: DayStep) -> ClientPart:
        return self._script.day.clients[step.client]

    # -- what is sent, and what comes of it

    async def _send(self, told: Told) -> None:
        wamid = f"wamid.day{told.number + 1:04d}"
        raw = delivery(NUMBER, [self._item(told, wamid)])
        kind = "call" if told.step.voice_call else "message"
        account = NUMBER.phone_number_id
        message = message_id(TenantId(TENANT), "whatsapp", account, kind, wamid, "")
        inbound = told.step.staff_says is None
        if inbound:
            await self._outside.open_window(self._client(told.step).phone, wamid, told.at)
            self._last_webhook[told.step.client] = raw, message
        begun_seconds = monotonic_seconds()
        await self._outside.deliver(raw)
        await self._decided(told, message)
        if told.reply is not None and told.reply.state is ReplyState.READ:
            self._log.reply_seconds.append(monotonic_seconds() - begun_seconds)
        if inbound:
            await self._take_back(told)

    def _item(self, told: Told, wamid: str) -> Item:
        step, part = told.step, self._client(told.step)
        client, stamp = Client(part.phone, name=part.name), Stamp(wamid, told.at)
        if step.voice_call:
            return call(NUMBER, client, stamp, "connect")
        if step.staff_says is not None:
            return echo(NUMBER, client, stamp, step.staff_says)
        return text(client, stamp, step.says or "")

    async def _decided(self, told: Told, message: MessageId) -> None:
        watch = self._watch
        await watch.until(lambda: message in watch.decisions, "a decision")
        await watch.until(lambda: message in watch.of_message, "an outcome")
        told.decision = watch.decisions[message]
        told.seen.decisions.append(told.decision)
        told.stored = await self._store.text_of(message)
        await self._take_outcome(told, watch.of_message[message])

    async def _take_outcome(self, told: Told, outcome: Settled) -> None:
        told.outcome = outcome
        told.seen.outcomes.append(outcome)
        told.seen.standing_view = outcome.after
        self._targets.learn(told.step.client, outcome)
        if not outcome.say:
            return
        await self._watch.until(lambda: self._rests(told, outcome), "a reply that is read")
        self._take_reply(told)
        if told.waits:
            told.waits_until = self._watch.replies[outcome.event_id][0].due_at
            self._waiting.append(told)
        else:
            await self._look_at_phone(told)

    def _rests(self, told: Told, outcome: Settled) -> bool:
        """Whether nothing more becomes of the reply at this time of the script."""
        changes = self._watch.replies[outcome.event_id]
        due_at = changes[0].due_at if changes else None
        return self._finished(outcome) or (due_at is not None and due_at > told.at)

    def _finished(self, outcome: Settled) -> bool:
        return self._watch.state(outcome.event_id) in _FINISHED

    def _take_reply(self, told: Told) -> None:
        """Fold all the news of the reply, from the first on."""
        told.seen.replies.clear()
        if told.outcome is not None:
            for change in self._watch.replies[told.outcome.event_id]:
                told.seen.take_reply(change)

    async def _look_at_phone(self, told: Told) -> None:
        """Make sure that what is called read is on the client's phone, word for word."""
        if told.reply is None or not told.reply.said:
            return
        arrived = await self._outside.phone_of(self._client(told.step).phone)
        if not arrived or arrived[-1].body != told.reply.text:
            actual = arrived[-1].body if arrived else "nothing has arrived"
            self._differ(told, "the client's phone", told.reply.text, actual)

    # -- replies that wait: taken back by the client's next message, or sent when they fall due

    async def _take_back(self, told: Told) -> None:
        for earlier in [one for one in self._waiting if one.step.client == told.step.client]:
            if earlier is not told:
                await self._finish(earlier)
                told.took_back.append(earlier)

    async def _send_waiting(self, told: Told) -> None:
        """Let the script's clock tick when the reply falls due, which sends it."""
        at = told.waits_until or told.at
        await self._outside.set_time(at)
        tick = Told(told.step, told.number, at, told.name, Observation(at))
        await self._commanded(tick, _TICK)
        await self._finish(told)
        await self._look_at_phone(told)
        self._audience.later(told)
        self._compare(told)

    async def _finish(self, told: Told) -> None:
        outcome = told.outcome
        if outcome is not None:
            await self._watch.until(lambda: self._finished(outcome), "the end of the reply that waited")
        self._take_reply(told)
        self._waiting.remove(told)

    # -- people, and the provider's second deliveries

    async def _commanded(self, told: Told, command: CommandPart, target: str | None = None) -> Settled:
        phone = self._client(told.step).phone
        identity = await self._outside.command(command, phone, told.at, target)
        await self._watch.until(
            lambda: identity in self._watch.outcomes, f"the settling of the command {command.name}"
        )
        return self._watch.outcomes[identity]

    async def _redeliver(self, told: Told) -> None:
        """Send the same bytes again: the outcome is told again, and nothing else grows."""
        raw, message = self._last_webhook[told.step.client]
        outcome = self._watch.of_message[message]
        before, times = await self._grown(told, outcome), self._watch.told[outcome.event_id]
        await self._outside.deliver(raw)
        await self._watch.until(
            lambda: self._watch.told[outcome.event_id] > times, "the second telling of the same outcome"
        )
        after = await self._grown(told, outcome)
        if after != before:
            self._differ(told, "what is kept and what is on the phone", before, after)
        told.outcome = outcome
        told.seen.standing_view = outcome.after

    async def _grown(self, told: Told, outcome: Settled) -> str:
        kept = await self._store.kept_of(outcome.client)
        arrived = await self._outside.phone_of(self._client(told.step).phone)
        counts = [f"{count} {name}" for name, count in kept.items()]
        return ", ".join([*counts, f"{len(arrived)} on the phone"])

    # -- comparing

    def _compare(self, told: Told) -> None:
        told.seen.haystack += [told.stored or "", *(one.text for one in told.seen.replies.values())]
        for one in mismatches(told.step.expect, told.seen):
            place = f"{self._script.written.file}:{self._script.line(told.number, one.key)}"
            self._tell(Difference(place, told.label, one.key, one.expected, one.actual))

    def _differ(self, told: Told, what: str, expected: str, actual: str) -> None:
        self._tell(Difference(self._place(told), told.label, what, expected, actual))

    def _tell(self, difference: Difference) -> None:
        self._log.differences.append(difference)
        self._audience.differs(difference)

    def _place(self, told: Told) -> str:
        return f"{self._script.written.file}:{self._script.line(told.number)}"
