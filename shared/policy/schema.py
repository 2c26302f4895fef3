"""What a pack may say: the keys of the file, their types and their defaults."""

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from shared.events.messages import ContentKind
from shared.ids import TenantId
from shared.tags import CHAT, Channel, Context, Direction, Finding, Flag, Intent, Language
from shared.words import Matter, Mode


def _as_list(value: Any) -> Any:
    """One word may stand where a list may."""
    return value if isinstance(value, list | tuple) else [value]


Texts = dict[Language, str]
Count = Annotated[int, Field(strict=True, ge=0)]
Positive = Annotated[int, Field(strict=True, gt=0)]
Name = Annotated[str, Field(min_length=1, max_length=80)]


def _channels(value: Any) -> Any:
    """Put the channels on which one writes short messages in place of their class, `chat`."""
    names = _as_list(value)
    return [one for name in names for one in (sorted(CHAT) if name == "chat" else [name])]


class Part(BaseModel):
    """A piece of a pack. A key that nobody knows is a mistake, not an extension."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class HoursPart(Part):
    """When an office or a person is there."""

    hours: dict[str, list[str]]
    """`mon-fri`, `sat` or `mon,wed` to windows: `08:00-17:00`, `22:00-06:00 next day`."""
    holidays: str | None = None
    """ISO 3166 country, with its subdivision after a dash: `PA`, `BR-SP`."""
    closed: list[date] = []


class ChannelPart(Part):
    """A channel that clients may use, and what it is for."""

    address: Name
    use: Texts


class InfractionPart(Part):
    """One kind of infraction: what it costs."""

    points: Annotated[int, Field(strict=True)]
    severity: Literal["light", "serious"]
    lenient: Count = 0
    """How many of a rule are forgiven before one counts."""
    threshold: Annotated[float, Field(allow_inf_nan=False)] = 0.6
    """Under this confidence a person decides."""
    excused_by: list[Flag | Context] = []
    """Tags of a message that may not be punished with this."""


class RestrictionPart(Part):
    """What happens at the limit."""

    clause: Name
    channels: list[Channel]
    until_days: Positive | None = None
    """When it ends by itself; left out: a person restores."""
    way_back: list[Literal["call", "restore"]] = []
    provider_block: bool = False
    """Block the client at the provider too, after the notice; its failure changes nothing."""


class CallPart(Part):
    """The call that settles the matter."""

    clause: Name
    within_business_hours: Positive
    assignee: Name


class Windows(Part):
    """Stretches of time that give a message its context."""

    burst_seconds: Positive = 60
    fragments: Positive = 3
    """Messages of one burst from which it is called fragmented."""
    guidance_delay_seconds: Count = 20
    response_minutes: Positive
    """The promised response time, in business minutes."""
    staff_active_minutes: Positive = 30
    late_minutes: Positive = 30


class Retention(Part):
    """After how many days the store forgets; the ledger's counts stay as long as `outcomes`."""

    messages_days: Positive = 180
    contexts_days: Positive = 30
    decisions_days: Positive = 730
    outcomes_days: Positive = 1825
    replies_days: Positive = 365


class LeftOpen(Part):
    """What the policy's text leaves open, in one block."""

    zone: Name
    hours: HoursPart
    people: dict[str, HoursPart] = {}
    channels: dict[str, ChannelPart]
    limit: Positive | None = None
    one_infraction_is_enough: bool = False
    """Stated where a single light infraction may reach the limit."""
    expiry_days: Positive | None = None
    infractions: dict[str, InfractionPart] = {}
    restriction: RestrictionPart | None = None
    call: CallPart | None = None
    windows: Windows
    throttle_seconds: dict[Matter, Count] = {}
    replies_an_hour: Positive = 10
    retention: Retention = Retention()


class ParagraphPart(Part):
    """One paragraph of a reply, in every language of the pack."""

    matter: Matter
    text: Texts


class NoticesPart(Part):
    """The paragraphs that sanctions says by itself."""

    standing: Name | None = None
    """Where the client stands, beside every warning that counts."""
    disabled: Name | None = None
    """Told once, when the limit is reached."""
    disabled_by_person: Name | None = None
    disabled_again: Name | None = None
    """What every later message is answered with, throttled."""
    restored: Name | None = None


class WhenPart(Part):
    """The messages that a rule speaks of: every key that is written must hold."""

    direction: Direction = Direction.INBOUND
    channel: Annotated[list[Channel], BeforeValidator(_channels)] = []
    """Names of channels, or `chat` for all on which one writes short messages; left out: all."""
    kind: Annotated[list[ContentKind], BeforeValidator(_as_list)] = []
    staff: bool | None = None
    """Whether a member of staff is named: as writer, or as the one written to."""
    intent: Annotated[list[Intent], BeforeValidator(_as_list)] = []
    intent_none: Annotated[list[Intent], BeforeValidator(_as_list)] = []
    flags_any: Annotated[list[Flag], BeforeValidator(_as_list)] = []
    """A flag holds as well where the e-mail or the call has the finding of the same name."""
    flags_all: Annotated[list[Flag], BeforeValidator(_as_list)] = []
    flags_none: Annotated[list[Flag], BeforeValidator(_as_list)] = []
    findings_any: Annotated[list[Finding], BeforeValidator(_as_list)] = []
    context_any: Annotated[list[Context], BeforeValidator(_as_list)] = []
    context_all: Annotated[list[Context], BeforeValidator(_as_list)] = []
    context_none: Annotated[list[Context], BeforeValidator(_as_list)] = []
    otherwise: bool = False
    """Only where no other rule answers."""


class ThenPart(Part):
    """What a rule intends."""

    reply: Annotated[list[Name], BeforeValidator(_as_list)] = []
    redirect: Annotated[list[Name], BeforeValidator(_as_list)] = []
    infraction: Name | None = None
    """One of `left_open.infractions`."""
    finding: Literal["staff", "client"] | None = None
    notify: Name | None = None
    route: Name | None = None


class RulePart(Part):
    """One rule."""

    clause: Name
    mode: Mode = Mode.ENFORCE
    when: WhenPart
    threshold: Annotated[float, Field(allow_inf_nan=False)] | None = None
    """In place of the infraction's own."""
    covers: Annotated[list[Name], BeforeValidator(_as_list)] = []
    """Clauses or rules, further down, that do not fire where this one does."""
    then: ThenPart


class UnmatchedPart(Part):
    """What becomes of a client's message that no rule speaks of."""

    route: Name


class PackPart(Part):
    """A whole pack."""

    tenant: TenantId
    policy: Name
    company: Name
    languages: Annotated[list[Language], Field(min_length=1)]
    """The first is the one a client is answered in when theirs is not known."""
    left_open: LeftOpen
    clauses: dict[str, Texts]
    paragraphs: dict[str, ParagraphPart]
    notices: NoticesPart = NoticesPart()
    rules: dict[str, RulePart]
    unmatched: UnmatchedPart | None = None
