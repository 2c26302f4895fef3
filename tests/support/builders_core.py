"""Builders of the core's values, and the small doubles that unit tests share."""

import logging
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import httpx
import structlog
from hypothesis import settings
from starlette.routing import BaseRoute

from services.responder.domain.delivery import Job
from services.responder.domain.plan import Known
from services.responder.domain.replies import Reply, Step
from services.sanctions.domain.terms import Terms
from shared.errors import Transient
from shared.events.base import Address, Route
from shared.events.commands import CommandRequestedV1
from shared.events.decisions import InfractionEffect, IntendedEffect, MessageDecidedV1, SayEffect, Tags
from shared.events.messages import ContentKind, MessageEditedV1, MessageReceivedV1, Words
from shared.events.outcomes import MessageSettledV1, Paragraph, StandingView
from shared.http.server import build_http
from shared.ids import ClientId, EventId, MessageId, PackHash, TenantId, consequence_id
from shared.kafka.records import Coordinates, Delivered, Outgoing
from shared.tags import Channel, Context, Direction, Language
from shared.tenants import Account, Accounts, Tenant
from shared.words import CommandName, Effect, Matter, Mode, ReplyState

E = TypeVar("E")

MODERATE: Final = settings(max_examples=30, deadline=None, derandomize=bool(os.environ.get("CI")))
"""Enough examples to find what is wrong, few enough for a suite that people run all day."""

TENANT: Final = TenantId("acme")
CLIENT: Final = ClientId("client-1")
OTHER_CLIENT: Final = ClientId("client-2")
NOW: Final = datetime(2026, 3, 2, 15, tzinfo=UTC)
"""A Monday, 10:00 in Panama: inside the hours of the small pack."""
PACK_HASH: Final = PackHash("pack-1")
ACCOUNT: Final = "800000000000001"
PHONE: Final = "+50760000001"
API_KEY: Final = "key-of-acme"
SECRET: Final = "app-secret"
VERIFY: Final = "verify-me"
ROUTE: Final = Route(
    provider="whatsapp", account=ACCOUNT, channel=Channel.WHATSAPP, address=Address(phone=PHONE)
)
LANGUAGE: Final = Language.ES


def later(seconds: float = 0, *, minutes: float = 0, hours: float = 0, days: float = 0) -> datetime:
    """Return the time so long after `NOW`."""
    return NOW + timedelta(seconds=seconds, minutes=minutes, hours=hours, days=days)


def received(
    message: str = "m1",
    at: datetime = NOW,
    *,
    text: str | None = "hola",
    client: ClientId = CLIENT,
    edits: str | None = None,
    **more: Any,
) -> Words:
    """Return a message as ingest would have it; `edits` makes it an edit of that message."""
    fields: dict[str, Any] = {
        "event_id": message,
        "tenant": TENANT,
        "client": client,
        "correlation_id": message,
        "occurred_at": at,
        "received_at": at,
        "route": ROUTE,
        "direction": Direction.INBOUND,
        "provider_id": f"wamid.{message}",
        "original": edits or message,
        "kind": ContentKind.TEXT,
        "text": text,
    }
    model = MessageReceivedV1 if edits is None else MessageEditedV1
    return model.model_validate(fields | more)


def infraction(
    rule: str = "P5.aggressive", *, points: int = 2, burst: str = "m1", **more: Any
) -> InfractionEffect:
    fields: dict[str, Any] = {
        "clause": rule.partition(".")[0],
        "rule": rule,
        "mode": Mode.ENFORCE,
        "points": points,
        "lenient": 0,
        "burst": burst,
        "confidence": 0.9,
        "threshold": 0.6,
    }
    return InfractionEffect.model_validate(fields | more)


