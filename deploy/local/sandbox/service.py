"""What the sandbox's endpoints share: its settings, its state, and what it sends."""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from starlette.requests import Request

from deploy.local.sandbox.connections import Connections
from deploy.local.sandbox.delivery import Sleep, Webhooks
from deploy.local.sandbox.errors import GraphError
from deploy.local.sandbox.state import Sandbox
from deploy.local.sandbox.webhooks import Number

_VERSION: Final = re.compile(r"v[0-9]{1,2}\.[0-9]", re.ASCII)


@dataclass(frozen=True, slots=True)
class SandboxSettings:
    """What is chosen when the sandbox starts."""

    numbers: tuple[Number, ...]
    access_token: str = field(repr=False)
    statuses: tuple[str, ...] = ("sent", "delivered", "read")
    status_pause_seconds: float = 0.05


@dataclass(frozen=True, slots=True)
class Service:
    """The parts that a request is handled with."""

    settings: SandboxSettings
    sandbox: Sandbox
    webhooks: Webhooks
    connections: Connections
    sleep: Sleep
    seconds: Callable[[], float]
    """Real time, which only goes forward: the throughput of a number follows it, not the set clock."""

    def number(self, phone_number_id: str | None) -> Number | None:
        """Return a business number; the first one where none is named."""
        named = (n for n in self.settings.numbers if phone_number_id in {None, n.phone_number_id})
        return next(named, None)

    def authorised(self, request: Request) -> Number:
        """Return the number that a call is about; raises `GraphError` for token, version or number."""
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        given, expected = token.strip().encode(), self.settings.access_token.encode()
        if scheme.lower() != "bearer" or not hmac.compare_digest(given, expected):
            raise GraphError(190)
        path = request.path_params
        if not _VERSION.fullmatch(path["version"]):
            raise GraphError(2500, f"Unknown path component: /{path['version']}.")
        number = self.number(path["phone_number_id"])
        if number is None:
            raise GraphError(
                100, f"Object with ID '{path['phone_number_id']}' does not exist or permissions are missing."
            )
        return number


def service_of(request: Request) -> Service:
    service: Service = request.app.state.service
    return service
