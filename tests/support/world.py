"""One installation for tests: fresh topics and database on the session's stack, a sandbox, and services."""

import os
import random
import socket
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from uuid import uuid4

import httpx
from pymongo import MongoClient

from deploy.local.sandbox.webhooks import SIGNATURE_HEADER, sign
from shared.kafka.topics import provision, topic_name
from shared.localstack.stack import LocalStack
from tests.support.crashing import Crash
from tests.support.eventually import LONG_SECONDS, eventually
from tests.support.processes import ROOT, ForkServer, Launched, Launcher
from tests.support.records import admin, lag, read_topic
from tests.support.sandbox import Sandbox
from tests.support.script import NUMBER, Said, bodies

SERVICES: Final = ("ingest", "classifier", "sanctions", "responder")
GROUPS: Final[Mapping[str, Mapping[str, Sequence[str]]]] = {
    "ingest": {"etiqueta.ingest.archive": ("messages",), "etiqueta.ingest.erasure": ("outcomes",)},
    "classifier": {"etiqueta.classifier": ("messages",), "etiqueta.classifier.erasure": ("outcomes",)},
    "sanctions": {"etiqueta.sanctions": ("decisions", "commands")},
    "responder": {"etiqueta.responder": ("outcomes", "receipts")},
}
PARTITIONS: Final = 3
SECRETS: Final = {
    "TEST_CLIENT_KEY": "a key that makes client ids",
    "TEST_API_KEY": "an-api-key-for-tests",
    "TEST_APP_SECRET": "app-secret-for-tests",
    "TEST_VERIFY_TOKEN": "verify-token-for-tests",
    "TEST_ACCESS_TOKEN": "access-token-for-tests",
}
_ACCOUNTS: Final = """\
tenants:
  {tenant}:
    client_key: {{env: TEST_CLIENT_KEY}}
    api_keys: [{{env: TEST_API_KEY}}]
accounts:
  - provider: whatsapp
    account: "{account}"
    channel: whatsapp
    tenant: {tenant}
    app_secret: {{env: TEST_APP_SECRET}}
    verify_token: {{env: TEST_VERIFY_TOKEN}}
    access_token: {{env: TEST_ACCESS_TOKEN}}
"""


def free_port() -> int:
    """Return a port that nobody listens at, below those that the system gives to outgoing connections."""
    for _ in range(200):
        port = random.randint(15_000, 31_000)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise AssertionError("no free port")


@dataclass(slots=True)
class Member:
    """One process that serves one service or several, each at a port of its own."""

    process: Launched
    ports: Mapping[str, int]
    http: httpx.AsyncClient

    def url(self, service: str) -> str:
        return f"http://127.0.0.1:{self.ports[service]}"

    async def health(self, service: str, which: str = "ready") -> tuple[int, str]:
        """Return the status of a health check and its reason; (0, …) while nobody answers."""
        try:
            answer = await self.http.get(f"{self.url(service)}/health/{which}", timeout=5)
        except httpx.HTTPError as error:
            return 0, type(error).__name__
        return answer.status_code, answer.json().get("reason", "")

    async def ready(self, within_seconds: float = LONG_SECONDS) -> None:
        """Wait until every service of the process is ready."""

        async def check() -> None:
            assert self.process.code() is None, f"{self.process.name} has ended:\n{self.process.tail()}"
            for service in self.ports:
                status, reason = await self.health(service)
                assert status == 200, f"{service} is not ready: {reason}"

        # One that has ended will never be ready; the wait would only hide why.
        await eventually(check, within_seconds)

    async def unready(self, service: str, within_seconds: float = LONG_SECONDS) -> str:
        """Wait until a service says that it is not ready, and return why."""

        async def check() -> str:
            status, reason = await self.health(service)
            assert status == 503, f"{service} answers {status} {reason}"
            return reason

        return await eventually(check, within_seconds)

    async def metric(self, service: str, name: str) -> float:
        """Return the sum of a metric over its labels."""
        text = (await self.http.get(f"{self.url(service)}/metrics")).text
        lines = [line for line in text.splitlines() if line.startswith((f"{name}{{", f"{name} "))]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines)


