"""The HTTP side of a service: its routes, health, metrics, on a port of its own."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator, Sequence

import orjson
import uvicorn
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from shared.errors import UserError
from shared.http.problems import Problem, on_crash, on_http_exception, on_problem

Check = Callable[[], Awaitable[str | None]]
"""Returns None when all is well, else one sentence that says what is not."""


def build_http(routes: Sequence[BaseRoute], live: Check, ready: Check) -> Starlette:
    """Return the application: the service's own routes beside health and metrics."""
    return Starlette(
        routes=[
            *routes,
            Route("/health/live", _health(live)),
            Route("/health/ready", _health(ready)),
            Route("/metrics", _metrics),
        ],
        exception_handlers={
            Problem: on_problem,
            HTTPException: on_http_exception,
            Exception: on_crash,
        },
    )


def _health(check: Check) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(_: Request) -> Response:
        why = await check()
        body = {"status": "ok"} if why is None else {"status": "no", "reason": why}
        return Response(
            orjson.dumps(body), status_code=200 if why is None else 503, media_type="application/json"
        )

    return endpoint


async def _metrics(_: Request) -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


class _Server(uvicorn.Server):
    """uvicorn without its signal handlers: the process has one place for those."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class HttpServer:
    """Serves an application until told to stop; stopping lets running requests finish."""

    def __init__(self, app: Starlette, host: str, port: int, *, drain_seconds: int = 10) -> None:
        self._server = _Server(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                log_config=None,
                access_log=False,  # paths name clients
                lifespan="off",
                timeout_graceful_shutdown=drain_seconds,
                server_header=False,
                h11_max_incomplete_event_size=32 * 1024,
            )
        )
        self._host, self._port = host, port
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Listen; raises `UserError` when the port is taken."""
        self._task = asyncio.create_task(self._serve())
        while not self._server.started:
            if self._task.done():
                self._task.result()
                raise UserError(f"The port {self._port} on {self._host} cannot be listened on.")
            await asyncio.sleep(0.005)

    async def _serve(self) -> None:
        try:
            await self._server.serve()
        except SystemExit:  # uvicorn's way of saying that it could not bind
            raise UserError(
                f"The port {self._port} on {self._host} is taken. Stop what holds it or choose another."
            ) from None

    async def stop(self) -> None:
        self._server.should_exit = True
        if self._task is not None:
            await self._task
