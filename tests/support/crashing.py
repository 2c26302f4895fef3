"""A service that kills itself with SIGKILL at a named point of its work, for the tests of faults.

`python -m tests.support.crashing '{"service": "sanctions", "point": "stored", "batch": 2}'` runs the
service that `services.cli` builds, with hooks around the worker's handle, the publisher's publish, the
consumer's commit, each write to the store, and each step of a delivery.
"""

import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Final

import services.cli
from services.cli import Name
from services.responder.deliver import Deliver
from shared.kafka.records import Delivered, Outgoing
from shared.kafka.worker import BatchWorker, Handled
from shared.mongo.store import Store
from shared.service import Service

WRITES: Final = frozenset(
    {"insert_one", "insert_many", "bulk_write", "replace_one", "update_one", "update_many", "delete_one",
     "delete_many", "find_one_and_update"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Crash:
    """Where a process ends: the point, of the n-th batch (or delivery, or request) that gets there.

    Points of a batch: `read`, `write-K` (after its K-th write), `stored`, `half-published`, `published`,
    `committed`. Of a delivery: `claimed`, `called`, `settled`, `told`. Of a request: `asked`, `accepted`.
    """

    service: str
    point: str
    batch: int = 1
    group: str | None = None
    """Which consumer, where a service has two."""


class _Counter:
    """Tells the n-th visit of the point from the others."""

    def __init__(self, crash: Crash) -> None:
        self._crash = crash
        self._visits = 0

    def reached(self, point: str) -> None:
        """Die if this is the point and its time."""
        if point != self._crash.point:
            return
        self._visits += 1
        if self._visits >= self._crash.batch:
            die()


def die() -> None:
    """End this process as a crash does: no handler runs, nothing is flushed."""
    os.kill(os.getpid(), signal.SIGKILL)


_writes_of_batch: ContextVar[int | None] = ContextVar("_writes_of_batch", default=None)


def install(crash: Crash) -> None:
    """Make the next service that `services.cli` builds end there."""
    build, counter = services.cli.build, _Counter(crash)
    _watch_writes(counter)

    def built(name: Name) -> Service:
        service = build(name)
        if name.value == crash.service:
            _watch(service, crash, counter)
        return service

    services.cli.build = built


def _watch(service: Service, crash: Crash, counter: _Counter) -> None:
    for worker in service.workers:
        if crash.group in {None, worker.group}:
            _watch_worker(worker, counter)
    _watch_commits(crash.group or service.workers[0].group, counter)
    for task in service.tasks:
        owner = getattr(task, "__self__", None)
        if isinstance(owner, Deliver):
            _watch_delivery(owner, counter)
    if service.name == "ingest":
        _watch_requests(service, counter)


def _watch_worker(worker: BatchWorker, counter: _Counter) -> None:
    handle, publisher = worker._handle, worker._publisher

    async def handled(batch: Sequence[Delivered[Any]]) -> Handled:
        counter.reached("read")
        _writes_of_batch.set(0)
        result = await handle(batch)
        _writes_of_batch.set(None)
        counter.reached("stored")
        return result

    worker._handle = handled
    worker._publisher = _WatchedPublisher(publisher, counter)


class _WatchedPublisher:
    """Publishes; may die after half of the records, or after all."""

    def __init__(self, publisher: Any, counter: _Counter) -> None:
        self._publisher = publisher
        self._counter = counter

    async def publish(self, records: Sequence[Outgoing]) -> None:
        half = len(records) // 2
        await self._publisher.publish(records[:half])
        self._counter.reached("half-published")
        await self._publisher.publish(records[half:])
        self._counter.reached("published")


def _watch_commits(group: str, counter: _Counter) -> None:
    from aiokafka import AIOKafkaConsumer  # noqa: PLC0415 - its class is changed here

    commit = AIOKafkaConsumer.commit

    async def committed(self: Any, offsets: Any = None) -> None:
        await commit(self, offsets)
        if self._group_id == group:
            counter.reached("committed")

    AIOKafkaConsumer.commit = committed


def _watch_writes(counter: _Counter) -> None:
    collection = Store.collection
    Store.collection = lambda self, name: _WatchedCollection(  # type: ignore[assignment, method-assign, return-value]
        collection(self, name), counter
    )


class _WatchedCollection:
    """A collection whose writes within a batch are counted."""

    def __init__(self, collection: Any, counter: _Counter) -> None:
        self._collection = collection
        self._counter = counter

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._collection, name)
        if name not in WRITES:
            return method

        async def counted(*args: Any, **options: Any) -> Any:
            result = await method(*args, **options)
            writes = _writes_of_batch.get()
            if writes is not None:
                _writes_of_batch.set(writes + 1)
                self._counter.reached(f"write-{writes + 1}")
            return result

        return counted


def _watch_delivery(deliver: Deliver, counter: _Counter) -> None:
    claim = deliver._outbox.claim

    async def claimed(*args: Any) -> Any:
        jobs = await claim(*args)
        if jobs:
            counter.reached("claimed")
        return jobs

    setattr(deliver._outbox, "claim", claimed)  # noqa: B010 - mypy has a word to say about the other way
    for sender in deliver._senders.values():
        _watch_method(sender, "send", "called", counter)
    _watch_method(deliver._progress, "reach", "settled", counter)
    _watch_method(deliver, "_tell", "told", counter)


def _watch_requests(service: Service, counter: _Counter) -> None:
    accept = getattr(service.routes[0], "endpoint").__self__._accept  # noqa: B009 - BaseRoute has none
    publish = accept._publish

    async def published(records: Sequence[Outgoing]) -> None:
        counter.reached("asked")
        await publish(records)
        counter.reached("accepted")

    accept._publish = published


def _watch_method(owner: object, name: str, point: str, counter: _Counter) -> None:
    """Let a coroutine method reach a point once it has returned."""
    method: Callable[..., Awaitable[Any]] = getattr(owner, name)

    async def watched(*args: Any, **options: Any) -> Any:
        result = await method(*args, **options)
        counter.reached(point)
        return result

    setattr(owner, name, watched)


if __name__ == "__main__":
    chosen = Crash(**json.loads(sys.argv[1]))
    install(chosen)
    sys.argv = ["services.cli", "serve", chosen.service]
    services.cli.main()
