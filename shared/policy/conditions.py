"""When a rule fires: the condition of a rule, matched against one message."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.events.messages import ContentKind
from shared.ids import MessageId
from shared.tags import Channel, Context, Direction, Finding, Flag, Intent


@dataclass(frozen=True, slots=True)
class Subject:
    """A message as rules see it: tags and circumstances, never its text."""

    message: MessageId
    burst: MessageId
    """The first message of its burst; the message itself where there is none."""
    direction: Direction
    channel: Channel
    kind: ContentKind = ContentKind.TEXT
    staff: str | None = None
    intent: Intent | None = None
    flags: frozenset[Flag] = frozenset()
    findings: frozenset[Finding] = frozenset()
    context: frozenset[Context] = frozenset()
    confidence: Mapping[str, float] = field(default_factory=dict)
    """0..1 by tag; a tag without one is certain (what time and history say)."""

    def words(self) -> frozenset[str]:
        """Return the flags, and the findings that share their names."""
        return frozenset(self.flags) | frozenset(self.findings)


@dataclass(frozen=True, slots=True)
class Condition:
    """The compiled `when` of a rule: an empty set asks nothing."""

    direction: Direction
    channels: frozenset[Channel]
    """Never empty: a rule that names none speaks of all."""
    kinds: frozenset[ContentKind] = frozenset()
    staff: bool | None = None
    intents: frozenset[Intent] = frozenset()
    intents_none: frozenset[Intent] = frozenset()
    flags_any: frozenset[Flag] = frozenset()
    flags_all: frozenset[Flag] = frozenset()
    flags_none: frozenset[Flag] = frozenset()
    findings_any: frozenset[Finding] = frozenset()
    context_any: frozenset[Context] = frozenset()
    context_all: frozenset[Context] = frozenset()
    context_none: frozenset[Context] = frozenset()

    def obstacle(self, subject: Subject) -> str | None:
        """Say in plain words what does not hold; None: everything does."""
        return self._circumstances(subject) or self._tags(subject) or self._context(subject)

    def because(self, subject: Subject) -> tuple[str, ...]:
        """Return the tags that make it hold, those of the text first."""
        intents = {subject.intent} if self.intents and subject.intent else set()
        flags = subject.words() & {str(flag) for flag in self.flags_any | self.flags_all}
        findings = subject.findings & self.findings_any
        context = subject.context & (self.context_any | self.context_all)
        found = [sorted(group) for group in (intents, flags | set(findings), context)]
        return tuple(str(tag) for group in found for tag in group)

    def confidence(self, subject: Subject) -> float:
        """Return how sure it is: of what must all hold the least, of a choice the surest."""
        sure = subject.confidence
        words = subject.words()
        parts = [sure.get(tag, 1.0) for tag in self.flags_all]
        if self.intents and subject.intent:
            parts.append(sure.get(subject.intent, 1.0))
        for choice, present in (
            (self.flags_any, words),
            (self.findings_any, subject.findings),
            (self.context_any, subject.context),
        ):
            if found := choice & present:
                parts.append(max(sure.get(tag, 1.0) for tag in found))
        return min(parts, default=1.0)

    def _circumstances(self, subject: Subject) -> str | None:
        if subject.direction is not self.direction:
            return f"speaks of {self.direction} messages"
        if subject.channel not in self.channels:
            return f"does not speak of {subject.channel}"
        if self.kinds and subject.kind not in self.kinds:
            return f"speaks of {_listed(self.kinds)}, not of {subject.kind}"
        if self.staff is not None and self.staff is not (subject.staff is not None):
            return "no member of staff is named" if self.staff else "a member of staff is named"
        return None

    def _tags(self, subject: Subject) -> str | None:
        words = subject.words()
        if self.intents and subject.intent not in self.intents:
            return f"the intent is {subject.intent or 'not known'}, not {_listed(self.intents)}"
        if subject.intent in self.intents_none:
            return f"does not speak of {subject.intent}"
        if self.flags_any and not words & self.flags_any:
            return f"not tagged {_listed(self.flags_any)}"
        if missing := self.flags_all - words:
            return f"not tagged {_listed(missing, ' and ')}"
        if found := words & self.flags_none:
            return f"does not speak of what is {_listed(found)}"
        if self.findings_any and not subject.findings & self.findings_any:
            return f"no finding of {_listed(self.findings_any)}"
        return None

    def _context(self, subject: Subject) -> str | None:
        if self.context_any and not subject.context & self.context_any:
            return f"not {_listed(self.context_any)}"
        if missing := self.context_all - subject.context:
            return f"not {_listed(missing, ' and ')}"
        if found := subject.context & self.context_none:
            return f"does not speak of what is {_listed(found)}"
        return None

    def contains(self, other: "Condition") -> bool:
        """Say whether everything that `other` speaks of is spoken of here too."""
        return (
            self.direction is other.direction
            and self.channels >= other.channels
            and _narrower(self.kinds, other.kinds)
            and (self.staff is None or self.staff is other.staff)
            and _narrower(self.intents, other.intents)
            and (not self.intents_none or self._intents_none_hold(other))
            and _narrower(self.flags_any, other.flags_any, other.flags_all)
            and self.flags_all <= other.flags_all
            and self.flags_none <= other.flags_none
            and _narrower(self.findings_any, other.findings_any)
            and _narrower(self.context_any, other.context_any, other.context_all)
            and self.context_all <= other.context_all
            and self.context_none <= other.context_none
        )

    def _intents_none_hold(self, other: "Condition") -> bool:
        if other.intents:
            return not self.intents_none & other.intents
        return self.intents_none <= other.intents_none


def _narrower(wide: frozenset[str], narrow: frozenset[str], certain: frozenset[str] = frozenset()) -> bool:
    """Say whether a choice out of `narrow` (or what is `certain`) is always one out of `wide`."""
    return not wide or (bool(narrow) and narrow <= wide) or bool(certain & wide)


def _listed(words: frozenset[str] | frozenset[ContentKind], joint: str = " or ") -> str:
    return joint.join(sorted(str(word) for word in words))
