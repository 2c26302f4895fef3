"""Explaining one message: played on the line in this process, and every rule of the pack considered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.classifier.tagging.samples import Tagger
from services.ingest.domain import masked
from services.line.in_process import InProcessLine
from shared.events.decisions import MessageDecidedV1
from shared.events.outcomes import MessageSettledV1
from shared.events.replies import ReplyChangedV1
from shared.policy.conditions import Subject
from shared.policy.evaluate import Considered, evaluate
from shared.policy.pack import CompiledPack
from shared.rehearsal import Happened, Utterance
from shared.words import ReplyState


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that came of one message, and why."""

    pack: CompiledPack
    text: str
    """As it is stored: masked. Of an e-mail subject and body, of a call its turns."""
    decision: MessageDecidedV1
    considered: tuple[Considered, ...]
    """Every rule of the pack, in its order."""
    outcome: MessageSettledV1
    reply: ReplyChangedV1 | None
    """The reply that is said, or (suppressed) why none is; None: nothing was to be said."""
    taken_back: int = 0
    """How many replies that still waited this message supersedes."""


async def explain(
    pack: CompiledPack, tagger: Tagger, message: Utterance, before: Sequence[Utterance] = ()
) -> Explanation:
    """Play `before`, oldest first, then `message`, each at the time it was written."""
    spoken = sorted(before, key=lambda one: one.written_at)
    line = InProcessLine(pack, tagger, min(one.written_at for one in (*spoken, message)))
    for earlier in spoken:
        await _said(line, earlier, earlier.written_at)
    happened = await _said(line, message, message.written_at)
    decision, outcome = happened.decisions[0], happened.outcomes[-1]
    if not isinstance(outcome, MessageSettledV1):
        raise TypeError("a message is settled as a message")
    replies = [one for one in happened.replies if one.cause == outcome.event_id]
    return Explanation(
        pack=pack,
        text=_masked(message),
        decision=decision,
        considered=evaluate(pack, subject_of(decision)).considered,
        outcome=outcome,
        reply=_first(replies),
        taken_back=sum(one.state is ReplyState.SUPPRESSED for one in happened.replies if one not in replies),
    )


async def _said(line: InProcessLine, utterance: Utterance, at: datetime) -> Happened:
    await line.advance(at)
    return await line.say(utterance, at)


def _first(replies: Sequence[ReplyChangedV1]) -> ReplyChangedV1 | None:
    """Return how the reply began: with its words, or suppressed with its reasons."""
    begun = (one for one in replies if one.state in {ReplyState.REQUESTED, ReplyState.SUPPRESSED})
    return next(begun, None)


def _masked(message: Utterance) -> str:
    turns = [f"{turn.speaker}: {turn.text}" for turn in message.turns]
    lines = [message.subject or "", message.text, *turns]
    return "\n".join(masked(line)[0] or "" for line in lines if line)


def subject_of(decision: MessageDecidedV1) -> Subject:
    """Return the message as the rules saw it: a decision carries all that they looked at."""
    tags = decision.tags
    return Subject(
        message=decision.message,
        burst=decision.message,
        direction=decision.direction,
        channel=decision.route.channel,
        kind=decision.kind,
        staff=decision.staff,
        intent=tags.intent,
        flags=frozenset(tags.flags),
        findings=frozenset(tags.findings or ()),
        context=frozenset(decision.context),
        confidence=tags.confidence,
    )
