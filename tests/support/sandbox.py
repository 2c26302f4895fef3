"""The sandbox provider as tests use it: what it was sent, and the faults that they order."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message that the provider accepted."""

    reply: str
    """Our own id of it, as it came in the callback field."""
    to: str
    body: str
    statuses: tuple[str, ...]


class Sandbox:
    """A running sandbox, over its own endpoints."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self._http = http
        self.url = url

    async def answers(self) -> None:
        (await self._http.get(f"{self.url}/health")).raise_for_status()

    async def accepted(self, phone: str | None = None) -> Sequence[Delivered]:
        """Return what was accepted, in order; of one client where one is named."""
        answer = await self._http.get(
            f"{self.url}/sandbox/messages", params={} if phone is None else {"user": phone}
        )
        return [
            Delivered(
                reply=one["biz_opaque_callback_data"],
                to=one["to"],
                body=one["body"],
                statuses=tuple(status["status"] for status in one["statuses"]),
            )
            for one in answer.raise_for_status().json()["messages"]
        ]

    async def fault(self, kind: str, **details: object) -> None:
        """Let something go wrong with the next calls; `user` names whose."""
        answer = await self._http.post(f"{self.url}/sandbox/faults", json={"kind": kind, **details})
        answer.raise_for_status()

    async def inbound(self, phone: str, text: str | None = None, at: datetime | None = None) -> None:
        """Let a client write: the window opens, and with `text` the signed webhook is sent."""
        body: dict[str, Any] = {"phone": phone}
        body |= {"text": text} if text else {}
        body |= {"at": at.isoformat()} if at else {}
        (await self._http.post(f"{self.url}/sandbox/inbound", json=body)).raise_for_status()

    async def stands_at(self, now: datetime | None) -> None:
        """Set the sandbox's clock; None: the machine's again."""
        body = {"now": now.isoformat() if now else None}
        (await self._http.post(f"{self.url}/sandbox/clock", json=body)).raise_for_status()
