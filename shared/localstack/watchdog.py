"""Outlives the process that owns a stack, to clear the stack away when that process is killed.

It reads a pipe whose other end the owner holds: a byte means that the owner has cleared up itself, the
end of the pipe that it is gone. That works after kill -9 on every system with pipes, and for frozen
processes and containers alike.
"""

import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from shared.localstack import processes
from shared.localstack.layout import StackFolder
from shared.localstack.reap import reap
from shared.localstack.state import ProcessRef

_LOOK_SECONDS = 1.0
_RELEASE_SECONDS = 10.0


@contextmanager
def watched(folder: StackFolder, owner: ProcessRef) -> Iterator[None]:
    """Have the stack in `folder` cleared away if this process ends within the context."""
    root = Path(__file__).resolve().parents[2]
    command = [sys.executable, "-m", "shared.localstack.watchdog", str(folder.path), owner.model_dump_json()]
    with (folder.path.parent / "watchdog.log").open("ab") as log:
        child = subprocess.Popen(  # noqa: S603 - the command is built here, never from input
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
            cwd=root,
        )
    try:
        yield
    finally:
        _release(child)


def _release(child: subprocess.Popen[bytes]) -> None:
    # A watchdog that somebody killed has nothing to be told.
    with suppress(BrokenPipeError, subprocess.TimeoutExpired):
        child.communicate(b".", timeout=_RELEASE_SECONDS)
    if child.poll() is None:
        child.kill()
        child.wait()


def owner_cleared_up(owner: ProcessRef) -> bool:
    """Wait on standard input; True when the owner says that it cleared up, False when it is gone.

    The owner is looked at, too: a child that it forked may hold the pipe open after its death.
    """
    while True:
        readable, _, _ = select.select([sys.stdin.fileno()], [], [], _LOOK_SECONDS)
        if readable:
            return sys.stdin.buffer.read(1) == b"."
        if processes.find(owner) is None:
            return False


if __name__ == "__main__":
    if not owner_cleared_up(ProcessRef.model_validate_json(sys.argv[2])):
        reap(StackFolder(Path(sys.argv[1])))
