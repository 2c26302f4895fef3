"""The descriptions of the HTTP APIs say what the endpoints do: every path, every model, every refusal."""

import re
from collections.abc import Iterator
from typing import Any

import pytest

from services.ingest.openapi import document as ingest_document
from services.sanctions.openapi import document as sanctions_document
from tests.component.ingest.door import POSTED, Door
from tests.support.builders_core import bearer

DOCUMENTS = {"ingest": ingest_document(), "sanctions": sanctions_document()}


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for inner in value.values():
            yield from references(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner)


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    assert document["openapi"] == "3.1.0"
    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= known


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_every_variable_of_a_path_is_described(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        described = {one["name"] for one in operation.get("parameters", []) if one["in"] == "path"}
        assert described == set(re.findall(r"{(\w+)}", path))


@pytest.mark.parametrize("document", DOCUMENTS.values(), ids=list(DOCUMENTS))
def test_every_refusal_is_a_problem_document_and_every_key_is_asked_for(document: dict[str, Any]) -> None:
    for path, _, operation in operations(document):
        for status, answer in operation["responses"].items():
            assert ("application/problem+json" in answer.get("content", {})) is (int(status) >= 400)
        assert ("401" in operation["responses"]) or path.startswith("/webhooks/")
        assert ("security" in operation) is not path.startswith("/webhooks/")


@pytest.mark.parametrize(
    ("service", "paths"),
    [
        ("ingest", {"/v1/messages", "/webhooks/{provider}/{account}"}),
        ("sanctions", {"/v1/commands", "/v1/commands/{id}", "/v1/clients/{client}/standing"}),
    ],
)
def test_every_endpoint_is_described(service: str, paths: set[str]) -> None:
    assert set(DOCUMENTS[service]["paths"]) == paths


async def test_a_service_shows_its_own_description() -> None:
    door = Door()
    async with door.client:
        shown = await door.client.get("/openapi.json")
        posted = await door.client.post("/v1/messages", json=[POSTED], headers=bearer())
    assert shown.json() == DOCUMENTS["ingest"]
    described = DOCUMENTS["ingest"]["paths"]["/v1/messages"]["post"]["responses"]
    assert str(posted.status_code) in described


def test_a_batch_may_be_posted_and_a_command_alone() -> None:
    def body(service: str, path: str) -> dict[str, Any]:
        schema: dict[str, Any] = DOCUMENTS[service]["paths"][path]["post"]["requestBody"]["content"][
            "application/json"
        ]["schema"]
        return schema

    assert len(body("ingest", "/v1/messages")["oneOf"]) == 2
    assert body("sanctions", "/v1/commands") == {"$ref": "#/components/schemas/CommandIn"}