@dataclass(slots=True)
class World:
    """What one test or module works with. Its services see the stack's real addresses unless told others."""

    stack: LocalStack
    launcher: Launcher
    http: httpx.AsyncClient
    folder: Path
    tenant: str
    database: str
    mongo: "MongoClient[dict[str, Any]]"
    sandbox: Sandbox
    environment: dict[str, str]
    members: list[Member] = field(default_factory=list)

    @property
    def kafka(self) -> str:
        return self.stack.addresses.kafka

    @property
    def db(self) -> Any:
        return self.mongo[self.database]

    @property
    def policies(self) -> Path:
        return Path(self.environment["ETIQUETA_POLICIES"])

    def start(
        self,
        *services: str,
        environment: Mapping[str, str] | None = None,
        crash: Crash | None = None,
        spawned: bool = False,
    ) -> Member:
        """Start one process that serves these; `environment` changes what it reads."""
        taken = {service for member in self.members for service in member.ports if _lives(member)}
        ports = {name: free_port() if name in taken else self._port(name) for name in services}
        process = self.launcher.launch(
            "+".join(services),
            ["services.cli", "serve", *services],
            self.environment
            | {f"{name.upper()}_HTTP_PORT": str(port) for name, port in ports.items()}
            | dict(environment or {}),
            crash=crash,
            spawned=spawned,
        )
        member = Member(process, ports, self.http)
        self.members.append(member)
        return member

    async def left_alone(self) -> None:
        """Kill the services that a test before this one has left."""
        for member in self.members:
            if _lives(member):
                await member.process.killed()

    def _port(self, service: str) -> int:
        return int(self.environment[f"{service.upper()}_HTTP_PORT"])

    async def started(self, *services: str, **options: Any) -> Member:
        """As `start`, and wait until it is ready."""
        member = self.start(*services, **options)
        await member.ready()
        return member

    async def post(self, body: bytes, *, secret: str | None = None) -> httpx.Response:
        """Post a webhook to ingest, signed as Meta signs it."""
        key = secret or SECRETS["TEST_APP_SECRET"]
        return await self.http.post(
            f"http://127.0.0.1:{self._port('ingest')}/webhooks/whatsapp/{NUMBER.phone_number_id}",
            content=body,
            headers={"Content-Type": "application/json", SIGNATURE_HEADER: sign(key, body)},
        )

    async def say(self, said: Sequence[Said], sizes: Sequence[int] = (3, 1, 5)) -> None:
        """Post messages in order, as Meta does: until each body is answered with 200."""
        for body in bodies(said, sizes):
            await self.post_until_taken(body)

    async def post_until_taken(self, body: bytes) -> None:
        """Post one webhook again and again until ingest takes it."""

        async def taken() -> None:
            answer = await self.post(body)
            assert answer.status_code == 200, answer.text

        await eventually(taken, every_seconds=0.2, passing_over=(AssertionError, httpx.HTTPError))

    async def api(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Call sanctions' API with the tenant's key."""
        headers = {"Authorization": f"Bearer {SECRETS['TEST_API_KEY']}", **options.pop("headers", {})}
        url = f"http://127.0.0.1:{self._port('sanctions')}{path}"
        return await self.http.request(method, url, headers=headers, **options)

    async def topic(self, noun: str) -> list[Any]:
        """Return every record of a topic, by its short name."""
        return await read_topic(self.kafka, topic_name(noun))

    async def idle(self, *services: str, within_seconds: float = LONG_SECONDS) -> None:
        """Wait until these services have committed everything on their topics and no reply is due."""
        groups = {
            group: [topic_name(noun) for noun in nouns]
            for service in services or SERVICES
            for group, nouns in GROUPS[service].items()
        }

        async def check() -> None:
            behind = {group: count for group, count in (await lag(self.kafka, groups)).items() if count}
            assert not behind, f"not yet committed: {behind}"
            waiting = self.db.outbox.count_documents({}) if "responder" in (services or SERVICES) else 0
            assert waiting == 0, f"{waiting} replies are not finished"

        # Twice: what one service commits may be work for one that was looked at before it.
        await eventually(check, within_seconds, every_seconds=0.2)
        await eventually(check, within_seconds, every_seconds=0.2)


def _lives(member: Member) -> bool:
    return member.process.code() is None


async def no_topics(bootstrap_servers: str) -> None:
    """Delete this project's topics, and with them what the groups have committed."""
    async with admin(bootstrap_servers) as client:

        async def ours() -> list[str]:
            return [name for name in await client.list_topics() if name.startswith("etiqueta.")]

        async def gone() -> None:
            assert not await ours()

        if known := await ours():
            await client.delete_topics(known)
            await eventually(gone)


async def fresh_topics(bootstrap_servers: str) -> None:
    """Delete this project's topics and create them anew, small."""
    await no_topics(bootstrap_servers)
    created = await provision(bootstrap_servers, partitions=PARTITIONS)
    async with admin(bootstrap_servers) as client:

        async def there() -> None:
            described = await client.describe_topics(list(created))
            sizes = {one["topic"]: len(one["partitions"]) for one in described}
            assert sizes == dict.fromkeys(created, PARTITIONS)
            assert all(place["leader"] >= 0 for one in described for place in one["partitions"])

        await eventually(there)


@asynccontextmanager
async def new_world(
    stack: LocalStack,
    server: ForkServer | None,
    folder: Path,
    *,
    pack: Path,
    changed: Mapping[str, str],
    **environment: str,
) -> AsyncIterator[World]:
    """Yield a fresh installation whose one tenant goes by `pack`; ends all it started.

    `changed` puts other words in place of some of the pack's.
    """
    await fresh_topics(stack.addresses.kafka)
    launcher = Launcher(folder, server)
    mongo: MongoClient[dict[str, Any]] = MongoClient(
        stack.addresses.mongodb, tz_aware=True, serverSelectionTimeoutMS=20_000
    )
    tenant = pack.stem
    database = f"test-{uuid4().hex[:12]}"
    async with httpx.AsyncClient(timeout=30, trust_env=False) as http:
        known = _environment(stack, folder, tenant, database) | environment
        put_pack(Path(known["ETIQUETA_POLICIES"]), pack, changed)
        sandbox = await _sandbox(launcher, http, known)
        known["RESPONDER_WHATSAPP_URL"] = sandbox.url
        world = World(stack, launcher, http, folder, tenant, database, mongo, sandbox, known)
        try:
            yield world
        finally:
            await launcher.end_all()
            mongo.drop_database(database)
            mongo.close()


def put_pack(folder: Path, pack: Path, changed: Mapping[str, str]) -> None:
    """Put a pack into a folder of packs, some of its words changed; it is never there in part."""
    source = pack.read_text(encoding="utf-8")
    for old, new in changed.items():
        assert old in source, old
        source = source.replace(old, new)
    fresh = folder / f".{pack.name}"
    fresh.write_text(source, encoding="utf-8")
    fresh.replace(folder / pack.name)


def _environment(stack: LocalStack, folder: Path, tenant: str, database: str) -> dict[str, str]:
    policies = folder / "policies"
    policies.mkdir()
    accounts = folder / "accounts.yaml"
    accounts.write_text(_ACCOUNTS.format(tenant=tenant, account=NUMBER.phone_number_id), encoding="utf-8")
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TMPDIR") if name in os.environ}
    return {
        **kept,
        **SECRETS,
        **{f"{name.upper()}_HTTP_PORT": str(free_port()) for name in SERVICES},
        "KAFKA_BOOTSTRAP_SERVERS": stack.addresses.kafka,
        "MONGODB_URI": stack.addresses.mongodb,
        "MONGODB_DATABASE": database,
        "ETIQUETA_POLICIES": str(policies),
        "ETIQUETA_ACCOUNTS": str(accounts),
        "ETIQUETA_HTTP_HOST": "127.0.0.1",
        "RESPONDER_POLL_SECONDS": "0.1",
        "SANCTIONS_TIMER_SECONDS": "0.2",
        "PYTHONPATH": str(ROOT),
    }


async def _sandbox(launcher: Launcher, http: httpx.AsyncClient, environment: Mapping[str, str]) -> Sandbox:
    port = free_port()
    hook = f"http://127.0.0.1:{environment['INGEST_HTTP_PORT']}/webhooks/whatsapp/{{account}}"
    launcher.launch(
        "sandbox",
        [
            "deploy.local.sandbox",
            *("--port", str(port), "--webhook-url", hook, "--window", "open"),
            *("--number", f"{NUMBER.phone_number_id}={NUMBER.display_phone_number}"),
            *("--app-secret-env", "TEST_APP_SECRET", "--access-token-env", "TEST_ACCESS_TOKEN"),
        ],
        environment,
    )
    sandbox = Sandbox(http, f"http://127.0.0.1:{port}")
    await eventually(sandbox.answers, passing_over=(httpx.HTTPError,))
    return sandbox
