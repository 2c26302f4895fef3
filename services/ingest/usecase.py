"""Accepting what comes in: checked, parsed, masked, published; accepted only once Kafka has it."""

import asyncio
import hashlib
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from services.ingest.api import API_PROVIDER, MessageIn, identity_of, to_event
from services.ingest.domain import AnyMessage, Origin, ignored, to_message, to_receipt
from services.ingest.metrics import EVENTS, REQUESTS, UNPARSED
from services.ingest.providers.base import ParseResult, Provider, ProviderEvent
from shared.clock import Clock
from shared.errors import Transient, Unreadable
from shared.events.base import to_instant
from shared.kafka.producer import Publisher
from shared.kafka.records import Outgoing, outgoing
from shared.kafka.topics import topic_name
from shared.tenants import Account, Accounts, Tenant

_log = structlog.get_logger(__name__)
_NAME = "ingest"


class Overloaded(Exception):
    """As many requests wait for Kafka as may."""


@dataclass(frozen=True, slots=True)
class Request:
    """A webhook request as it came: raw bytes first, meaning later."""

    account: Account
    tenant: Tenant
    headers: Mapping[str, str]
    raw: bytes
    traceparent: bytes


class Accept:
    """The use case of the HTTP side. Nothing here touches the store."""

    def __init__(
        self,
        accounts: Accounts,
        publisher: Publisher,
        clock: Clock,
        *,
        timeout_seconds: float,
        in_flight: int,
    ) -> None:
        self._accounts = accounts
        self._clock = clock
        self._publisher = publisher
        self._timeout_seconds = timeout_seconds
        self._places = in_flight

    async def webhook(self, provider: Provider, request: Request) -> int:
        """Publish all that the request holds and return how many records that made.

        Raises `Unreadable` for a body that can never be parsed (it is quarantined first),
        `Transient` when Kafka has not acknowledged in time, `Overloaded` when too many wait.
        """
        try:
            parsed = provider.parse(request.raw, headers=request.headers)
        except Unreadable as error:
            await self._publish([_kept_raw(request, error.reason, self._clock.now())])
            UNPARSED.labels(provider=provider.name).inc()
            raise
        records, strangers = self._records(parsed, request)
        reasons = [f"{item.path}: {item.reason.value}" for item in parsed.unreadable]
        reasons += [f"unknown account {stranger}" for stranger in sorted(strangers)]
        if reasons:
            records.append(_kept_raw(request, "; ".join(reasons)[:500], self._clock.now()))
            UNPARSED.labels(provider=provider.name).inc()
        await self._publish(records)
        REQUESTS.labels(provider=provider.name).inc()
        return len(records)

    def _records(self, parsed: ParseResult, request: Request) -> tuple[list[Outgoing], set[str]]:
        records: list[Outgoing] = []
        strangers: set[str] = set()
        received_at = self._receipt([event.timestamp for event in parsed.events])
        for event in parsed.events:
            origin = self._origin(event, request, received_at)
            if origin is None:
                strangers.add(event.account or "")
                continue
            EVENTS.labels(provider=request.account.provider, kind=event.kind.value).inc()
            records += _of(event, origin, request.traceparent)
        return records, strangers

    def _receipt(self, told: Iterable[datetime | None]) -> datetime:
        """Return the time of receipt; a clock that follows events learns theirs first."""
        for at in told:
            if at is not None:
                self._clock.observe(at)
        return to_instant(self._clock.now())

    def _origin(self, event: ProviderEvent, request: Request, received_at: datetime) -> Origin | None:
        """Return whose event it is; None for an account that this tenant does not own here."""
        account = request.account
        if event.account is not None and event.account != account.account:
            found = self._accounts.account(account.provider, event.account)
            if found is None or found.tenant != account.tenant:
                return None
            account = found
        return Origin(account, request.tenant, received_at)

    async def messages(
        self, posted: Sequence[MessageIn], tenant: Tenant, key: str | None, *, trace: bytes
    ) -> Sequence[str]:
        """Publish posted messages; returns their ids, the same ones for the same key or own ids."""
        request_key = key or secrets.token_hex(16)
        received_at = self._receipt([message.sent_at for message in posted])
        events: list[AnyMessage] = []
        for position, message in enumerate(posted):
            known = self._accounts.account(message.channel.value, message.account)
            provider = known.provider if known and known.tenant == tenant.id else API_PROVIDER
            identity = identity_of(message, tenant, provider, request_key, position)
            events.append(to_event(message, tenant, provider, identity, received_at))
        await self._publish([outgoing(_NAME, "messages", event, trace) for event in events])
        EVENTS.labels(provider=API_PROVIDER, kind="message").inc(len(events))
        return [event.event_id for event in events]

    async def _publish(self, records: Sequence[Outgoing]) -> None:
        if self._places == 0:
            raise Overloaded
        self._places -= 1
        try:
            async with asyncio.timeout(self._timeout_seconds):
                await self._publisher.publish(records)
        except TimeoutError:
            raise Transient("Kafka did not acknowledge in time") from None
        finally:
            self._places += 1


def _of(event: ProviderEvent, origin: Origin, trace: bytes) -> list[Outgoing]:
    message = to_message(event, origin)
    if message is not None:
        return [outgoing(_NAME, "messages", message, trace)]
    receipt = to_receipt(event, origin)
    if receipt is not None:
        return [outgoing(_NAME, "receipts", receipt, trace)]
    for kind in ignored([event], origin):
        _log.info("event_ignored", provider=origin.account.provider, kind=kind.value)
    return []


def _kept_raw(request: Request, reason: str, received_at: datetime) -> Outgoing:
    """Return the body as it came: the only place that keeps one, three days, under its own ACL."""
    account = request.account
    digest = hashlib.sha256(request.raw).hexdigest()[:32]
    return Outgoing(
        topic=topic_name("webhooks.quarantine"),
        key=f"{account.tenant}:{digest}".encode(),
        value=request.raw,
        headers=[
            ("etiqueta_q_kind", b"unreadable"),
            ("etiqueta_q_reason", reason.encode()),
            ("etiqueta_q_provider", account.provider.encode()),
            ("etiqueta_q_account", account.account.encode()),
            ("etiqueta_q_content_type", request.headers.get("content-type", "").encode()),
            ("etiqueta_q_received_at", received_at.isoformat().encode()),
        ],
    )
