"""Values of every stored model with every field filled: what a round trip may lose shows."""

from datetime import datetime, timedelta
from typing import Any, Final

from pydantic import BaseModel

from services.classifier.domain.history import Entry, History
from services.responder.domain.delivery import Action, Job
from services.responder.domain.replies import Reply, Step
from services.sanctions.domain.standing import Appeal, Call, Infraction, Restriction, Review, Standing
from shared.events.base import Address, Route
from shared.events.commands import CommandRequestedV1
from shared.events.decisions import Evidence, FindingEffect, FiredRule, MessageDecidedV1, SignalEffect, Tags
from shared.events.messages import ContentKind
from shared.events.outcomes import (
    ChannelStanding,
    CommandProblem,
    CommandSettledV1,
    FactRecord,
    MessageSettledV1,
    Paragraph,
    Refused,
    StandingView,
)
from shared.ids import MessageId
from shared.tags import Channel, Context, Direction, Finding, Flag, Intent, Language
from shared.words import CommandName, CommandState, Effect, Fact, Matter, Mode, Refusal, ReplyState
from tests.support.builders_core import (
    CLIENT,
    NOW,
    TENANT,
    command,
    decided,
    infraction,
    job,
    reply,
    saying,
    settled,
)

AT: Final = NOW + timedelta(milliseconds=123, microseconds=456)
"""Finer than any store keeps: models cut it to milliseconds."""
ROUTE: Final = Route(
    provider="whatsapp",
    account="1",
    channel=Channel.WHATSAPP,
    address=Address(phone="+50760000001", user_id="US.1", email="ana@client.example"),
)
MESSAGE: Final = MessageId("message-1")


def unfilled(model: BaseModel) -> list[str]:
    """Return the fields that hold their defaults."""
    fields = type(model).model_fields
    return [
        name
        for name, field in fields.items()
        if name != "type" and not field.is_required() and getattr(model, name) == field.get_default()
    ]


def full_decision() -> MessageDecidedV1:
    evidence = Evidence(
        tag=Flag.AGGRESSIVE,
        kind="card",
        start=3,
        end=9,
        field="subject",
        turn=2,
        speaker="agent",
        excerpt="¡ay, 😀!",
        message=MESSAGE,
    )
    tags = Tags(
        language=Language.PT_BR,
        intent=Intent.POINT_QUERY,
        flags=tuple(Flag),
        findings=tuple(Finding),
        confidence={flag.value: 1 / (3 + place) for place, flag in enumerate(Flag)},
        evidence=(evidence,),
    )
    findings = [
        FindingEffect(clause="P5", rule="P5.tone", mode=Mode.REVIEW, about="staff", staff="ana@co.example")
    ]
    signals = [
        SignalEffect(effect=effect, clause="P5", rule="P5.aggressive", mode=Mode.SHADOW, to="boss")
        for effect in (Effect.NOTIFY, Effect.ROUTE, Effect.REVIEW)
    ]
    says = [saying("kind", matter, delay_seconds=90) for matter in Matter]
    fired = FiredRule(clause="P5", rule="P5.aggressive", mode=Mode.ENFORCE, because=("aggressive", "urgent"))
    return decided(
        "m1",
        AT,
        *says,
        infraction("P5.aggressive"),
        *findings,
        *signals,
        late=timedelta(milliseconds=7),
        context=tuple(Context),
        route=ROUTE,
        tags=tags,
        staff="ana@co.example",
        auto_reply=True,
        rules=(fired,),
    )


def full_history() -> History:
    entry = {"at": AT, "direction": Direction.INBOUND, "intent": Intent.GREETING, "language": Language.EN}
    entries = tuple(
        Entry.model_validate(
            entry
            | {
                "message": f"m-{kind}",
                "kind": kind,
                "length": 4,
                "text": "hola",
                "digest": "d1",
                "burst": MESSAGE,
            }
        )
        for kind in ContentKind
    )
    return History(tenant=TENANT, client=CLIENT, revision=0, entries=entries)


