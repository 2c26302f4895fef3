"""Events on the topic `outcomes`: what stood, what was refused and why, and where the client stands."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared.events.base import Event, Frozen, Instant, Route
from shared.ids import MessageId, PackHash
from shared.tags import Channel, Context, Direction, Language
from shared.words import CommandName, CommandState, Effect, Fact, Matter, Refusal


class FactRecord(Frozen):
    """One fact; which fields it fills follows from `fact`.

    `id` names the infraction, call, review or appeal it is about, derived from its cause.
    """

    fact: Fact
    id: str
    clause: str | None = None
    rule: str | None = None
    points: int | None = None
    message: MessageId | None = None
    at: Instant
    channel: Channel | None = None
    counts_until: Instant | None = None
    """`infraction_recorded`: when its points expire."""
    key: str | None = None
    """`infraction_recorded`: what it may count only once for."""
    until: Instant | None = None
    """`channel_disabled`: when it ends by itself; None: by a person."""
    due_at: Instant | None = None
    """`call_requested`: when the call is to be made, inside business hours."""
    assignee: str | None = None
    about: str | None = None
    by: str | None = None
    reason: str | None = None
    verdict: str | None = None


class Refused(Frozen):
    """An effect that did not happen, and why."""

    effect: Effect
    reason: Refusal
    rule: str | None = None
    matter: Matter | None = None


class ChannelStanding(Frozen):
    """Whether the client may use a channel."""

    channel: Channel
    enabled: bool
    since: Instant | None = None
    until: Instant | None = None
    by: str | None = None
    """The person who decided it; None: the policy."""


class StandingView(Frozen):
    """Where a client stands: the points that count now, of the limit."""

    points: int
    limit: int | None
    channels: tuple[ChannelStanding, ...] = ()


class Paragraph(Frozen):
    """One paragraph to say: the pack has its words, `values` what they name."""

    paragraph: str
    matter: Matter
    rule: str | None = None
    values: dict[str, str | int] = Field(default_factory=dict)
    delay_seconds: int = 0


class _Settled(Event):
    cause: str
    """The decision or command that was settled: the ledger's `_id`."""
    seq: Annotated[int, Field(ge=1)]
    """The order of what happened to this client."""
    received_at: Instant
    policy: str
    pack: PackHash
    facts: tuple[FactRecord, ...] = ()
    refused: tuple[Refused, ...] = ()
    before: StandingView
    after: StandingView
    say: tuple[Paragraph, ...] = ()
    language: Language | None = None
    route: Route | None = None


class MessageSettledV1(_Settled):
    """A decision, settled."""

    type: Literal["message.settled.v1"] = "message.settled.v1"
    message: MessageId
    direction: Direction
    staff: str | None = None
    clauses: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    context: tuple[Context, ...] = ()


class CommandProblem(StrEnum):
    """Why a command was refused: an addition to the closed lists, for commands only."""

    NOT_FOUND = "not_found"
    ALREADY_DONE = "already_done"
    INCOMPLETE = "incomplete"
    NOT_DISABLED = "not_disabled"
    NO_POLICY = "no_policy"


class CommandSettledV1(_Settled):
    """A command, settled as applied or refused."""

    type: Literal["command.settled.v1"] = "command.settled.v1"
    name: CommandName
    state: CommandState
    problem: CommandProblem | None = None
    detail: str = ""
    by: str
    reason: str = ""


Settled = MessageSettledV1 | CommandSettledV1
OUTCOME: TypeAdapter[Settled] = TypeAdapter(Annotated[Settled, Field(discriminator="type")])
