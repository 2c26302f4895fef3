"""Archiving a batch: what was accepted, written where analysts find it; accepting never waits for this."""

from collections.abc import Sequence
from typing import Protocol

import structlog

from services.ingest.domain import AnyMessage
from shared.clock import Clock
from shared.events.outcomes import Settled
from shared.ids import ClientId, TenantId
from shared.kafka.records import Delivered
from shared.kafka.worker import NO_WORK, Handled
from shared.words import Fact

_log = structlog.get_logger(__name__)


class Archive(Protocol):
    """The collections `messages` and `clients`."""

    async def keep(self, events: Sequence[AnyMessage]) -> None:
        """Write events once each; again changes nothing, and an erased person stays erased."""

    async def erase(self, tenant: TenantId, client: ClientId, event: Settled) -> None:
        """Remove a person's words and addresses; ids and times stay."""


class ArchiveBatch:
    """The use case of the archive's consumer."""

    def __init__(self, archive: Archive, clock: Clock) -> None:
        self._archive = archive
        self._clock = clock

    async def __call__(self, batch: Sequence[Delivered[AnyMessage]]) -> Handled:
        await self._archive.keep([record.event for record in batch])
        for record in batch:
            self._clock.observe(record.event.occurred_at)
        _log.info("batch_archived", records=len(batch))
        return NO_WORK


class EraseBatch:
    """The use case of the consumer that obeys erasures."""

    def __init__(self, archive: Archive) -> None:
        self._archive = archive

    async def __call__(self, batch: Sequence[Delivered[Settled]]) -> Handled:
        for record in batch:
            event = record.event
            if any(fact.fact is Fact.PERSON_ERASED for fact in event.facts):
                await self._archive.erase(event.tenant, event.client, event)
        return NO_WORK
