"""The interfaces as documents: generated, valid by their own specifications, and true of what is sent."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import jsonschema  # type: ignore[import-untyped]
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from services.ingest.http import IngestHttp
from services.line.documents_cli import Described, as_text, openapi_document
from services.sanctions.http import SanctionsHttp
from shared.asyncapi import EVENTS, document
from shared.kafka.topics import topics

ROOT: Final = Path(__file__).parents[3]
DOCS: Final = ROOT / "docs"
EXAMPLES: Final = sorted((ROOT / "tests" / "wire").glob("*.json"))
SPECIFICATION: Final = Path(__file__).parent / "asyncapi-3.0.0.schema.json.gz"
"""AsyncAPI 3.0.0, bundled; Apache-2.0, without its spaces.

Source: github.com/asyncapi/spec-json-schemas at 7dd3990d9fff, schemas/3.0.0.json.
"""
OWN: Final = "/openapi.json"


def test_the_committed_asyncapi_document_is_the_generated_one() -> None:
    assert (DOCS / "asyncapi.json").read_text(encoding="utf-8") == as_text(document()), _renew("asyncapi")


@pytest.mark.parametrize("service", Described)
def test_the_committed_openapi_documents_are_the_generated_ones(service: Described) -> None:
    committed = (DOCS / f"openapi-{service}.json").read_text(encoding="utf-8")
    assert committed == as_text(openapi_document(service)), _renew(f"openapi {service}")


def _renew(command: str) -> str:
    return f"etiqueta {command} > docs/{command.replace(' ', '-')}.json"


@pytest.mark.parametrize("service", Described)
def test_the_openapi_documents_are_valid(service: Described) -> None:
    errors = list(OpenAPIV31SpecValidator(openapi_document(service)).iter_errors())
    assert errors == []


def test_the_asyncapi_document_is_valid() -> None:
    specification = json.loads(gzip.decompress(SPECIFICATION.read_bytes()))
    errors = jsonschema.Draft7Validator(specification).iter_errors(document())
    assert [error.message[:200] for error in errors] == []


def test_every_topic_is_a_channel_and_every_event_a_message() -> None:
    described = document()
    assert described["channels"].keys() == topics().keys()
    messages = {name: set(channel["messages"]) for name, channel in described["channels"].items()}
    declared = {noun: set(topic.events) or {"quarantined"} for noun, topic in topics().items()}
    assert messages == declared
    assert set().union(*declared.values()) == described["components"]["messages"].keys()


def test_every_model_of_an_event_has_its_schema() -> None:
    assert {model.__name__ for model in EVENTS} <= document()["components"]["schemas"].keys()


def payload_errors(event: dict[str, Any]) -> list[str]:
    reference = f"#/components/messages/{event['type']}/payload"
    validator = jsonschema.Draft202012Validator({**document(), "$ref": reference})
    return [error.message for error in validator.iter_errors(event)]


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_event_on_the_wire_is_what_the_document_says(path: Path) -> None:
    assert payload_errors(json.loads(path.read_bytes())) == []


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_event_without_its_client_is_not_what_the_document_says(path: Path) -> None:
    event = json.loads(path.read_bytes())
    del event["client"]
    assert payload_errors(event)


def test_there_is_an_example_of_every_event() -> None:
    names = document()["components"]["messages"].keys() - {"quarantined"}
    assert {path.stem for path in EXAMPLES} == names


@pytest.mark.parametrize(
    ("service", "http"), [(Described.INGEST, IngestHttp), (Described.SANCTIONS, SanctionsHttp)]
)
def test_the_openapi_documents_name_every_endpoint(service: Described, http: type[Any]) -> None:
    served = {
        (route.path, method.lower())
        for route in object.__new__(http).routes()
        for method in route.methods - {"HEAD"}
        if route.path != OWN
    }
    assert served == set(_operations(openapi_document(service)))


def _operations(described: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for path, operations in described["paths"].items():
        yield from ((path, method) for method in operations)