def saying(
    paragraph: str = "respect",
    matter: Matter = Matter.WARNING,
    *,
    rule: str = "P5.aggressive",
    mode: Mode = Mode.ENFORCE,
    delay_seconds: int = 0,
) -> SayEffect:
    return SayEffect(
        effect=Effect.REDIRECT if matter is Matter.REDIRECT else Effect.REPLY,
        clause=rule.partition(".")[0],
        rule=rule,
        mode=mode,
        paragraph=paragraph,
        matter=matter,
        delay_seconds=delay_seconds,
    )


def decided(
    message: str = "m1",
    at: datetime = NOW,
    *effects: IntendedEffect,
    client: ClientId = CLIENT,
    original: str | None = None,
    late: timedelta = timedelta(),
    context: Sequence[Context] = (),
    **more: Any,
) -> MessageDecidedV1:
    """Return a decision on one message; `late` is how long after `at` it was received."""
    fields: dict[str, Any] = {
        "event_id": consequence_id(message, "decision"),
        "tenant": TENANT,
        "client": client,
        "correlation_id": message,
        "occurred_at": at,
        "message": message,
        "original": original or message,
        "route": ROUTE,
        "direction": Direction.INBOUND,
        "kind": ContentKind.TEXT,
        "received_at": at + late,
        "tags": Tags(language=LANGUAGE),
        "context": tuple(context),
        "policy": "acme",
        "pack": PACK_HASH,
        "effects": effects,
    }
    return MessageDecidedV1.model_validate(fields | more)


def command(
    name: CommandName,
    at: datetime = NOW,
    *,
    identity: str | None = None,
    **more: Any,
) -> CommandRequestedV1:
    event = identity or f"{name}-{at.isoformat()}"
    fields: dict[str, Any] = {
        "event_id": event,
        "tenant": TENANT,
        "client": CLIENT,
        "correlation_id": event,
        "occurred_at": at,
        "received_at": at,
        "name": name,
        "by": "supervisor",
        "reason": "spoken on the phone",
    }
    return CommandRequestedV1.model_validate(fields | more)


def terms(**more: Any) -> Terms:
    """Return terms with a limit of 3 on WhatsApp, 90 days, a call within four hours."""
    fields: dict[str, Any] = {
        "policy": "acme",
        "pack": PACK_HASH,
        "limit": 3,
        "expiry": timedelta(days=90),
        "channels": (Channel.WHATSAPP,),
        "restriction_lasts": None,
        "call_due": in_four_hours,
        "assignee": "executives",
        "late": timedelta(minutes=30),
        "restriction_clause": "P7",
        "standing_notice": "standing",
        "disabled_notice": "disabled",
        "disabled_by_person_notice": "disabled_by_person",
        "disabled_again_notice": "disabled_again",
        "restored_notice": "restored",
    }
    return Terms(**(fields | more))


def in_four_hours(at: datetime) -> datetime:
    return at + timedelta(hours=4)


def paragraph(
    name: str = "kind",
    matter: Matter = Matter.WARNING,
    *,
    delay_seconds: int = 0,
    rule: str | None = None,
    **values: str | int,
) -> Paragraph:
    return Paragraph(paragraph=name, matter=matter, rule=rule, values=values, delay_seconds=delay_seconds)


def settled(
    cause: str = "d1",
    at: datetime = NOW,
    *say: Paragraph,
    seq: int = 1,
    client: ClientId = CLIENT,
    **more: Any,
) -> MessageSettledV1:
    """Return the outcome of one message, for which `say` is to be said."""
    view = StandingView(points=0, limit=3)
    fields: dict[str, Any] = {
        "event_id": consequence_id(cause, "outcome"),
        "tenant": TENANT,
        "client": client,
        "correlation_id": cause,
        "occurred_at": at,
        "cause": cause,
        "seq": seq,
        "received_at": at,
        "policy": "acme",
        "pack": PACK_HASH,
        "before": view,
        "after": view,
        "say": say,
        "language": LANGUAGE,
        "route": ROUTE,
        "message": f"message-of-{cause}",
        "direction": Direction.INBOUND,
    }
    return MessageSettledV1.model_validate(fields | more)


