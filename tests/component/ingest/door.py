"""Ingest's HTTP side over a publisher in memory, and the requests that come to it."""

import functools
import json
from pathlib import Path
from typing import Any

import httpx

from services.ingest.http import IngestHttp
from services.ingest.providers import meta
from services.ingest.usecase import Accept
from shared.events.messages import MESSAGE
from shared.events.receipts import RECEIPT
from shared.ids import TenantId
from shared.kafka.records import Outgoing
from tests.support.builders_core import (
    ACCOUNT,
    PHONE,
    SECRET,
    FixedClock,
    MemoryPublisher,
    account,
    accounts,
    bearer,
    http_client,
    later,
)

CASES = Path(__file__).parents[2] / "contract" / "webhooks" / "whatsapp"
OTHER_ACCOUNT = "800000000000009"
"""An account of another tenant."""
LIMIT_BYTES = 64 * 1024
POSTED: dict[str, Any] = {"channel": "telegram", "client": {"phone": PHONE}, "text": "hola"}


class Door:
    """The endpoints, and what went out behind them."""

    def __init__(
        self, *, timeout_seconds: float = 5, in_flight: int = 4, limit_bytes: int = LIMIT_BYTES
    ) -> None:
        self.publisher, self.clock = MemoryPublisher(), FixedClock(later(days=200))
        known = accounts(account("800000000000002"), account(OTHER_ACCOUNT, owner=TenantId("other")))
        accept = Accept(
            known, self.publisher, self.clock, timeout_seconds=timeout_seconds, in_flight=in_flight
        )
        self.client = http_client(IngestHttp(accept, known, limit_bytes).routes())

    async def webhook(
        self, raw: bytes, *, to: str = ACCOUNT, secret: str = SECRET, **headers: str
    ) -> httpx.Response:
        signed = {"content-type": "application/json", "x-hub-signature-256": meta.signature(secret, raw)}
        return await self.client.post(f"/webhooks/whatsapp/{to}", content=raw, headers=signed | headers)

    async def post(self, body: Any, **headers: str) -> httpx.Response:
        return await self.client.post("/v1/messages", json=body, headers=bearer() | headers)

    def of(self, noun: str) -> list[Outgoing]:
        return [one for one in self.publisher.published if one.topic == f"etiqueta.{noun}"]

    def messages(self) -> list[Any]:
        return [MESSAGE.validate_json(record.value) for record in self.of("messages")]

    def receipts(self) -> list[Any]:
        return [RECEIPT.validate_json(record.value) for record in self.of("receipts")]

    def kept_raw(self) -> list[Outgoing]:
        return self.of("webhooks.quarantine")


@functools.cache
def fuzzed() -> Door:
    """Return one door for all examples: the application need not be built anew for each."""
    return Door()


def case(name: str) -> bytes:
    """Return the bytes of a recorded request."""
    return next(CASES.glob(f"{name}*.json")).read_bytes()


def text_message(identity: str = "wamid.1", text: str = "hola", sender: str = "50760000001") -> bytes:
    """Return a webhook with one text message of a client."""
    return webhook_of([{"from": sender, "id": identity, "timestamp": "1778000000", "type": "text",
                        "text": {"body": text}}])  # fmt: skip


def webhook_of(messages: list[Any], phone_number_id: str = ACCOUNT) -> bytes:
    metadata = {"display_phone_number": "551100000001", "phone_number_id": phone_number_id}
    value = {"messaging_product": "whatsapp", "metadata": metadata, "messages": messages}
    change = {"field": "messages", "value": value}
    body = {"object": "whatsapp_business_account", "entry": [{"id": "9", "changes": [change]}]}
    return json.dumps(body).encode()
