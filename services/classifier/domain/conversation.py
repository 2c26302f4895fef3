"""A message in its conversation: what it is judged with, and what remains of it for later messages."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.classifier.domain.context import Windows
from services.classifier.domain.history import Entry, History, burst_before, digest
from services.classifier.tagging.samples import CallSample, ChatSample, EmailSample, Sample
from shared.events.decisions import Evidence, MessageDecidedV1, Tags
from shared.events.messages import ContentKind, MessageEditedV1, Words
from shared.ids import MessageId
from shared.tags import Direction, Intent, Language

_JOINED_BY: Final = "\n"
_JOINED_FRAGMENTS: Final = 10


@dataclass(frozen=True, slots=True)
class Conversation:
    """What came before a message, as far as it matters to it."""

    before: Sequence[Entry]
    burst: Sequence[Entry]
    hint: Language
    first: MessageId
    """The first message of the burst: what an infraction may count only once for."""

    @property
    def joined(self) -> Sequence[Entry]:
        """The last fragments before the message: what it is read together with."""
        return self.burst[-_JOINED_FRAGMENTS:]


def converse(message: Words, history: History, windows: Windows, fallback: Language) -> Conversation:
    """Return the conversation that `message` belongs to. An edit is judged alone."""
    place = (message.occurred_at, message.message_id)
    before = history.before(place)
    joins = (
        message.kind is ContentKind.TEXT
        and message.direction is Direction.INBOUND
        and not isinstance(message, MessageEditedV1)
    )
    burst = burst_before(before, message.occurred_at, windows.burst) if joins else ()
    hint = message.language or history.language(place) or fallback
    return Conversation(before, burst, hint, _first(message, history, burst))


def _first(message: Words, history: History, burst: Sequence[Entry]) -> MessageId:
    """Of a long burst the first entries may be forgotten, so each entry remembers the first message."""
    if burst:
        return burst[0].first_of_burst
    original = next((entry for entry in history.entries if entry.message == message.original), None)
    return message.original if original is None else original.first_of_burst


def samples_of(message: Words, conversation: Conversation) -> tuple[Sample, ...]:
    """Return what is to be tagged: nothing, the message, or the message and its whole burst."""
    hint, direction = conversation.hint, message.direction
    if message.kind is ContentKind.EMAIL and message.email is not None:
        mail = message.email
        return (EmailSample(mail.subject, message.text or "", mail.copies, direction, hint),)
    if message.kind is ContentKind.CALL:
        return (CallSample(message.turns, direction, hint),)
    if not message.text:
        return ()
    own = ChatSample(message.text, direction, hint)
    prefix = _prefix(conversation.joined)
    return (own, ChatSample(prefix + message.text, direction, hint)) if prefix else (own,)


def _prefix(burst: Sequence[Entry]) -> str:
    return "".join(entry.text + _JOINED_BY for entry in burst if entry.text)


def judged(message: Words, conversation: Conversation, tagged: Sequence[Tags]) -> Tags:
    """Return the tags that the message is judged by: of the burst that it completes, or its own."""
    if not tagged:
        return Tags(language=conversation.hint)
    own = tagged[0]
    if len(tagged) == 1 or own.intent is Intent.ACKNOWLEDGEMENT:
        tags = own
    else:
        tags = tagged[1].model_copy(
            update={
                "evidence": tuple(_placed(entry, conversation.joined) for entry in tagged[1].evidence),
            }
        )
    return _not_their_own(tags) if message.forwarded else tags


def _placed(evidence: Evidence, burst: Sequence[Entry]) -> Evidence:
    """Return evidence in the joined text as evidence in the one message that it begins in.

    A span may begin with what joins the fragments, which stands in none: then the next one has it.
    """
    start = 0
    for entry in burst:
        if not entry.text:
            continue
        end = start + len(entry.text)
        if evidence.start < end:
            return _within(evidence, start, end).model_copy(update={"message": entry.message})
        start = end + len(_JOINED_BY)
    return _within(evidence, start, evidence.end)


def _within(evidence: Evidence, start: int, end: int) -> Evidence:
    placed = {"start": max(0, evidence.start - start), "end": max(0, min(evidence.end, end) - start)}
    return evidence.model_copy(update=placed)


def _not_their_own(tags: Tags) -> Tags:
    """Forwarded words are not the client's own: nothing is sure enough to be held against them."""
    return tags.model_copy(
        update={"confidence": {tag: value * 0.5 for tag, value in tags.confidence.items()}}
    )


def entry_of(message: Words, decision: MessageDecidedV1, first: MessageId) -> Entry:
    """Return what later messages of the conversation see of this one."""
    text = message.text or ""
    return Entry(
        message=message.message_id,
        at=message.occurred_at,
        direction=message.direction,
        kind=message.kind,
        length=len(text),
        text=text if text and message.kind is ContentKind.TEXT else None,
        digest=digest(text) if text else None,
        intent=decision.tags.intent,
        language=decision.tags.language if text else None,
        burst=None if first == message.message_id else first,
    )