def reply(identity: str = "r1", at: datetime = NOW, **more: Any) -> Reply:
    """Return a reply that was requested."""
    fields: dict[str, Any] = {
        "id": identity,
        "tenant": TENANT,
        "client": CLIENT,
        "cause": EventId(f"outcome-of-{identity}"),
        "message": MessageId(f"message-of-{identity}"),
        "correlation_id": identity,
        "occurred_at": at,
        "received_at": at,
        "route": ROUTE,
        "language": LANGUAGE,
        "pack": PACK_HASH,
        "matters": (Matter.WARNING,),
        "text": "Sea amable.",
        "state": ReplyState.REQUESTED,
        "steps": (Step(state=ReplyState.REQUESTED, at=at),),
        "due_at": at,
    }
    return Reply.model_validate(fields | more)


def job(identity: str = "r1", at: datetime = NOW, **more: Any) -> Job:
    """Return a job that waits and is due at once."""
    fields: dict[str, Any] = {
        "reply": identity,
        "tenant": TENANT,
        "client": CLIENT,
        "route": ROUTE,
        "text": "Sea amable.",
        "occurred_at": at,
        "received_at": at,
        "due_at": at,
        "window_until": at + timedelta(hours=24),
    }
    return Job.model_validate(fields | more)


def nothing_known() -> Known:
    return Known(slots={}, recent=[], route=ROUTE, last_inbound_at=NOW)


def tenant(identity: TenantId = TENANT, *api_keys: str) -> Tenant:
    return Tenant(id=identity, client_key=f"client-key-of-{identity}".encode(), api_keys=api_keys)


def account(name: str = ACCOUNT, owner: TenantId = TENANT, **more: Any) -> Account:
    fields: dict[str, Any] = {
        "provider": "whatsapp",
        "account": name,
        "channel": Channel.WHATSAPP,
        "tenant": owner,
        "app_secret": SECRET,
        "verify_token": VERIFY,
        "access_token": "access-token",
    }
    return Account(**(fields | more))


def accounts(*more: Account) -> Accounts:
    """Return one tenant with one WhatsApp account and one API key; another tenant beside it."""
    found = [account(), *more]
    return Accounts(
        tenants={
            TENANT: tenant(TENANT, API_KEY),
            TenantId("other"): tenant(TenantId("other"), "key-of-other"),
        },
        accounts={(one.provider, one.account): one for one in found},
    )


class FixedClock:
    """A clock that stands until a test moves it."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at
        self.observed: list[datetime] = []

    def now(self) -> datetime:
        return self.at

    def observe(self, at: datetime) -> None:
        self.observed.append(at)


class MemoryPublisher:
    """A publisher that keeps what it was given, or is away."""

    def __init__(self) -> None:
        self.published: list[Outgoing] = []
        self.away = False
        self.on_publish: Callable[[Sequence[Outgoing]], None] = lambda _: None

    async def publish(self, records: Sequence[Outgoing]) -> None:
        if self.away:
            raise Transient("Kafka did not acknowledge")
        self.on_publish(records)
        self.published.extend(records)


def delivered(event: E, offset: int = 0, *, topic: str = "topic") -> Delivered[E]:
    return Delivered(event, Coordinates(topic, 0, offset), b"00-trace")


@contextmanager
def quiet_logs() -> Iterator[None]:
    """Write no log lines: for tests that settle thousands of records."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)


def http_client(routes: Sequence[BaseRoute], *, raises: bool = True) -> httpx.AsyncClient:
    """Return a client of a service's HTTP side, without a socket; `raises` lets a crash through."""
    app = build_http(routes, _all_is_well, _all_is_well)
    transport = httpx.ASGITransport(app, raise_app_exceptions=raises)
    return httpx.AsyncClient(transport=transport, base_url="http://service")


async def _all_is_well() -> str | None:
    return None


def bearer(key: str = API_KEY) -> dict[str, str]:
    return {"authorization": f"Bearer {key}", "content-type": "application/json"}
