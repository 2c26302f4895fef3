"""Running services in this process until SIGTERM: what `etiqueta serve` and `python -m` share."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

import typer

from shared.command_line import run_command
from shared.service import Service, run_services
from shared.settings import ServiceSettings
from shared.telemetry import configure_logs

Build = Callable[[], Service]
"""Reads the environment and wires one service; may raise `UserError`."""

_NEEDS: Final = "The environment says with what: the service's README lists it."


def serve(builds: Sequence[Build]) -> None:
    """Run the services until SIGTERM; raises `UserError` for an environment that cannot be used."""
    configure_logs(ServiceSettings.read().etiqueta_log_level)
    services = [build() for build in builds]
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        asyncio.run(run_services(services))
    else:
        uvloop.run(run_services(services))


def serve_alone(name: str, build: Build) -> None:
    """Be the command `python -m services.<name>`: the same as `etiqueta serve <name>`."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None)

    @app.command(epilog=f"Example: python -m services.{name}", help=f"Run {name} until SIGTERM. {_NEEDS}")
    def run() -> None:
        serve([build])

    run_command(app, f"python -m services.{name}")
