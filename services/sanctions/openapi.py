"""The description of sanctions' HTTP API."""

import functools
from typing import Any

from services.sanctions.api import CommandAccepted, CommandIn, CommandShown, StandingShown
from shared.http.openapi import IDEMPOTENCY_KEY, Operation, openapi, path_parameter


@functools.cache
def document() -> dict[str, Any]:
    """Return the OpenAPI 3.1 document."""
    return openapi(
        "Etiqueta sanctions",
        "Commands of people (restore, waive, appeal…), and where a client stands.",
        [
            Operation(
                "post",
                "/v1/commands",
                "Ask for a command",
                {202: CommandAccepted},
                body=CommandIn,
                refusals=(400, 401, 413, 415, 422, 503),
                parameters=(IDEMPOTENCY_KEY,),
            ),
            Operation(
                "get",
                "/v1/commands/{id}",
                "See what became of a command",
                {200: CommandShown},
                refusals=(401, 404, 503),
                parameters=(path_parameter("id", "The id that the command was accepted with"),),
            ),
            Operation(
                "get",
                "/v1/clients/{client}/standing",
                "See where a client stands",
                {200: StandingShown},
                refusals=(401, 503),
                parameters=(
                    path_parameter(
                        "client", "The client's id; a phone number or e-mail address is taken too"
                    ),
                ),
            ),
        ],
    )
