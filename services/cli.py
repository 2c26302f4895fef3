"""The command `etiqueta`: what people do with the services from a terminal.

Each command is imported when it is called, so that help and completion answer at once.
"""

import functools
from enum import StrEnum
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from shared.command_line import lazy_group, run_command

if TYPE_CHECKING:
    from shared.service import Service

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    epilog="Example: etiqueta rehearse deploy/policies/*.rehearsal.yaml",
    help="Tags the messages of a company's channels and keeps the etiquette of its policy.",
)

COMMANDS: Final = {
    "stack": ("shared.localstack.cli:app", "The local Kafka and store: up, down, status."),
    "topics": ("shared.kafka.topics_cli:app", "The topics: what is declared, and creating it."),
    "classify": ("services.classifier.classify_cli:classify", "Tag messages: NDJSON in, NDJSON out."),
    "parse": ("services.ingest.parse_cli:parse", "A provider's raw request in, its events out."),
    "policy": ("shared.policy.cli:app", "Check policy packs."),
    "explain": (
        "services.line.explain_cli:explain",
        "One message under one pack: tags, rules, decision, reply.",
    ),
    "rehearse": (
        "services.line.rehearse_cli:rehearse_command",
        "Play written conversations against a policy.",
    ),
    "quarantine": ("shared.kafka.quarantine_cli:app", "See and settle what could not be handled."),
    "standings": ("services.sanctions.rebuild_cli:app", "Fold clients' standings anew."),
    "asyncapi": (
        "services.line.documents_cli:asyncapi_command",
        "Print the AsyncAPI document of the topics.",
    ),
    "openapi": ("services.line.documents_cli:openapi_command", "Print the OpenAPI document of a service."),
}


class Name(StrEnum):
    """The services by name."""

    INGEST = "ingest"
    CLASSIFIER = "classifier"
    SANCTIONS = "sanctions"
    RESPONDER = "responder"


@app.callback()
def etiqueta() -> None:
    """Keep `serve` a command beside others."""


@app.command(epilog="Example: etiqueta serve ingest classifier sanctions responder")
def serve(
    names: Annotated[
        list[Name], typer.Argument(metavar="SERVICE...", help="One service, or several in one process.")
    ],
) -> None:
    """Run services until SIGTERM; each listens on a port of its own."""
    from shared.serving import serve as run  # noqa: PLC0415 - the brokers' libraries

    run([functools.partial(build, name) for name in dict.fromkeys(names)])


def build(name: Name) -> "Service":
    """Return one service, wired from the environment; only the services asked for are imported."""
    settings_module = import_module(f"services.{name.value}.settings")
    app_module = import_module(f"services.{name.value}.app")
    settings_class = getattr(settings_module, f"{name.value.capitalize()}Settings")
    service: Service = app_module.build_app(settings_class.read())
    return service


def command() -> Any:
    """Return the whole command line."""
    return lazy_group(app, COMMANDS)


def main() -> None:
    """Run the command of this process."""
    run_command(command(), "etiqueta")


if __name__ == "__main__":
    main()
