"""What the use cases ask of the outside: small protocols, each with a fake and a real adapter."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Protocol

from services.responder.domain.delivery import Answer, Job
from services.responder.domain.plan import Known, Slot
from services.responder.domain.replies import Reply
from shared.ids import ClientId, TenantId

ClientKey = tuple[TenantId, ClientId]


class Replies(Protocol):
    """Replies by id, and the throttle slots they hold."""

    async def of(self, replies: Collection[str]) -> Mapping[str, Reply]:
        """Return the replies that are known."""

    async def by_provider_id(self, provider_id: str) -> Reply | None:
        """Return the reply that the provider knows by that id."""

    async def known(self, clients: Collection[ClientKey], since: datetime) -> Mapping[ClientKey, Known]:
        """Return what planning needs to know of each client; its replies from `since` on."""

    async def add(self, replies: Sequence[Reply], slots: Sequence[Slot]) -> None:
        """Take the slots, then keep the replies; one that is there already is `Transient`."""

    async def change(self, before: Reply, after: Reply) -> None:
        """Replace `before` by `after`; raises `Transient` when it is not `before` any more."""

    async def erase(self, tenant: TenantId, client: ClientId, before_seq: int) -> None:
        """Remove the words and addresses of replies to what stands before that place of the ledger."""

    async def release(self, reply: str) -> None:
        """Free the slots of a reply that was never read: the matter may be said again."""


class Outbox(Protocol):
    """What is not finished."""

    async def add(self, jobs: Sequence[Job]) -> None:
        """Keep jobs; one that is there already stays."""

    async def waiting(self, clients: Collection[ClientKey]) -> Mapping[ClientKey, Sequence[Job]]:
        """Return the clients' jobs."""

    async def claim(self, now: datetime, wall: datetime, limit: int) -> Sequence[Job]:
        """Lease what is due at `now`, the oldest of each client first, at most one a client.

        A client whose reply was postponed waits for it: what is said keeps its order. A postponed block
        holds nothing up.
        """

    async def expired(self, wall: datetime) -> Sequence[Job]:
        """Return jobs whose lease ran out while they were being sent."""

    async def postpone(self, job: Job, until: datetime) -> None:
        """Give a leased job back, to be claimed again no earlier; a lost lease changes nothing."""

    async def supersede(self, job: Job) -> bool:
        """Mark a waiting job, to be told and forgotten at once; False: it is too late, it is being sent."""

    async def remove(self, reply: str) -> None:
        """Forget a job that is finished."""

    async def stop_account(self, tenant: TenantId, account: str, until: datetime, why: str) -> None:
        """Send nothing from an account until then."""

    async def stopped(self, now: datetime) -> Collection[tuple[TenantId, str]]:
        """Return the accounts from which nothing is sent now."""


class Sender(Protocol):
    """One provider's way to send."""

    async def send(self, job: Job) -> Answer:
        """Send once and say what came of it; never raises for what a provider may do."""
