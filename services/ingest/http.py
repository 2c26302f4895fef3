"""Ingest's HTTP side: providers' webhooks and integrators' messages."""

from collections.abc import Awaitable
from typing import TypeVar

from pydantic import ValidationError
from starlette.requests import Request as HttpRequest
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from services.ingest.api import MANY, ONE, Accepted, MessageIn
from services.ingest.openapi import document
from services.ingest.providers import PROVIDERS
from services.ingest.providers.base import Provider
from services.ingest.providers.meta import subscription_challenge
from services.ingest.usecase import Accept, Overloaded, Request
from shared.errors import Transient, Unreadable
from shared.http.problems import Problem
from shared.http.requests import idempotency_key, limited_body, require_json, tenant_of, unprocessable
from shared.tenants import Account, Accounts
from shared.tracing import traceparent

T = TypeVar("T")


class IngestHttp:
    """The endpoints, over one use case."""

    def __init__(self, accept: Accept, accounts: Accounts, body_bytes: int) -> None:
        self._accept = accept
        self._accounts = accounts
        self._body_bytes = body_bytes

    def routes(self) -> list[BaseRoute]:
        path = "/webhooks/{provider}/{account}"
        return [
            Route(path, self.subscribe, methods=["GET"]),
            Route(path, self.webhook, methods=["POST"]),
            Route("/v1/messages", self.messages, methods=["POST"]),
            Route("/openapi.json", self.openapi, methods=["GET"]),
        ]

    async def subscribe(self, request: HttpRequest) -> Response:
        """Answer the provider's verification with its own challenge."""
        _, account = self._addressed(request)
        challenge = subscription_challenge(request.query_params, account.verify_token)
        if challenge is None:
            raise Problem(403, "Verification refused", "The verify token is not the one of this account.")
        return PlainTextResponse(challenge)

    async def webhook(self, request: HttpRequest) -> Response:
        """Check the signature over the raw bytes, then accept what they hold."""
        provider, account = self._addressed(request)
        raw = await limited_body(request, self._body_bytes)
        if not provider.verify_signature(request.headers, raw, secrets=[account.app_secret]):
            raise Problem(401, "Signature refused", "The signature does not fit the body and this account.")
        require_json(request)
        try:
            await _accepting(self._accept.webhook(provider, self._request(request, account, raw)))
        except Unreadable as error:
            raise Problem(
                422, "Body cannot be read", f"{error.reason}. It is kept in quarantine for three days."
            ) from None
        return JSONResponse({"status": "accepted"})

    async def openapi(self, request: HttpRequest) -> Response:
        """Show the API's own description, generated from the models."""
        del request
        return JSONResponse(document())

    def _addressed(self, request: HttpRequest) -> tuple[Provider, Account]:
        name, account_name = request.path_params["provider"], request.path_params["account"]
        provider, account = PROVIDERS.get(name), self._accounts.account(name, account_name)
        if provider is None:
            raise Problem(404, "Unknown provider", f"Known providers: {', '.join(sorted(PROVIDERS))}.")
        if account is None:
            raise Problem(404, "Unknown account", "ETIQUETA_ACCOUNTS names no such account of this provider.")
        return provider, account

    def _request(self, request: HttpRequest, account: Account, raw: bytes) -> Request:
        return Request(
            account=account,
            tenant=self._accounts.tenants[account.tenant],
            headers=request.headers,
            raw=raw,
            traceparent=traceparent(request.headers.get("traceparent")),
        )

    async def messages(self, request: HttpRequest) -> Response:
        """Accept one message or a batch from an integrator."""
        tenant = tenant_of(request, self._accounts)
        key = idempotency_key(request)
        require_json(request)
        posted = _posted(await limited_body(request, self._body_bytes))
        trace = traceparent(request.headers.get("traceparent"))
        ids = await _accepting(self._accept.messages(posted, tenant, key, trace=trace))
        return JSONResponse(Accepted(ids=list(ids)).model_dump(), status_code=202)


def _posted(raw: bytes) -> list[MessageIn]:
    try:
        return MANY.validate_json(raw) if raw.lstrip()[:1] == b"[" else [ONE.validate_json(raw)]
    except ValidationError as error:
        raise unprocessable(error) from None


async def _accepting(accepting: Awaitable[T]) -> T:
    """Wait for Kafka; tell the caller to come back when it is away or too many wait."""
    try:
        return await accepting
    except Transient:
        raise Problem(
            503,
            "Not accepted",
            "The message log does not answer. Nothing was accepted; send the same again.",
            headers={"Retry-After": "5"},
        ) from None
    except Overloaded:
        raise Problem(
            429,
            "Too many at once",
            "Send the same again in a second.",
            headers={"Retry-After": "1"},
        ) from None
