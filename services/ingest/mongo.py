"""The archive in MongoDB: `messages` (one document an event) and `clients` (who is reached how)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne

from services.ingest.domain import AnyMessage
from shared.events.messages import MessageDeletedV1
from shared.events.outcomes import Settled
from shared.ids import ClientId, TenantId
from shared.mongo.documents import SCHEMA_VERSION, Zones, expiring, to_document
from shared.mongo.store import Document, Store, insert_new, transient_failures
from shared.tags import Direction

_TTL: Final = IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expires")
_WORDS: Final = ("text", "email", "turns", "route.address", "emoji")


class MongoArchive:
    """What came in, as analysts read it."""

    def __init__(self, store: Store, zones: Zones) -> None:
        self._messages = store.collection("messages")
        self._clients = store.collection("clients")
        self._store = store
        self._zones = zones

    async def declare(self) -> Sequence[str]:
        """Create the collections and their indexes; returns what this server lacks."""
        return [
            *await self._store.declare(
                "messages",
                [
                    IndexModel([("tenant", ASCENDING), ("client", ASCENDING), ("occurred_at", DESCENDING)]),
                    IndexModel([("tenant", ASCENDING), ("local_date", ASCENDING)]),
                    _TTL,
                ],
                _MESSAGE_SCHEMA,
            ),
            *await self._store.declare("clients", [IndexModel([("tenant", ASCENDING)])]),
        ]

    async def keep(self, events: Sequence[AnyMessage]) -> None:
        if not events:
            return
        erased = await self._erased(events)
        documents = [self._document(event, erased.get(_key(event.tenant, event.client))) for event in events]
        await insert_new(self._messages, documents)
        deletions = [_deletion(event) for event in events if isinstance(event, MessageDeletedV1)]
        clients = [_client(event) for event in events if _key(event.tenant, event.client) not in erased]
        async with transient_failures():
            if deletions:
                await self._messages.bulk_write(deletions, ordered=False)
            if clients:
                await self._clients.bulk_write(clients, ordered=True)

    async def _erased(self, events: Sequence[AnyMessage]) -> dict[str, datetime]:
        """Return the clients whose erasure these events would undo: a replay resurrects nobody."""
        newest: dict[str, datetime] = {}
        for event in events:
            key = _key(event.tenant, event.client)
            newest[key] = max(newest.get(key, event.received_at), event.received_at)
        async with transient_failures():
            marked = self._clients.find(
                {"_id": {"$in": list(newest)}, "erased_at": {"$exists": True}}, {"erased_at": 1}
            )
            return {
                found["_id"]: found["erased_at"]
                async for found in marked
                if found["erased_at"] >= newest[found["_id"]]
            }

    def _document(self, event: AnyMessage, erased_at: datetime | None) -> Document:
        place = self._zones.of(event.tenant)
        document = to_document(event, event.event_id, event.occurred_at, place.zone)
        if erased_at is not None:
            document |= {"text": None, "email": None, "turns": [], "emoji": None}
            document["route"] = {**document["route"], "address": {}}
        return expiring(document, place.retention.messages_days)

    async def erase(self, tenant: TenantId, client: ClientId, event: Settled) -> None:
        query = {"tenant": tenant, "client": client, "received_at": {"$lte": event.received_at}}
        async with transient_failures():
            await self._messages.update_many(query, {"$unset": dict.fromkeys(_WORDS, "")})
            await self._clients.update_one(
                {"_id": _key(tenant, client)},
                {
                    "$set": {"erased_at": event.received_at, "tenant": tenant, "client": client},
                    "$unset": {"route": ""},
                },
                upsert=True,
            )


def _key(tenant: TenantId, client: ClientId) -> str:
    return f"{tenant}:{client}"


def _deletion(event: MessageDeletedV1) -> UpdateOne:
    return UpdateOne({"_id": event.original}, {"$set": {"deleted_at": event.occurred_at}})


def _client(event: AnyMessage) -> UpdateOne:
    """How the client is reached now: by the newest of what was received."""
    at = "last_inbound_at" if event.direction is Direction.INBOUND else "last_outbound_at"
    update: dict[str, Any] = {
        "$setOnInsert": {"first_seen_at": event.occurred_at, "schema_version": SCHEMA_VERSION},
        "$set": {
            "tenant": event.tenant,
            "client": event.client,
            "route": event.route.model_dump(mode="python"),
        },
        "$unset": {"erased_at": ""},
        "$max": {at: event.occurred_at},
    }
    return UpdateOne({"_id": _key(event.tenant, event.client)}, update, upsert=True)


_MESSAGE_SCHEMA: Final[Document] = {
    "bsonType": "object",
    "required": ["_id", "tenant", "client", "type", "occurred_at", "received_at", "direction"],
    "properties": {"occurred_at": {"bsonType": "date"}, "direction": {"enum": ["inbound", "outbound"]}},
}
