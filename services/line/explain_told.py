"""Telling an explanation: as plain values for programs, as text and tables for people."""

from collections.abc import Iterator, Mapping
from typing import Any, Final
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from services.line.explain import Explanation
from shared.events.decisions import Evidence, FindingEffect, InfractionEffect, IntendedEffect, SayEffect
from shared.events.outcomes import FactRecord, Refused, StandingView
from shared.words import Refusal, ReplyState

WHY: Final[Mapping[Refusal, str]] = {
    Refusal.SHADOW: "the rule is only being tried out",
    Refusal.LENIENT: "the first ones of this rule are forgiven",
    Refusal.THROTTLED: "it was said a short while ago",
    Refusal.SUPERSEDED: "the client went on writing before it was due",
    Refusal.STAFF_ACTIVE: "somebody of the staff is in the conversation",
    Refusal.CHANNEL_DISABLED: "the channel is disabled for this client",
    Refusal.WINDOW_CLOSED: "the client wrote too long ago for the provider to deliver it",
    Refusal.PROVIDER_BLOCKED: "the provider has stopped the account",
    Refusal.STALE: "what it answers was received too long ago",
    Refusal.LATE: "the message arrived too long after it was written",
    Refusal.LOOP: "the client has had as many replies as an hour may have",
    Refusal.AUTO_REPLY: "a machine wrote the message",
    Refusal.LOW_CONFIDENCE: "it is not sure enough: a person decides",
    Refusal.ALREADY_COUNTED: "it has counted once already",
    Refusal.OUTRANKED: "a person has decided otherwise",
    Refusal.UNKNOWN_ADDRESS: "nobody knows how to reach the client",
    Refusal.SEND_FAILED: "the provider refused it",
    Refusal.SEND_UNKNOWN: "it is not known whether the provider took it",
}


def as_json(told: Explanation) -> dict[str, Any]:
    """Return the explanation as plain values; offsets count code points of `text`, as on the wire."""
    decision, outcome = told.decision, told.outcome
    return {
        "policy": {"policy": told.pack.policy, "tenant": told.pack.tenant, "hash": told.pack.hash},
        "message": {
            "text": told.text,
            "direction": decision.direction,
            "channel": decision.route.channel,
            "kind": decision.kind,
            "at": decision.occurred_at.isoformat(),
        },
        "tags": decision.tags.model_dump(mode="json"),
        "context": list(decision.context),
        "rules": [
            {"rule": one.rule, "clause": one.clause, "fired": one.fired, "why": one.why}
            for one in told.considered
        ],
        "effects": [effect.model_dump(mode="json") for effect in decision.effects],
        "outcome": {
            "before": outcome.before.model_dump(mode="json"),
            "after": outcome.after.model_dump(mode="json"),
            "facts": [fact.model_dump(mode="json", exclude_none=True) for fact in outcome.facts],
            "refused": [_refused_json(one) for one in outcome.refused],
        },
        "reply": _reply_json(told),
    }


def _refused_json(one: Refused) -> dict[str, Any]:
    return {**one.model_dump(mode="json", exclude_none=True), "why": WHY[one.reason]}


def _reply_json(told: Explanation) -> dict[str, Any] | None:
    reply = told.reply
    if reply is None:
        return None
    return {
        "state": reply.state,
        "language": reply.language,
        "text": reply.text,
        "matters": list(reply.matters),
        "due_at": reply.due_at.isoformat() if reply.due_at else None,
        "refused": [_refused_json(one) for one in reply.refused],
    }


def show(told: Explanation, console: Console) -> None:
    """Print the explanation for a person, from the message to the reply."""
    console.print(_head(told))
    console.print(Panel(Text(told.text or "(no words)"), title="message", title_align="left"))
    console.print(_tags(told))
    console.print(f"[bold]context[/]  {', '.join(told.decision.context) or 'nothing special'}\n")
    console.print(_rules(told))
    for title, lines in (("decision", _decision(told)), ("outcome", _outcome(told))):
        console.print(f"[bold]{title}[/]")
        console.print(Padding("\n".join(lines), (0, 0, 1, 2)))
    console.print(_reply(told))


def _head(told: Explanation) -> str:
    decision, pack = told.decision, told.pack
    local = decision.occurred_at.astimezone(pack.zone)
    where = f"{decision.direction} {decision.kind} on {decision.route.channel}"
    return f"[bold]{pack.policy}[/] ({pack.hash[:12]})  {where}  {local:%A %d %B %Y, %H:%M} {pack.zone.key}"


