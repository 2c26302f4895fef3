"""Obeying erasures: a person's words and addresses go; what was decided, and when, stays."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from shared.events.outcomes import Settled
from shared.ids import ClientId, TenantId
from shared.kafka.records import Delivered
from shared.kafka.worker import NO_WORK, Handled
from shared.words import Fact


class Forgetful(Protocol):
    """A store that can forget a person."""

    async def erase(self, tenant: TenantId, client: ClientId, erased_at: datetime) -> None:
        """Remove the words and addresses of what was received until then, now and whenever it comes."""


class EraseBatch:
    """The use case of the consumer that obeys erasures."""

    def __init__(self, *stores: Forgetful) -> None:
        self._stores = stores

    async def __call__(self, batch: Sequence[Delivered[Settled]]) -> Handled:
        for record in batch:
            event = record.event
            if any(fact.fact is Fact.PERSON_ERASED for fact in event.facts):
                for store in self._stores:
                    await store.erase(event.tenant, event.client, event.received_at)
        return NO_WORK
