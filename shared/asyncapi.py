"""The AsyncAPI 3.0 document of the topics, from `deploy/topics.yaml` and the events' models.

Source: AsyncAPI 3.0.0; Kafka bindings 0.5.0; CloudEvents 1.0, Kafka protocol binding.
"""

import functools
from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

from pydantic.json_schema import models_json_schema

from shared.events.base import Event
from shared.events.commands import CommandRequestedV1
from shared.events.decisions import MessageDecidedV1
from shared.events.messages import (
    MessageDeletedV1,
    MessageEditedV1,
    MessageReactedV1,
    MessageReceivedV1,
)
from shared.events.outcomes import CommandSettledV1, MessageSettledV1
from shared.events.receipts import AccountChangedV1, DeliveryUpdatedV1, MessageEchoedV1
from shared.events.replies import ReplyChangedV1
from shared.kafka.topics import MAX_RECORD_BYTES, QUARANTINE, Topic, topics

EVENTS: Final[Sequence[type[Event]]] = (
    MessageReceivedV1,
    MessageEditedV1,
    MessageDeletedV1,
    MessageReactedV1,
    DeliveryUpdatedV1,
    MessageEchoedV1,
    AccountChangedV1,
    MessageDecidedV1,
    CommandRequestedV1,
    MessageSettledV1,
    CommandSettledV1,
    ReplyChangedV1,
)
"""Every event's model; one may stand for several types."""

_SCHEMA: Final = "#/components/schemas/{model}"
_KAFKA_BINDING: Final = "0.5.0"
_DAY_MS: Final = 86_400_000
_QUARANTINED: Final = "quarantined"
_SERVICES: Final = frozenset({"ingest", "classifier", "sanctions", "responder"})


@functools.cache
def document() -> dict[str, Any]:
    """Return the document: a channel each topic, an operation each service that writes or reads it."""
    types = _types()
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Etiqueta",
            "version": "1",
            "description": "What clients and staff wrote, what was decided, settled and answered. Every "
            "record is keyed `tenant:client`, so what happened to one client comes in order. Fields are "
            "only ever added; a changed meaning is a new version in the type.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "channels": {topic.noun: _channel(topic) for topic in topics().values()},
        "operations": _operations(),
        "components": {
            "messages": {
                **{name: _message(name, model) for name, model in types.items()},
                _QUARANTINED: _quarantined(),
            },
            "schemas": {**_schemas(), "Headers": _headers(), "QuarantineHeaders": _quarantine_headers()},
        },
    }


def _types() -> Mapping[str, type[Event]]:
    """Return each event type with its model."""
    return {name: model for model in EVENTS for name in get_args(model.model_fields["type"].annotation)}


def _channel(topic: Topic) -> dict[str, Any]:
    names = topic.events or (_QUARANTINED,)
    readers = ", ".join(topic.read_by)
    return {
        "address": topic.name,
        "description": f"Made by {', '.join(topic.made_by)}; read by {readers}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
        "bindings": {
            "kafka": {
                "topic": topic.name,
                "partitions": topic.partitions,
                "topicConfiguration": {
                    "retention.ms": topic.keeps_days * _DAY_MS,
                    "max.message.bytes": MAX_RECORD_BYTES,
                },
                "bindingVersion": _KAFKA_BINDING,
            }
        },
    }


def _operations() -> dict[str, Any]:
    operations: dict[str, Any] = {}
    for topic in topics().values():
        for action, services in (("send", topic.made_by), ("receive", topic.read_by)):
            for service in services:
                if service in _SERVICES:
                    operations[f"{service}.{action}.{topic.noun}"] = _operation(service, action, topic)
    return operations


def _operation(service: str, action: str, topic: Topic) -> dict[str, Any]:
    does = "publishes to" if action == "send" else "reads"
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{topic.noun}"},
        "summary": f"{service} {does} {topic.name}",
        "tags": [{"name": service}],
    }


def _message(name: str, model: type[Event]) -> dict[str, Any]:
    payload = {"$ref": _SCHEMA.format(model=model.__name__)}
    told_apart = {"type": "object", "properties": {"type": {"const": name}}}
    many = len(get_args(model.model_fields["type"].annotation)) > 1
    return {
        "name": name,
        "title": name,
        "summary": (model.__doc__ or "").strip().splitlines()[0],
        "contentType": "application/json",
        "headers": {
            "allOf": [
                {"$ref": _SCHEMA.format(model="Headers")},
                {"type": "object", "properties": {"ce_type": {"const": name}}},
            ]
        },
        "payload": {"allOf": [payload, told_apart]} if many else payload,
        "bindings": {"kafka": {"key": _key(), "bindingVersion": _KAFKA_BINDING}},
    }


def _key() -> dict[str, Any]:
    return {"type": "string", "description": "`tenant:client`", "pattern": "^[^:]+:.+$"}


def _quarantined() -> dict[str, Any]:
    return {
        "name": _QUARANTINED,
        "title": _QUARANTINED,
        "summary": "A record or a request body that could not be handled, byte for byte.",
        "contentType": "application/octet-stream",
        "headers": {"$ref": _SCHEMA.format(model="QuarantineHeaders")},
        "payload": {},
    }


def _schemas() -> dict[str, Any]:
    """Return the events' schemas; AsyncAPI's discriminator is another than OpenAPI's, and not needed."""
    pairs: Any = [(model, "serialization") for model in EVENTS]
    _, definitions = models_json_schema(pairs, ref_template=_SCHEMA)
    schemas: dict[str, Any] = _without(definitions["$defs"], "discriminator")
    return schemas


def _without(value: Any, key: str) -> Any:
    match value:
        case dict():
            return {name: _without(inner, key) for name, inner in value.items() if name != key}
        case list():
            return [_without(inner, key) for inner in value]
        case _:
            return value


def _headers() -> dict[str, Any]:
    """Describe the headers: CloudEvents 1.0 attributes in binary mode, and the trace context."""
    names = {
        "ce_specversion": {"const": "1.0"},
        "ce_id": {"type": "string", "description": "The event's id: the same on every delivery."},
        "ce_source": {"type": "string", "format": "uri-reference"},
        "ce_type": {"type": "string"},
        "ce_subject": {"type": "string", "description": "The client."},
        "ce_time": {"type": "string", "format": "date-time"},
        "content-type": {"const": "application/json"},
    }
    trace = {"type": "string", "description": "W3C trace context."}
    return {"type": "object", "required": [*names], "properties": {**names, "traceparent": trace}}


def _quarantine_headers() -> dict[str, Any]:
    names = ("kind", "reason", "group", "topic", "partition", "offset", "provider", "account")
    properties = {f"etiqueta_q_{name}": {"type": "string"} for name in names}
    where = f"Where it stood and why it is here, beside its own headers. `{QUARANTINE}` topics only."
    return {"type": "object", "description": where, "properties": properties}
