"""What a pack must be beyond its types: references that exist, numbers in range, ways back."""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from shared.policy.checks_rules import dead_rules, impossible_tags, never_fires
from shared.policy.pack import Rule
from shared.policy.problems import Problem
from shared.policy.schema import InfractionPart, PackPart, RulePart
from shared.policy.templates import EVERY_EVENT_VALUE, OF_RULES
from shared.policy.written import Written
from shared.tags import Flag

_TENANT: Final = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")


def check_sanctions(pack: PackPart, written: Written) -> Iterator[Problem]:
    """Check limit, restriction and the way back."""
    left_open = pack.left_open
    limit, restriction = left_open.limit, left_open.restriction
    if limit is None:
        if left_open.infractions:
            what = "points are counted, but there is no limit at which they matter"
            remedy = "Write left_open.limit, or a finding in place of the infraction"
            yield written.problem(("left_open", "infractions"), what, remedy)
        return
    if restriction is None:
        what = "there is a limit, but not what happens at it"
        remedy = "Write left_open.restriction, or take the limit out"
        yield written.problem(("left_open", "limit"), what, remedy)
        return
    if restriction.until_days is None and not restriction.way_back:
        what = "a limit with no way back: the restriction would never end"
        remedy = "Write until_days, or way_back: [call], [restore] or both"
        yield written.problem(("left_open", "restriction"), what, remedy)
    if "call" in restriction.way_back and left_open.call is None:
        what, remedy = "the way back is a call, but left_open.call is missing", "Write it"
        yield written.problem(("left_open", "restriction", "way_back"), what, remedy)
    for notice in ("standing", "disabled", "disabled_by_person", "disabled_again", "restored"):
        if getattr(pack.notices, notice) is None:
            what = f"a pack with a limit needs the notice `{notice}`"
            yield written.problem(("notices",), what, "Name a paragraph for it")


def check_infractions(pack: PackPart, written: Written) -> Iterator[Problem]:
    """Check what infractions cost."""
    left_open = pack.left_open
    for name, part in left_open.infractions.items():
        at = ("left_open", "infractions", name)
        if part.points <= 0:
            what = f"infraction `{name}` counts {part.points} points"
            yield written.problem((*at, "points"), what, "Give it at least 1")
        if not 0 < part.threshold <= 1:
            what = f"the threshold of infraction `{name}` is not between 0 and 1"
            yield written.problem((*at, "threshold"), what, "Write a number such as 0.8")
        limit = left_open.limit
        light = part.severity == "light" and part.lenient == 0
        if limit and light and part.points >= limit and not left_open.one_infraction_is_enough:
            what = f"one light infraction, `{name}`, reaches the limit of {limit}"
            remedy = "Raise the limit, or state one_infraction_is_enough: true"
            yield written.problem((*at, "points"), what, remedy)


def check_references(pack: PackPart, written: Written, known: Mapping[str, set[str]]) -> Iterator[Problem]:
    """Check that what rules and sanctions name exists."""
    if not _TENANT.fullmatch(pack.tenant):
        what, remedy = "`tenant` is no name for topics and stores", "Use a-z, 0-9 and dashes"
        yield written.problem(("tenant",), what, remedy)
    names = list(pack.rules)
    for position, (name, rule) in enumerate(pack.rules.items()):
        yield from _clause_and_infraction(name, rule, written, known)
        earlier = set(names[: position + 1])
        for index, covered in enumerate(rule.covers):
            targets = {
                other
                for other, part in pack.rules.items()
                if covered in {other, part.clause} and other != name
            }
            place = ("rules", name, "covers", index)
            if not targets and covered not in known["rules"]:
                what, remedy = f"covers `{covered}`, which no rule is", "Name a clause or a rule"
                yield written.problem(place, what, remedy, rule=name)
            elif targets & earlier:
                what = f"covers `{covered}`, which stands above it"
                remedy = "Move this rule above what it covers"
                yield written.problem(place, what, remedy, rule=name)
    left_open = pack.left_open
    for key, part in (("restriction", left_open.restriction), ("call", left_open.call)):
        if part is not None and part.clause not in known["clauses"]:
            what = f"unknown clause `{part.clause}`"
            place_of = ("left_open", key, "clause")
            yield written.problem(place_of, what, "Write it under clauses")
    for name in left_open.channels.keys() & (EVERY_EVENT_VALUE | OF_RULES):
        what = f"a channel cannot be called `{name}`: a placeholder has that name"
        yield written.problem(("left_open", "channels", name), what, "Call it something else")


def _clause_and_infraction(
    name: str, rule: RulePart, written: Written, known: Mapping[str, set[str]]
) -> Iterator[Problem]:
    at = ("rules", name)
    if rule.clause not in known["clauses"]:
        what, remedy = f"unknown clause `{rule.clause}`", "Write it under clauses"
        yield written.problem((*at, "clause"), what, remedy, rule=name)
    infraction = rule.then.infraction
    if infraction is not None and infraction not in known["infractions"]:
        what = f"unknown infraction `{infraction}`"
        remedy = f"Known: {', '.join(sorted(known['infractions']))}"
        yield written.problem((*at, "then", "infraction"), what, remedy, rule=name)
    if rule.threshold is not None and not 0 < rule.threshold <= 1:
        what = "the threshold is not between 0 and 1"
        yield written.problem((*at, "threshold"), what, "Write a number such as 0.8", rule=name)


def check_rule(rule: Rule, infraction: InfractionPart | None, written: Written) -> Iterator[Problem]:
    """Check that a rule can fire, and that its infraction is one that it may have."""
    at = ("rules", rule.name)
    tags = list(impossible_tags(rule.when))
    for key, tag in tags:
        what = f"no message it speaks of is ever tagged `{tag}`"
        remedy = "Take the tag out, or correct direction or channel"
        yield written.problem((*at, "when", key), what, remedy, rule=rule.name)
    reason = None if tags else never_fires(rule.when)
    if reason:
        remedy = "Change the condition or take the rule out"
        what = f"this rule can never fire: {reason}"
        yield written.problem((*at, "when"), what, remedy, rule=rule.name)
    if not (rule.says or rule.infraction or rule.finding or rule.notify or rule.route):
        what, remedy = "this rule has no effect", "Write at least one under then"
        yield written.problem((*at, "then"), what, remedy, rule=rule.name)
    if infraction is None:
        return
    place = (*at, "then", "infraction")
    wanted = rule.when.flags_any | rule.when.flags_all
    if Flag.UNCLEAR in wanted:
        what = "an infraction for being `unclear`"
        remedy = "What is unclear is guided, never punished: take the infraction out"
        yield written.problem(place, what, remedy, rule=rule.name)
    if Flag.AGGRESSIVE in wanted and infraction.lenient:
        what = "leniency for what is `aggressive`"
        remedy = "Use an infraction with lenient: 0"
        yield written.problem(place, what, remedy, rule=rule.name)


def check_dead(rules: tuple[Rule, ...], written: Written) -> Iterator[Problem]:
    """Check that no rule is hidden behind an earlier one."""
    for rule, why in dead_rules(rules):
        what, remedy = f"this rule can never fire: {why}", "Narrow the other or take this one out"
        yield written.problem(("rules", rule.name), what, remedy, rule=rule.name)
