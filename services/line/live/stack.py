"""A running stack as a live rehearsal sees it: its HTTP addresses, its topics, its store, and its peace.

Nothing here waits a fixed time: the stack is settled when every group has committed what stands on its
topics and no reply of ours is due; each such wait has an end.
"""

import asyncio
import contextlib
import functools
import json
import urllib.parse
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import httpx
from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError, UnknownTopicOrPartitionError

from shared.errors import Transient, UserError
from shared.kafka.topics import topic_name, topics
from shared.mongo.store import Store, transient_failures

_LOOK_SECONDS: Final = 0.02
_COME_BACK: Final = frozenset({429, 503})
"""Nothing was accepted, and the same may be sent again."""
_STAGES: Final = (
    ("etiqueta.classifier", ("messages",)),
    ("etiqueta.ingest.archive", ("messages",)),
    ("etiqueta.sanctions", ("decisions", "commands")),
    ("etiqueta.responder", ("outcomes", "receipts")),
)
"""Which group has to have committed what, in the order of the line: each publishes before it commits."""
_COLLECTIONS: Final = (
    "messages", "contexts", "decisions", "commands", "outcomes", "standings", "calls", "reviews", "appeals",
    "replies", "outbox", "throttles",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Where:
    """Where the running stack is reached."""

    ingest: str
    sanctions: str
    api_key: str = field(repr=False)
    kafka: str
    mongodb: str = field(repr=False)
    database: str
    wait_seconds: float = 30.0
    """How long the stack may take to settle what one step led to."""


@dataclass(frozen=True, slots=True)
class Published:
    """One record that appeared on a topic while we looked."""

    noun: str
    key: str
    value: bytes = field(repr=False)


class LiveStack:
    """A connection to a running stack; `live_stack` opens and closes one."""

    def __init__(
        self,
        where: Where,
        http: httpx.AsyncClient,
        consumer: AIOKafkaConsumer,
        admin: AIOKafkaAdminClient,
        store: Store,
    ) -> None:
        self._where = where
        self._http = http
        self._consumer = consumer
        self._admin = admin
        self._store = store
        self._coordinators: dict[str, int] = {}
        self._clients: set[str] = set()
        self._looking = asyncio.Lock()
        self._asked = self._settled = 0
        self.published: list[Published] = []
        """What has appeared on any topic since we look, in order of each partition."""

    async def follow(self) -> None:
        """Stand at the end of every topic; what comes from here on is read."""
        places = list(self._consumer.assignment())
        await self._consumer.seek_to_end(*places)
        for place in places:
            await self._consumer.position(place)  # the end is looked up now, not at the first read

    def _places(self, noun: str) -> list[TopicPartition]:
        name = topic_name(noun)
        return [place for place in self._consumer.assignment() if place.topic == name]

    async def post(self, service: str, path: str, body: dict[str, Any], key: str) -> dict[str, Any]:
        """Post to `ingest` or `sanctions`; the same key again is the same request."""
        headers = {"Idempotency-Key": key}
        return await self._ask(service, "POST", path, json=body, headers=headers)

    async def standing(self, name: str) -> dict[str, Any]:
        """Return where a client stands, and which id they have, by phone number or e-mail address."""
        quoted = urllib.parse.quote(name, safe="")
        return await self._ask("sanctions", "GET", f"/v1/clients/{quoted}/standing")

    async def _ask(self, service: str, method: str, path: str, **options: Any) -> dict[str, Any]:
        base = self._where.ingest if service == "ingest" else self._where.sanctions
        headers = {"Authorization": f"Bearer {self._where.api_key}", **options.pop("headers", {})}
        clock = asyncio.get_running_loop()
        deadline = clock.time() + self._where.wait_seconds
        while True:
            try:
                answer = await self._http.request(method, base + path, headers=headers, **options)
            except httpx.HTTPError as error:
                raise UserError(f"{service} at {base} does not answer ({type(error).__name__}).") from None
            if answer.is_success:
                found: dict[str, Any] = answer.json()
                return found
            if answer.status_code not in _COME_BACK or clock.time() > deadline:
                raise UserError(f"{service} at {base} refused {method} {path}: {_problem(answer)}")
            await asyncio.sleep(_LOOK_SECONDS)

    async def settle(self, clients: Iterable[str], now: datetime) -> None:
        """Return when all that was sent before is settled, and no reply to our clients is due at `now`.

        Those who ask at once share one look. Raises `UserError` that names what is behind when it
        takes too long.
        """
        self._clients.update(clients)
        self._asked += 1
        mine = self._asked
        async with self._looking:
            if self._settled < mine:
                covers = self._asked
                await self._settle(now)
                self._settled = covers

    async def _settle(self, now: datetime) -> None:
        for group, nouns in _STAGES:
            places = [place for noun in nouns for place in self._places(noun)]
            ends = await self._consumer.end_offsets(places)
            await self._until(functools.partial(self._behind, group, ends))
        await self._until(functools.partial(self._due, now))
        await self._until(self._unread)

    async def _until(self, why_not: Callable[[], Awaitable[str | None]]) -> None:
        """Look until nothing is in the way; raises `UserError` with what still is at the end."""
        clock = asyncio.get_running_loop()
        deadline = clock.time() + self._where.wait_seconds
        while (why := await why_not()) is not None:
            if clock.time() > deadline:
                seconds = self._where.wait_seconds
                raise UserError(f"The running stack has not settled within {seconds:g} s: {why}.")
            await asyncio.sleep(_LOOK_SECONDS)

    async def _behind(self, group: str, ends: dict[TopicPartition, int]) -> str | None:
        if group not in self._coordinators:
            self._coordinators[group] = await self._admin.find_coordinator(group)
        committed = await self._admin.list_consumer_group_offsets(group, self._coordinators[group])
        done = {place: committed[place].offset if place in committed else 0 for place in ends}
        behind = sum(max(0, end - max(0, done[place])) for place, end in ends.items())
        return f"{group} is {behind} records behind" if behind else None

    async def _due(self, now: datetime) -> str | None:
        query = {
            "client": {"$in": list(self._clients)},
            "due_at": {"$lte": now},
            "$or": [{"not_before": None}, {"not_before": {"$lte": now}}],
        }
        async with transient_failures():
            waiting: int = await self._store.collection("outbox").count_documents(query)
        return f"{waiting} replies are not delivered" if waiting else None

    async def _unread(self) -> str | None:
        places = list(self._consumer.assignment())
        ends = await self._consumer.end_offsets(places)
        if all([await self._consumer.position(place) >= ends[place] for place in places]):
            return None
        for place, records in (await self._consumer.getmany(timeout_ms=100)).items():
            noun = place.topic.removeprefix(topics()["messages"].name.removesuffix("messages"))
            self.published += [
                Published(noun, (record.key or b"").decode(errors="replace"), record.value or b"")
                for record in records
            ]
        return "records are still to be read"

    async def stored(self, tenant: str, clients: Sequence[str]) -> list[str]:
        """Return every document that is kept of these clients, as text."""
        query = {"tenant": tenant, "client": {"$in": list(clients)}}
        found: list[str] = []
        async with transient_failures():
            for name in _COLLECTIONS:
                async for document in self._store.collection(name).find(query):
                    found.append(json.dumps(document, default=str, ensure_ascii=False))  # noqa: PERF401
        return found


def _problem(answer: httpx.Response) -> str:
    """Return what a problem document says; it never quotes what was sent."""
    try:
        document = answer.json()
        return f"{document['title']}. {document['detail']}"
    except (ValueError, KeyError, TypeError):
        return f"HTTP {answer.status_code}."


@contextlib.asynccontextmanager
async def live_stack(where: Where) -> AsyncIterator[LiveStack]:
    """Connect to a running stack; raises `UserError` or `Transient` where a part of it is away."""
    async with contextlib.AsyncExitStack() as closing:
        http = await closing.enter_async_context(httpx.AsyncClient(timeout=15, trust_env=False))
        names = [topic.name for topic in topics().values()]
        consumer = AIOKafkaConsumer(*names, bootstrap_servers=where.kafka, enable_auto_commit=False)
        closing.push_async_callback(consumer.stop)
        admin = AIOKafkaAdminClient(bootstrap_servers=where.kafka, client_id="etiqueta-rehearse")
        closing.push_async_callback(admin.close)
        store = Store(where.mongodb, where.database)
        closing.callback(store.close)
        try:
            await consumer.start()
            await admin.start()
        except UnknownTopicOrPartitionError:
            raise UserError(f"Kafka at {where.kafka} has not every topic: does the stack run?") from None
        except (KafkaError, OSError) as error:
            raise Transient(f"no Kafka at {where.kafka}: {type(error).__name__}") from None
        await store.ping()
        stack = LiveStack(where, http, consumer, admin, store)
        await stack.follow()
        yield stack
