"""How a service lives: it answers health checks first, waits for its stores, works, drains, ends.

Every service's `build_app` returns one `Service`; `run` is the same for all. MongoDB or Kafka away at
the start: it waits, says so, and is not ready. Away later: its consumers rewind and back off.
"""

import asyncio
import contextlib
import logging
import signal
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

import structlog
from aiokafka.errors import KafkaError
from faststream.kafka import KafkaBroker
from starlette.routing import BaseRoute
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception_type, wait_exponential

from shared.errors import Transient
from shared.http.server import HttpServer, build_http
from shared.kafka.producer import KafkaPublisher
from shared.kafka.topics import provision
from shared.kafka.worker import BatchWorker
from shared.metrics import CONSUMER_LAG, READY
from shared.mongo.store import Store
from shared.settings import ServiceSettings

_log = structlog.get_logger(__name__)

_FAILURES_UNTIL_DEAD = 200
_WATCH_SECONDS = 5.0
_ANSWER_SECONDS = 2.0

Task = Callable[[asyncio.Event], Awaitable[None]]
"""A background task: runs until the event is set, and survives its own transient failures."""


def kafka_broker(settings: ServiceSettings, name: str) -> KafkaBroker:
    """Return a broker for consuming only; publishing has a producer of its own."""
    return KafkaBroker(
        settings.kafka_bootstrap_servers,
        client_id=f"etiqueta-{name}",
        consumer_only=True,
        allow_auto_create_topics=False,
        apply_types=False,
        graceful_timeout=settings.etiqueta_drain_seconds,
        logger=logging.getLogger("faststream.kafka"),
        log_level=logging.DEBUG,
    )


