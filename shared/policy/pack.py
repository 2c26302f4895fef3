"""A policy that has been compiled: everything that judging and answering need, frozen."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from zoneinfo import ZoneInfo

from shared.calendar import BusinessCalendar, Calendars
from shared.ids import PackHash, TenantId
from shared.policy.conditions import Condition
from shared.policy.problems import Problem
from shared.policy.schema import CallPart as Call
from shared.policy.schema import NoticesPart as Notices
from shared.policy.schema import RestrictionPart as Restriction
from shared.policy.schema import Retention, Windows
from shared.tags import Context, Flag, Language
from shared.words import Matter, Mode

__all__ = [
    "Call",
    "CompiledPack",
    "Infraction",
    "Notices",
    "ParagraphText",
    "PermittedChannel",
    "Restriction",
    "Retention",
    "Rule",
    "Saying",
    "Windows",
]


@dataclass(frozen=True, slots=True)
class Saying:
    """A paragraph that a rule says."""

    effect: Literal["reply", "redirect"]
    paragraph: str
    matter: Matter
    delay_seconds: int


@dataclass(frozen=True, slots=True)
class Infraction:
    """What breaking a rule costs."""

    name: str
    points: int
    lenient: int
    excused_by: frozenset[Flag | Context]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: when it fires, and what it intends."""

    name: str
    clause: str
    mode: Mode
    when: Condition
    otherwise: bool
    threshold: float
    covers: frozenset[str]
    """Names of the rules that do not fire where this one does."""
    says: tuple[Saying, ...] = ()
    infraction: Infraction | None = None
    finding: Literal["staff", "client"] | None = None
    notify: str | None = None
    route: str | None = None


@dataclass(frozen=True, slots=True)
class PermittedChannel:
    """Where a client may turn, and what for."""

    name: str
    address: str
    use: Mapping[Language, str]


@dataclass(frozen=True, slots=True)
class ParagraphText:
    """The words of one paragraph, by language, with placeholders."""

    name: str
    matter: Matter
    text: Mapping[Language, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class CompiledPack:
    """One version of one tenant's policy. Two packs with the same hash judge alike."""

    hash: PackHash
    tenant: TenantId
    policy: str
    company: str
    languages: tuple[Language, ...]
    """The first is the tenant's own."""
    zone: ZoneInfo
    calendars: Calendars
    channels: Mapping[str, PermittedChannel]
    clauses: Mapping[str, Mapping[Language, str]]
    paragraphs: Mapping[str, ParagraphText]
    rules: tuple[Rule, ...]
    limit: int | None
    """Points at which the restriction begins; None: the policy names none."""
    expiry_days: int | None
    """Days after which an infraction no longer counts; None: it always does."""
    restriction: Restriction | None
    call: Call | None
    windows: Windows
    throttle_seconds: Mapping[Matter, int]
    replies_an_hour: int
    retention: Retention
    notices: Notices
    unmatched_route: str | None = None
    source: str = field(repr=False)
    file: str
    overrides: Mapping[str, Any] = field(default_factory=dict)
    warnings: tuple[Problem, ...] = ()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, CompiledPack) and other.hash == self.hash

    def __hash__(self) -> int:
        return hash(self.hash)

    @property
    def calendar(self) -> BusinessCalendar:
        """The office's hours."""
        return self.calendars.office

    def language(self, wanted: Language | None) -> Language:
        """Return `wanted` where the pack speaks it, else the tenant's own."""
        return wanted if wanted in self.languages else self.languages[0]

    def clause_text(self, clause: str, language: Language | None) -> str:
        """Return the words of a clause; of an unknown one, its id."""
        return self.clauses.get(clause, {}).get(self.language(language), clause)

    def matter(self, paragraph: str) -> Matter:
        return self.paragraphs[paragraph].matter

    def rule(self, name: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.name == name), None)

    def throttle(self, matter: Matter) -> int:
        """Return for how many seconds a matter, once said, is not said again; 0: always said."""
        return self.throttle_seconds.get(matter, 0)

    def to_document(self) -> dict[str, Any]:
        """Return what a store keeps: the text itself, by its hash."""
        return {
            "_id": str(self.hash),
            "tenant": str(self.tenant),
            "policy": self.policy,
            "file": self.file,
            "source": self.source,
            "overrides": json.dumps(self.overrides, sort_keys=True),
        }
