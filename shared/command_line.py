"""What every command of the command line shares: loading when called, and how it ends.

Exit codes: 0 done, 1 the answer is no (or a person has to put something right), 2 wrong use. A user's
mistake is one sentence on standard error, never a stack trace.
"""

import logging
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, Final, NoReturn

import typer
from typer.core import TyperCommand
from typer.main import get_command, get_group

SAYS_NO: Final = 1


class LazyCommand(TyperCommand):
    """A command, or a group of them, whose module is imported when it is called and not before.

    `target` is `module:name`: a `typer.Typer`, or a function, whose module may hold its `EXAMPLE`.
    """

    def __init__(self, name: str, target: str, summary: str) -> None:
        super().__init__(name, help=summary)
        self.target = target

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Make the real command's context: from here on nothing goes by way of this one."""
        return self.load().make_context(info_name, args, parent=parent, **extra)

    def load(self) -> Any:
        """Import the module and return the real command."""
        module_name, _, attribute = self.target.partition(":")
        module = import_module(module_name)
        found = getattr(module, attribute)
        holder = typer.Typer()
        if isinstance(found, typer.Typer):
            holder.add_typer(found, name=self.name)
        else:
            holder.command(self.name, epilog=getattr(module, "EXAMPLE", None))(found)
        return _plain(get_group(holder).commands[self.name or ""])


def _plain(command: Any) -> Any:
    """Return the command with its help as plain text: panels would cost every call half a second.

    A group without an example of its own shows that of its first command.
    """
    command.rich_markup_mode = None
    inner = [_plain(one) for one in getattr(command, "commands", {}).values()]
    command.epilog = command.epilog or next((one.epilog for one in inner if one.epilog), None)
    return command


def lazy_group(app: typer.Typer, commands: Mapping[str, tuple[str, str]]) -> Any:
    """Return `app` as a command with `commands` in it: name to target and summary."""
    group = _plain(get_command(app))
    for name, (target, summary) in commands.items():
        group.add_command(LazyCommand(name, target, summary))
    return group


def run_command(command: Any, name: str) -> NoReturn:
    """Run a command with the arguments of this process, and leave with its exit code."""
    # Libraries log failures that are said here in a sentence; a service configures its own logs.
    logging.getLogger().addHandler(logging.NullHandler())
    try:
        command(prog_name=name)
    except Exception as error:
        if not _is_told(error):
            raise
        sys.stderr.write(f"etiqueta: {error}\n")
        sys.exit(SAYS_NO)
    sys.exit(0)


def _is_told(error: Exception) -> bool:
    """Whether the error's text is meant for people."""
    from shared.errors import EtiquetaError  # noqa: PLC0415 - brings pydantic, which help can do without

    return isinstance(error, EtiquetaError)
