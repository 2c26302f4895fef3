"""The stage of the day: a stack of its own, the four services and the provider, all on their own ports."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import KafkaError

from deploy.local.demo.show import Screen
from deploy.local.environment import Installation, Ports, Secrets, free_ports
from deploy.local.processes import Programs, sandbox, services_in_one
from shared.clock import monotonic_seconds
from shared.kafka.topics import provision
from shared.localstack.settings import StackSettings
from shared.localstack.stack import running_stack
from shared.mongo.store import Store

PARTITIONS: Final = 3
"""Of each topic: enough to have clients side by side, and quick to make."""
_QUICK: Final = {"RESPONDER_POLL_SECONDS": "0.1"}
_STATUS_PAUSE_SECONDS: Final = "0.01"
_STATUSES: Final = "delivered,read"


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that runs, and how to reach it."""

    installation: Installation
    programs: Programs

    @property
    def ports(self) -> Ports:
        return self.installation.ports

    @property
    def secrets(self) -> Secrets:
        return self.installation.secrets

    @property
    def kafka(self) -> str:
        return self.installation.stack.kafka

    @contextmanager
    def store(self) -> Iterator[Store]:
        """Open the database; inside the running loop."""
        store = Store(self.installation.stack.mongodb, self.installation.database)
        try:
            yield store
        finally:
            store.close()


@contextmanager
def set_up(settings: StackSettings, logs: Path, screen: Screen) -> Iterator[Stage]:
    """Start all of it, and end all of it with the context, or with this process.

    The stack is never one that the environment names: the day's records belong on no other.
    """
    own = settings.model_copy(update={"kafka_bootstrap_servers": None, "mongodb_uri": None})
    begun_seconds = monotonic_seconds()

    def say(what: str) -> None:
        screen.say(f"{monotonic_seconds() - begun_seconds:5.1f} s  {what}", "dim")

    say("Kafka and a MongoDB server start (the first time, jars are downloaded)")
    with running_stack(own, say=say) as stack:
        asyncio.run(_prepare(stack.addresses.kafka))
        with free_ports() as ports:
            pass
        installation = Installation(stack.addresses, ports, Secrets.made(), clock="events")
        # The mark is the stack's own, so that its watchdog ends the services with it.
        programs = Programs(stack.folder.path, logs, installation.environment(os.environ, **_QUICK))
        say("the four services (as one process) and a provider start")
        try:
            provider = sandbox(
                ports, "--statuses", _STATUSES, "--status-pause-seconds", _STATUS_PAUSE_SECONDS
            )
            programs.start([services_in_one(ports), provider])
            say("all of them are ready")
            yield Stage(installation, programs)
        finally:
            programs.stop()


async def _prepare(bootstrap_servers: str) -> None:
    """Make the topics, and have the broker begin with what consumer groups need, which takes a while."""
    await provision(bootstrap_servers, partitions=PARTITIONS)
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, client_id="etiqueta-demo")
    await admin.start()
    try:
        await admin.find_coordinator("etiqueta.demo")
    except KafkaError:
        pass  # asking was enough: it is being made
    finally:
        await admin.close()
