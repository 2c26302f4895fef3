"""Events on the topic `decisions`: what a message is, which rules fired, what they intend."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared.events.base import Event, Frozen, Instant, Route
from shared.events.messages import ContentKind
from shared.ids import MessageId, PackHash
from shared.tags import Context, Direction, Finding, Flag, Intent, Language
from shared.words import Effect, Matter, Mode

Tag = Intent | Flag | Finding | Context


class Evidence(Frozen):
    """The words that made a tag so: a span in code points of the masked text, and its excerpt."""

    tag: str
    kind: str | None = None
    """Of personal data: which kind."""
    start: int
    end: int
    field: Literal["text", "subject", "body"] = "text"
    turn: int | None = None
    speaker: Literal["agent", "client"] | None = None
    excerpt: str = ""
    message: MessageId | None = None
    """Of a burst: the earlier message that the span lies in; None: this message."""


class Tags(Frozen):
    """What the text says it is."""

    language: Language
    intent: Intent | None = None
    flags: tuple[Flag, ...] = ()
    findings: tuple[Finding, ...] | None = None
    confidence: dict[str, float] = Field(default_factory=dict)
    evidence: tuple[Evidence, ...] = ()


class FiredRule(Frozen):
    """A rule that matched. Several rules may enforce one clause."""

    clause: str
    """The clause's id in the policy: what `rules` of a rehearsal and replies name (`P5`)."""
    rule: str
    """The rule's own name in the pack (`P5.aggressive`)."""
    mode: Mode
    because: tuple[str, ...] = ()
    """The tags that made it fire."""


class SayEffect(Frozen):
    """Say one paragraph of the pack."""

    effect: Literal[Effect.REPLY, Effect.REDIRECT]
    clause: str
    rule: str
    mode: Mode
    paragraph: str
    matter: Matter
    delay_seconds: int = 0
    """Guidance waits: the client's next message supersedes it."""


class InfractionEffect(Frozen):
    """Count an infraction. At most one a message: the heaviest."""

    effect: Literal[Effect.INFRACTION] = Effect.INFRACTION
    clause: str
    rule: str
    mode: Mode
    points: int
    lenient: int = 0
    """How many of this rule are forgiven (0 points) before one counts."""
    burst: MessageId
    """The first message of the burst; at most one infraction per (burst, rule)."""
    confidence: float
    threshold: float
    """Under it a person decides: `review`."""


class FindingEffect(Frozen):
    """Note something for the manager, about staff or about a client's repetition."""

    effect: Literal[Effect.FINDING] = Effect.FINDING
    clause: str
    rule: str
    mode: Mode
    about: Literal["staff", "client"]
    staff: str | None = None


class SignalEffect(Frozen):
    """Data for integrators (`notify`, `route`) or for the review queue (`review`)."""

    effect: Literal[Effect.NOTIFY, Effect.ROUTE, Effect.REVIEW]
    clause: str
    rule: str
    mode: Mode
    to: str


IntendedEffect = Annotated[
    SayEffect | InfractionEffect | FindingEffect | SignalEffect, Field(discriminator="effect")
]


class MessageDecidedV1(Event):
    """One message, one decision. It knows nothing of where the client stands."""

    type: Literal["message.decided.v1"] = "message.decided.v1"
    message: MessageId
    original: MessageId
    route: Route
    direction: Direction
    kind: ContentKind
    received_at: Instant
    staff: str | None = None
    auto_reply: bool = False
    tags: Tags
    context: tuple[Context, ...] = ()
    policy: str
    pack: PackHash
    rules: tuple[FiredRule, ...] = ()
    effects: tuple[IntendedEffect, ...] = ()


DECISION: TypeAdapter[MessageDecidedV1] = TypeAdapter(MessageDecidedV1)
