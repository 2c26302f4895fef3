"""Replies and the outbox in memory: for rehearsals, and the fakes of the contract suite."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import uuid4

from services.responder.domain.delivery import Accepted, Action, Answer, Job, JobState
from services.responder.domain.plan import Known, Slot
from services.responder.domain.replies import Reply
from services.responder.ports import ClientKey
from shared.errors import Transient
from shared.events.base import Address, Route, to_instant
from shared.ids import ClientId, TenantId
from shared.words import Matter, ReplyState

LEASE = timedelta(seconds=60)


class MemoryReplies:
    """Replies that the process forgets when it ends."""

    def __init__(self) -> None:
        self.replies: dict[str, Reply] = {}
        self.slots: dict[tuple[TenantId, ClientId, Matter], Slot] = {}
        self.routes: dict[ClientKey, tuple[Route, datetime]] = {}
        """Who wrote from where last; the archive's knowledge, told by whoever composes the line."""

    async def of(self, replies: Collection[str]) -> Mapping[str, Reply]:
        return {reply: self.replies[reply] for reply in replies if reply in self.replies}

    async def by_provider_id(self, provider_id: str) -> Reply | None:
        return next((one for one in self.replies.values() if one.provider_id == provider_id), None)

    async def known(self, clients: Collection[ClientKey], since: datetime) -> Mapping[ClientKey, Known]:
        return {client: self._known(client, since) for client in clients}

    def _known(self, client: ClientKey, since: datetime) -> Known:
        lately = [one for one in self.replies.values() if one.occurred_at >= since]
        mine = [one for one in lately if (one.tenant, one.client) == client]
        route, last = self.routes.get(client, (None, None))
        return Known(
            slots={matter: slot for (*key, matter), slot in self.slots.items() if tuple(key) == client},
            recent=[one.occurred_at for one in mine if one.state is not ReplyState.SUPPRESSED],
            route=route,
            last_inbound_at=last,
        )

    async def add(self, replies: Sequence[Reply], slots: Sequence[Slot]) -> None:
        for slot in slots:
            self.slots[slot.tenant, slot.client, slot.matter] = slot
        taken = False
        for reply in replies:
            taken = taken or reply.id in self.replies
            self.replies.setdefault(reply.id, reply)
        if taken:
            raise Transient("another process has planned a reply meanwhile")

    async def change(self, before: Reply, after: Reply) -> None:
        known = self.replies.get(before.id)
        if known is None or known.steps != before.steps:
            raise Transient("the reply has changed meanwhile")
        self.replies[after.id] = after.model_copy(update={"text": known.text, "route": known.route})

    async def erase(self, tenant: TenantId, client: ClientId, before_seq: int) -> None:
        for known in list(self.replies.values()):
            if (known.tenant, known.client) == (tenant, client) and known.seq < before_seq:
                route = known.route and known.route.model_copy(update={"address": Address()})
                self.replies[known.id] = known.model_copy(update={"text": None, "route": route})

    async def release(self, reply: str) -> None:
        self.slots = {key: slot for key, slot in self.slots.items() if slot.reply != reply}


class MemoryOutbox:
    """Jobs that the process forgets when it ends."""

    def __init__(self) -> None:
        self.jobs: dict[str, Job] = {}
        self.stops: dict[tuple[TenantId, str], datetime] = {}

    async def add(self, jobs: Sequence[Job]) -> None:
        for job in jobs:
            self.jobs.setdefault(job.reply, job)

    async def waiting(self, clients: Collection[ClientKey]) -> Mapping[ClientKey, Sequence[Job]]:
        return {
            client: [job for job in self.jobs.values() if (job.tenant, job.client) == client]
            for client in clients
        }

    async def claim(self, now: datetime, wall: datetime, limit: int) -> Sequence[Job]:
        claimed: dict[ClientKey, Job] = {}
        stopped = await self.stopped(now)
        held = {(job.tenant, job.client) for job in self.jobs.values() if _is_held(job, now)}
        for job in sorted(self.jobs.values(), key=lambda one: (one.due_at, one.seq, one.reply)):
            client = (job.tenant, job.client)
            starts = max(job.due_at, job.not_before or job.due_at)
            free = job.state is JobState.WAITING and starts <= now and client not in claimed
            if free and client not in held and (job.tenant, job.route.account) not in stopped:
                claimed[client] = job.model_copy(
                    update={
                        "state": JobState.SENDING,
                        "attempts": job.attempts + 1,
                        "lease": uuid4().hex,
                        "lease_until": to_instant(wall + LEASE),
                    }
                )
            if len(claimed) == limit:
                break
        self.jobs |= {job.reply: job for job in claimed.values()}
        return list(claimed.values())

    async def expired(self, wall: datetime) -> Sequence[Job]:
        return [job for job in self.jobs.values() if job.lease_until is not None and job.lease_until <= wall]

    async def postpone(self, job: Job, until: datetime) -> None:
        known = self.jobs.get(job.reply)
        if known is not None and known.lease == job.lease:
            self.jobs[job.reply] = known.model_copy(
                update={"state": JobState.WAITING, "not_before": until, "lease": None, "lease_until": None}
            )

    async def supersede(self, job: Job) -> bool:
        known = self.jobs.get(job.reply)
        if known is None or known.state is not JobState.WAITING:
            return False
        update = {"superseded": True, "due_at": known.occurred_at, "not_before": None}
        self.jobs[job.reply] = known.model_copy(update=update)
        return True

    async def remove(self, reply: str) -> None:
        self.jobs.pop(reply, None)

    async def stop_account(self, tenant: TenantId, account: str, until: datetime, why: str) -> None:
        del why
        self.stops[tenant, account] = max(until, self.stops.get((tenant, account), until))

    async def stopped(self, now: datetime) -> Collection[tuple[TenantId, str]]:
        return {place for place, until in self.stops.items() if now < until}


def _is_held(job: Job, now: datetime) -> bool:
    said_again = job.action is Action.SAY and job.not_before is not None and job.not_before > now
    return said_again or job.state is JobState.SENDING


class MemorySender:
    """A provider that takes everything, for rehearsals; it keeps what it was given, in order."""

    def __init__(self) -> None:
        self.sent: list[Job] = []

    async def send(self, job: Job) -> Answer:
        self.sent.append(job)
        return Accepted(f"rehearsed-{len(self.sent)}")
