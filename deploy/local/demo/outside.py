"""What stands outside the line: the provider with its clients' phones, and the people who command."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import httpx

from deploy.local.demo.failure import DayStopped
from deploy.local.environment import NUMBER, SANDBOX, Ports, Secrets
from deploy.local.sandbox.webhooks import SIGNATURE_HEADER, sign
from shared.rehearsal.document import CommandPart

_TIMEOUT_SECONDS: Final = 10.0


@dataclass(frozen=True, slots=True)
class Arrived:
    """A message of the company on a client's phone."""

    reply: str
    body: str
    states: tuple[str, ...]


class Outside:
    """Posts to the line over HTTP what providers and people post, and looks at the clients' phones."""

    def __init__(self, http: httpx.AsyncClient, ports: Ports, secrets: Secrets) -> None:
        self._http = http
        self._webhook_url = f"{ports.url('ingest')}/webhooks/whatsapp/{NUMBER.phone_number_id}"
        self._commands_url = f"{ports.url('sanctions')}/v1/commands"
        self._sandbox_url = f"{ports.url(SANDBOX)}/sandbox"
        self._secrets = secrets

    async def set_time(self, at: datetime) -> None:
        """Let the provider's clock stand at `at`."""
        await self._post(f"{self._sandbox_url}/clock", {"now": at.isoformat()})

    async def open_window(self, phone: str, wamid: str, at: datetime) -> None:
        """Tell the provider that a client wrote, which lets the company answer for 24 hours."""
        await self._post(f"{self._sandbox_url}/inbound", {"phone": phone, "id": wamid, "at": at.isoformat()})

    async def deliver(self, raw: bytes) -> None:
        """Post a webhook, signed over its very bytes; raises `DayStopped` unless it is accepted."""
        headers = {
            "Content-Type": "application/json",
            SIGNATURE_HEADER: sign(self._secrets.app_secret, raw),
        }
        answer = await self._http.post(self._webhook_url, content=raw, headers=headers)
        _require(answer, "ingest", httpx.codes.OK)

    async def command(self, command: CommandPart, phone: str, at: datetime, target: str | None) -> str:
        """Post a command about a client and return its id."""
        fields: dict[str, Any] = {
            "name": command.name.value,
            "phone": phone,
            "by": command.by,
            "reason": command.reason,
            "channel": command.channel,
            "verdict": command.verdict,
            "target": target,
            "until": _instant(command.until, at),
            "at": at.isoformat(),
        }
        written = {name: value for name, value in fields.items() if value is not None}
        headers = {"Authorization": f"Bearer {self._secrets.api_key}"}
        answer = await self._http.post(self._commands_url, json=written, headers=headers)
        _require(answer, "sanctions", httpx.codes.ACCEPTED)
        return str(answer.json()["id"])

    async def phone_of(self, phone: str | None = None) -> list[Arrived]:
        """Return what has arrived on a client's phone, or on all of them, in order."""
        params = {} if phone is None else {"user": phone}
        answer = await self._http.get(f"{self._sandbox_url}/messages", params=params)
        _require(answer, SANDBOX, httpx.codes.OK)
        return [
            Arrived(
                reply=str(message["biz_opaque_callback_data"]),
                body=str(message["body"]),
                states=tuple(status["status"] for status in message["statuses"]),
            )
            for message in answer.json()["messages"]
        ]

    async def _post(self, url: str, fields: Mapping[str, Any]) -> None:
        _require(await self._http.post(url, json=fields), SANDBOX, httpx.codes.OK)


def _instant(until: timedelta | datetime | None, at: datetime) -> str | None:
    if until is None:
        return None
    return (at + until if isinstance(until, timedelta) else until).isoformat()


def http_client() -> httpx.AsyncClient:
    """Return a client that stays on this machine whatever proxies the environment names."""
    return httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False)


def _require(answer: httpx.Response, name: str, code: httpx.codes) -> None:
    if answer.status_code != code:
        detail = answer.text[:300]
        raise DayStopped(f"{name} answered {answer.status_code} instead of {code.value}: {detail}")
