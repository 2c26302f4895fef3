"""The words in which a manager is told of tags, clauses, refusals and facts."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Final

from deploy.local.demo.told import Told
from shared.events.decisions import MessageDecidedV1
from shared.events.outcomes import CommandSettledV1, FactRecord, Settled
from shared.policy.pack import CompiledPack
from shared.tags import Channel, Flag, Language
from shared.words import Effect, Fact, Refusal

_LANGUAGES: Final = {Language.ES: "Spanish", Language.PT_BR: "Portuguese", Language.EN: "English"}
_EXCERPT_CHARACTERS: Final = 32
_END_OF_BEGINNING: Final = re.compile(r" — |; ")
_REFUSALS: Final[Mapping[Refusal, str]] = {
    Refusal.THROTTLED: "the same was said a short while ago",
    Refusal.SUPERSEDED: "the client went on writing before it was due",
    Refusal.STAFF_ACTIVE: "somebody of the staff is in the conversation",
    Refusal.CHANNEL_DISABLED: "WhatsApp is disabled for this client",
    Refusal.LENIENT: "the first time is forgiven",
    Refusal.ALREADY_COUNTED: "it was counted already",
    Refusal.LOW_CONFIDENCE: "it is not certain enough, so a person decides",
}


def tags_of(decision: MessageDecidedV1) -> str:
    """Return language, intent, flags with the words that gave them, and context."""
    tags = decision.tags
    words = [_LANGUAGES[tags.language]]
    if tags.intent is not None:
        words.append(_plain(tags.intent))
    words += [_flag(decision, flag) for flag in tags.flags]
    words += [_plain(context) for context in decision.context]
    return ", ".join(words)


def _flag(decision: MessageDecidedV1, flag: Flag) -> str:
    excerpts = [one.excerpt for one in decision.tags.evidence if one.tag == flag and one.excerpt]
    if not excerpts:
        return _plain(flag)
    short = excerpts[0][:_EXCERPT_CHARACTERS]
    return f"{_plain(flag)} (“{short}{'…' if len(short) < len(excerpts[0]) else ''}”)"


def clauses_of(outcome: Settled, pack: CompiledPack) -> Sequence[str]:
    """Return the ids of the clauses that an outcome rests on, those of its consequences last."""
    found = [] if isinstance(outcome, CommandSettledV1) else list(outcome.clauses)
    facts = {fact.fact for fact in outcome.facts}
    without = _is_disabled(outcome) and not facts & {Fact.CALL_COMPLETED, Fact.CHANNEL_RESTORED}
    if pack.restriction is not None and (without or Fact.CHANNEL_DISABLED in facts):
        found.append(pack.restriction.clause)
    if pack.call is not None and (without or facts & {Fact.CALL_REQUESTED, Fact.CALL_COMPLETED}):
        found.append(pack.call.clause)
    return list(dict.fromkeys(found))


def _is_disabled(outcome: Settled) -> bool:
    """Whether the client could not use WhatsApp when the outcome met them."""
    return any(not one.enabled for one in outcome.before.channels if one.channel is Channel.WHATSAPP)


def clause_line(clause: str, pack: CompiledPack, *, short: bool) -> str:
    """Return a clause in its words, or in the first of them."""
    words = pack.clause_text(clause, Language.EN)
    if short:
        words = _END_OF_BEGINNING.split(words, maxsplit=1)[0]
    return f"{clause}: {words}"


def silence(told: Told) -> str | None:
    """Return why nothing was said; None where something was, or where it goes without saying."""
    if told.reply is not None and told.reply.said:
        return None
    outcome = told.outcome
    refused = [] if told.reply is None else list(told.reply.refused)
    if outcome is not None and not refused:
        refused = [one for one in outcome.refused if one.effect in {Effect.REPLY, Effect.REDIRECT}]
    if refused:
        return f"none, because {_REFUSALS.get(refused[0].reason, _plain(refused[0].reason))}"
    if told.step.says is not None:
        return "none; it is left to the agents"
    return None


def points_forgiven(outcome: Settled) -> str | None:
    """Return why an infraction gave no points, None where none was refused."""
    for one in outcome.refused:
        if one.effect is Effect.INFRACTION:
            return f"nothing is counted: {_REFUSALS.get(one.reason, _plain(one.reason))}"
    return None


def standing_lines(outcome: Settled, pack: CompiledPack) -> Iterator[str]:
    """Yield what has changed for the client."""
    before, after = outcome.before, outcome.after
    if before.points != after.points:
        yield f"{before.points} → {after.points} of {after.limit} points"
    elif (why := points_forgiven(outcome)) is not None:
        yield why
    elif _is_disabled(outcome):
        yield "WhatsApp stays disabled for this client"
    for fact in outcome.facts:
        if (line := _fact(fact, pack)) is not None:
            yield line


def _fact(fact: FactRecord, pack: CompiledPack) -> str | None:
    match fact.fact:
        case Fact.CHANNEL_DISABLED:
            return "WhatsApp is disabled for this client"
        case Fact.CHANNEL_RESTORED:
            return "WhatsApp is back for this client, with a fresh standing"
        case Fact.CALL_REQUESTED if fact.due_at is not None:
            return f"a phone call by {fact.assignee} is due by {moment(fact.due_at, pack)}"
        case Fact.INFRACTION_WAIVED:
            return "the infraction is waived"
        case Fact.REVIEW_OPENED:
            return "a person is asked whether it was an infraction"
        case _:
            return None


def command_line(told: Told) -> str:
    """Return what a person asked for."""
    command = told.step.command
    if command is None:
        return ""
    verdict = f", verdict: {command.verdict}" if command.verdict else ""
    reason = f" (“{command.reason}”)" if command.reason else ""
    return f"{_plain(command.name)}{verdict}{reason}"


def moment(at: datetime, pack: CompiledPack) -> str:
    """Return a time in the company's own zone."""
    local = at.astimezone(pack.zone)
    return f"{local:%A} {local.day} {local:%B}, {local:%H:%M}"


def _plain(word: str) -> str:
    return word.replace("_", " ")
