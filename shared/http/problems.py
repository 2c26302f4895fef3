"""Refusals as RFC 9457 problem documents."""

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response


class Problem(Exception):
    """A refusal that tells the caller what happened, where, and what to do; never their content."""

    def __init__(
        self,
        status: int,
        title: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        errors: list[dict[str, str]] | None = None,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.title = title
        self.detail = detail
        self.headers = dict(headers or {})
        self.errors = errors


def problem_response(problem: Problem) -> Response:
    """Return the document; `errors` (RFC 9457 extension) names each field by its JSON pointer."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status,
        "detail": problem.detail,
    }
    if problem.errors:
        document["errors"] = problem.errors
    return Response(
        orjson.dumps(document),
        status_code=problem.status,
        media_type="application/problem+json",
        headers=problem.headers,
    )


async def on_problem(_: Request, error: Exception) -> Response:
    """Answer a `Problem` raised in an endpoint."""
    if not isinstance(error, Problem):
        raise error
    return problem_response(error)


async def on_http_exception(_: Request, error: Exception) -> Response:
    """Answer what the framework refuses itself (no such path, wrong method)."""
    if not isinstance(error, HTTPException):
        raise error
    titles = {404: "Not found", 405: "Method not allowed"}
    title = titles.get(error.status_code, "Refused")
    return problem_response(Problem(error.status_code, title, error.detail, headers=error.headers))


async def on_crash(_: Request, error: Exception) -> Response:
    """Answer a defect without a word of what it was about; the log has its type and place."""
    del error
    return problem_response(
        Problem(500, "Internal error", "The request was not handled. Nothing was accepted; try again.")
    )
