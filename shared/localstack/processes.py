"""Operating-system processes of a stack: started apart from their parent, found again, ended."""

import os
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from shared.clock import monotonic_seconds
from shared.localstack.state import ProcessRef

_CLOCK_STEP_SECONDS = 5.0
"""The start time that the system tells moves with the wall clock when someone sets it."""
_POLL_SECONDS = 0.02
_THREADS_END_SECONDS = 5.0
_EXEC_SECONDS = 0.5
_NOT_INHERITED = frozenset({"JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS", "CLASSPATH"})


@dataclass(frozen=True, slots=True)
class _Child:
    process: subprocess.Popen[bytes]
    mark: str


_children: dict[int, _Child] = {}
"""Kept so that an ended child is reaped and its exit code known; the children outlive the objects."""


def marker(folder: Path, label: str) -> str:
    """Return the argument by which a process is known as the `label` of the stack in `folder`.

    It has the form of a Java system property, so that every JVM accepts it.
    """
    return f"{_marker_prefix(folder)}{label}"


def _marker_prefix(folder: Path) -> str:
    return f"-Detiqueta.stack={folder}#"


def spawn(command: Sequence[str], *, mark: str, folder: Path, log: Path) -> ProcessRef:
    """Start `command`, which carries `mark`, in a session of its own with its output added to `log`."""
    with log.open("ab") as output:
        child = subprocess.Popen(  # noqa: S603 - the command is built here, never from input
            list(command),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            cwd=folder,
            env=child_environment(os.environ),
        )
    _children[child.pid] = _Child(child, mark)
    return ProcessRef(pid=child.pid, started_at=psutil.Process(child.pid).create_time(), marker=mark)


def child_environment(parent: Mapping[str, str]) -> dict[str, str]:
    """Return the environment without what would change a JVM behind our back.

    Its locale is C.UTF-8: a JVM under plain C cannot open a path with an accent in it, and the system's
    error messages, which the diagnosis reads, are then in English.
    """
    kept = {name: value for name, value in parent.items() if name not in _NOT_INHERITED}
    return {**kept, "LC_ALL": "C.UTF-8"}


def myself() -> ProcessRef:
    return ProcessRef(pid=os.getpid(), started_at=psutil.Process().create_time(), marker="")


def find(ref: ProcessRef) -> psutil.Process | None:
    """Return the living process that `ref` means, None when it has ended or the pid is another's."""
    if exit_code(ref) is not None:
        return None
    try:
        process = psutil.Process(ref.pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        if abs(process.create_time() - ref.started_at) > _CLOCK_STEP_SECONDS:
            return None
        if ref.marker and not _carries(process, ref.marker):
            return None
    except psutil.Error:
        return None
    return process


def _carries(process: psutil.Process, mark: str) -> bool:
    child = _children.get(process.pid)
    return child.mark == mark if child is not None else mark in _command_line(process)


def _command_line(process: psutil.Process) -> Sequence[str]:
    """Return the arguments, waiting out the instant within an exec in which there are none."""
    deadline = monotonic_seconds() + _EXEC_SECONDS
    while not (arguments := process.cmdline()) and monotonic_seconds() < deadline:
        if process.status() == psutil.STATUS_ZOMBIE:
            break
        time.sleep(_POLL_SECONDS)
    return arguments


def exit_code(ref: ProcessRef) -> int | None:
    """Return the exit code of a child that ended, negative for a signal; None when it is not known."""
    child = _children.get(ref.pid)
    if child is None:
        return None
    if child.process.poll() is None and _is_zombie(ref.pid):
        # Its first thread has ended and the others, which still hold its ports, are about to.
        with suppress(subprocess.TimeoutExpired):
            child.process.wait(_THREADS_END_SECONDS)
    return child.process.poll()


def _is_zombie(pid: int) -> bool:
    try:
        return bool(psutil.Process(pid).status() == psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False


def wait(ref: ProcessRef, within_seconds: float) -> int | None:
    """Wait for a child to end and return its exit code; one that takes too long is killed."""
    try:
        return _children[ref.pid].process.wait(within_seconds)
    except subprocess.TimeoutExpired:
        kill(ref)
        return exit_code(ref)


def terminate(ref: ProcessRef, grace_seconds: float) -> None:
    """Ask the process to end, thaw it so that it can, and kill it after the grace."""
    process = find(ref)
    if process is None:
        return
    _quietly(process.terminate)
    _quietly(process.resume)
    if not _gone(process, grace_seconds):
        _quietly(process.kill)
        _gone(process, grace_seconds)


def kill(ref: ProcessRef) -> None:
    """End the process at once (SIGKILL), frozen or not, and wait until it is gone."""
    process = find(ref)
    if process is not None:
        _quietly(process.kill)
        _gone(process, 10.0)


def strays(folder: Path) -> Iterator[psutil.Process]:
    """Yield the living processes that carry the mark of the stack in `folder`."""
    prefix = _marker_prefix(folder)
    for process in psutil.process_iter():
        try:
            if any(argument.startswith(prefix) for argument in process.cmdline()):
                yield process
        except psutil.Error:
            continue


def kill_strays(folder: Path) -> None:
    """Kill whatever carries the stack's mark, those too that no state file names."""
    # Once more after the last: within an exec a process has no command line for an instant.
    for _ in range(2):
        while found := list(strays(folder)):
            for process in found:
                _quietly(process.kill)
                _gone(process, 10.0)
        time.sleep(_POLL_SECONDS)


def _gone(process: psutil.Process, within_seconds: float) -> bool:
    """Wait for the process to end with all its threads; whether its parent reaps it does not matter."""
    deadline = monotonic_seconds() + within_seconds
    while monotonic_seconds() < deadline:
        if (child := _children.get(process.pid)) is not None:
            child.process.poll()
        try:
            zombie = process.status() == psutil.STATUS_ZOMBIE
            if not process.is_running() or (zombie and process.num_threads() <= 1):
                return True
        except psutil.Error:
            return True
        time.sleep(_POLL_SECONDS)
    return False


def _quietly(signal: Callable[[], object]) -> None:
    try:
        signal()
    except psutil.NoSuchProcess:
        return
