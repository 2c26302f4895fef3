"""The line that a rehearsal is played on: what it is given, and what it tells."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

from shared.events.decisions import MessageDecidedV1
from shared.events.messages import ContentKind
from shared.events.outcomes import Settled, StandingView
from shared.events.replies import ReplyChangedV1
from shared.rehearsal.document import TurnPart
from shared.tags import Channel, Direction, Language
from shared.words import CommandName


@dataclass(frozen=True, slots=True)
class Utterance:
    """A message, an edit or a call of the script, at its time."""

    reference: str
    """Names it within the rehearsal: the provider's id of it."""
    client: str
    text: str
    written_at: datetime
    """What the provider says; it arrives at the time given to `say`."""
    direction: Direction = Direction.INBOUND
    channel: Channel = Channel.WHATSAPP
    kind: ContentKind = ContentKind.TEXT
    staff: str | None = None
    """Who of the staff wrote it, or was written to."""
    subject: str | None = None
    copies: int = 0
    turns: tuple[TurnPart, ...] = ()
    auto_reply: bool = False
    edits: str | None = None
    """The reference of the message that this one changes."""
    language: Language | None = None
    """As an integrator declares it; None: the classifier finds it."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command of the script."""

    reference: str
    client: str
    name: CommandName
    by: str
    reason: str = ""
    channel: Channel | None = None
    until: datetime | None = None
    target: str | None = None
    verdict: Literal["restore", "keep", "accept", "reject"] | None = None


@dataclass(frozen=True, slots=True)
class Happened:
    """All that the line did since it was last asked, in the order in which it did it."""

    decisions: tuple[MessageDecidedV1, ...] = ()
    outcomes: tuple[Settled, ...] = ()
    replies: tuple[ReplyChangedV1, ...] = ()
    """Every step of every reply: `requested` carries the words, `suppressed` the reasons."""
    haystack: tuple[str, ...] = field(default=(), repr=False)
    """Every text that was stored, logged or published."""


class Line(Protocol):
    """The four services, or something that behaves like them, with the clock of the script.

    Times never go back from one call to the next. Each call returns when everything that it leads
    to at that instant is done; what waits for a later time happens in a later call.
    """

    async def say(self, utterance: Utterance, at: datetime) -> Happened:
        """Let a message arrive at `at`."""

    async def command(self, order: Order, at: datetime) -> Happened:
        """Let a person command at `at`."""

    async def advance(self, to: datetime) -> Happened:
        """Let time pass, timers and waiting replies included, until `to`."""

    async def standing(self, client: str) -> StandingView:
        """Return where the client stands at the line's present time."""
