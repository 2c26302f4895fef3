"""A sandbox and the project's side of it, joined without a socket."""

import asyncio
import json
from collections.abc import MutableMapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.local.sandbox.app import build_app
from deploy.local.sandbox.clock import SandboxClock
from deploy.local.sandbox.delivery import Receiver, Webhooks
from deploy.local.sandbox.service import SandboxSettings, Service
from deploy.local.sandbox.state import Sandbox, WindowMode
from deploy.local.sandbox.webhooks import Number
from services.ingest.providers.base import ProviderEvent
from services.ingest.providers.whatsapp import WhatsApp

NOW = datetime(2026, 5, 5, 16, 53, 20, tzinfo=UTC)
NUMBER = Number("800000000000001", "551100000001")
SECRET, TOKEN = "app-secret", "access-token"
ANA = "+5511900000001"
API = Path(__file__).parents[2] / "contract" / "webhooks" / "whatsapp" / "api"


class CutError(Exception):
    """What the caller notices when the connection closes without an answer."""


class Cutting:
    """Connections that tell the caller at once."""

    def cut(self, scope: MutableMapping[str, Any]) -> None:
        raise CutError


class Pauses:
    """Sleeps that take no time and are remembered."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


class Project:
    """Receives the webhooks; answers with the statuses it is told to, then 200."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], bytes]] = []
        self.answers: list[int] = []
        routes = [Route("/webhooks/{account}", self._receive, methods=["POST"])]
        self.app = Starlette(routes=routes)

    async def _receive(self, request: Request) -> Response:
        self.requests.append((request.url.path, dict(request.headers), await request.body()))
        return Response(status_code=self.answers.pop(0) if self.answers else 200)

    @property
    def events(self) -> list[ProviderEvent]:
        """Return what ingest would make of the requests, each of them rightly signed."""
        parser = WhatsApp()
        assert all(parser.verify_signature(head, raw, secrets=[SECRET]) for _, head, raw in self.requests)
        return [event for _, _, raw in self.requests for event in parser.parse(raw).events]


class Harness:
    """The sandbox, who calls it and whom it calls."""

    def __init__(self, window: WindowMode = WindowMode.STRICT) -> None:
        self.project, self.pauses = Project(), Pauses()
        self.sandbox = Sandbox(SandboxClock(), run="run", window=window)
        self.sandbox.clock.set(NOW)
        receiver = Receiver("http://project/webhooks/{account}", SECRET)
        outgoing = httpx.AsyncClient(transport=httpx.ASGITransport(self.project.app))
        self.webhooks = Webhooks(outgoing, receiver, self.pauses)
        settings = SandboxSettings((NUMBER,), TOKEN)
        self.real_seconds = 0.0
        self.service = Service(
            settings, self.sandbox, self.webhooks, Cutting(), self.pauses, lambda: self.real_seconds
        )
        transport = httpx.ASGITransport(build_app(self.service))
        self.http = httpx.AsyncClient(transport=transport, base_url="http://sandbox")

    async def call(self, method: str, path: str, body: object = None, token: str = TOKEN) -> httpx.Response:
        """Call one of the provider's endpoints of the number."""
        headers = [(b"authorization", f"Bearer {token}".encode()), (b"content-type", b"application/json")]
        url = f"/v24.0/{NUMBER.phone_number_id}/{path}"
        return await self.http.request(
            method, url, content=json.dumps(body), headers=httpx.Headers(headers, encoding="utf-8")
        )

    async def send(self, to: str = ANA, body: str = "oi", **more: object) -> httpx.Response:
        return await self.call("POST", "messages", message(to, body) | more)

    async def client_writes(self, phone: str = ANA, **more: object) -> httpx.Response:
        return await self.http.post("/sandbox/inbound", json={"phone": phone, **more})

    async def fault(self, **fault: object) -> None:
        answer = await self.http.post("/sandbox/faults", json=fault)
        assert answer.status_code == 201, answer.text

    async def accepted(self) -> list[dict[str, Any]]:
        listed: list[dict[str, Any]] = (await self.http.get("/sandbox/messages")).json()["messages"]
        return listed


def message(to: str = ANA, body: str = "oi") -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": to, "type": "text", "text": {"body": body}}


def documented(name: str) -> dict[str, Any]:
    """Return one of the recorded answers of the provider: `status` and `body`."""
    answer: dict[str, Any] = json.loads((API / f"{name}.json").read_bytes())
    return answer


def without_trace(body: dict[str, Any]) -> dict[str, Any]:
    error = {name: value for name, value in body["error"].items() if name != "fbtrace_id"}
    assert body["error"]["fbtrace_id"]
    return body | {"error": error}


def code_of(answer: httpx.Response) -> int:
    code: int = answer.json()["error"]["code"]
    return code
