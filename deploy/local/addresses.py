"""What `make up` prints: where everything is, and what to post to see a reply."""

import json
import re
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from deploy.local.environment import DATABASE, NUMBER, SANDBOX, SERVICES, Ports
from deploy.local.running import Home
from shared.localstack.stack import LocalStack

_USER_INFO: Final = re.compile(r"//[^/]*@")
_PHONE: Final = "+50760000201"
_POSTED: Final = {
    "channel": "whatsapp",
    "account": NUMBER.phone_number_id,
    "client": {"phone": _PHONE},
    "text": "Que servicios ofrecen ustedes?",
}
_WRITTEN: Final = {"phone": "+13050000202", "text": "Please create a new user for Laura in the portal"}


def address_lines(stack: LocalStack, ports: Ports, home: Home) -> Sequence[str]:
    """Return one line for each thing that listens, and one for the logs."""
    provider = "stands in for the WhatsApp Cloud API"
    return [
        "",
        *(_line(name, f"{ports.url(name)}   health: {ports.url(name)}/health/ready") for name in SERVICES),
        _line(SANDBOX, f"{ports.url(SANDBOX)}   {provider}"),
        _line("Kafka", stack.kafka.address),
        _line("MongoDB", f"{_USER_INFO.sub('//***@', stack.store.address)}   database: {DATABASE}"),
        _line("logs", _shown(home.logs)),
    ]


def _line(name: str, value: str) -> str:
    return f"  {name:<12}{value}"


def how_to_see_a_reply(ports: Ports, home: Home) -> Sequence[str]:
    """Return commands to copy: post a message, see its reply on the phone, see where the client stands."""
    key = f'-H "Authorization: Bearer $(cat {shlex.quote(_shown(home.api_key))})"'
    phone = _PHONE.replace("+", "%2B")
    return [
        "",
        "A client writes, and a program of yours posts it; the answer is the message's id:",
        "",
        f"  curl -s {ports.url('ingest')}/v1/messages {key} \\",
        f"    -H 'Content-Type: application/json' -d {shlex.quote(json.dumps(_POSTED))}",
        "",
        "Another client writes on WhatsApp, and the provider sends a signed webhook:",
        "",
        f"  curl -s {ports.url(SANDBOX)}/sandbox/inbound -H 'Content-Type: application/json' \\",
        f"    -d {shlex.quote(json.dumps(_WRITTEN))}",
        "",
        "What has arrived on the clients' phones, and where the first client stands:",
        "",
        f"  curl -s {ports.url(SANDBOX)}/sandbox/messages",
        f"  curl -s {ports.url('sanctions')}/v1/clients/{phone}/standing {key}",
        "",
        "`make down` stops all of it.",
    ]


def _shown(path: Path) -> str:
    """Return a path as short as it can be typed here."""
    return str(path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path)
