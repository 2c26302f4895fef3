"""Clears a stack away whatever became of it: processes, containers, folder. Also those nobody ended."""

import shutil
from pathlib import Path

import psutil

from shared.localstack import processes
from shared.localstack.errors import StackError, StateUnreadable
from shared.localstack.layout import EPHEMERAL_PREFIX, StackFolder
from shared.localstack.state import ProcessPartState, StackState, StateFile

_REMOVE_TRIES = 5


def reap(folder: StackFolder) -> None:
    """Kill what belongs to the stack and remove its folder; harmless where nothing is left."""
    state = _state(folder)
    if state is not None:
        for part in (state.kafka, state.mongodb):
            if isinstance(part, ProcessPartState) and part.process is not None:
                processes.kill(part.process)
    # What was started between two writes of the state file is known by its command line only.
    processes.kill_strays(folder.path)
    if state is not None and "docker" in {state.kafka.source, state.mongodb.source}:
        from shared.localstack.docker_engine import remove_containers  # noqa: PLC0415 - only if it was used

        remove_containers(str(folder.path))
    for _ in range(_REMOVE_TRIES):
        shutil.rmtree(folder.path, ignore_errors=True)
        if not folder.path.exists():
            if folder.ephemeral:
                folder.lock_file.unlink(missing_ok=True)
            return
    raise StackError(f"{folder.path} could not be removed; remove it by hand.")


def reap_abandoned(local_dir: Path) -> None:
    """Clear away stacks whose owner is gone and whose watchdog went with it, as in a power cut."""
    for path in (local_dir / "stacks").glob(f"{EPHEMERAL_PREFIX}*"):
        folder = StackFolder(path)
        if path.is_dir() and not _owner_lives(folder):
            reap(folder)


def _owner_lives(folder: StackFolder) -> bool:
    state = _state(folder)
    if state is not None and state.owner is not None:
        return processes.find(state.owner) is not None
    # Not yet written, or cut off while it was: the folder's name begins with the owner's pid.
    pid = folder.name.removeprefix(EPHEMERAL_PREFIX).partition("-")[0]
    return pid.isdecimal() and psutil.pid_exists(int(pid))


def _state(folder: StackFolder) -> StackState | None:
    try:
        return StateFile(folder.state_file).load()
    except StateUnreadable:
        return None
