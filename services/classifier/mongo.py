"""Decisions and conversations in MongoDB: `decisions`, `contexts`."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from pymongo import ASCENDING, DESCENDING, IndexModel, InsertOne, ReplaceOne
from pymongo.errors import BulkWriteError

from services.classifier.domain.history import History
from services.classifier.ports import ClientKey
from shared.clock import wall_now
from shared.errors import Transient
from shared.events.decisions import DECISION, MessageDecidedV1
from shared.ids import ClientId, MessageId, TenantId
from shared.mongo.documents import SCHEMA_VERSION, Zones, expiring, own_fields, to_document
from shared.mongo.store import Document, Store, insert_new, transient_failures, transient_failures_but

_MARKED: Final = timedelta(days=400)
_TTL: Final = IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expires")


class MongoDecisions:
    """One document a message, `_id` the message's id: the first decision stands."""

    def __init__(self, store: Store, zones: Zones) -> None:
        self._decisions = store.collection("decisions")
        self._marks = _Marks(store)
        self._store = store
        self._zones = zones

    async def declare(self) -> Sequence[str]:
        """Create the collection and its indexes; returns what this server lacks."""
        return await self._store.declare(
            "decisions",
            [
                IndexModel([("tenant", ASCENDING), ("client", ASCENDING), ("occurred_at", DESCENDING)]),
                IndexModel([("tenant", ASCENDING), ("local_date", ASCENDING)]),
                IndexModel([("tenant", ASCENDING), ("rules.clause", ASCENDING)]),
                _TTL,
            ],
            _DECISION_SCHEMA,
        )

    async def of(self, messages: Collection[MessageId]) -> Mapping[MessageId, MessageDecidedV1]:
        async with transient_failures():
            found = self._decisions.find({"_id": {"$in": list(messages)}})
            return {
                document["_id"]: DECISION.validate_python(own_fields(document)) async for document in found
            }

    async def add(self, decisions: Sequence[MessageDecidedV1]) -> None:
        taken = await insert_new(self._decisions, [self._document(decision) for decision in decisions])
        for client, erased_at in (await self._marks.of({(d.tenant, d.client) for d in decisions})).items():
            if any((d.tenant, d.client) == client and d.received_at <= erased_at for d in decisions):
                await self._forget(client, erased_at)
        if taken:
            raise Transient("another process has decided a message meanwhile")

    async def erase(self, tenant: TenantId, client: ClientId, erased_at: datetime) -> None:
        """Mark, then forget: what is written meanwhile finds the mark, or is found here."""
        await self._marks.put((tenant, client), erased_at)
        await self._forget((tenant, client), erased_at)

    async def _forget(self, client: ClientKey, erased_at: datetime) -> None:
        query = {"tenant": client[0], "client": client[1], "received_at": {"$lte": erased_at}}
        forgotten = {"route.address": {}, "tags.evidence.$[].excerpt": ""}
        async with transient_failures():
            await self._decisions.update_many(query, {"$set": forgotten})

    def _document(self, decision: MessageDecidedV1) -> Document:
        place = self._zones.of(decision.tenant)
        document = to_document(decision, decision.message, decision.occurred_at, place.zone)
        return expiring(document, place.retention.decisions_days)


class MongoHistories:
    """One document a client, guarded by its revision."""

    def __init__(self, store: Store, zones: Zones) -> None:
        self._contexts = store.collection("contexts")
        self._marks = _Marks(store)
        self._store = store
        self._zones = zones

    async def declare(self) -> Sequence[str]:
        """Create the collection and its indexes; returns what this server lacks."""
        return await self._store.declare("contexts", [_TTL])

    async def of(self, clients: Collection[ClientKey]) -> Mapping[ClientKey, History]:
        async with transient_failures():
            found = self._contexts.find({"_id": {"$in": [_key(client) for client in clients]}})
            known = {document["_id"]: History.model_validate(document) async for document in found}
        return {
            client: known.get(_key(client), History(tenant=client[0], client=client[1])) for client in clients
        }

    async def save(self, histories: Collection[History]) -> None:
        """Replace those very revisions, or insert the first ones; either may have been done by another."""
        if not histories:
            return
        writes = [self._write(history) for history in histories]
        replaced = sum(history.revision > 0 for history in histories)
        try:
            async with transient_failures_but(BulkWriteError):
                result = await self._contexts.bulk_write(writes, ordered=False)
        except BulkWriteError:
            raise Transient("another process has written a conversation meanwhile") from None
        if result.matched_count != replaced:
            raise Transient("another process has written a conversation meanwhile")
        for client, erased_at in (await self._marks.of({(h.tenant, h.client) for h in histories})).items():
            await self._forget(client, erased_at)

    async def erase(self, tenant: TenantId, client: ClientId, erased_at: datetime) -> None:
        """Mark, then forget: what is written meanwhile finds the mark, or loses its race for a revision."""
        await self._marks.put((tenant, client), erased_at)
        await self._forget((tenant, client), erased_at)

    async def _forget(self, client: ClientKey, erased_at: datetime) -> None:
        told = {"$elemMatch": {"at": {"$lte": erased_at}, "text": {"$ne": None}}}
        async with transient_failures():
            await self._contexts.update_one(
                {"_id": _key(client), "entries": told},
                {"$set": {"entries.$[entry].text": None}, "$inc": {"revision": 1}},
                array_filters=[{"entry.at": {"$lte": erased_at}}],
            )

    def _write(self, history: History) -> InsertOne[Document] | ReplaceOne[Document]:
        key = _key((history.tenant, history.client))
        days = self._zones.of(history.tenant).retention.contexts_days
        document = {
            "_id": key,
            "schema_version": SCHEMA_VERSION,
            **history.model_dump(mode="python"),
            "revision": history.revision + 1,
        }
        if history.revision == 0:
            return InsertOne(expiring(document, days))
        return ReplaceOne({"_id": key, "revision": history.revision}, expiring(document, days))


class _Marks:
    """Who was erased, and when: one document each among `contexts`, kept longer than any topic keeps."""

    def __init__(self, store: Store) -> None:
        self._contexts = store.collection("contexts")

    async def put(self, client: ClientKey, erased_at: datetime) -> None:
        fields = {"tenant": client[0], "client": client[1], "expires_at": wall_now() + _MARKED}
        async with transient_failures():
            await self._contexts.update_one(
                {"_id": _mark(client)}, {"$max": {"erased_at": erased_at}, "$set": fields}, upsert=True
            )

    async def of(self, clients: Collection[ClientKey]) -> Mapping[ClientKey, datetime]:
        """Return when those of the clients who were erased were."""
        async with transient_failures():
            found = self._contexts.find({"_id": {"$in": [_mark(client) for client in clients]}})
            return {(one["tenant"], one["client"]): one["erased_at"] async for one in found}


def _mark(client: ClientKey) -> str:
    return f"erased:{_key(client)}"


def _key(client: ClientKey) -> str:
    return f"{client[0]}:{client[1]}"


_DECISION_SCHEMA: Final[Document] = {
    "bsonType": "object",
    "required": ["_id", "tenant", "client", "type", "tags", "pack", "rules", "effects", "occurred_at"],
    "properties": {
        "rules": {"bsonType": "array"},
        "effects": {"bsonType": "array"},
        "occurred_at": {"bsonType": "date"},
    },
}
