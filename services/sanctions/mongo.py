"""The ledger in MongoDB: `outcomes` (append-only), `standings` (its fold), `calls`, `reviews`, `appeals`."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from datetime import datetime
from functools import reduce
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel, UpdateMany, UpdateOne
from pymongo.errors import BulkWriteError

from services.sanctions.domain.standing import Standing, fold, rebuild
from services.sanctions.ports import ClientKey
from services.sanctions.tasks import CallsWithdrawn, TaskChange, TaskKind, first_openings, task_changes
from shared.errors import Transient
from shared.events.commands import COMMAND, CommandRequestedV1
from shared.events.outcomes import OUTCOME, Settled
from shared.ids import ClientId, TenantId
from shared.mongo.documents import SCHEMA_VERSION, Zones, expiring, own_fields, to_document
from shared.mongo.store import (
    DUPLICATE_KEY,
    Document,
    Store,
    insert_new,
    transient_failures,
    transient_failures_but,
)

_CLIENT: Final = [("tenant", ASCENDING), ("client", ASCENDING)]
_TTL: Final = IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0, name="expires")
_COMMANDS_KEPT_DAYS: Final = 400
_TASKS: Final = ("calls", "reviews", "appeals")


class MongoLedger:
    """The ledger of all clients. One document an outcome, `_id` its cause."""

    def __init__(self, store: Store, zones: Zones) -> None:
        self._outcomes = store.collection("outcomes")
        self._standings = store.collection("standings")
        self._tasks = {name: store.collection(name) for name in _TASKS}
        self._store = store
        self._zones = zones

    async def declare(self) -> Sequence[str]:
        """Create collections and indexes; returns what this server lacks."""
        missing = [
            *await self._store.declare(
                "outcomes",
                [
                    IndexModel([*_CLIENT, ("seq", ASCENDING)], unique=True, name="ledger_order"),
                    IndexModel([("tenant", ASCENDING), ("occurred_at", DESCENDING)], name="by_time"),
                    IndexModel([("tenant", ASCENDING), ("facts.fact", ASCENDING)], name="by_fact"),
                    _TTL,
                ],
                _OUTCOME_SCHEMA,
            ),
            *await self._store.declare(
                "standings",
                [
                    IndexModel([*_CLIENT], unique=True, name="client"),
                    IndexModel([("wake_at", ASCENDING)], name="timers"),
                ],
                _STANDING_SCHEMA,
            ),
        ]
        for name in _TASKS:
            index = IndexModel([("tenant", ASCENDING), ("state", ASCENDING), ("due_at", ASCENDING)])
            missing += await self._store.declare(name, [index, IndexModel([*_CLIENT])])
        return missing

    async def settled(self, causes: Collection[str]) -> Mapping[str, Settled]:
        async with transient_failures():
            found = self._outcomes.find({"_id": {"$in": list(causes)}})
            return {document["_id"]: _outcome(document) async for document in found}

    async def standings(self, clients: Collection[ClientKey]) -> Mapping[ClientKey, Standing]:
        """Read the folds, then whatever the ledger holds beyond them: a crash may lie between."""
        async with transient_failures():
            query = {"_id": {"$in": [_key(client) for client in clients]}}
            folds = [_standing(document) async for document in self._standings.find(query)]
            known = {(found.tenant, found.client): found for found in folds}
            standings = {client: known.get(client) or _fresh(client) for client in clients}
        newer: dict[ClientKey, list[Settled]] = defaultdict(list)
        for outcome in await self._after({client: one.seq for client, one in standings.items()}):
            newer[outcome.tenant, outcome.client].append(outcome)
        return {client: reduce(fold, newer[client], standing) for client, standing in standings.items()}

    async def append(self, outcomes: Sequence[Settled]) -> None:
        """Insert in order, so that a lost race on one seq never leaves a later one behind it."""
        if not outcomes:
            return
        try:
            async with transient_failures_but(BulkWriteError):
                await self._outcomes.insert_many([self._document(o) for o in outcomes], ordered=True)
        except BulkWriteError:
            raise Transient("another process has settled this client meanwhile") from None

    def _document(self, outcome: Settled) -> Document:
        place = self._zones.of(outcome.tenant)
        document = to_document(outcome, outcome.cause, outcome.occurred_at, place.zone)
        return expiring(document, place.retention.outcomes_days)

    async def save(self, standings: Collection[Standing], outcomes: Sequence[Settled]) -> None:
        updates = [_guarded(standing) for standing in standings]
        try:
            async with transient_failures_but(BulkWriteError):
                if updates:
                    await self._standings.bulk_write(updates, ordered=False)
        except BulkWriteError as error:
            # A duplicate key is the guard at work: a newer standing is there already.
            if any(entry["code"] != DUPLICATE_KEY for entry in error.details["writeErrors"]):
                raise Transient("MongoDB: standings could not be written") from None
        await self._change_tasks(outcomes)
        await self._change_tasks(await self._after(first_openings(outcomes)))

    async def _after(self, places: Mapping[ClientKey, int]) -> Sequence[Settled]:
        """Return what the ledger holds after these places, in order."""
        if not places:
            return ()
        beyond = [
            {"tenant": tenant, "client": client, "seq": {"$gt": seq}}
            for (tenant, client), seq in places.items()
        ]
        async with transient_failures():
            found = self._outcomes.find({"$or": beyond}).sort("seq", ASCENDING)
            return [_outcome(document) async for document in found]

    async def erase(self, client: ClientKey, before_seq: int) -> None:
        query = {"tenant": client[0], "client": client[1], "seq": {"$lt": before_seq}}
        async with transient_failures():
            await self._outcomes.update_many(query, {"$unset": {"say.$[].values.excerpt": ""}})
            known = {**query, "route": {"$ne": None}}
            await self._outcomes.update_many(known, {"$set": {"route.address": {}}})

    async def _change_tasks(self, outcomes: Sequence[Settled]) -> None:
        writes: dict[TaskKind, list[UpdateOne | UpdateMany]] = defaultdict(list)
        for change in task_changes(outcomes):
            if isinstance(change, CallsWithdrawn):
                writes["calls"].append(_withdrawal(change))
            else:
                writes[change.kind].append(_task_update(change))
        async with transient_failures():
            for kind, updates in writes.items():
                await self._tasks[kind].bulk_write(updates, ordered=True)

    async def due(self, now: datetime, limit: int = 500) -> Sequence[Standing]:
        """Return standings in which a restriction has come to its end."""
        async with transient_failures():
            found = self._standings.find({"wake_at": {"$ne": None, "$lte": now}}).limit(limit)
            return [_standing(document) async for document in found]

    async def clients(self) -> AsyncIterator[ClientKey]:
        """Yield every client that the ledger knows, for a rebuild."""
        async with transient_failures():
            groups = self._outcomes.aggregate(
                [{"$group": {"_id": {"tenant": "$tenant", "client": "$client"}}}, {"$sort": {"_id": 1}}]
            )
            async for group in groups:
                yield TenantId(group["_id"]["tenant"]), ClientId(group["_id"]["client"])

    async def rebuilt(self, client: ClientKey) -> tuple[Standing | None, Standing]:
        """Return the standing as it is kept, and as the whole ledger gives it."""
        async with transient_failures():
            kept = await self._standings.find_one({"_id": _key(client)})
            query = {"tenant": client[0], "client": client[1]}
            found = self._outcomes.find(query).sort("seq", ASCENDING)
            ledger = [_outcome(document) async for document in found]
        return (_standing(kept) if kept else None), rebuild(*client, ledger)

    async def replace(self, standing: Standing) -> None:
        """Put a rebuilt standing in place, unless the ledger has gone on meanwhile."""
        key = _key((standing.tenant, standing.client))
        async with transient_failures():
            await self._standings.delete_one({"_id": key, "seq": {"$lte": standing.seq}})
        await self.save([standing], ())

    async def tasks_of(self, client: ClientKey) -> Mapping[str, Sequence[Document]]:
        """Return the client's open calls, reviews and appeals."""
        query = {"tenant": client[0], "client": client[1], "state": "open"}
        async with transient_failures():
            return {name: await self._tasks[name].find(query).to_list(100) for name in _TASKS}


