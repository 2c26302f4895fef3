"""Rules that cannot mean what they say: words that do not exist, conditions that never hold."""

from collections.abc import Iterator
from itertools import product
from typing import Final

from shared.events.messages import ContentKind
from shared.policy.conditions import Condition
from shared.policy.pack import Rule
from shared.tags import (
    CALL_FINDINGS,
    CHAT,
    CLIENT_FLAGS,
    EMAIL_FINDINGS,
    STAFF_FLAGS,
    Channel,
    Context,
    Direction,
)

_PER_KIND: Final = {
    ContentKind.EMAIL: frozenset({Channel.EMAIL}),
    ContentKind.CALL: frozenset({Channel.PHONE}),
}
_OF_CLIENTS: Final = frozenset(set(Context) - {Context.OUT_OF_HOURS})
"""Staff are out of hours too; the rest is said of a client's message only."""


def never_fires(condition: Condition) -> str | None:
    """Say why no message can ever meet a condition; None: some can."""
    return _clash(condition) or next(iter(_nowhere(condition)), None)


def dead_rules(rules: tuple[Rule, ...]) -> Iterator[tuple[Rule, str]]:
    """Give each rule that an earlier one never lets fire, and why."""
    for position, rule in enumerate(rules):
        for earlier in rules[:position]:
            if not earlier.when.contains(rule.when):
                continue
            if rule.name in earlier.covers:
                yield rule, f"{earlier.name} fires on the same messages and covers it"
                break
            if rule.otherwise and earlier.says and not earlier.otherwise:
                yield rule, f"{earlier.name} answers all the messages it speaks of"
                break
            if rule.otherwise and earlier.otherwise and earlier.says:
                yield rule, f"{earlier.name} answers first whatever is not answered"
                break


def _clash(condition: Condition) -> str | None:
    """Find what is asked for and forbidden in the same breath."""
    pairs = (
        (condition.flags_all & condition.flags_none, "wanted by flags_all and ruled out"),
        (condition.context_all & condition.context_none, "wanted by context_all and ruled out"),
    )
    for both, why in pairs:
        if both:
            return f"`{min(both)}` is {why}"
    for choice, ruled_out, key in (
        (condition.flags_any, condition.flags_none, "flags_any"),
        (condition.context_any, condition.context_none, "context_any"),
        (condition.intents, condition.intents_none, "intent"),
    ):
        if choice and choice <= ruled_out:
            return f"everything in {key} is ruled out again"
    if {Context.REPEAT_PING, Context.OVERDUE} <= condition.context_all:
        return "a message is `repeat_ping` or `overdue`, never both"
    return None


def _nowhere(condition: Condition) -> Iterator[str]:
    """Give the reason where no channel can hold all that is asked for."""
    reasons = [_missing(condition, channel) for channel in sorted(condition.channels)]
    if all(reasons):
        # The least demanding channel has the reason that helps most.
        yield reasons[0] or ""


def _missing(condition: Condition, channel: Channel) -> str | None:
    inbound = condition.direction is Direction.INBOUND
    chat = channel in CHAT
    where = f"{condition.direction} messages on {channel}"
    if condition.intents and not (inbound and chat):
        return f"{where} have no intent"
    for words, possible, wants_all in _demands(condition, channel):
        lacking = words - possible
        if words and (lacking if wants_all else lacking == words):
            return f"{where} are never tagged `{min(lacking)}`"
    if condition.kinds and not any(_fits(kind, channel) for kind in condition.kinds):
        return f"{where} are never of the kind `{min(condition.kinds)}`"
    return None


def _demands(condition: Condition, channel: Channel) -> Iterator[tuple[frozenset[str], frozenset[str], bool]]:
    """Give what is asked for, what is possible there, and whether all of it is needed."""
    words = possible_words(condition.direction, channel)
    findings = words if channel not in CHAT else frozenset()
    context = _possible_context(condition.direction, channel)
    for wanted, possible, wants_all in (
        (condition.flags_any, words, False),
        (condition.flags_all, words, True),
        (condition.findings_any, findings, False),
        (condition.context_any, context, False),
        (condition.context_all, context, True),
    ):
        yield frozenset(map(str, wanted)), frozenset(map(str, possible)), wants_all


def possible_words(direction: Direction, channel: Channel) -> frozenset[str]:
    """Return the flags or findings that a message can have there."""
    if channel is Channel.EMAIL:
        return EMAIL_FINDINGS
    if channel is Channel.PHONE:
        return CALL_FINDINGS
    return CLIENT_FLAGS if direction is Direction.INBOUND else STAFF_FLAGS


def impossible_tags(condition: Condition) -> Iterator[tuple[str, str]]:
    """Give each tag (and its key) that no message the rule speaks of can have."""
    possible: set[str] = set()
    findings: set[str] = set()
    for channel in condition.channels:
        words = possible_words(condition.direction, channel)
        possible |= words
        findings |= words if channel not in CHAT else set()
    for key, tags, known in (
        ("flags_any", condition.flags_any, possible),
        ("flags_all", condition.flags_all, possible),
        ("flags_none", condition.flags_none, possible),
        ("findings_any", condition.findings_any, findings),
    ):
        yield from product([key], sorted(str(tag) for tag in tags if str(tag) not in known))


def _possible_context(direction: Direction, channel: Channel) -> frozenset[Context]:
    context = set(Context)
    if direction is Direction.OUTBOUND:
        context -= _OF_CLIENTS
    if channel not in CHAT:
        context -= {Context.VOICE_CALL, Context.FRAGMENTED}
    return frozenset(context)


def _fits(kind: ContentKind, channel: Channel) -> bool:
    """Say whether a message of this kind can stand on a channel."""
    return channel in _PER_KIND.get(kind, CHAT)
