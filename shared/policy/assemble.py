"""From the checked parts of a pack to the pack that services use."""

from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal
from zoneinfo import ZoneInfo

from shared.calendar import Calendars
from shared.ids import PackHash
from shared.policy.conditions import Condition
from shared.policy.pack import (
    CompiledPack,
    Infraction,
    ParagraphText,
    PermittedChannel,
    Rule,
    Saying,
)
from shared.policy.problems import Problem
from shared.policy.schema import PackPart, RulePart, WhenPart
from shared.tags import Channel
from shared.words import Matter

_DEFAULT_THRESHOLD: Final = 0.6


def assemble(  # noqa: PLR0913 - what a pack is made of besides its parts
    part: PackPart,
    *,
    hash_: PackHash,
    zone: ZoneInfo,
    calendars: Calendars,
    source: str,
    file: str,
    overrides: Mapping[str, Any],
    warnings: tuple[Problem, ...],
) -> CompiledPack:
    """Return the pack. Its parts have been checked: every name in them exists."""
    left_open = part.left_open
    return CompiledPack(
        hash=hash_,
        tenant=part.tenant,
        policy=part.policy,
        company=part.company,
        languages=tuple(part.languages),
        zone=zone,
        calendars=calendars,
        channels={
            name: PermittedChannel(name, one.address, one.use) for name, one in left_open.channels.items()
        },
        clauses=part.clauses,
        paragraphs={name: ParagraphText(name, one.matter, one.text) for name, one in part.paragraphs.items()},
        rules=compile_rules(part),
        limit=left_open.limit,
        expiry_days=left_open.expiry_days,
        restriction=left_open.restriction,
        call=left_open.call,
        windows=left_open.windows,
        throttle_seconds=left_open.throttle_seconds,
        replies_an_hour=left_open.replies_an_hour,
        retention=left_open.retention,
        notices=part.notices,
        unmatched_route=part.unmatched.route if part.unmatched else None,
        source=source,
        file=file,
        overrides=overrides,
        warnings=warnings,
    )


def compile_rules(pack: PackPart) -> tuple[Rule, ...]:
    """Return the rules in their order; a name that does not exist is left out."""
    return tuple(_rule(name, rule, pack) for name, rule in pack.rules.items())


def _rule(name: str, rule: RulePart, pack: PackPart) -> Rule:
    infraction = _infraction(rule, pack)
    part = pack.left_open.infractions.get(rule.then.infraction or "")
    covered = {
        other
        for other, one in pack.rules.items()
        if other != name and ({other, one.clause} & set(rule.covers))
    }
    return Rule(
        name=name,
        clause=rule.clause,
        mode=rule.mode,
        when=_condition(rule.when),
        otherwise=rule.when.otherwise,
        threshold=rule.threshold or (part.threshold if part else _DEFAULT_THRESHOLD),
        covers=frozenset(covered),
        says=tuple(_sayings(rule, pack)),
        infraction=infraction,
        finding=rule.then.finding,
        notify=rule.then.notify,
        route=rule.then.route,
    )


def _infraction(rule: RulePart, pack: PackPart) -> Infraction | None:
    name = rule.then.infraction or ""
    part = pack.left_open.infractions.get(name)
    if part is None:
        return None
    return Infraction(name, part.points, part.lenient, frozenset(part.excused_by))


def _sayings(rule: RulePart, pack: PackPart) -> Iterator[Saying]:
    guidance_seconds = pack.left_open.windows.guidance_delay_seconds
    for effect, names in _wanted(rule):
        for name in names:
            part = pack.paragraphs.get(name)
            if part is not None:
                waits = guidance_seconds if part.matter is Matter.GUIDANCE else 0
                yield Saying(effect, name, part.matter, waits)


def _wanted(rule: RulePart) -> Iterator[tuple[Literal["reply", "redirect"], list[str]]]:
    yield "reply", rule.then.reply
    yield "redirect", rule.then.redirect


def _condition(when: WhenPart) -> Condition:
    return Condition(
        direction=when.direction,
        channels=frozenset(when.channel or Channel),
        kinds=frozenset(when.kind),
        staff=when.staff,
        intents=frozenset(when.intent),
        intents_none=frozenset(when.intent_none),
        flags_any=frozenset(when.flags_any),
        flags_all=frozenset(when.flags_all),
        flags_none=frozenset(when.flags_none),
        findings_any=frozenset(when.findings_any),
        context_any=frozenset(when.context_any),
        context_all=frozenset(when.context_all),
        context_none=frozenset(when.context_none),
    )
