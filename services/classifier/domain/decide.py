"""The decision: tags, context, the policy's rules that fire, and the effects they intend."""

from datetime import timedelta
from typing import Final

from services.classifier.domain.context import Seen, Windows, context_of
from services.classifier.domain.conversation import Conversation
from services.classifier.domain.history import digest
from shared.events.decisions import Evidence, InfractionEffect, MessageDecidedV1, Tags
from shared.events.messages import Words
from shared.ids import consequence_id
from shared.policy.conditions import Subject
from shared.policy.evaluate import Judgement, evaluate
from shared.policy.pack import CompiledPack
from shared.tags import Context, Direction

_SHOWN_CHARACTERS: Final = 80


def windows_of(pack: CompiledPack) -> Windows:
    """Return the time windows that the pack sets."""
    windows = pack.windows
    return Windows(
        burst=timedelta(seconds=windows.burst_seconds),
        fragments=windows.fragments,
        response=timedelta(minutes=windows.response_minutes),
        staff_active=timedelta(minutes=windows.staff_active_minutes),
    )


def decide(message: Words, conversation: Conversation, tags: Tags, pack: CompiledPack) -> MessageDecidedV1:
    """Return the decision on one message: the same arguments give the same decision."""
    context = _context(message, conversation, tags, pack)
    judgement = judge(message, conversation, tags, context, pack)
    return MessageDecidedV1(
        event_id=consequence_id(message.message_id, "decision"),
        tenant=message.tenant,
        client=message.client,
        correlation_id=message.correlation_id,
        occurred_at=message.occurred_at,
        message=message.message_id,
        original=message.original,
        route=message.route,
        direction=message.direction,
        kind=message.kind,
        received_at=message.received_at,
        staff=message.staff,
        auto_reply=message.auto_reply,
        tags=_told(message, tags, judgement),
        context=context,
        policy=pack.policy,
        pack=pack.hash,
        rules=judgement.rules,
        effects=judgement.effects,
    )


def _told(message: Words, tags: Tags, judgement: Judgement) -> Tags:
    """Return the tags with words for what is held against the client: an intent has no span of its own."""
    rules = {effect.rule for effect in judgement.effects if isinstance(effect, InfractionEffect)}
    because = [tag for rule in judgement.rules if rule.rule in rules for tag in rule.because]
    if not because or not message.text or any(one.tag in because for one in tags.evidence):
        return tags
    shown = message.text[:_SHOWN_CHARACTERS]
    whole = Evidence(tag=because[0], start=0, end=len(shown), excerpt=shown)
    return tags.model_copy(update={"evidence": (*tags.evidence, whole)})


def judge(
    message: Words,
    conversation: Conversation,
    tags: Tags,
    context: tuple[Context, ...],
    pack: CompiledPack,
) -> Judgement:
    """Return what the pack says of the message, every rule considered."""
    subject = Subject(
        message=message.message_id,
        burst=conversation.first,
        direction=message.direction,
        channel=message.route.channel,
        kind=message.kind,
        staff=message.staff,
        intent=tags.intent,
        flags=frozenset(tags.flags),
        findings=frozenset(tags.findings or ()),
        context=frozenset(context),
        confidence=tags.confidence,
    )
    return evaluate(pack, subject)


def _context(
    message: Words, conversation: Conversation, tags: Tags, pack: CompiledPack
) -> tuple[Context, ...]:
    person = message.staff if message.direction is Direction.OUTBOUND else None
    text = message.text or ""
    seen = Seen(
        at=message.occurred_at,
        direction=message.direction,
        kind=message.kind,
        length=len(text),
        digest=digest(text) if text else None,
        intent=tags.intent,
        flags=frozenset(tags.flags),
    )
    hours = pack.calendars.of(person)
    return context_of(seen, conversation.before, conversation.burst, hours, windows_of(pack))
