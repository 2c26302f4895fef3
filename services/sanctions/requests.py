"""Asking for commands: by people over HTTP, by timers when a restriction has come to its end."""

import asyncio
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import structlog

from services.sanctions.api import CommandIn, to_event
from services.sanctions.domain.standing import Standing
from shared.clock import Clock
from shared.errors import Transient
from shared.events.base import to_instant
from shared.events.commands import CommandRequestedV1
from shared.ids import EventId, derived_id
from shared.kafka.producer import Publisher
from shared.kafka.records import outgoing
from shared.tenants import Tenant
from shared.words import CommandName

_log = structlog.get_logger(__name__)


class Requests(Protocol):
    """Commands as they were accepted: the first body of an id stands."""

    async def first(self, command: CommandRequestedV1) -> CommandRequestedV1:
        """Keep the command unless its id is known; return the one that is kept."""


class Due(Protocol):
    """Standings in which a restriction has come to its end."""

    async def due(self, now: datetime) -> Sequence[Standing]: ...


class RequestCommand:
    """The use case of `POST /v1/commands`: kept, then acknowledged by Kafka, then accepted."""

    def __init__(self, requests: Requests, publisher: Publisher, clock: Clock) -> None:
        self._requests = requests
        self._publisher = publisher
        self._clock = clock

    async def __call__(
        self, command: CommandIn, tenant: Tenant, key: str | None, trace: bytes
    ) -> CommandRequestedV1:
        """Return the accepted command; the same key gives the same one, and the first body wins.

        Raises `Transient` when the store or Kafka is away: nothing was accepted then.
        """
        identity = EventId(derived_id("command", tenant.id, key or secrets.token_hex(16)))
        if command.at is not None:
            self._clock.observe(command.at)
        event = to_event(command, tenant, identity, to_instant(self._clock.now()))
        kept = await self._requests.first(event)
        await self._publisher.publish([outgoing("sanctions", "commands", kept, trace)])
        return kept


class Timers:
    """Asks for a tick where a restriction has come to its end; the tick is settled like any command."""

    def __init__(self, due: Due, publisher: Publisher, clock: Clock, every_seconds: float) -> None:
        self._due = due
        self._publisher = publisher
        self._clock = clock
        self._every_seconds = every_seconds

    async def run(self, stop: asyncio.Event) -> None:
        """Look now and then until told to stop; a store or broker that is away is met again later."""
        while not stop.is_set():
            try:
                await self.look()
            except Transient as error:
                _log.warning("timers_wait", error=str(error))
            try:
                await asyncio.wait_for(stop.wait(), self._every_seconds)
            except TimeoutError:
                continue

    async def look(self) -> int:
        """Ask for the ticks that are due now; returns how many. Asking twice gives the same ids."""
        now = to_instant(self._clock.now())
        standings = await self._due.due(now)
        ticks = [_tick(standing, now) for standing in standings]
        await self._publisher.publish([outgoing("sanctions", "commands", tick) for tick in ticks])
        return len(ticks)


def _tick(standing: Standing, now: datetime) -> CommandRequestedV1:
    wake_at = standing.wake_at() or now
    identity = EventId(derived_id("tick", standing.tenant, standing.client, wake_at.isoformat()))
    return CommandRequestedV1(
        event_id=identity,
        tenant=standing.tenant,
        client=standing.client,
        correlation_id=identity,
        occurred_at=wake_at,
        received_at=now,
        name=CommandName.TICK,
        by="timer",
    )
