"""A process that has imported the services once and forks one on demand: a start then costs no imports.

It reads orders as JSON lines on standard input and answers each with one line; when its input ends it
kills what it started and ends, and what it started ends with it however it ends. What a fork runs is
`services.cli.main`, as `python -m services.cli` does. For Linux.
"""

import contextlib
import ctypes
import importlib
import json
import os
import signal
import sys
from typing import Any, Final

from tests.support.launched import Order, run

_PR_SET_PDEATHSIG: Final = 1  # linux/prctl.h
# What the commands import when they are called, but not the modules that are run as commands.
IMPORTED: Final = (
    "deploy.local.sandbox.app",
    "services.classifier.app",
    "services.classifier.tagging.tagger",
    "services.ingest.app",
    "services.responder.app",
    "services.sanctions.app",
    "shared.serving",
)


class _Forks:
    """The children by pid, with the exit codes of those that have ended."""

    def __init__(self) -> None:
        self._codes: dict[int, int | None] = {}

    def start(self, order: Order) -> int:
        """Fork; returns the child's pid, or 0 in the child itself."""
        pid = os.fork()
        if pid:
            self._codes[pid] = None
        else:
            _become(order)
        return pid

    def code(self, pid: int) -> int | None:
        """Return the exit code of a child, negative for a signal; None while it lives."""
        if self._codes.get(pid) is None:
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                self._codes[pid] = os.waitstatus_to_exitcode(status)
        return self._codes[pid]

    def kill_all(self) -> None:
        for pid in list(self._codes):
            if self.code(pid) is None:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)


def _become(order: Order) -> None:
    """Turn this fork into a process of its own: session, signals, environment, standard streams."""
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    log = os.open(order.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(order.environment)


def main() -> Order | None:
    """Serve orders; returns the order to be run in a fork, None in the server once its input ends."""
    for number in (signal.SIGINT, signal.SIGTERM):  # whoever stops the tests ends its input, too
        signal.signal(number, signal.SIG_IGN)
    for name in IMPORTED:
        importlib.import_module(name)
    forks = _Forks()
    _answer({"ready": True})
    for line in sys.stdin:
        asked: dict[str, Any] = json.loads(line)
        if "poll" in asked:
            _answer({"code": forks.code(asked["poll"])})
            continue
        order = Order(**asked)
        pid = forks.start(order)
        if pid == 0:
            return order
        _answer({"pid": pid})
    forks.kill_all()
    return None


def _answer(line: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    ordered = main()
    if ordered is not None:
        run(ordered)
