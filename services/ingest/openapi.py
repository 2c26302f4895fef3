"""The description of ingest's HTTP API."""

import functools
from typing import Any

from services.ingest.api import Accepted, MessageIn
from shared.http.openapi import IDEMPOTENCY_KEY, Operation, openapi, path_parameter


@functools.cache
def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document."""
    addressed = (
        path_parameter("provider", "The provider's name: whatsapp"),
        path_parameter("account", "The company's own account at the provider"),
    )
    return openapi(
        "Etiqueta ingest",
        "Providers' webhooks, and messages that integrators saw on channels of their own.",
        [
            Operation(
                "post",
                "/v1/messages",
                "Hand in one message or a batch",
                {202: Accepted},
                body=MessageIn,
                batch=True,
                refusals=(400, 401, 413, 415, 422, 429, 503),
                parameters=(IDEMPOTENCY_KEY,),
            ),
            Operation(
                "post",
                "/webhooks/{provider}/{account}",
                "A provider's webhook, signed over its raw bytes",
                {200: None},
                refusals=(401, 404, 413, 415, 422, 429, 503),
                parameters=addressed,
                secured=False,
            ),
            Operation(
                "get",
                "/webhooks/{provider}/{account}",
                "The provider's verification of this address",
                {200: None},
                refusals=(403, 404),
                parameters=addressed,
                secured=False,
            ),
        ],
    )
