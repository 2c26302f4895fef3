"""Builds the sandbox's web application: the provider's endpoints, and its own under /sandbox."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.routing import Route

from deploy.local.sandbox import control, graph
from deploy.local.sandbox.errors import GraphError
from deploy.local.sandbox.service import Service
from shared.http.problems import Problem, on_problem


def build_app(service: Service) -> Starlette:
    """Return the application; when it stops, what is under way stops with it."""

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        yield
        await service.webhooks.forget()

    app = Starlette(
        routes=[
            Route("/health", control.health),
            Route("/sandbox", control.overview, methods=["GET", "DELETE"]),
            Route("/sandbox/inbound", control.inbound, methods=["POST"]),
            Route("/sandbox/faults", control.faults, methods=["GET", "POST", "DELETE"]),
            Route("/sandbox/messages", control.accepted),
            Route("/sandbox/clock", control.clock, methods=["GET", "POST"]),
            Route("/{version}/{phone_number_id}/messages", graph.messages, methods=["POST"]),
            Route(
                "/{version}/{phone_number_id}/block_users",
                graph.block_users,
                methods=["GET", "POST", "DELETE"],
            ),
        ],
        exception_handlers={
            GraphError: graph.on_refusal,
            Problem: on_problem,
            HTTPException: graph.on_unknown_path,
        },
        lifespan=lifespan,
    )
    app.state.service = service
    return app
