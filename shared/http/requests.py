"""Reading requests: bodies with a limit, JSON models, API keys, idempotency keys."""

import re
from typing import Final, TypeVar

from pydantic import BaseModel, ValidationError
from starlette.requests import ClientDisconnect, Request

from shared.http.problems import Problem
from shared.tenants import Accounts, Tenant

M = TypeVar("M", bound=BaseModel)

_NUMBER: Final = re.compile(r"[0-9]{1,18}")


async def limited_body(request: Request, limit_bytes: int) -> bytes:
    """Return the raw body; raises 413 as soon as it is known to be too large."""
    declared = request.headers.get("content-length", "")
    if _NUMBER.fullmatch(declared) and int(declared) > limit_bytes:
        raise too_large(limit_bytes)
    chunks: list[bytes] = []
    size = 0
    try:
        async for chunk in request.stream():
            size += len(chunk)
            if size > limit_bytes:
                raise too_large(limit_bytes)
            chunks.append(chunk)
    except ClientDisconnect:
        raise Problem(400, "Body cut off", "The connection closed before the whole body came.") from None
    return b"".join(chunks)


def too_large(limit_bytes: int) -> Problem:
    return Problem(413, "Body too large", f"At most {limit_bytes} bytes are taken at once.")


def require_json(request: Request) -> None:
    """Raise 415 unless the request says that its body is JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Problem(415, "Unsupported media type", "Send the body with Content-Type: application/json.")


def parse_body(model: type[M], raw: bytes) -> M:
    """Return the body as `model`; raises 422 that names each field, never its value."""
    try:
        return model.model_validate_json(raw)
    except ValidationError as error:
        raise unprocessable(error) from None


def unprocessable(error: ValidationError) -> Problem:
    """Return 422 with a JSON pointer and a reason for each field; 400 where it is not JSON at all."""
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    if any(problem["type"] == "json_invalid" for problem in problems):
        return Problem(400, "Not JSON", "The body is not valid JSON (in UTF-8).")
    errors = [
        {
            "pointer": "".join(f"/{_escaped(part)}" for part in problem["loc"]),
            "detail": _reason(problem["type"], problem["msg"]),
        }
        for problem in problems[:20]
    ]
    named = ", ".join(entry["pointer"] or "/" for entry in errors[:5])
    return Problem(422, "Unprocessable body", f"These fields cannot be used: {named}.", errors=errors)


def _escaped(part: str | int) -> str:
    """Return one part of a JSON pointer (RFC 6901)."""
    return str(part).replace("~", "~0").replace("/", "~1")


def _reason(kind: str, message: str) -> str:
    """Return pydantic's reason; of our own validators' only what precedes a quoted value."""
    if kind == "value_error":
        return message.removeprefix("Value error, ")
    return message


def tenant_of(request: Request, accounts: Accounts) -> Tenant:
    """Return whose key the request carries (`Authorization: Bearer` or `X-API-Key`); raises 401."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    key = token.strip() if scheme.lower() == "bearer" else request.headers.get("x-api-key", "")
    tenant = accounts.tenant_of_key(key) if key else None
    if tenant is None:
        raise Problem(
            401,
            "API key required",
            "Send a valid key as Authorization: Bearer KEY.",
            headers={"WWW-Authenticate": "Bearer"},
        )
    return tenant


def idempotency_key(request: Request, *, required: bool = False) -> str | None:
    """Return the `Idempotency-Key`, bare or as a quoted structured-field string.

    Raises 400 when it is required and missing, empty or longer than 200 characters.
    """
    given = request.headers.get("idempotency-key")
    if given is None:
        if required:
            raise Problem(400, "Idempotency-Key required", "Send one key per request that you may repeat.")
        return None
    key = given.strip()
    if len(key) >= 2 and key.startswith('"') and key.endswith('"'):
        key = key[1:-1]
    if not key or len(key) > 200:
        raise Problem(400, "Idempotency-Key unusable", "Use 1 to 200 characters.")
    return key