class MongoRequests:
    """Commands as they were accepted: the first body of an id stands."""

    def __init__(self, store: Store) -> None:
        self._commands = store.collection("commands")
        self._store = store

    async def declare(self) -> Sequence[str]:
        """Create the collection and its indexes; returns what this server lacks."""
        return await self._store.declare("commands", [IndexModel([*_CLIENT]), _TTL])

    async def first(self, command: CommandRequestedV1) -> CommandRequestedV1:
        document = {"_id": command.event_id, "schema_version": SCHEMA_VERSION, **command.model_dump()}
        if not await insert_new(self._commands, [expiring(document, _COMMANDS_KEPT_DAYS)]):
            return command
        kept = await self.accepted(command.event_id)
        if kept is None:
            raise Transient("the command was being kept by another process")
        return kept

    async def accepted(self, command: str) -> CommandRequestedV1 | None:
        async with transient_failures():
            document = await self._commands.find_one({"_id": command})
        return None if document is None else COMMAND.validate_python(own_fields(document))


def _withdrawal(change: CallsWithdrawn) -> UpdateMany:
    query = {
        "tenant": change.tenant,
        "client": change.client,
        "channel": change.channel,
        "state": "open",
        "seq": {"$lt": change.before_seq},
    }
    return UpdateMany(query, {"$set": dict(change.on_close)})


def _task_update(change: TaskChange) -> UpdateOne:
    update: dict[str, Any] = {}
    if change.on_open:
        update["$setOnInsert"] = {"schema_version": SCHEMA_VERSION, **change.on_open}
    if change.on_close:
        update["$set"] = dict(change.on_close)
    return UpdateOne({"_id": change.id}, update, upsert=bool(change.on_open))


def _key(client: ClientKey) -> str:
    return f"{client[0]}:{client[1]}"


def _fresh(client: ClientKey) -> Standing:
    return Standing(tenant=client[0], client=client[1])


def _outcome(document: Document) -> Settled:
    return OUTCOME.validate_python(own_fields(document))


def _standing(document: Document) -> Standing:
    return Standing.model_validate(document)


def _guarded(standing: Standing) -> UpdateOne:
    """Replace an older standing, or insert the first; a newer one makes the upsert collide and stay."""
    key = _key((standing.tenant, standing.client))
    fields = {
        **standing.model_dump(mode="python"),
        "schema_version": SCHEMA_VERSION,
        "wake_at": standing.wake_at(),
        "disabled": [found.channel.value for found in standing.restrictions],
    }
    return UpdateOne({"_id": key, "seq": {"$lt": standing.seq}}, {"$set": fields}, upsert=True)


_OUTCOME_SCHEMA: Final[Document] = {
    "bsonType": "object",
    "required": ["_id", "tenant", "client", "seq", "type", "facts", "before", "after", "occurred_at"],
    "properties": {
        "seq": {"bsonType": ["int", "long"], "minimum": 1},
        "facts": {"bsonType": "array"},
        "occurred_at": {"bsonType": "date"},
    },
}
_STANDING_SCHEMA: Final[Document] = {
    "bsonType": "object",
    "required": ["_id", "tenant", "client", "seq", "infractions", "restrictions"],
    "properties": {"seq": {"bsonType": ["int", "long"], "minimum": 0}},
}
