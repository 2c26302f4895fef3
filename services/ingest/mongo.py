"""The archive in MongoDB: `messages` (one document an event) and `clients` (who is reached how)."""

import contextlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateOne
from pymongo.errors import BulkWriteError, DuplicateKeyError

from services.ingest.domain import AnyMessage
from shared.errors import Transient
from shared.events.messages import MessageDeletedV1
from shared.events.outcomes import Settled
from shared.ids import ClientId, TenantId
from shared.mongo.documents import SCHEMA_VERSION, Zones, expiring, to_document
from shared.mongo.store import Document, Store, insert_new, transient_failures, transient_failures_but
from shared.tags import Direction

_TTL: Final = IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expires")
_MARK: Final = {"erased_at": 1}
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
        await insert_new(self._messages, [self._document(event) for event in events])
        deletions = [_deletion(event) for event in events if isinstance(event, MessageDeletedV1)]
        erased = await self._erased(events)
        for (tenant, client), erased_at in erased.items():
            await self._forget(tenant, client, erased_at)
        reached = [event for event in events if not _is_erased(event, erased)]
        try:
            async with transient_failures_but(BulkWriteError):
                if deletions:
                    await self._messages.bulk_write(deletions, ordered=False)
                if reached:
                    await self._clients.bulk_write([*map(_client, reached), *_routes(reached)], ordered=True)
        except BulkWriteError:
            raise Transient("somebody was erased meanwhile") from None

    async def _erased(self, events: Sequence[AnyMessage]) -> Mapping[tuple[TenantId, ClientId], datetime]:
        """Return whose erasure some of these events would undo, and when it was: nobody is resurrected."""
        marked: dict[tuple[TenantId, ClientId], datetime] = {}
        query = {"_id": {"$in": list({_key(event.tenant, event.client) for event in events})}}
        async with transient_failures():
            found = self._clients.find({**query, "erased_at": {"$exists": True}}, _MARK)
            marks = {one["_id"]: one["erased_at"] async for one in found}
        for event in events:
            erased_at = marks.get(_key(event.tenant, event.client))
            if erased_at is not None and event.received_at <= erased_at:
                marked[event.tenant, event.client] = erased_at
        return marked

    def _document(self, event: AnyMessage) -> Document:
        place = self._zones.of(event.tenant)
        document = to_document(event, event.event_id, event.occurred_at, place.zone)
        return expiring(document, place.retention.messages_days)

    async def erase(self, tenant: TenantId, client: ClientId, event: Settled) -> None:
        """Mark, then forget: what is archived meanwhile finds the mark, or is found here.

        The mark stays for good, also when the person writes again: what was received before it is gone.
        """
        fields = {"tenant": tenant, "client": client, "erased_at": event.received_at}
        query = {"_id": _key(tenant, client), "erased_at": {"$not": {"$gte": event.received_at}}}
        # A duplicate key is the guard at work: marked already, and the route may be of a later message.
        with contextlib.suppress(DuplicateKeyError):
            async with transient_failures_but(DuplicateKeyError):
                await self._clients.update_one(query, {"$set": fields, "$unset": {"route": ""}}, upsert=True)
        await self._forget(tenant, client, event.received_at)

    async def _forget(self, tenant: TenantId, client: ClientId, erased_at: datetime) -> None:
        query = {"tenant": tenant, "client": client, "received_at": {"$lte": erased_at}}
        async with transient_failures():
            await self._messages.update_many(query, {"$unset": dict.fromkeys(_WORDS, "")})


def _is_erased(event: AnyMessage, erased: Mapping[tuple[TenantId, ClientId], datetime]) -> bool:
    erased_at = erased.get((event.tenant, event.client))
    return erased_at is not None and event.received_at <= erased_at


def _key(tenant: TenantId, client: ClientId) -> str:
    return f"{tenant}:{client}"


def _deletion(event: MessageDeletedV1) -> UpdateOne:
    return UpdateOne({"_id": event.original}, {"$set": {"deleted_at": event.occurred_at}})


def _client(event: AnyMessage) -> UpdateOne:
    """When the client wrote, and was written to; nothing of it where they were erased since.

    An erasure in this very moment makes the upsert collide with the mark.
    """
    at = "last_inbound_at" if event.direction is Direction.INBOUND else "last_outbound_at"
    update: dict[str, Any] = {
        "$setOnInsert": {"first_seen_at": event.occurred_at, "schema_version": SCHEMA_VERSION},
        "$set": {"tenant": event.tenant, "client": event.client},
        "$max": {at: event.occurred_at},
    }
    query = {"_id": _key(event.tenant, event.client), "erased_at": {"$not": {"$gte": event.received_at}}}
    return UpdateOne(query, update, upsert=True)


def _routes(events: Sequence[AnyMessage]) -> Sequence[UpdateOne]:
    """How clients are reached now: by the newest message; one that comes late moves nobody back."""
    newest: dict[str, AnyMessage] = {}
    for event in sorted(events, key=lambda one: one.occurred_at):
        newest[_key(event.tenant, event.client)] = event
    return [_route(key, event) for key, event in newest.items()]


def _route(key: str, event: AnyMessage) -> UpdateOne:
    query = {
        "_id": key,
        "erased_at": {"$not": {"$gte": event.received_at}},
        "last_inbound_at": {"$not": {"$gt": event.occurred_at}},
        "last_outbound_at": {"$not": {"$gt": event.occurred_at}},
    }
    return UpdateOne(query, {"$set": {"route": event.route.model_dump(mode="python")}})


_MESSAGE_SCHEMA: Final[Document] = {
    "bsonType": "object",
    "required": ["_id", "tenant", "client", "type", "occurred_at", "received_at", "direction"],
    "properties": {"occurred_at": {"bsonType": "date"}, "direction": {"enum": ["inbound", "outbound"]}},
}
