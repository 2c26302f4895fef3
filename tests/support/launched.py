"""What a launched process is to run, and the running of it."""

import runpy
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Order:
    """One process: `arguments` as after `python -m`, its whole environment, the file of its output."""

    arguments: Sequence[str]
    environment: Mapping[str, str]
    log: str
    crash: Mapping[str, Any] | None = None
    """Where it is to kill itself; None: nowhere, it is the process that people run."""


def run(order: Order) -> None:
    """Run it in this process until it ends; it leaves as its command leaves."""
    module, *arguments = order.arguments
    sys.argv = [module, *arguments]
    if order.crash is None:
        runpy.run_module(module, run_name="__main__", alter_sys=True)
        return
    import services.cli  # noqa: PLC0415 - whoever orders the sandbox has no use for it
    from tests.support import crashing  # noqa: PLC0415

    crashing.install(crashing.Crash(**order.crash))
    services.cli.main()
