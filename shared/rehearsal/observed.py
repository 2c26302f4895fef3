"""What came of a step: everything it caused, folded into what expectations can ask for."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from shared.events.decisions import MessageDecidedV1
from shared.events.outcomes import Refused, Settled, StandingView
from shared.events.replies import ReplyChangedV1
from shared.tags import Channel, Context, Flag, Intent, Language
from shared.words import Effect, Fact, Matter, Refusal, ReplyState

_UNSAID: Final = frozenset({ReplyState.FAILED, ReplyState.SUPPRESSED})


@dataclass(slots=True)
class Reply:
    """One reply, as far as it has come."""

    language: Language
    state: ReplyState
    text: str = ""
    matters: tuple[Matter, ...] = ()
    refused: list[Refused] = field(default_factory=list)

    @property
    def said(self) -> bool:
        return self.state not in _UNSAID


@dataclass(slots=True)
class Observation:
    """What one thing sent (or, merged, a whole conversation) led to."""

    at: datetime
    decisions: list[MessageDecidedV1] = field(default_factory=list)
    outcomes: list[Settled] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)
    haystack: list[str] = field(default_factory=list)
    standing_view: StandingView | None = None
    """Where the client stood right after it."""

    def take_reply(self, change: ReplyChangedV1) -> None:
        """Fold one step of one reply; words come with `requested` only."""
        reply = self.replies.setdefault(change.reply, Reply(change.language, change.state))
        reply.state = change.state
        reply.text = change.text or reply.text
        reply.matters = change.matters or reply.matters
        reply.refused += change.refused

    @property
    def intent(self) -> Intent | None:
        return next((one.tags.intent for one in self.decisions if one.tags.intent), None)

    @property
    def languages(self) -> set[Language]:
        return {one.tags.language for one in self.decisions}

    @property
    def flags(self) -> set[Flag]:
        return {flag for one in self.decisions for flag in one.tags.flags}

    @property
    def clauses(self) -> set[str]:
        return {rule.clause for one in self.decisions for rule in one.rules}

    @property
    def rule_names(self) -> set[str]:
        return {rule.rule for one in self.decisions for rule in one.rules}

    @property
    def context(self) -> set[Context]:
        return {tag for one in self.decisions for tag in one.context}

    @property
    def effects(self) -> set[Effect]:
        return {effect.effect for one in self.decisions for effect in one.effects}

    @property
    def facts(self) -> set[Fact]:
        return {fact.fact for one in self.outcomes for fact in one.facts}

    @property
    def points_added(self) -> int:
        return sum(
            fact.points or 0
            for one in self.outcomes
            for fact in one.facts
            if fact.fact is Fact.INFRACTION_RECORDED
        )

    @property
    def refused(self) -> dict[Effect, set[Refusal]]:
        found: dict[Effect, set[Refusal]] = {}
        settled = [one for outcome in self.outcomes for one in outcome.refused]
        for one in [*settled, *(one for reply in self.replies.values() for one in reply.refused)]:
            found.setdefault(one.effect, set()).add(one.reason)
        return found

    @property
    def said(self) -> list[Reply]:
        return [reply for reply in self.replies.values() if reply.said]

    @property
    def paragraphs(self) -> dict[str, Matter]:
        """Return what was said by its name in the pack, and the matter that places it."""
        matters = {matter for reply in self.said for matter in reply.matters}
        said = [one for outcome in self.outcomes for one in outcome.say if one.matter in matters]
        return {one.paragraph: one.matter for one in said}

    @property
    def standing(self) -> int | None:
        return self.standing_view.points if self.standing_view else None

    @property
    def whatsapp(self) -> str | None:
        if self.standing_view is None:
            return None
        disabled = any(
            one.channel is Channel.WHATSAPP and not one.enabled for one in self.standing_view.channels
        )
        return "disabled" if disabled else "enabled"


def merged(observations: Iterable[Observation]) -> Observation:
    """Return a whole conversation as one: the standing is that at its end."""
    whole: Observation | None = None
    for one in observations:
        whole = whole or Observation(one.at)
        whole.decisions += one.decisions
        whole.outcomes += one.outcomes
        whole.replies |= one.replies
        whole.haystack += one.haystack
        whole.standing_view = one.standing_view or whole.standing_view
    if whole is None:
        raise ValueError("a conversation without steps")
    return whole
