"""Whether Kafka and MongoDB really answer: a metadata request and a ping, not an open port."""

import asyncio
import logging
import threading
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError
from pymongo import MongoClient
from pymongo.errors import PyMongoError

_REQUESTS = 4
"""Connect, versions, metadata, cluster: each has its own time limit within aiokafka."""


def kafka_cluster_id(bootstrap_servers: str, timeout_seconds: float) -> str | None:
    """Return the cluster id out of the brokers' metadata, None without an answer in time.

    A broker counts once it is registered: before that the metadata lists none. Callable from any
    thread, also from one that runs an event loop (which it then blocks).
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_run_quietly, _cluster_id(bootstrap_servers, timeout_seconds)).result()


async def _cluster_id(bootstrap_servers: str, timeout_seconds: float) -> str | None:
    admin = AIOKafkaAdminClient(
        bootstrap_servers=bootstrap_servers.split(","),
        client_id="etiqueta-localstack",
        request_timeout_ms=int(timeout_seconds * 1000 / _REQUESTS),
    )
    try:
        # Only a safety net: cancelled in the middle of its start, the client leaves a connection open.
        async with asyncio.timeout(2 * timeout_seconds):
            await admin.start()
            cluster: dict[str, Any] = await admin.describe_cluster()
    except (KafkaError, OSError, TimeoutError):
        return None
    finally:
        await admin.close()
    return str(cluster["cluster_id"]) if cluster["brokers"] else None


def _run_quietly(request: Coroutine[Any, Any, str | None]) -> str | None:
    """Run the request in this thread, whose failed attempts are expected and stay out of the log."""
    probing = threading.get_ident()

    def from_elsewhere(record: logging.LogRecord) -> bool:
        return record.thread != probing

    loggers = [logging.getLogger(name) for name in ("aiokafka", "aiokafka.conn", "aiokafka.client")]
    loggers += [logging.getLogger("aiokafka.cluster"), logging.getLogger("asyncio")]
    for logger in loggers:
        logger.addFilter(from_elsewhere)
    try:
        return asyncio.run(request)
    finally:
        for logger in loggers:
            logger.removeFilter(from_elsewhere)


def mongodb_answers(uri: str, timeout_seconds: float) -> bool:
    """Tell whether the server answers a ping in time. The URI is in no message."""
    milliseconds = int(timeout_seconds * 1000)
    try:
        client: MongoClient[dict[str, Any]] = MongoClient(
            uri,
            serverSelectionTimeoutMS=milliseconds,
            connectTimeoutMS=milliseconds,
            socketTimeoutMS=milliseconds,
        )
        with client:
            client.admin.command("ping")
    except PyMongoError:
        return False
    return True
