"""Which process a recorded one is: never a neighbour, never another that got its pid."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.localstack import processes
from shared.localstack.state import ProcessRef

SLEEPER = [sys.executable, "-c", "import sys; sys.stdin.read(); import time; time.sleep(60)"]
IGNORES_SIGTERM = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("up", flush=True)
time.sleep(60)
"""
STUBBORN = [sys.executable, "-c", IGNORES_SIGTERM]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    processes.kill_strays(tmp_path)


def spawn(folder: Path, command: list[str], label: str = "kafka") -> ProcessRef:
    mark = processes.marker(folder, label)
    return processes.spawn([*command, mark], mark=mark, folder=folder, log=folder / "log")


def test_a_process_is_found_until_it_was_killed(folder: Path) -> None:
    ref = spawn(folder, SLEEPER)
    found = processes.find(ref)
    assert found is not None
    assert found.pid == ref.pid
    processes.kill(ref)
    assert processes.find(ref) is None
    assert processes.exit_code(ref) == -9


def test_a_recycled_pid_is_another_process_and_is_not_killed(folder: Path) -> None:
    ref = spawn(folder, SLEEPER)
    for stranger in (
        ref.model_copy(update={"started_at": ref.started_at - 3600}),
        ref.model_copy(update={"marker": processes.marker(folder / "other", "kafka")}),
    ):
        assert processes.find(stranger) is None
        processes.kill(stranger)
        processes.terminate(stranger, 1.0)
    assert processes.find(ref) is not None


def test_a_frozen_process_ends_when_it_is_asked_to(folder: Path) -> None:
    ref = spawn(folder, SLEEPER)
    found = processes.find(ref)
    assert found is not None
    found.suspend()
    processes.terminate(ref, 10.0)
    assert processes.exit_code(ref) == -15


def test_a_process_that_ignores_the_request_is_killed_after_the_grace(folder: Path) -> None:
    ref = spawn(folder, STUBBORN)
    while "up" not in (folder / "log").read_text(encoding="utf-8"):
        assert processes.find(ref) is not None
    processes.terminate(ref, 0.1)
    assert processes.exit_code(ref) == -9


def test_strays_are_those_of_the_folder_and_no_others(folder: Path) -> None:
    mine = spawn(folder, SLEEPER)
    neighbour = folder.with_name(f"{folder.name}-2")
    neighbour.mkdir()
    theirs = spawn(neighbour, SLEEPER)
    try:
        assert [process.pid for process in processes.strays(folder)] == [mine.pid]
        processes.kill_strays(folder)
        assert processes.find(mine) is None
        assert processes.find(theirs) is not None
    finally:
        processes.kill(theirs)


def test_no_option_for_javas_reaches_a_child() -> None:
    parent = {
        "PATH": "/bin",
        "JAVA_TOOL_OPTIONS": "-javaagent:x",
        "_JAVA_OPTIONS": "-Xmx9g",
        "CLASSPATH": "x",
    }
    assert processes.child_environment(parent) == {"PATH": "/bin", "LC_ALL": "C.UTF-8"}


def test_this_process_is_found_by_its_own_reference() -> None:
    found = processes.find(processes.myself())
    assert found is not None
    assert found.pid == os.getpid()