@dataclass(slots=True)
class Service:
    """One service's parts, in the order in which they start; they stop in the reverse order."""

    name: str
    settings: ServiceSettings
    port: int
    store: Store
    publisher: KafkaPublisher
    broker: KafkaBroker
    prepare: Callable[[], Awaitable[None]]
    """Declares collections and loads what is needed; may raise `Transient`, and is repeated then."""
    routes: Sequence[BaseRoute] = ()
    workers: Sequence[BatchWorker] = ()
    tasks: Sequence[Task] = ()
    accepts_without_store: bool = False
    """Its HTTP side needs Kafka alone: ready while MongoDB is away."""
    _running: list[asyncio.Task[None]] = field(default_factory=list)
    _waits_for: str | None = "it has not started"
    _draining: bool = False
    _provisioned: bool = False

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, then finish what is in flight and return."""
        server = HttpServer(
            build_http(self.routes, self.live, self.ready), self.settings.etiqueta_http_host, self.port
        )
        await server.start()
        _log.info("listening", service=self.name, port=self.port)
        try:
            if await self._connect(stop):
                self._waits_for = None
                await self._work(stop)
        finally:
            self._draining = True
            READY.labels(service=self.name).set(0)
            await server.stop()
            await self._close()
            _log.info("stopped", service=self.name)

    async def _connect(self, stop: asyncio.Event) -> bool:
        """Wait for the store and the broker, and say what is waited for; False when told to stop."""
        steps: Sequence[tuple[str, Callable[[], Awaitable[object]]]] = (
            ("Kafka", self.publisher.start),
            ("the topics", self._provision),
            ("MongoDB", self.store.ping),
            ("its collections", self.prepare),
            ("Kafka", self._start_broker),
        )
        for what, step in steps:
            if not await self._until_done(what, step, stop):
                return False
        return True

    async def _until_done(
        self, what: str, step: Callable[[], Awaitable[object]], stop: asyncio.Event
    ) -> bool:
        self._waits_for = f"it waits for {what}"

        def say(state: RetryCallState) -> None:
            error = state.outcome.exception() if state.outcome else None
            _log.warning(
                "waiting", service=self.name, waits_for=what, attempt=state.attempt_number, error=str(error)
            )

        async def pause(seconds: float) -> None:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), seconds)

        async for attempt in AsyncRetrying(
            retry=retry_if_exception_type(Transient),
            wait=wait_exponential(multiplier=0.2, max=5),
            stop=lambda _: stop.is_set(),
            sleep=pause,
            before_sleep=say,
            retry_error_callback=lambda _: None,
        ):
            with attempt:
                await step()
        return not stop.is_set()

    async def _provision(self) -> None:
        created = await provision(
            self.settings.kafka_bootstrap_servers,
            replication=self.settings.etiqueta_topic_replication,
            partitions=self.settings.etiqueta_topic_partitions,
        )
        self._provisioned = True
        if created:
            _log.info("topics_created", service=self.name, count=len(created))

    async def _start_broker(self) -> None:
        if not self.workers:
            return
        try:
            await self.broker.start()
        except (KafkaError, OSError) as error:
            raise Transient(f"no Kafka: {type(error).__name__}") from None

    async def _work(self, stop: asyncio.Event) -> None:
        self._running = [asyncio.create_task(_run(task, stop)) for task in (*self.tasks, self._watch)]
        READY.labels(service=self.name).set(1)
        _log.info("ready", service=self.name)
        await stop.wait()
        _log.info("draining", service=self.name)

    async def _close(self) -> None:
        for worker in self.workers:
            worker.drain()
        if self.workers:
            await self.broker.stop()
        if self._running:
            _, late = await asyncio.wait(self._running, timeout=self.settings.etiqueta_drain_seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*self._running, return_exceptions=True)
        await self.publisher.stop()
        self.store.close()

    async def _watch(self, stop: asyncio.Event) -> None:
        """Measure lag now and then."""
        while not stop.is_set():
            for worker in self.workers:
                CONSUMER_LAG.labels(group=worker.group).set(_lag(worker))
            try:
                await asyncio.wait_for(stop.wait(), _WATCH_SECONDS)
            except TimeoutError:
                continue

    async def live(self) -> str | None:
        """A restart would help: a task or the producer has died, or nothing has worked for long."""
        for task in self._running:
            if task.done() and not self._draining:
                return "a background task has ended"
        if self._waits_for is None and not self._draining and not self.publisher.usable:
            return "the producer has died"
        for worker in self.workers:
            if worker.health.consecutive_failures >= _FAILURES_UNTIL_DEAD:
                return f"{worker.group} has failed {worker.health.consecutive_failures} times in a row"
        return None

    async def ready(self) -> str | None:
        """Work sent here now would be done."""
        if self._draining:
            return "it is shutting down"
        if self.accepts_without_store and self._provisioned:
            return await self._kafka_away()
        if self._waits_for is not None:
            return self._waits_for
        for worker in self.workers:
            if worker.health.halted is not None:
                return f"{worker.group} has stopped: {worker.health.halted}"
            if worker.health.last_error is not None:
                return f"{worker.group} is backing off: {worker.health.last_error}"
        return await self._kafka_away() or await self._store_away() or await self.live()

    async def _kafka_away(self) -> str | None:
        if not self.publisher.usable:
            return "the producer has died"
        return None if await self.publisher.answers(_ANSWER_SECONDS) else "Kafka does not answer"

    async def _store_away(self) -> str | None:
        try:
            async with asyncio.timeout(_ANSWER_SECONDS):
                await self.store.ping()
        except (Transient, TimeoutError):
            return "MongoDB does not answer"
        return None


async def _run(task: Task, stop: asyncio.Event) -> None:
    try:
        await task(stop)
    except Exception as error:
        _log.critical("task_died", task=getattr(task, "__qualname__", "task"), error=type(error).__name__)
        raise


def _lag(worker: BatchWorker) -> int:
    consumer = worker.consumer
    if consumer is None:
        return 0
    behind = 0
    for partition in worker.gate.assigned:
        end = consumer.highwater(partition)  # None before the first fetch
        done = worker.settled.get(partition)
        if end is not None and done is not None:
            behind += max(0, end - done)
    return behind


def say_missing(name: str, missing: Sequence[str]) -> None:
    """Report once what this server has not; the services are correct without it."""
    if missing:
        _log.warning("store_lacks", service=name, missing=list(missing))


async def run_services(services: Sequence[Service]) -> None:
    """Run all until SIGTERM or SIGINT; the first that fails ends the others and is raised."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    tasks = [asyncio.create_task(service.run(stop)) for service in services]
    done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    stop.set()
    await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
