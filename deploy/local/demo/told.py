"""What is told of the day as it goes on, and what remains of it."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from deploy.local.demo.failure import Difference
from deploy.local.demo.script import DayStep
from shared.events.decisions import MessageDecidedV1
from shared.events.outcomes import Settled
from shared.rehearsal.observed import Observation, Reply
from shared.words import ReplyState


@dataclass(slots=True)
class Told:
    """One step as it went: what was sent and what became of it."""

    step: DayStep
    number: int
    """Counted from 0."""
    at: datetime
    name: str
    seen: Observation
    stored: str | None = None
    """What was written, as it is kept: masked."""
    decision: MessageDecidedV1 | None = None
    outcome: Settled | None = None
    waits_until: datetime | None = None
    """When a reply falls due that holds back, in case the client goes on."""
    took_back: "list[Told]" = field(default_factory=list)
    """Earlier steps whose waiting reply this one took back."""

    @property
    def reply(self) -> Reply | None:
        return next(iter(self.seen.replies.values()), None)

    @property
    def waits(self) -> bool:
        return self.reply is not None and self.reply.state is ReplyState.REQUESTED

    @property
    def label(self) -> str:
        return f"step {self.number + 1}, {self.step.at:%H:%M}, {self.name}"


class Audience(Protocol):
    """Who is told."""

    def step(self, told: Told) -> None:
        """A step has gone through, except for a reply that waits."""

    def later(self, told: Told) -> None:
        """A reply that waited has been sent, at `waits_until`."""

    def differs(self, difference: Difference) -> None:
        """Something expected did not happen."""


@dataclass(slots=True)
class Log:
    """What the day came to, beside what is stored."""

    told: list[Told] = field(default_factory=list)
    differences: list[Difference] = field(default_factory=list)
    reply_seconds: list[float] = field(default_factory=list)
    """Real time from each webhook until its reply was on the phone and read."""
