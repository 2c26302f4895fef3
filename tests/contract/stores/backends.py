"""The two sides that every contract is held to: stores in memory, and the adapters of MongoDB.

Each call for an adapter of MongoDB gives one with the next of two clients: as two processes have them.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import cycle
from typing import Any, Final, Protocol
from uuid import uuid4

from services.classifier.memory import MemoryDecisions, MemoryHistories
from services.classifier.mongo import MongoDecisions, MongoHistories
from services.classifier.ports import Decisions, Histories
from services.ingest.mongo import MongoArchive
from services.responder.memory import MemoryOutbox, MemoryReplies
from services.responder.mongo import MongoOutbox, MongoReplies
from services.responder.ports import ClientKey, Outbox, Replies
from services.sanctions.memory import MemoryLedger
from services.sanctions.mongo import MongoLedger, MongoRequests
from services.sanctions.ports import Ledger
from services.sanctions.requests import Due
from shared.events.base import Route
from shared.mongo.documents import Zones
from shared.mongo.store import Document, Store
from shared.policy.source import FixedPacks
from tests.support.builders_core import received
from tests.unit.policy.small_pack import pack

TASKS: Final = ("calls", "reviews", "appeals")
COLLECTIONS: Final = (
    *("messages", "clients", "decisions", "contexts", "outcomes", "standings", *TASKS),
    *("commands", "replies", "throttles", "outbox", "policies"),
)
Tasks = Mapping[str, tuple[str, Mapping[str, Any]]]
"""Kind and fields of every task, by its id."""


class DueLedger(Ledger, Due, Protocol):
    """A ledger that timers look at, too."""


class Backend(Protocol):
    """One side of the contract; adapters of one backend see the same store."""

    def ledger(self) -> DueLedger: ...
    def decisions(self) -> Decisions: ...
    def histories(self) -> Histories: ...
    def replies(self) -> Replies: ...
    def outbox(self) -> Outbox: ...

    async def tasks(self) -> Tasks:
        """Return every task as people find it."""

    async def wrote(self, client: ClientKey, route: Route, at: datetime) -> None:
        """Let it be known that the client wrote from there."""


class MemoryBackend:
    """What a rehearsal runs on. One process is all there is: its adapters are one object."""

    def __init__(self) -> None:
        self._ledger, self._outbox = MemoryLedger(), MemoryOutbox()
        self._decisions, self._histories = MemoryDecisions(), MemoryHistories()
        self._replies = MemoryReplies()

    def ledger(self) -> DueLedger:
        return self._ledger

    def decisions(self) -> Decisions:
        return self._decisions

    def histories(self) -> Histories:
        return self._histories

    def replies(self) -> Replies:
        return self._replies

    def outbox(self) -> Outbox:
        return self._outbox

    async def tasks(self) -> Tasks:
        return {name: (task.kind, dict(task.fields)) for name, task in self._ledger.tasks.items()}

    async def wrote(self, client: ClientKey, route: Route, at: datetime) -> None:
        self._replies.routes[client] = (route, at)


class MongoBackend:
    """One database of the local stack, reached by two clients in turn."""

    def __init__(self, uri: str) -> None:
        name = f"contract-{uuid4().hex[:12]}"
        self.stores: Final = (Store(uri, name), Store(uri, name))
        self._turn = cycle(self.stores)
        self.zones: Final = Zones(FixedPacks(pack()))

    async def declare(self) -> Sequence[str]:
        """Create all collections; returns what this server lacks."""
        ledger, decisions, histories = self.ledger(), self.decisions(), self.histories()
        replies, outbox = self.replies(), self.outbox()
        declaring = (ledger, decisions, histories, replies, outbox, self.requests(), self.archive())
        return [lack for one in declaring for lack in await one.declare()]

    async def empty(self) -> None:
        for name in COLLECTIONS:
            await self.stores[0].collection(name).delete_many({})

    async def close(self) -> None:
        await self.stores[0].drop()
        for store in self.stores:
            store.close()

    def store(self) -> Store:
        return next(self._turn)

    def ledger(self) -> MongoLedger:
        return MongoLedger(self.store(), self.zones)

    def decisions(self) -> MongoDecisions:
        return MongoDecisions(self.store(), self.zones)

    def histories(self) -> MongoHistories:
        return MongoHistories(self.store(), self.zones)

    def replies(self) -> MongoReplies:
        return MongoReplies(self.store(), self.zones)

    def outbox(self) -> MongoOutbox:
        return MongoOutbox(self.store())

    def requests(self) -> MongoRequests:
        return MongoRequests(self.store())

    def archive(self) -> MongoArchive:
        return MongoArchive(self.store(), self.zones)

    async def documents(self, collection: str) -> dict[str, Document]:
        """Return a collection's documents by their ids."""
        found = self.stores[0].collection(collection).find()
        return {document["_id"]: document async for document in found}

    async def tasks(self) -> Tasks:
        return {
            name: (kind, {key: value for key, value in found.items() if key not in {"_id", "schema_version"}})
            for kind in TASKS
            for name, found in (await self.documents(kind)).items()
        }

    async def wrote(self, client: ClientKey, route: Route, at: datetime) -> None:
        tenant, who = client
        message = received(f"{who}-{at.isoformat()}", at, tenant=tenant, client=who, route=route)
        await self.archive().keep([message])
