"""Runs the sandbox: `python -m deploy.local.sandbox --help`."""

import asyncio
import contextlib
import os
import re
import secrets
import socket
from typing import Annotated, Final

import httpx
import typer
import uvicorn

from deploy.local.sandbox.app import build_app
from deploy.local.sandbox.clock import SandboxClock
from deploy.local.sandbox.connections import ServerConnections
from deploy.local.sandbox.delivery import Receiver, Webhooks
from deploy.local.sandbox.service import SandboxSettings, Service
from deploy.local.sandbox.state import Sandbox, WindowMode
from deploy.local.sandbox.webhooks import Number
from shared.clock import monotonic_seconds

_NUMBER: Final = re.compile(r"([0-9]{5,20})=\+?([0-9]{5,15})", re.ASCII)
_STATES: Final = frozenset({"sent", "delivered", "read", "played"})
WEBHOOK_TIMEOUT_SECONDS: Final = 10.0

EPILOG: Final = (
    "Example: META_APP_SECRET=s META_ACCESS_TOKEN=t python -m deploy.local.sandbox --port 9400"
    " --webhook-url http://127.0.0.1:8000/webhooks/whatsapp/{account}"
)


def main(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    app_secret_env: Annotated[
        str, typer.Option(help="The variable that holds the app secret, which signs webhooks.")
    ] = "META_APP_SECRET",  # noqa: S107 - the name of a variable
    access_token_env: Annotated[
        str, typer.Option(help="The variable that holds the token that calls must carry.")
    ] = "META_ACCESS_TOKEN",  # noqa: S107 - the name of a variable
    webhook_url: Annotated[
        str | None,
        typer.Option(
            help="Where statuses and clients' messages are posted ({account} in it is the phone number id);"
            " none are without it."
        ),
    ] = None,
    number: Annotated[
        list[str] | None, typer.Option(help="A business number, as PHONE_NUMBER_ID=DIGITS. Repeatable.")
    ] = None,
    host: Annotated[str, typer.Option(help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one and prints it.")] = 9400,
    window: Annotated[
        WindowMode,
        typer.Option(help="strict: texts only within 24 hours of the client's last; open: always."),
    ] = WindowMode.STRICT,
    statuses: Annotated[
        str, typer.Option(help="What is reported of each message, in order, separated by commas.")
    ] = "sent,delivered,read",
    status_pause_seconds: Annotated[float, typer.Option(min=0, help="The pause before each of them.")] = 0.05,
) -> None:
    """Stand in for the WhatsApp Cloud API on this machine, until it is interrupted."""
    settings = SandboxSettings(
        numbers=_numbers(number or ["800000000000001=551100000001"]),
        access_token=_secret(access_token_env, "--access-token-env"),
        statuses=_states(statuses),
        status_pause_seconds=status_pause_seconds,
    )
    secret = _secret(app_secret_env, "--app-secret-env")
    receiver = Receiver(_url(webhook_url), secret) if webhook_url else None
    listening = _listen(host, port)
    typer.echo(f"sandbox: http://{host}:{listening.getsockname()[1]}")
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_serve(settings, window, receiver, listening))


async def _serve(
    settings: SandboxSettings, window: WindowMode, receiver: Receiver | None, listening: socket.socket
) -> None:
    connections = ServerConnections()
    sandbox = Sandbox(SandboxClock(), run=secrets.token_hex(4), window=window)
    async with httpx.AsyncClient(timeout=WEBHOOK_TIMEOUT_SECONDS, trust_env=False) as http:
        service = Service(
            settings, sandbox, Webhooks(http, receiver), connections, asyncio.sleep, monotonic_seconds
        )
        config = uvicorn.Config(
            build_app(service),
            http=connections.protocol(),
            proxy_headers=False,  # a forwarded address would hide the connection that is to be cut
            access_log=False,
            log_level="warning",
        )
        await uvicorn.Server(config).serve(sockets=[listening])


def _listen(host: str, port: int) -> socket.socket:
    """Return a listening socket. It names its protocol: asyncio turns Nagle's delay off only then."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen()
    except OSError as error:
        reason = f"{host}:{port} cannot be listened at ({error.strerror or error})."
        raise typer.BadParameter(reason, param_hint="--port") from None
    return listening


def _numbers(written: list[str]) -> tuple[Number, ...]:
    matches = [_NUMBER.fullmatch(one) for one in written]
    numbers = tuple(Number(match[1], match[2]) for match in matches if match is not None)
    if len(numbers) != len(written):
        raise typer.BadParameter("write a number as PHONE_NUMBER_ID=DIGITS.", param_hint="--number")
    return numbers


def _secret(variable: str, option: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise typer.BadParameter(f"{variable} is not set in the environment.", param_hint=option)
    return value


def _states(written: str) -> tuple[str, ...]:
    states = tuple(state.strip() for state in written.split(",") if state.strip())
    if not _STATES.issuperset(states):
        known = ", ".join(sorted(_STATES))
        raise typer.BadParameter(f"only these are reported: {known}.", param_hint="--statuses")
    return states


def _url(written: str) -> str:
    try:
        url = httpx.URL(written)
    except httpx.InvalidURL:
        url = httpx.URL("")
    if url.scheme not in {"http", "https"} or not url.host:
        raise typer.BadParameter("write a whole address, http://…", param_hint="--webhook-url")
    return written


if __name__ == "__main__":
    app = typer.Typer(add_completion=False)
    app.command(epilog=EPILOG)(main)
    app()
