"""The topics, as `deploy/topics.yaml` declares them, and their provisioning."""

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, Final

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError, TopicAlreadyExistsError, for_code
from ruamel.yaml import YAML

from shared.errors import Transient

_DAY_MS: Final = 86_400_000
QUARANTINE: Final = ".quarantine"
MAX_RECORD_BYTES: Final = 4 * 1024 * 1024
"""Above the 3 MB that a provider's webhook may have; brokers allow 1 MB unless told."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: its short name, its name on the wire, how long it keeps records, who meets there."""

    noun: str
    name: str
    partitions: int
    keeps_days: int
    compression: str
    events: tuple[str, ...] = ()
    made_by: tuple[str, ...] = ()
    read_by: tuple[str, ...] = ()


@functools.cache
def topics() -> Mapping[str, Topic]:
    """Return every topic by its short name, the quarantines included."""
    text = resources.files("deploy").joinpath("topics.yaml").read_text(encoding="utf-8")
    declared: dict[str, Any] = YAML(typ="safe").load(text)

    def topic(noun: str, keeps_days: int, **more: Sequence[str]) -> Topic:
        return Topic(
            noun=noun,
            name=declared["prefix"] + noun,
            partitions=declared["partitions"],
            keeps_days=keeps_days,
            compression=declared["compression"],
            **{name: tuple(values) for name, values in more.items()},
        )

    found = {noun: topic(noun, entry.pop("keeps"), **entry) for noun, entry in declared["topics"].items()}
    for noun in declared["quarantined"]:
        source_of = found[noun]
        found[noun + QUARANTINE] = topic(
            noun + QUARANTINE, source_of.keeps_days, made_by=source_of.read_by, read_by=["operators"]
        )
    return found


def topic_name(noun: str) -> str:
    """Return the name on the wire of the topic `noun`."""
    return topics()[noun].name


async def provision(
    bootstrap_servers: str, *, replication: int = 1, partitions: int | None = None
) -> Sequence[str]:
    """Create the topics that are missing and return their names; existing ones are left alone.

    `partitions` overrides the declared number, for small local stacks only.
    Raises `Transient` when the broker is away.
    """
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers, client_id="etiqueta-provision")
    try:
        await admin.start()
        existing = set(await admin.list_topics())
        missing = [topic for topic in topics().values() if topic.name not in existing]
        if missing:
            answer = await admin.create_topics(
                [_new_topic(topic, replication, partitions) for topic in missing]
            )
            return _created(answer.topic_errors)
    except KafkaError as error:
        raise Transient(f"topics could not be created: {type(error).__name__}") from error
    finally:
        await admin.close()
    return []


def _new_topic(topic: Topic, replication: int, partitions: int | None) -> NewTopic:
    return NewTopic(
        name=topic.name,
        num_partitions=partitions or topic.partitions,
        replication_factor=replication,
        topic_configs={
            "retention.ms": str(topic.keeps_days * _DAY_MS),
            "compression.type": topic.compression,
            "max.message.bytes": str(MAX_RECORD_BYTES),
            "min.insync.replicas": str(min(2, replication)),
        },
    )


def _created(topic_errors: Sequence[Sequence[Any]]) -> Sequence[str]:
    """Return the topics that were created; another process may have been quicker with some."""
    created: list[str] = []
    for name, code, *_ in topic_errors:
        error = for_code(code)
        if not code:
            created.append(name)
        elif error is not TopicAlreadyExistsError:
            raise error
    return created
