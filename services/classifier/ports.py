"""What the use case asks of the outside: small protocols, each with a fake and a real adapter."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.classifier.domain.history import History
from shared.events.decisions import MessageDecidedV1
from shared.ids import ClientId, MessageId, TenantId

ClientKey = tuple[TenantId, ClientId]


class Decisions(Protocol):
    """Decisions by message: the first one stands."""

    async def of(self, messages: Collection[MessageId]) -> Mapping[MessageId, MessageDecidedV1]:
        """Return what was decided before."""

    async def add(self, decisions: Sequence[MessageDecidedV1]) -> None:
        """Keep decisions; one that is there already stays, and the caller's is `Transient`."""

    async def erase(self, tenant: TenantId, client: ClientId, erased_at: datetime) -> None:
        """Remove the words and the address from what was received until then, now and whenever it comes."""


class Histories(Protocol):
    """The recent conversation of each client."""

    async def of(self, clients: Collection[ClientKey]) -> Mapping[ClientKey, History]:
        """Return the histories; a new client's is empty."""

    async def save(self, histories: Collection[History]) -> None:
        """Replace each history of that revision by the next one; a lost race is `Transient`."""

    async def erase(self, tenant: TenantId, client: ClientId, erased_at: datetime) -> None:
        """Remove the words of entries until then, now and whenever they come."""