def full_facts() -> tuple[FactRecord, ...]:
    """Return a record of each fact, each with every field."""
    fields: dict[str, Any] = {
        "clause": "P5",
        "rule": "P5.aggressive",
        "points": 2,
        "message": MESSAGE,
        "at": AT,
        "channel": Channel.WHATSAPP,
        "counts_until": AT + timedelta(days=90),
        "key": "key-1",
        "until": AT + timedelta(days=7),
        "due_at": AT + timedelta(hours=4),
        "assignee": "boss",
        "about": "infraction-1",
        "by": "supervisor",
        "reason": "spoken on the phone",
        "verdict": "keep",
    }
    return tuple(FactRecord.model_validate({"fact": fact, "id": f"id-{fact}", **fields}) for fact in Fact)


def _settled_fields() -> dict[str, Any]:
    channel = ChannelStanding(channel=Channel.EMAIL, enabled=False, since=AT, until=AT, by="supervisor")
    view = StandingView(points=2, limit=3, channels=(channel,))
    return {
        "facts": full_facts(),
        "refused": tuple(
            Refused(effect=Effect.REPLY, reason=reason, rule="P5.aggressive", matter=Matter.WARNING)
            for reason in Refusal
        ),
        "before": view,
        "after": view,
        "say": tuple(
            Paragraph(
                paragraph="kind",
                matter=matter,
                rule="P5.aggressive",
                values={"points": 2, "date": "lunes"},
                delay_seconds=5,
            )
            for matter in Matter
        ),
        "language": Language.ES,
        "route": ROUTE,
    }


def full_message_outcome() -> MessageSettledV1:
    more = {
        "staff": "ana@co.example",
        "clauses": ("P5", "P7"),
        "effects": tuple(Effect),
        "context": tuple(Context),
    }
    return MessageSettledV1.model_validate(settled("d1", AT).model_dump() | _settled_fields() | more)


def full_command_outcome() -> CommandSettledV1:
    kept = settled("c1", AT, seq=2).model_dump(exclude={"type", "message", "direction"})
    more = {
        "name": CommandName.DECIDE_APPEAL,
        "state": CommandState.REFUSED,
        "problem": CommandProblem.ALREADY_DONE,
        "detail": "closed before",
        "by": "supervisor",
        "reason": "spoken on the phone",
    }
    return CommandSettledV1.model_validate(kept | _settled_fields() | more)


def full_standing() -> Standing:
    infraction_fields: dict[str, Any] = {
        "clause": "P5",
        "rule": "P5.aggressive",
        "points": 2,
        "message": MESSAGE,
        "key": "key-1",
        "at": AT,
    }
    review = Review(id="review-1", **infraction_fields)
    return Standing(
        tenant=TENANT,
        client=CLIENT,
        seq=4,
        limit=3,
        infractions=(
            Infraction(id="i1", counts_until=AT + timedelta(days=90), waived=True, **infraction_fields),
        ),
        restrictions=(Restriction(channel=Channel.WHATSAPP, since=AT, until=AT, by="supervisor"),),
        calls=(Call(id="call-1", channel=Channel.WHATSAPP, due_at=AT, assignee="boss"),),
        reviews=(review,),
        dismissed=(review,),
        appeals=(Appeal(id="appeal-1", infraction="i1", at=AT),),
        closed=("call-0",),
        forgiven_before=AT,
        exempt_until=AT,
        erased_at=AT,
        language=Language.PT_BR,
    )


def full_command() -> CommandRequestedV1:
    return command(
        CommandName.DISABLE,
        AT,
        identity="c1",
        channel=Channel.WHATSAPP,
        until=AT,
        target="i1",
        verdict="keep",
    )


def full_reply(identity: str = "r1", at: datetime = AT) -> Reply:
    refused = Refused(
        effect=Effect.REDIRECT, reason=Refusal.THROTTLED, rule="P5.mail", matter=Matter.REDIRECT
    )
    return reply(
        identity,
        at,
        seq=7,
        route=ROUTE,
        matters=tuple(Matter),
        state=ReplyState.FAILED,
        steps=tuple(Step(state=state, at=at) for state in ReplyState),
        refused=(refused,),
        provider_id="wamid.1",
        error_code="131047",
        blocks=True,
    )


def full_job() -> Job:
    """Return a job with every field that a waiting job may fill."""
    more: dict[str, Any] = {"delayed": True, "superseded": True, "action": Action.BLOCK, "blocks": True}
    return job("r1", AT, route=ROUTE, seq=7, attempts=3, not_before=AT, **more)
