"""Sanctions' HTTP side: commands, and where a client stands."""

from typing import Protocol

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from services.sanctions.api import CommandAccepted, CommandIn, client_named, shown, standing_shown
from services.sanctions.openapi import document
from services.sanctions.ports import ClientKey, Ledger
from services.sanctions.requests import RequestCommand
from shared.clock import Clock
from shared.errors import Transient
from shared.events.base import to_instant
from shared.events.commands import CommandRequestedV1
from shared.events.outcomes import CommandSettledV1
from shared.http.problems import Problem
from shared.http.requests import idempotency_key, limited_body, parse_body, require_json, tenant_of
from shared.tenants import Accounts
from shared.tracing import traceparent


class Accepted(Protocol):
    """Commands that were accepted, by id."""

    async def accepted(self, command: str) -> CommandRequestedV1 | None: ...


class SanctionsHttp:
    """The endpoints, over the ledger and the use case that asks for commands."""

    def __init__(
        self,
        ledger: Ledger,
        accepted: Accepted,
        request_command: RequestCommand,
        accounts: Accounts,
        clock: Clock,
        body_bytes: int,
    ) -> None:
        self._ledger = ledger
        self._accepted = accepted
        self._request_command = request_command
        self._accounts = accounts
        self._clock = clock
        self._body_bytes = body_bytes

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/v1/commands", self.command, methods=["POST"]),
            Route("/v1/commands/{id}", self.command_state, methods=["GET"]),
            Route("/v1/clients/{client}/standing", self.standing, methods=["GET"]),
            Route("/openapi.json", self.openapi, methods=["GET"]),
        ]

    async def command(self, request: Request) -> Response:
        """Accept a command; what becomes of it is read at its own address."""
        tenant = tenant_of(request, self._accounts)
        key = idempotency_key(request)
        require_json(request)
        command = parse_body(CommandIn, await limited_body(request, self._body_bytes))
        try:
            accepted = await self._request_command(
                command, tenant, key, traceparent(request.headers.get("traceparent"))
            )
        except Transient:
            raise _away("Nothing was accepted; send the same again, with the same Idempotency-Key.") from None
        return JSONResponse(
            CommandAccepted(id=accepted.event_id).model_dump(),
            status_code=202,
            headers={"Location": f"/v1/commands/{accepted.event_id}"},
        )

    async def command_state(self, request: Request) -> Response:
        """Show a command: accepted, or settled as applied or refused with its reason."""
        tenant = tenant_of(request, self._accounts)
        identity = request.path_params["id"]
        try:
            settled = (await self._ledger.settled([identity])).get(identity)
            accepted = await self._accepted.accepted(identity)
        except Transient:
            raise _away("Ask again in a moment.") from None
        mine = accepted is not None and accepted.tenant == tenant.id
        if accepted is None or not mine:
            raise Problem(404, "Unknown command", "No command of this tenant has that id.")
        outcome = settled if isinstance(settled, CommandSettledV1) else None
        return JSONResponse(shown(accepted, outcome).model_dump(mode="json"))

    async def standing(self, request: Request) -> Response:
        """Show where a client stands; who never had an outcome stands at zero."""
        tenant = tenant_of(request, self._accounts)
        key: ClientKey = (tenant.id, client_named(tenant, request.path_params["client"]))
        try:
            standing = (await self._ledger.standings([key]))[key]
        except Transient:
            raise _away("Ask again in a moment.") from None
        now = to_instant(self._clock.now())
        return JSONResponse(standing_shown(standing, now).model_dump(mode="json"))

    async def openapi(self, request: Request) -> Response:
        """Show the API's own description, generated from the models."""
        del request
        return JSONResponse(document())


def _away(what_to_do: str) -> Problem:
    detail = f"The store or the message log does not answer. {what_to_do}"
    return Problem(503, "Not available", detail, headers={"Retry-After": "5"})
