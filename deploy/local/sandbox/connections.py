"""Closing a connection without an answer, which ASGI has no word for."""

import asyncio
from typing import Any, Protocol

from starlette.types import Scope
from uvicorn.protocols.http.h11_impl import H11Protocol


class Connections(Protocol):
    """Can cut the connection that a request came by."""

    def cut(self, scope: Scope) -> None: ...


class ServerConnections:
    """Knows the server's transports by their peer; `protocol` is what the server is to use."""

    def __init__(self) -> None:
        self._transports: dict[tuple[str, int], asyncio.Transport] = {}

    def cut(self, scope: Scope) -> None:
        """Close at once; what is still written to the connection is lost."""
        transport = self._transports.get(tuple(scope["client"]))
        if transport is not None:
            transport.abort()

    def protocol(self) -> type[H11Protocol]:
        """Return uvicorn's HTTP protocol, made to tell who is connected."""
        transports = self._transports

        class Told(H11Protocol):
            def connection_made(self, transport: Any) -> None:
                super().connection_made(transport)
                if self.client is not None:
                    transports[self.client] = transport

            def connection_lost(self, exc: Exception | None) -> None:
                if self.client is not None:
                    transports.pop(self.client, None)
                super().connection_lost(exc)

        return Told
