"""Replies in MongoDB: `replies`, `throttles` and `outbox`; how a client is reached is read in `clients`."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from pymongo import ASCENDING, DESCENDING, IndexModel, ReplaceOne, ReturnDocument

from services.responder.domain.delivery import Action, Job, JobState
from services.responder.domain.plan import Known, Slot
from services.responder.domain.replies import Reply
from services.responder.ports import ClientKey
from shared.clock import wall_now
from shared.errors import Transient
from shared.events.base import Route
from shared.ids import ClientId, TenantId
from shared.mongo.documents import SCHEMA_VERSION, Zones, expiring, own_fields, to_document
from shared.mongo.store import Document, Store, insert_new, transient_failures
from shared.words import ReplyState

LEASE: Final = timedelta(seconds=60)
_TTL: Final = IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expires")
_CLIENT: Final = [("tenant", ASCENDING), ("client", ASCENDING)]
_SLOTS_KEPT: Final = timedelta(days=30)


class MongoReplies:
    """One document a reply, and one a throttle slot."""

    def __init__(self, store: Store, zones: Zones) -> None:
        self._replies = store.collection("replies")
        self._throttles = store.collection("throttles")
        self._clients = store.collection("clients")
        self._store = store
        self._zones = zones

    async def declare(self) -> Sequence[str]:
        """Create the collections and their indexes; returns what this server lacks."""
        return [
            *await self._store.declare(
                "replies",
                [
                    IndexModel([*_CLIENT, ("occurred_at", DESCENDING)]),
                    IndexModel([("provider_id", ASCENDING)], sparse=True),
                    IndexModel([("tenant", ASCENDING), ("local_date", ASCENDING)]),
                    _TTL,
                ],
                _REPLY_SCHEMA,
            ),
            *await self._store.declare("throttles", [IndexModel([("reply", ASCENDING)]), _TTL]),
        ]

    async def of(self, replies: Collection[str]) -> Mapping[str, Reply]:
        async with transient_failures():
            found = self._replies.find({"_id": {"$in": list(replies)}})
            return {document["_id"]: _reply(document) async for document in found}

    async def by_provider_id(self, provider_id: str) -> Reply | None:
        async with transient_failures():
            document = await self._replies.find_one({"provider_id": provider_id})
        return None if document is None else _reply(document)

    async def known(self, clients: Collection[ClientKey], since: datetime) -> Mapping[ClientKey, Known]:
        keys = [_key(client) for client in clients]
        async with transient_failures():
            slots: dict[str, list[Slot]] = defaultdict(list)
            async for document in self._throttles.find({"owner": {"$in": keys}}):
                slots[document["owner"]].append(Slot.model_validate(document))
            reached = {found["_id"]: found async for found in self._clients.find({"_id": {"$in": keys}})}
            recent = await self._recent(clients, since)
        return {
            client: Known(
                slots={slot.matter: slot for slot in slots[_key(client)]},
                recent=recent[client],
                route=_route(reached.get(_key(client))),
                last_inbound_at=reached.get(_key(client), {}).get("last_inbound_at"),
            )
            for client in clients
        }

    async def _recent(
        self, clients: Collection[ClientKey], since: datetime
    ) -> Mapping[ClientKey, list[datetime]]:
        recent: dict[ClientKey, list[datetime]] = {client: [] for client in clients}
        query = {
            "tenant": {"$in": list({tenant for tenant, _ in clients})},
            "client": {"$in": [client for _, client in clients]},
            "occurred_at": {"$gte": since},
            "state": {"$ne": ReplyState.SUPPRESSED.value},
        }
        async for document in self._replies.find(query, {"tenant": 1, "client": 1, "occurred_at": 1}):
            client = (TenantId(document["tenant"]), ClientId(document["client"]))
            if client in recent:
                recent[client].append(document["occurred_at"])
        return recent

    async def add(self, replies: Sequence[Reply], slots: Sequence[Slot]) -> None:
        expires_at = wall_now() + _SLOTS_KEPT
        async with transient_failures():
            if slots:
                await self._throttles.bulk_write([_taken(slot, expires_at) for slot in slots], ordered=True)
        if await insert_new(self._replies, [self._document(reply) for reply in replies]):
            raise Transient("another process has planned a reply meanwhile")

    def _document(self, reply: Reply) -> Document:
        place = self._zones.of(reply.tenant)
        document = to_document(reply, reply.id, reply.occurred_at, place.zone)
        return expiring(document, place.retention.replies_days)

    async def change(self, before: Reply, after: Reply) -> None:
        """Guarded by the number of steps: every change of a reply adds one.

        Only how far it has come is written: its words may have been erased since it was read.
        """
        query = {"_id": before.id, "steps": {"$size": len(before.steps)}, "state": before.state.value}
        async with transient_failures():
            result = await self._replies.update_one(query, {"$set": _progress_of(after)})
        if result.matched_count != 1:
            raise Transient("the reply has changed meanwhile")

    async def release(self, reply: str) -> None:
        async with transient_failures():
            await self._throttles.delete_many({"reply": reply})

    async def erase(self, tenant: TenantId, client: ClientId, before_seq: int) -> None:
        query = {"tenant": tenant, "client": client, "seq": {"$lt": before_seq}}
        async with transient_failures():
            await self._replies.update_many(query, {"$set": {"text": None}})
            await self._replies.update_many(
                {**query, "route": {"$ne": None}}, {"$set": {"route.address": {}}}
            )


class MongoOutbox:
    """One document a job that is not finished, and one an account that is stopped."""

    def __init__(self, store: Store, lease: timedelta = LEASE) -> None:
        self._outbox = store.collection("outbox")
        self._throttles = store.collection("throttles")
        self._store = store
        self._lease = lease

    async def declare(self) -> Sequence[str]:
        """Create the collection and its indexes; returns what this server lacks."""
        return await self._store.declare(
            "outbox",
            [
                IndexModel([("state", ASCENDING), ("due_at", ASCENDING)]),
                IndexModel([("not_before", ASCENDING)]),
                IndexModel([*_CLIENT]),
            ],
        )

    async def add(self, jobs: Sequence[Job]) -> None:
        await insert_new(self._outbox, [_job_document(job) for job in jobs])

    async def waiting(self, clients: Collection[ClientKey]) -> Mapping[ClientKey, Sequence[Job]]:
        jobs: dict[ClientKey, list[Job]] = {client: [] for client in clients}
        async with transient_failures():
            found = self._outbox.find({"owner": {"$in": [_key(client) for client in clients]}})
            async for document in found:
                job = _job(document)
                jobs[job.tenant, job.client].append(job)
        return jobs

    async def claim(self, now: datetime, wall: datetime, limit: int) -> Sequence[Job]:
        """Page by page, leaving out clients that were seen: many jobs of one keep no other waiting."""
        stopped = await self.stopped(now)
        claimed: list[Job] = []
        passed: set[str] = set()
        async with transient_failures():
            while len(claimed) < limit:
                page = await self._due(now, stopped, passed, limit * 4)
                if page:  # read after the page: what another claimed before it was read shows here
                    passed |= await self._owners_held(now)
                for document in page:
                    owner = document["owner"]
                    if owner in passed or len(claimed) == limit:
                        continue
                    passed.add(owner)  # taken or lost, the client's next job waits for this one
                    if (taken := await self._take(_job(document), wall)) is not None:
                        claimed.append(taken)
                if len(page) < limit * 4:
                    break
        return claimed

    async def _due(
        self, now: datetime, stopped: Collection[tuple[TenantId, str]], passed: Collection[str], limit: int
    ) -> Sequence[Document]:
        query: Document = {
            "state": JobState.WAITING.value,
            "due_at": {"$lte": now},
            "$or": [{"not_before": None}, {"not_before": {"$lte": now}}],
        }
        if passed:
            query["owner"] = {"$nin": list(passed)}
        if stopped:
            query["$nor"] = [{"tenant": tenant, "route.account": account} for tenant, account in stopped]
        in_line = [("due_at", ASCENDING), ("seq", ASCENDING), ("_id", ASCENDING)]
        return await self._outbox.find(query).sort(in_line).limit(limit).to_list(limit)

    async def _owners_held(self, now: datetime) -> set[str]:
        """Return the clients with a job under way, or with words that wait to be said again."""
        said_again = {"not_before": {"$gt": now}, "action": Action.SAY.value}
        query = {"$or": [{"state": JobState.SENDING.value}, said_again]}
        return {document["owner"] async for document in self._outbox.find(query, {"owner": 1})}

    async def _take(self, job: Job, wall: datetime) -> Job | None:
        document = await self._outbox.find_one_and_update(
            {"_id": job.reply, "state": JobState.WAITING.value, "attempts": job.attempts},
            {
                "$set": {
                    "state": JobState.SENDING.value,
                    "lease": uuid4().hex,
                    "lease_until": wall + self._lease,
                },
                "$inc": {"attempts": 1},
            },
            return_document=ReturnDocument.AFTER,
        )
        return None if document is None else _job(document)

    async def expired(self, wall: datetime) -> Sequence[Job]:
        query = {"state": JobState.SENDING.value, "lease_until": {"$lte": wall}}
        async with transient_failures():
            return [_job(document) async for document in self._outbox.find(query).limit(100)]

    async def postpone(self, job: Job, until: datetime) -> None:
        update = {"state": JobState.WAITING.value, "not_before": until, "lease": None, "lease_until": None}
        async with transient_failures():
            await self._outbox.update_one({"_id": job.reply, "lease": job.lease}, {"$set": update})

    async def supersede(self, job: Job) -> bool:
        query = {"_id": job.reply, "state": JobState.WAITING.value}
        update = {"superseded": True, "due_at": job.occurred_at, "not_before": None}
        async with transient_failures():
            result = await self._outbox.update_one(query, {"$set": update})
        return bool(result.matched_count)

    async def remove(self, reply: str) -> None:
        async with transient_failures():
            await self._outbox.delete_one({"_id": reply})

    async def stop_account(self, tenant: TenantId, account: str, until: datetime, why: str) -> None:
        update: dict[str, Any] = {
            "$max": {"stopped_until": until},
            "$set": {"tenant": tenant, "account": account, "why": why},
        }
        async with transient_failures():
            await self._throttles.update_one({"_id": f"account:{tenant}:{account}"}, update, upsert=True)

    async def stopped(self, now: datetime) -> Collection[tuple[TenantId, str]]:
        async with transient_failures():
            found = self._throttles.find({"stopped_until": {"$gt": now}})
            return {(TenantId(one["tenant"]), str(one["account"])) async for one in found}


def _key(client: ClientKey) -> str:
    return f"{client[0]}:{client[1]}"


def _reply(document: Document) -> Reply:
    return Reply.model_validate(own_fields(document))


def _progress_of(reply: Reply) -> Document:
    return reply.model_dump(mode="python", include={"state", "steps", "refused", "provider_id", "error_code"})


def _route(document: Document | None) -> Route | None:
    route = (document or {}).get("route")
    return None if route is None else Route.model_validate(route)


def _taken(slot: Slot, expires_at: datetime) -> ReplaceOne[Document]:
    owner = _key((slot.tenant, slot.client))
    identity = f"{owner}:{slot.matter}"
    document = {**slot.model_dump(mode="python"), "_id": identity, "owner": owner, "expires_at": expires_at}
    return ReplaceOne({"_id": identity}, document, upsert=True)


def _job_document(job: Job) -> Document:
    owner = _key((job.tenant, job.client))
    about = {"_id": job.reply, "owner": owner, "schema_version": SCHEMA_VERSION}
    return about | job.model_dump(mode="python")


def _job(document: Document) -> Job:
    return Job.model_validate(document)


_REPLY_SCHEMA: Final[Document] = {
    "bsonType": "object",
    "required": ["_id", "tenant", "client", "cause", "state", "steps", "occurred_at"],
    "properties": {"steps": {"bsonType": "array", "minItems": 1}},
}
