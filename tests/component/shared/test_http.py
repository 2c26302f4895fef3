"""The HTTP side that all services share: problems, bodies with a limit, keys, health, metrics."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest
from pydantic import BaseModel
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Message

from shared.http.problems import Problem
from shared.http.requests import idempotency_key, limited_body, parse_body, require_json, tenant_of
from shared.http.server import build_http
from shared.metrics import READY
from tests.support.builders_core import accounts, http_client

Endpoint = Callable[[Request], Awaitable[Response]]


async def answered(endpoint: Endpoint, *, raises: bool = True) -> httpx.Response:
    async with http_client([Route("/", endpoint)], raises=raises) as client:
        return await client.get("/")


def request(headers: dict[str, str], *chunks: bytes, cut_off: bool = False) -> Request:
    """Return a request as the server gives it, its body in pieces."""
    waiting = [*chunks, b""]

    async def receive() -> Message:
        if cut_off:
            return {"type": "http.disconnect"}
        chunk = waiting.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(waiting)}

    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Request({"type": "http", "method": "POST", "headers": raw, "path": "/"}, receive)


async def test_a_refusal_is_a_problem_document_with_its_headers() -> None:
    async def endpoint(_: Request) -> Response:
        raise Problem(429, "Too many", "Wait.", headers={"Retry-After": "1"}, errors=[{"pointer": "/a"}])

    answer = await answered(endpoint)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Too many",
        "status": 429,
        "detail": "Wait.",
        "errors": [{"pointer": "/a"}],
    }


async def test_a_crash_is_answered_without_a_word_of_what_it_was_about() -> None:
    async def endpoint(_: Request) -> Response:
        raise RuntimeError("secret")

    answer = await answered(endpoint, raises=False)
    assert (answer.status_code, answer.json()["title"]) == (500, "Internal error")
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    ("chunks", "headers", "whole"),
    [
        ([b"abc", b"def"], {}, b"abcdef"),
        ([], {}, b""),
        ([b"x" * 10], {"content-length": "10"}, b"x" * 10),
        ([b"abc"], {"content-length": "\u00b2"}, b"abc"),
        ([b"abc"], {"content-length": "-5"}, b"abc"),
        ([b"abc"], {"content-length": "9" * 30}, b"abc"),
    ],
)
async def test_a_body_within_its_limit_is_whole(
    chunks: list[bytes], headers: dict[str, str], whole: bytes
) -> None:
    assert await limited_body(request(headers, *chunks), 10) == whole


@pytest.mark.parametrize(
    ("chunks", "headers"), [([b"x" * 6, b"x" * 5], {}), ([], {"content-length": "11"}), ([b"x" * 11], {})]
)
async def test_a_body_past_its_limit_is_refused(chunks: list[bytes], headers: dict[str, str]) -> None:
    with pytest.raises(Problem) as caught:
        await limited_body(request(headers, *chunks), 10)
    assert (caught.value.status, caught.value.detail) == (413, "At most 10 bytes are taken at once.")


async def test_a_body_that_breaks_off_is_told() -> None:
    with pytest.raises(Problem) as caught:
        await limited_body(request({}, cut_off=True), 10)
    assert caught.value.status == 400
    assert not isinstance(caught.value.__cause__, ClientDisconnect)


@pytest.mark.parametrize("kind", ["application/json", "application/JSON; charset=utf-8"])
def test_json_is_taken_as_json(kind: str) -> None:
    require_json(request({"content-type": kind}))


@pytest.mark.parametrize("kind", ["application/problem+json", "text/plain", "", "json"])
def test_nothing_else_is(kind: str) -> None:
    with pytest.raises(Problem) as caught:
        require_json(request({"content-type": kind}))
    assert caught.value.status == 415


class Body(BaseModel):
    """Any body."""

    count: int
    inner: dict[str, int] = {}


@pytest.mark.parametrize(
    ("raw", "status", "pointers"),
    [
        (b"{", 400, None),
        (b"", 400, None),
        (b'{"count": "secret"}', 422, ["/count"]),
        (b'{"inner": {"a/b~c": "secret"}}', 422, ["/count", "/inner/a~1b~0c"]),
        (b'"secret"', 422, [""]),
    ],
)
def test_a_body_is_refused_by_pointer_and_never_echoed(
    raw: bytes, status: int, pointers: list[str] | None
) -> None:
    with pytest.raises(Problem) as caught:
        parse_body(Body, raw)
    problem = caught.value
    assert (problem.status, [one["pointer"] for one in problem.errors or []]) == (status, pointers or [])
    assert "secret" not in json.dumps([problem.detail, problem.errors])


@pytest.mark.parametrize(
    ("headers", "tenant"),
    [
        ({"authorization": "Bearer key-of-acme"}, "acme"),
        ({"authorization": "bearer  key-of-acme "}, "acme"),
        ({"x-api-key": "key-of-other"}, "other"),
        ({"authorization": "Basic key-of-acme"}, None),
        ({"authorization": "Bearer"}, None),
        ({"authorization": "Bearer k\u00e9y"}, None),
        ({}, None),
    ],
)
def test_a_key_is_whose_it_is(headers: dict[str, str], tenant: str | None) -> None:
    if tenant is not None:
        assert tenant_of(request(headers), accounts()).id == tenant
        return
    with pytest.raises(Problem) as caught:
        tenant_of(request(headers), accounts())
    assert (caught.value.status, caught.value.headers) == (401, {"WWW-Authenticate": "Bearer"})


@pytest.mark.parametrize(
    ("given", "key"),
    [(None, None), ("k1", "k1"), ('"k1"', "k1"), (" k1 ", "k1"), ('"', '"'), ("k" * 200, "k" * 200)],
)
def test_an_idempotency_key_is_bare_or_quoted(given: str | None, key: str | None) -> None:
    headers = {} if given is None else {"idempotency-key": given}
    assert idempotency_key(request(headers)) == key


@pytest.mark.parametrize("given", ["", "  ", '""', "k" * 201])
def test_an_idempotency_key_that_cannot_be_one_is_refused(given: str) -> None:
    with pytest.raises(Problem, match="unusable"):
        idempotency_key(request({"idempotency-key": given}))


def test_a_required_key_that_is_missing_is_asked_for() -> None:
    with pytest.raises(Problem, match="required"):
        idempotency_key(request({}), required=True)


@pytest.mark.parametrize(("why", "status"), [(None, 200), ("it waits for MongoDB", 503)])
async def test_health_says_why_not(why: str | None, status: int) -> None:
    async def ready() -> str | None:
        return why

    async def live() -> str | None:
        return None

    app = build_http([], live, ready)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x") as client:
        readiness, liveness = await client.get("/health/ready"), await client.get("/health/live")
        metrics = await client.get("/metrics")
    assert (readiness.status_code, readiness.json().get("reason")) == (status, why)
    assert (liveness.status_code, liveness.json()) == (200, {"status": "ok"})
    assert READY._name in metrics.text


async def test_an_endpoint_of_a_service_stands_beside_them() -> None:
    async def endpoint(_: Request) -> Response:
        found: dict[str, Any] = {"mine": True}
        return JSONResponse(found)

    assert (await answered(endpoint)).json() == {"mine": True}
