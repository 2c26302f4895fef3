"""The commands `etiqueta stack up|down|status|prepare`: exit codes 0, 1 (says no), 2 (wrong use)."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from shared.localstack.errors import BadValue, StackError

if TYPE_CHECKING:
    from shared.localstack.parts import PartStatus

app = typer.Typer(
    name="stack",
    help="The local Kafka and MongoDB: addresses in the environment, else Docker, else processes.",
    no_args_is_help=True,
)
Name = Annotated[str, typer.Option("--name", help="Stacks of different names never meet.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
_USER_INFO = re.compile(r"//[^/]*@")

# The commands import what they work with when they run: images carry no local stack, and `--help` must
# work there all the same.


@app.command(epilog='Example: eval "$(etiqueta stack up)"')
def up(name: Name = "default", as_json: Json = False) -> None:
    """Start what is not running, wait until it answers, print the addresses, and leave it running.

    The addresses come as lines for a shell; what was chosen and why goes to standard error.
    """
    with _sentences():
        from shared.localstack import commands  # noqa: PLC0415

        result = commands.up(name)
        kafka, mongodb = result.addresses.kafka, _masked(result.addresses.mongodb)
        if as_json:
            _print_json({"name": name, "chosen": result.line, "kafka": kafka, "mongodb": mongodb})
        else:
            typer.echo(f"KAFKA_BOOTSTRAP_SERVERS='{kafka}'\nMONGODB_URI='{mongodb}'")


@app.command(epilog="Example: etiqueta stack down --remove")
def down(
    name: Name = "default",
    remove: Annotated[bool, typer.Option("--remove", help="Delete the data and logs too.")] = False,
    as_json: Json = False,
) -> None:
    """Stop the stack; its data stay for the next `up` unless they are removed. No stack is no error."""
    with _sentences():
        from shared.localstack import commands  # noqa: PLC0415

        existed = commands.down(name, remove=remove)
        if as_json:
            _print_json({"name": name, "existed": existed, "removed": existed and remove})
        elif existed:
            typer.echo(f"Stack '{name}' is stopped{' and removed' if remove else ''}.")
        else:
            typer.echo(f"There is no stack '{name}'.")


@app.command(epilog="Example: etiqueta stack status --json")
def status(name: Name = "default", as_json: Json = False) -> None:
    """Say what runs and what does not, and why not. Exit code 1 unless all of it answers."""
    with _sentences():
        from shared.localstack import commands  # noqa: PLC0415

        found = commands.status(name)
        parts = () if found is None else found.parts
        running = found is not None and found.running
        if as_json:
            _print_json({"name": name, "running": running, "parts": [_as_json(part) for part in parts]})
        elif found is None:
            typer.echo(f"There is no stack '{name}'; `etiqueta stack up --name {name}` starts one.")
        else:
            typer.echo(f"Stack '{name}', because {found.reason}.")
            typer.echo("\n".join(_as_text(part) for part in parts))
        if not running:
            raise typer.Exit(1)


@app.command(epilog="Example: etiqueta stack prepare")
def prepare(as_json: Json = False) -> None:
    """Fetch what processes will need, and make their starts faster; afterwards no network is needed."""
    with _sentences():
        from shared.localstack import commands  # noqa: PLC0415

        typer.echo("Preparing the local stack; the first time takes half a minute.", err=True)
        faster = commands.prepare()
        if as_json:
            _print_json({"prepared": True, "faster_starts": faster})
        else:
            typer.echo(f"The local stack is prepared{', with faster starts' if faster else ''}.")


@contextmanager
def _sentences() -> Iterator[None]:
    """Turn a failure into its sentence on standard error and an exit code; no stack trace."""
    try:
        yield
    except BadValue as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from None
    except StackError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    except ModuleNotFoundError as error:
        typer.echo(
            f"The local stack cannot run without the Python package {error.name}; install the project with "
            "its extra: pip install -e '.[local]'.",
            err=True,
        )
        raise typer.Exit(1) from None


def _as_text(part: "PartStatus") -> str:
    facts = [f"{part.label:8} {part.condition:8}", part.title]
    if part.address is not None:
        facts.append(_masked(part.address))
    if part.pid is not None:
        facts.append(f"pid {part.pid}")
    if part.resident_bytes is not None:
        facts.append(f"{part.resident_bytes / 1e6:.0f} MB")
    about = [part.detail, *part.log_tail.splitlines()] if part.detail else []
    return "\n         ".join(["  ".join(facts), *about])


def _as_json(part: "PartStatus") -> dict[str, Any]:
    address = None if part.address is None else _masked(part.address)
    return {**asdict(part), "address": address, "log": None if part.log is None else str(part.log)}


def _masked(address: str) -> str:
    """Leave user and password out of an address."""
    return _USER_INFO.sub("//***@", address)


def _print_json(value: Mapping[str, Any]) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False))