def _tags(told: Explanation) -> Table:
    tags = told.decision.tags
    table = _table("tags", "tag", "confidence", "because of")
    table.add_row("language", "", tags.language)
    names = [tags.intent] if tags.intent else []
    for name in [*names, *tags.flags, *(tags.findings or ())]:
        sure = tags.confidence.get(name)
        words = [_words(one) for one in tags.evidence if one.tag == name]
        table.add_row(name, "" if sure is None else f"{sure:.2f}", escape("; ".join(words)))
    return table


def _words(evidence: Evidence) -> str:
    place = f" (turn {evidence.turn})" if evidence.turn is not None else ""
    earlier = " (an earlier message)" if evidence.message else ""
    kind = f"{evidence.kind}: " if evidence.kind else ""
    return f"{kind}“{evidence.excerpt}”{place}{earlier}"


def _rules(told: Explanation) -> Table:
    """The rules that fired first, then the others: a person asks for both."""
    table = _table("rules", "fired", "rule", "why")
    for one in sorted(told.considered, key=lambda one: not one.fired):
        clause = told.pack.clause_text(one.clause, told.pack.languages[0])
        why = f"{one.why}\n{one.clause}: {clause}" if one.fired else one.why
        style = "bold" if one.fired else "dim"
        table.add_row("yes" if one.fired else "no", escape(one.rule), escape(why), style=style)
    return table


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=f"[bold]{title}[/]", title_justify="left", title_style="", box=box.SIMPLE)


def _decision(told: Explanation) -> list[str]:
    effects = [_effect(one) for one in told.decision.effects]
    return effects or ["nothing is intended"]


def _effect(effect: IntendedEffect) -> str:
    return escape(f"{effect.effect}  {_intends(effect)}  by {effect.rule}")


def _intends(effect: IntendedEffect) -> str:
    match effect:
        case SayEffect():
            waits = f", {effect.delay_seconds} s later" if effect.delay_seconds else ""
            return f"paragraph {effect.paragraph}{waits}"
        case InfractionEffect():
            lenient = f", the first {effect.lenient} forgiven" if effect.lenient else ""
            return f"{effect.points} points{lenient}"
        case FindingEffect():
            return f"about {effect.staff or effect.about}"
        case _:
            return f"to {effect.to}"


def _outcome(told: Explanation) -> list[str]:
    outcome = told.outcome
    limit = outcome.after.limit
    of = "" if limit is None else f" of {limit}"
    points = (
        f"points: {outcome.before.points} before, {outcome.after.points}{of} after{_disabled(outcome.after)}"
    )
    facts = [_fact(one, told.pack.zone) for one in outcome.facts]
    return [points, *facts, *(_refusal(one) for one in outcome.refused)]


def _disabled(view: StandingView) -> str:
    names = [str(one.channel) for one in view.channels if not one.enabled]
    return f"; disabled: {', '.join(names)}" if names else ""


def _fact(fact: FactRecord, zone: ZoneInfo) -> str:
    parts = [
        fact.rule or "",
        "" if fact.points is None else f"{fact.points} points",
        fact.channel or "",
        f"due {fact.due_at.astimezone(zone):%Y-%m-%d %H:%M}" if fact.due_at else "",
        f"counts until {fact.counts_until.astimezone(zone):%Y-%m-%d}" if fact.counts_until else "",
    ]
    return escape(f"{fact.fact}  {', '.join(part for part in parts if part)}".rstrip())


def _refusal(one: Refused) -> str:
    by = f" by {one.rule}" if one.rule else ""
    return escape(f"refused: {one.effect}{by}: {WHY[one.reason]} ({one.reason})")


def _reply(told: Explanation) -> RenderableType:
    return Group(*_reply_parts(told))


def _reply_parts(told: Explanation) -> Iterator[RenderableType]:
    reply = told.reply
    if reply is None or reply.state is ReplyState.SUPPRESSED:
        yield "[bold]reply[/]  none"
    else:
        delay = (reply.due_at - reply.occurred_at).total_seconds() if reply.due_at else 0
        waits = f", in {delay:.0f} s unless the client goes on writing" if delay else ""
        title = f"reply in {reply.language}{waits}"
        yield Panel(Text(reply.text or ""), title=title, title_align="left")
    for one in reply.refused if reply else ():
        yield Padding(
            escape(f"not said: {one.matter or one.effect}: {WHY[one.reason]} ({one.reason})"), (0, 2)
        )
    if told.taken_back:
        yield Padding(f"taken back: {told.taken_back} reply that still waited", (0, 2))
