"""Judging one message: which rules fire, what they intend, and why the others do not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from shared.events.decisions import (
    FindingEffect,
    FiredRule,
    InfractionEffect,
    IntendedEffect,
    SayEffect,
    SignalEffect,
)
from shared.policy.conditions import Subject
from shared.policy.pack import CompiledPack, Infraction, Rule, Saying
from shared.tags import Direction
from shared.words import Effect, Mode

Signal = Literal[Effect.NOTIFY, Effect.ROUTE, Effect.REVIEW]

UNMATCHED = "unmatched"
"""The rule's name on the effect that no rule caused; its clause is empty."""


@dataclass(frozen=True, slots=True)
class Considered:
    """What came of one rule, in plain words."""

    rule: str
    clause: str
    fired: bool
    why: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a policy says about one message."""

    rules: tuple[FiredRule, ...]
    effects: tuple[IntendedEffect, ...]
    considered: tuple[Considered, ...]
    """Every rule of the pack, in its order."""


@dataclass(frozen=True, slots=True)
class _Fired:
    rule: Rule
    because: tuple[str, ...]
    confidence: float
    excuse: str | None
    """The tag for which its infraction is not counted."""


def evaluate(pack: CompiledPack, subject: Subject) -> Judgement:
    """Return which rules fire on a message and what they intend, by `How rules meet`.

    Synchronous and pure: the same pack and subject give the same judgement.
    """
    fired, refused = _match(pack, subject)
    counted = _heaviest(fired)
    return Judgement(
        rules=tuple(
            FiredRule(
                clause=one.rule.clause,
                rule=one.rule.name,
                mode=one.rule.mode,
                because=one.because,
            )
            for one in fired
        ),
        effects=_effects(fired, counted, subject) or _unmatched(pack, subject, fired),
        considered=tuple(_considered(rule, fired, refused, counted) for rule in pack.rules),
    )


def _match(pack: CompiledPack, subject: Subject) -> tuple[list[_Fired], dict[str, str]]:
    fired: list[_Fired] = []
    refused: dict[str, str] = {}
    covered: dict[str, str] = {}
    for rule in pack.rules:
        why = rule.when.obstacle(subject)
        if why is None and rule.name in covered:
            why = f"{covered[rule.name]} covers the same"
        if why is not None:
            refused[rule.name] = why
        elif not rule.otherwise:
            fired.append(_fire(rule, subject))
            if rule.mode is not Mode.SHADOW:
                covered |= dict.fromkeys(rule.covers, rule.name)
    for rule in pack.rules:
        if rule.otherwise and rule.name not in refused:
            if answering := _answering(fired):
                refused[rule.name] = f"{answering} answers already"
            else:
                fired.append(_fire(rule, subject))
    order = {rule.name: position for position, rule in enumerate(pack.rules)}
    return sorted(fired, key=lambda one: order[one.rule.name]), refused


def _fire(rule: Rule, subject: Subject) -> _Fired:
    confidence = rule.when.confidence(subject)
    present = {str(word) for word in subject.words() | subject.context}
    excuses = sorted(rule.infraction.excused_by & present) if rule.infraction else []
    return _Fired(rule, rule.when.because(subject), confidence, str(excuses[0]) if excuses else None)


def _answering(fired: list[_Fired]) -> str | None:
    """Return the first rule that says something. A shadow says nothing."""
    return next((one.rule.name for one in fired if one.rule.says and one.rule.mode is not Mode.SHADOW), None)


def _heaviest(fired: list[_Fired]) -> _Fired | None:
    """Return the one rule whose infraction counts: what is enforced outranks what is tried out."""
    guilty = [one for one in fired if one.rule.infraction and one.excuse is None]
    return max(guilty, key=_weight, default=None)  # of equals, the first in the pack's order


def _weight(one: _Fired) -> tuple[bool, int]:
    points = one.rule.infraction.points if one.rule.infraction else 0
    return one.rule.mode is not Mode.SHADOW, points


def _effects(fired: list[_Fired], counted: _Fired | None, subject: Subject) -> tuple[IntendedEffect, ...]:
    effects: list[IntendedEffect] = []
    speakers = _speakers(fired)
    for one in fired:
        effects += [
            _say(one.rule, saying) for saying in one.rule.says if speakers[saying.paragraph] == one.rule.name
        ]
        if one is counted and one.rule.infraction:
            effects.append(_infraction(one, one.rule.infraction, subject))
        effects += _signals(one.rule, subject)
    return tuple(effects)


def _speakers(fired: list[_Fired]) -> dict[str, str]:
    """Return which rule says each paragraph: the first, but rather one that really speaks."""
    speakers: dict[str, str] = {}
    for one in sorted(fired, key=lambda one: one.rule.mode is Mode.SHADOW):
        for saying in one.rule.says:
            speakers.setdefault(saying.paragraph, one.rule.name)
    return speakers


def _say(rule: Rule, saying: Saying) -> SayEffect:
    return SayEffect(
        effect=Effect.REPLY if saying.effect == "reply" else Effect.REDIRECT,
        clause=rule.clause,
        rule=rule.name,
        mode=rule.mode,
        paragraph=saying.paragraph,
        matter=saying.matter,
        delay_seconds=saying.delay_seconds,
    )


def _infraction(one: _Fired, infraction: Infraction, subject: Subject) -> InfractionEffect:
    return InfractionEffect(
        clause=one.rule.clause,
        rule=one.rule.name,
        mode=one.rule.mode,
        points=infraction.points,
        lenient=infraction.lenient,
        burst=subject.burst,
        confidence=one.confidence,
        threshold=one.rule.threshold,
    )


def _signals(rule: Rule, subject: Subject) -> Iterator[IntendedEffect]:
    if rule.finding:
        yield FindingEffect(
            clause=rule.clause,
            rule=rule.name,
            mode=rule.mode,
            about=rule.finding,
            staff=subject.staff if rule.finding == "staff" else None,
        )
    if rule.notify:
        yield _signal(rule, Effect.NOTIFY, rule.notify)
    if rule.route:
        yield _signal(rule, Effect.ROUTE, rule.route)
    if rule.mode is Mode.REVIEW:
        yield _signal(rule, Effect.REVIEW, "review")


def _signal(rule: Rule, effect: Signal, to: str) -> SignalEffect:
    return SignalEffect(
        effect=effect,
        clause=rule.clause,
        rule=rule.name,
        mode=rule.mode,
        to=to,
    )


def _unmatched(pack: CompiledPack, subject: Subject, fired: list[_Fired]) -> tuple[IntendedEffect, ...]:
    """Route what no rule speaks of: it is allowed, and somebody has to see it."""
    if fired or pack.unmatched_route is None or subject.direction is not Direction.INBOUND:
        return ()
    return (
        SignalEffect(
            effect=Effect.ROUTE,
            clause="",
            rule=UNMATCHED,
            mode=Mode.ENFORCE,
            to=pack.unmatched_route,
        ),
    )


def _considered(
    rule: Rule, fired: list[_Fired], refused: dict[str, str], counted: _Fired | None
) -> Considered:
    for one in fired:
        if one.rule is rule:
            return Considered(rule.name, rule.clause, fired=True, why=_why(one, counted))
    return Considered(rule.name, rule.clause, fired=False, why=refused[rule.name])


def _why(one: _Fired, counted: _Fired | None) -> str:
    why = f"is {', '.join(one.because)}" if one.because else "speaks of every such message"
    if one.rule.mode is not Mode.ENFORCE:
        why += f" (mode {one.rule.mode})"
    if one.rule.infraction is None:
        return why
    if one.excuse:
        return f"{why}; no infraction: the message is {one.excuse}"
    if counted is not None and one is not counted:
        return f"{why}; its infraction gives way to that of {counted.rule.name}"
    points = one.rule.infraction.points
    if one.confidence < one.rule.threshold:
        return (
            f"{why}; {points} points, but a person decides:"
            f" confidence {one.confidence:.2f} is under {one.rule.threshold:.2f}"
        )
    return f"{why}; {points} points"
