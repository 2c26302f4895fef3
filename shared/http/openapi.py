"""OpenAPI 3.1 documents, generated from the models that the endpoints validate with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

_PREFIX: Final = "#/components/schemas/{model}"


class ProblemDocument(BaseModel):
    """RFC 9457."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: list[dict[str, str]] | None = None


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint: its models and the refusals it knows."""

    method: str
    path: str
    summary: str
    answers: Mapping[int, type[BaseModel] | None]
    body: type[BaseModel] | None = None
    batch: bool = False
    """The body may be an array of it as well."""
    refusals: Sequence[int] = ()
    parameters: Sequence[Mapping[str, Any]] = ()
    secured: bool = True
    tags: Sequence[str] = field(default_factory=tuple)


IDEMPOTENCY_KEY: Final[Mapping[str, Any]] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same key gives the same id and the same answer; the first body wins.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}


def path_parameter(name: str, description: str) -> Mapping[str, Any]:
    return {
        "name": name,
        "in": "path",
        "required": True,
        "description": description,
        "schema": {"type": "string"},
    }


def openapi(title: str, description: str, operations: Sequence[Operation]) -> dict[str, Any]:
    """Return the document of a service."""
    schemas = _schemas(operations)
    paths: dict[str, dict[str, Any]] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method] = _operation(operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "description": description, "version": "1"},
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer"}},
        },
    }


def _schemas(operations: Sequence[Operation]) -> dict[str, Any]:
    inputs = [(one.body, "validation") for one in operations if one.body is not None]
    outputs = [(model, "serialization") for one in operations for model in one.answers.values() if model]
    pairs: Any = [*inputs, *outputs, (ProblemDocument, "serialization")]
    _, definitions = models_json_schema(list(dict.fromkeys(pairs)), ref_template=_PREFIX)
    schemas: dict[str, Any] = definitions["$defs"]
    return schemas


def _operation(operation: Operation) -> dict[str, Any]:
    described: dict[str, Any] = {
        "summary": operation.summary,
        "responses": {
            **{str(status): _answer(model) for status, model in operation.answers.items()},
            **{str(status): _refusal() for status in operation.refusals},
        },
    }
    if operation.parameters:
        described["parameters"] = [dict(parameter) for parameter in operation.parameters]
    if operation.secured:
        described["security"] = [{"apiKey": []}]
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": {"application/json": _body(operation)}}
    return described


def _body(operation: Operation) -> dict[str, Any]:
    assert operation.body is not None  # noqa: S101 - asked by the only caller
    one = _reference(operation.body)
    return {"schema": {"oneOf": [one, {"type": "array", "items": one}]} if operation.batch else one}


def _reference(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _PREFIX.format(model=model.__name__)}


def _answer(model: type[BaseModel] | None) -> dict[str, Any]:
    if model is None:
        return {"description": "Done"}
    return {"description": "Done", "content": {"application/json": {"schema": _reference(model)}}}


def _refusal() -> dict[str, Any]:
    schema = _reference(ProblemDocument)
    return {"description": "Refused", "content": {"application/problem+json": {"schema": schema}}}
