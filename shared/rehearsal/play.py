"""Playing a rehearsal on a line: step after step, each compared once all that it caused is known."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from shared.events.messages import ContentKind
from shared.policy.written import Location
from shared.rehearsal.compare import Mismatch, mismatches, written_keys
from shared.rehearsal.document import Step
from shared.rehearsal.expectation import Expectation
from shared.rehearsal.line import Happened, Line, Order, Utterance
from shared.rehearsal.load import Document
from shared.rehearsal.observed import Observation, merged
from shared.rehearsal.result import Difference, Played
from shared.rehearsal.targets import Targets
from shared.tags import Channel, Direction

_AFTERMATH: Final = timedelta(minutes=5)
"""How long the last step has for what waits, such as a guidance reply."""
_LABEL_CHARACTERS: Final = 60


async def rehearse(document: Document, line: Line) -> Played:
    """Play one document from its start to its end, and say where it differs."""
    play = _Play(document, line)
    await play.all_steps()
    return play.result()


class _Play:
    """One document being played: the script's clock, and what each thing sent led to."""

    def __init__(self, document: Document, line: Line) -> None:
        self._document = document
        self._line = line
        self._at = document.rehearsal.start
        """Where the script stands: the time of the last step."""
        self._line_at = self._at
        """How far the line has been taken: never behind the script."""
        self._client: str | None = None
        self._targets = Targets()
        self._all: list[Observation] = []
        self._of_step: list[list[Observation]] = []
        self._by_cause: dict[str, Observation] = {}
        self._last_message: dict[str, str] = {}
        self._differences: list[Difference] = []
        self._unreached: list[tuple[int, list[Mismatch]]] = []

    async def all_steps(self) -> None:
        for number, step in enumerate(self._document.rehearsal.conversation):
            self._of_step.append([])
            self._client = step.client or self._client
            if step.passes_time_only:
                await self._let_pass(step)
            elif step.command is not None:
                await self._command(number, step)
            else:
                await self._say(number, step)
        await self._advance(self._line_at + _AFTERMATH)

    def result(self) -> Played:
        rehearsal = self._document.rehearsal
        differences = [*self._compare_steps(), *self._compare_overall()]
        return Played(
            file=self._document.file,
            line=self._document.line("name"),
            policy=rehearsal.policy,
            name=rehearsal.name,
            clauses=tuple(rehearsal.clauses),
            said=tuple(label(step) for step in rehearsal.conversation),
            compared=self._compared(),
            differences=tuple(differences),
        )

    # -- moving through the script

    async def _let_pass(self, step: Step) -> None:
        """What happens while time passes belongs to the step that lets it pass."""
        self._at = max(self._at + step.after, self._line_at)
        self._observe(self._at)
        await self._advance(self._at)
        await self._look()

    async def _command(self, number: int, step: Step) -> None:
        await self._move(step.after)
        observation = self._observe(self._at)
        order = self._order(number, step)
        self._take(await self._line.command(order, self._at), observation)
        await self._look()

    async def _say(self, number: int, step: Step) -> None:
        texts = step.texts()
        if step.repeat_until is None:
            for sent, text in enumerate(texts):
                await self._send(number, step, sent, text)
            return
        missing: list[Mismatch] = []
        for sent in range(step.repeat_until.at_most):
            missing = await self._send(number, step, sent, texts[sent % len(texts)])
            if missing:  # what its timers bring, up to when it would be said again
                await self._advance(max(self._line_at, self._at + step.after))
                missing = self._missing(step)
            if not missing:
                return
        self._unreached.append((number, missing))

    async def _send(self, number: int, step: Step, sent: int, text: str) -> list[Mismatch]:
        await self._move(step.after)
        observation = self._observe(self._at)
        utterance = self._utterance(f"{number + 1}-{sent + 1}", step, text)
        self._take(await self._line.say(utterance, self._at), observation)
        await self._look()
        return self._missing(step)

    def _missing(self, step: Step) -> list[Mismatch]:
        return mismatches(step.repeat_until, self._all[-1]) if step.repeat_until else []

    async def _move(self, after: timedelta) -> None:
        """Take the script to its next step; what is due until then belongs to the step before."""
        self._at = max(self._at + after, self._line_at)
        await self._advance(self._at)

    async def _advance(self, to: datetime) -> None:
        happened = await self._line.advance(to)
        self._line_at = to
        if self._all:
            self._take(happened, self._all[-1])

    async def _look(self) -> None:
        """Note where the client stands now: before the timers of the time that follows."""
        if self._client is not None:
            self._all[-1].standing_view = await self._line.standing(self._client)

    # -- whom to ask for what

    def _utterance(self, reference: str, step: Step, text: str) -> Utterance:
        client = self._client or ""
        edits = self._last_message.get(client) if step.edit is not None else None
        staff = step.sender == "staff"
        if step.says is not None and not staff:
            self._last_message[client] = reference
        return Utterance(
            reference=reference,
            client=client,
            text=text,
            written_at=self._at - step.delayed,
            direction=Direction.OUTBOUND if staff else Direction.INBOUND,
            channel=_channel(step),
            kind=_kind(step),
            staff=step.staff if staff else step.to,
            subject=step.subject,
            copies=step.cc,
            turns=step.turns,
            auto_reply=step.auto_reply,
            edits=edits,
        )

    def _order(self, number: int, step: Step) -> Order:
        command = step.command
        if command is None:
            raise ValueError("not a command")
        client = self._client or ""
        until = command.until
        return Order(
            reference=f"{number + 1}",
            client=client,
            name=command.name,
            by=command.by,
            reason=command.reason,
            channel=command.channel,
            until=self._at + until if isinstance(until, timedelta) else until,
            target=self._targets.of(client, command.name, command.target),
            verdict=command.verdict,
        )

    # -- what happened because of what

    def _observe(self, at: datetime) -> Observation:
        observation = Observation(at)
        self._all.append(observation)
        self._of_step[-1].append(observation)
        return observation

    def _take(self, happened: Happened, current: Observation) -> None:
        """Give what happened to the step it belongs to; a reply to the one that caused it."""
        current.decisions += happened.decisions
        current.outcomes += happened.outcomes
        current.haystack += happened.haystack
        for outcome in happened.outcomes:
            self._by_cause[outcome.event_id] = current
            if self._client is not None:
                self._targets.learn(self._client, outcome)
        for change in happened.replies:
            self._by_cause.get(change.cause, current).take_reply(change)

    # -- comparing

    def _compare_steps(self) -> Iterator[Difference]:
        unreached = dict(self._unreached)
        for number, step in enumerate(self._document.rehearsal.conversation):
            seen = self._of_step[number]
            if number in unreached:
                yield from self._not_reached(number, len(seen), unreached[number])
            for one in seen:
                found = mismatches(step.expect_each, one)
                yield from self._differences_of(number, "expect_each", found)
            found = mismatches(step.expect, seen[-1])
            yield from self._differences_of(number, "expect", found)

    def _not_reached(self, number: int, times: int, missing: list[Mismatch]) -> Iterator[Difference]:
        missed = [
            Mismatch(one.key, f"{one.expected}, sooner or later", f"{one.actual} (said {times} times)")
            for one in missing
        ]
        return self._differences_of(number, "repeat_until", missed)

    def _differences_of(self, number: int, part: str, found: list[Mismatch]) -> Iterator[Difference]:
        for one in found:
            place: Location = ("conversation", number, part, *one.key.split("."))
            line = self._document.line(*place)
            yield Difference(self._document.file, line, number + 1, one.key, one.expected, one.actual)

    def _compare_overall(self) -> Iterator[Difference]:
        overall = self._document.rehearsal.overall
        for one in mismatches(overall, merged(self._all)):
            line = self._document.line("overall", *one.key.split("."))
            yield Difference(self._document.file, line, None, one.key, one.expected, one.actual)

    def _compared(self) -> int:
        def count(expected: Expectation | None) -> int:
            return len(written_keys(expected)) if expected is not None else 0

        rehearsal = self._document.rehearsal
        return count(rehearsal.overall) + sum(
            count(step.expect)
            + count(step.repeat_until)
            + count(step.expect_each) * len(self._of_step[number])
            for number, step in enumerate(rehearsal.conversation)
        )


def label(step: Step) -> str:
    """Return what a step does, in a few words."""
    if step.command is not None:
        return f"command {step.command.name}"
    if step.voice_call:
        return "voice call"
    if step.turns:
        return "call"
    if step.passes_time_only:
        return f"{step.after} pass"
    text = " ".join(step.texts()[0].split())
    short = text if len(text) <= _LABEL_CHARACTERS else text[: _LABEL_CHARACTERS - 1] + "…"
    return f"{'edit ' if step.edit is not None else ''}“{short}”"


def _kind(step: Step) -> ContentKind:
    if step.kind is not None:
        return step.kind
    if step.voice_call:
        return ContentKind.VOICE_CALL
    if step.turns:
        return ContentKind.CALL
    return ContentKind.EMAIL if _channel(step) is Channel.EMAIL else ContentKind.TEXT


def _channel(step: Step) -> Channel:
    if "channel" in step.model_fields_set:
        return step.channel
    if step.subject is not None:
        return Channel.EMAIL
    return Channel.PHONE if step.turns else step.channel
