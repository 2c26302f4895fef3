"""The format of a rehearsal: a script with expectations, one YAML document each."""

import re
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Literal

from pydantic import AwareDatetime, BeforeValidator, Field, model_validator

from shared.events.messages import ContentKind
from shared.rehearsal.expectation import Expectation, Part, RepeatUntil
from shared.tags import Channel
from shared.words import CommandName, Mode

_DURATION: Final = re.compile(r"(?=\d)(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


def parse_duration(text: Any) -> timedelta:
    """Return a duration: `90s`, `5m`, `2h30m`, `1d`, `2w`."""
    match = _DURATION.fullmatch(text.replace(" ", "")) if isinstance(text, str) else None
    if match is None:
        raise ValueError("write a duration such as 90s, 5m, 2h30m or 1d")
    weeks, days, hours, minutes, seconds = (int(part or 0) for part in match.groups())
    return timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)


def _duration_or_instant(value: Any) -> Any:
    for read in (parse_duration, datetime.fromisoformat):
        try:
            return read(value)
        except (ValueError, TypeError):
            continue
    raise ValueError("write a duration such as 7d, or a date and a time with its zone")


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


Duration = Annotated[timedelta, BeforeValidator(parse_duration)]
Words = Annotated[str, Field(min_length=1)]


class CommandPart(Part):
    """What a person asks of the ledger."""

    name: CommandName
    by: Words = "operator"
    reason: str = ""
    channel: Channel | None = None
    until: Annotated[timedelta | AwareDatetime, BeforeValidator(_duration_or_instant)] | None = None
    """When a restriction ends by itself: an instant, or a duration from the command on."""
    target: Literal["first", "last"] = "last"
    """Which of the client's infractions, reviews, calls or appeals it speaks of."""
    verdict: Literal["restore", "keep", "accept", "reject"] | None = None


class TurnPart(Part):
    """One turn of a call; seconds from its start."""

    speaker: Literal["agent", "client"]
    start: float
    end: float
    text: str


class Step(Part):
    """One step: somebody writes, calls or commands, or time passes."""

    after: Duration = timedelta()
    """Since the step before; for the first, since the start."""
    client: Words | None = None
    """The client's address. Stays the speaker until another is named."""
    sender: Annotated[Literal["client", "staff"], Field(alias="from")] = "client"
    staff: Words | None = None
    """Who of the staff writes."""
    to: Words | None = None
    """Who of the staff is written to."""
    channel: Channel = Channel.WHATSAPP
    says: Annotated[list[Words], BeforeValidator(_as_list), Field(min_length=1)] | None = None
    """A text, or several that are said in turn."""
    edit: Words | None = None
    """What the client's message before is changed into."""
    subject: str | None = None
    cc: Annotated[int, Field(strict=True, ge=0)] = 0
    """How many people an e-mail is copied to."""
    turns: tuple[TurnPart, ...] = ()
    voice_call: bool = False
    kind: ContentKind | None = None
    """What the message is made of, where it is not plain text."""
    auto_reply: bool = False
    """The client's own machine answers."""
    delayed: Duration = timedelta()
    """How long ago it was written when it arrives."""
    command: CommandPart | None = None
    repeat_until: RepeatUntil | None = None
    expect: Expectation = Expectation()
    expect_each: Expectation = Expectation()

    @model_validator(mode="after")
    def _one_action(self) -> "Step":
        actions = [
            name
            for name, present in (
                ("says", self.says is not None),
                ("edit", self.edit is not None),
                ("turns", bool(self.turns)),
                ("voice_call", self.voice_call),
                ("command", self.command is not None),
            )
            if present
        ]
        if len(actions) > 1:
            raise ValueError(f"a step does one thing, not {' and '.join(actions)}")
        if not actions and "after" not in self.model_fields_set:
            raise ValueError("a step needs says, edit, turns, voice_call, command or after")
        if self.repeat_until is not None and self.says is None:
            raise ValueError("repeat_until needs says")
        if self.sender == "staff" and self.to is not None:
            raise ValueError("staff write as `staff`; `to` is for a client's message")
        return self

    @property
    def passes_time_only(self) -> bool:
        acts = self.says is not None or self.edit is not None or bool(self.turns)
        return not (acts or self.voice_call or self.command)

    def texts(self) -> list[str]:
        return self.says or [self.edit or ""]


class Rehearsal(Part):
    """One conversation, and what the policy should make of it."""

    policy: Words
    name: Words
    clauses: tuple[Words, ...] = ()
    """Which clauses it is about."""
    start: AwareDatetime
    overrides: Annotated[dict[str, Any], Field(default_factory=dict)]
    """Values laid over the pack for this document: a variant of the policy."""
    modes: Annotated[dict[str, Mode], Field(default_factory=dict)]
    """Rules that are not in `enforce`."""
    conversation: Annotated[list[Step], Field(min_length=1)]
    overall: Expectation = Expectation()

    @model_validator(mode="after")
    def _somebody_speaks(self) -> "Rehearsal":
        client = None
        edited: set[str] = set()
        for number, step in enumerate(self.conversation, start=1):
            client = step.client or client
            if client is None and not step.passes_time_only:
                raise ValueError(f"step {number} is nobody's: name a client in it or before it")
            if step.edit is not None and client not in edited:
                raise ValueError(f"step {number} edits a message, but there is none before it")
            if step.says is not None and step.sender == "client" and client:
                edited.add(client)
        return self
