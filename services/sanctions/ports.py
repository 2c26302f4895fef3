"""What the use case asks of the outside: small protocols, each with a fake and a real adapter."""

from collections.abc import Collection, Mapping, Sequence
from typing import Protocol

from services.sanctions.domain.standing import Standing
from shared.events.outcomes import Settled
from shared.ids import ClientId, TenantId

ClientKey = tuple[TenantId, ClientId]


class Ledger(Protocol):
    """The append-only ledger, and what is folded from it."""

    async def settled(self, causes: Collection[str]) -> Mapping[str, Settled]:
        """Return the outcomes of those causes that were settled before."""

    async def standings(self, clients: Collection[ClientKey]) -> Mapping[ClientKey, Standing]:
        """Return each client's standing after the whole of its ledger; new clients stand at zero."""

    async def append(self, outcomes: Sequence[Settled]) -> None:
        """Add outcomes; raises `Transient` when a cause or a (client, seq) is taken."""

    async def save(self, standings: Collection[Standing], outcomes: Sequence[Settled]) -> None:
        """Keep standings and open tasks beside the ledger; an older seq never replaces a newer."""

    async def erase(self, client: ClientKey, before_seq: int) -> None:
        """Remove the words and the address of what stands before that place; what counts stays."""
