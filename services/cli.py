"""The command `etiqueta`: what people do with the services from a terminal."""

import asyncio
import contextlib
import importlib
import sys
from collections.abc import AsyncIterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import click
import typer

from services.ingest.parse_cli import EXAMPLE as PARSE_EXAMPLE
from services.ingest.parse_cli import parse
from services.rehearse_cli import EXAMPLE as REHEARSE_EXAMPLE
from services.rehearse_cli import Files, Policies, play_files, report
from services.sanctions import rebuild_cli
from shared.errors import EtiquetaError, UserError
from shared.kafka import quarantine_cli
from shared.policy import cli as policy_cli
from shared.policy.pack import CompiledPack
from shared.rehearsal import Document, Line
from shared.service import Service, run_services
from shared.settings import ServiceSettings
from shared.telemetry import configure_logs

app = typer.Typer(
    name="etiqueta",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Tags the messages of a company's channels and keeps the etiquette of its policy.",
)
app.add_typer(policy_cli.app, name="policy")
app.add_typer(quarantine_cli.app, name="quarantine")
app.add_typer(rebuild_cli.app, name="standings")
app.command(epilog=PARSE_EXAMPLE)(parse)


class Name(StrEnum):
    """The services by name."""

    INGEST = "ingest"
    CLASSIFIER = "classifier"
    SANCTIONS = "sanctions"
    RESPONDER = "responder"


@app.command(epilog="Example: etiqueta serve ingest classifier sanctions responder")
def serve(
    names: Annotated[
        list[Name], typer.Argument(metavar="SERVICE...", help="One service, or several in one process.")
    ],
) -> None:
    """Run services until SIGTERM; each listens on a port of its own."""
    configure_logs(ServiceSettings.read().etiqueta_log_level)
    services = [build(name) for name in dict.fromkeys(names)]
    _run(services)


def build(name: Name) -> Service:
    """Return one service, wired from the environment; only the services asked for are imported."""
    settings_module = importlib.import_module(f"services.{name.value}.settings")
    app_module = importlib.import_module(f"services.{name.value}.app")
    settings_class = getattr(settings_module, f"{name.value.capitalize()}Settings")
    service: Service = app_module.build_app(settings_class.read())
    return service


def _run(services: Sequence[Service]) -> None:
    try:
        import uvloop  # noqa: PLC0415 - not on every platform
    except ImportError:
        asyncio.run(run_services(services))
    else:
        uvloop.run(run_services(services))


@app.command(name="rehearse", epilog=REHEARSE_EXAMPLE)
def rehearse_command(
    files: Files,
    policies: Policies = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines.")] = False,
    junit_file: Annotated[Path | None, typer.Option("--junit", help="Write a JUnit report there.")] = None,
) -> None:
    """Play written conversations against their policy; exit 1 where one differs, shown as a diff."""
    configure_logs("ERROR")
    report(play_files(files, policies, _in_process), as_json_text=as_json, junit_file=junit_file)


@contextlib.asynccontextmanager
async def _in_process(pack: CompiledPack, document: Document) -> AsyncIterator[Line]:
    from services.classifier.tagging.tagger import load_tagger  # noqa: PLC0415 - loads the model
    from services.line import InProcessLine  # noqa: PLC0415

    yield InProcessLine(pack, load_tagger(), document.rehearsal.start)


def main() -> None:
    """Run the command; a user's mistake is one sentence and exit code 1, wrong use is 2."""
    try:
        app(standalone_mode=False)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as wrong:
        wrong.show()
        sys.exit(2)
    except UserError as error:
        print(f"etiqueta: {error}", file=sys.stderr)
        sys.exit(1)
    except EtiquetaError as error:
        print(f"etiqueta: {type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
