"""`etiqueta asyncapi` and `etiqueta openapi`: the interfaces, as documents that machines read."""

import json
from enum import StrEnum
from importlib import import_module
from typing import Annotated, Any, Final

import typer

from shared.asyncapi import document as asyncapi_document

EXAMPLE: Final = """Examples:

    etiqueta asyncapi > asyncapi.json

    etiqueta openapi ingest > openapi.json
"""


class Described(StrEnum):
    """The services with an HTTP API of their own."""

    INGEST = "ingest"
    SANCTIONS = "sanctions"


def asyncapi_command() -> None:
    """Print the AsyncAPI 3.0 document: every topic, its events and their schemas."""
    print(as_text(asyncapi_document()), end="")


def openapi_command(
    service: Annotated[Described, typer.Argument(help="Whose HTTP API.")],
) -> None:
    """Print the OpenAPI 3.1 document of a service, generated from the models that it validates with."""
    print(as_text(openapi_document(service)), end="")


def openapi_document(service: Described) -> dict[str, Any]:
    """Return the document of one service; only that one is imported."""
    document: dict[str, Any] = import_module(f"services.{service.value}.openapi").document()
    return document


def as_text(document: dict[str, Any]) -> str:
    """Return the document as it stands in `docs/`."""
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"
