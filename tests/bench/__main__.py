"""`make bench`: how fast the classifier, the line in one process and the line on real Kafka are."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import httpx
import typer
from pymongo import MongoClient
from pymongo.collection import Collection
from rich.console import Console
from rich.table import Table

from services.classifier.tagging.samples import ChatSample
from services.classifier.tagging.tagger import load_tagger
from shared.localstack.stack import running_stack

TEXTS = (
    "Hola, ¿ya llegó la guía 88231?",
    "quais serviços vocês oferecem?",
    "son unos inútiles, llevo una semana con este desastre",
    "ok gracias 👍",
    "no me deja facturar desde ayer y además los reportes salen en cero, ya probé reiniciar",
    "hola??",
    "still waiting for an answer on ticket 10233",
    "mi cédula es [national_id], para la entrega",
)
ROUNDS = 5
MESSAGES = 2000
ONE_BY_ONE = 100
DEADLINE_SECONDS = 120
ACCOUNTS = """
tenants: {trackingpremium: {client_key: {env: BENCH_SECRET}, api_keys: [{env: BENCH_SECRET}]}}
accounts: []
"""


def tagging() -> list[tuple[str, str]]:
    """Chat text, already masked, all tags with evidence."""
    tagger = load_tagger()
    batch = [ChatSample(TEXTS[number % len(TEXTS)]) for number in range(100)]
    tagger.tag(batch)
    rates, alone = [], []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        for _ in range(10):
            tagger.tag(batch)
        rates.append(1000 / (time.perf_counter() - started))
    for number in range(500):
        started = time.perf_counter()
        tagger.tag(batch[number % 100 : number % 100 + 1])
        alone.append((time.perf_counter() - started) * 1000)
    return [
        ("classifier, batches of 100", f"{statistics.median(rates):,.0f} messages/s"),
        ("classifier, one message", f"p50 {_at(alone, 50):.2f} ms, p99 {_at(alone, 99):.2f} ms"),
    ]


def _at(values: list[float], percent: int) -> float:
    return sorted(values)[min(len(values) - 1, len(values) * percent // 100)]


@contextmanager
def line() -> Iterator[tuple[MongoClient[dict[str, object]], httpx.Client]]:
    """The four services in one process on the local stack."""
    with running_stack() as stack, tempfile.TemporaryDirectory() as folder:
        accounts = Path(folder, "accounts.yaml")
        accounts.write_text(ACCOUNTS, encoding="utf-8")
        environment = os.environ | {
            "KAFKA_BOOTSTRAP_SERVERS": str(stack.addresses.kafka),
            "MONGODB_URI": str(stack.addresses.mongodb),
            "MONGODB_DATABASE": "bench",
            "ETIQUETA_POLICIES": "deploy/policies",
            "ETIQUETA_ACCOUNTS": str(accounts),
            "ETIQUETA_TOPIC_PARTITIONS": "6",
            "ETIQUETA_LOG_LEVEL": "WARNING",
            "BENCH_SECRET": "bench",
        }
        command = [sys.executable, "-m", "services.cli", "serve"]
        services = subprocess.Popen(
            [*command, "ingest", "classifier", "sanctions", "responder"], env=environment
        )
        try:
            _wait_ready()
            with httpx.Client(
                base_url="http://127.0.0.1:8081", headers={"Authorization": "Bearer bench"}, timeout=30
            ) as client:
                yield MongoClient(str(stack.addresses.mongodb)), client
        finally:
            services.terminate()
            services.wait(timeout=60)


def _wait_ready() -> None:
    until = time.monotonic() + DEADLINE_SECONDS
    for port in (8081, 8082, 8083, 8084):
        while time.monotonic() < until:
            try:
                if httpx.get(f"http://127.0.0.1:{port}/health/ready").status_code == httpx.codes.OK:
                    break
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        else:
            raise typer.Exit(1)


def on_kafka() -> list[tuple[str, str]]:
    """From `POST /v1/messages` to the settled outcome in MongoDB."""
    with line() as (mongo, client):
        outcomes = mongo["bench"]["outcomes"]
        started = time.perf_counter()
        for first in range(0, MESSAGES, 500):
            _post(client, [_message(number) for number in range(first, first + 500)])
        accepted = time.perf_counter() - started
        _until(lambda: outcomes.count_documents({}) >= MESSAGES)
        settled = time.perf_counter() - started
        waits = []
        for number in range(ONE_BY_ONE):
            begun = time.perf_counter()
            identity = _post(client, [_message(MESSAGES + number)])[0]
            _until(partial(_is_settled, outcomes, identity))
            waits.append((time.perf_counter() - begun) * 1000)
    return [
        ("HTTP to Kafka, batches of 500", f"{MESSAGES / accepted:,.0f} messages/s"),
        ("HTTP to settled outcome, four services", f"{MESSAGES / settled:,.0f} messages/s"),
        ("one message, HTTP to settled outcome", f"p50 {_at(waits, 50):.0f} ms, p99 {_at(waits, 99):.0f} ms"),
    ]


def _message(number: int) -> dict[str, object]:
    return {
        "channel": "whatsapp",
        "client": {"phone": f"+5076{number % 500:07d}"},
        "text": TEXTS[number % len(TEXTS)],
        "sent_at": (datetime.now(UTC) - timedelta(seconds=1)).isoformat(),
    }


def _post(client: httpx.Client, messages: list[dict[str, object]]) -> list[str]:
    answer = client.post(
        "/v1/messages", content=json.dumps(messages), headers={"Content-Type": "application/json"}
    )
    answer.raise_for_status()
    ids: list[str] = answer.json()["ids"]
    return ids


def _is_settled(outcomes: Collection[dict[str, object]], message: str) -> bool:
    return outcomes.count_documents({"message": message}) > 0


def _until(done: Callable[[], bool]) -> None:
    until = time.monotonic() + DEADLINE_SECONDS
    while not done():
        if time.monotonic() > until:
            raise TimeoutError("the line did not settle in time")
        time.sleep(0.005)


def main() -> None:
    """Print the report."""
    table = Table("what", "figure", title="Performance on this machine")
    for what, figure in [*tagging(), *on_kafka()]:
        table.add_row(what, figure)
    Console().print(table)


if __name__ == "__main__":
    main()
