"""What is left of a stack is cleared away, and only of stacks that nobody owns any more."""

import sys
from pathlib import Path

import pytest

from shared.localstack import processes
from shared.localstack.layout import StackFolder
from shared.localstack.reap import reap, reap_abandoned
from shared.localstack.state import GivenPartState, ProcessPartState, ProcessRef, StackState, StateFile

SLEEPER = [sys.executable, "-c", "import time; time.sleep(60)"]
NOBODY = ProcessRef(pid=1, started_at=1.0, marker="")
"""Pid 1 runs, but did not start in 1970."""


def a_stack(local_dir: Path, name: str, owner: ProcessRef | None) -> tuple[StackFolder, ProcessRef]:
    """Write a stack whose broker is a process that sleeps."""
    folder = StackFolder(local_dir / "stacks" / name)
    folder.create()
    mark = processes.marker(folder.path, "kafka")
    log = folder.path / "kafka.log"
    process = processes.spawn([*SLEEPER, mark], mark=mark, folder=folder.path, log=log)
    part = ProcessPartState(process=process)
    unused = GivenPartState(variable="MONGODB_URI")
    state = StackState(name=name, reason="a test", owner=owner, kafka=part, mongodb=unused)
    StateFile(folder.state_file).save(state)
    return folder, process


def test_a_stack_whose_owner_is_gone_is_cleared_away_and_others_are_not(tmp_path: Path) -> None:
    orphan, left_over = a_stack(tmp_path, "run-1-a", NOBODY)
    owned, in_use = a_stack(tmp_path, "run-1-b", processes.myself())
    lasting, by_name = a_stack(tmp_path, "default", None)
    try:
        reap_abandoned(tmp_path)
        assert processes.find(left_over) is None
        assert not orphan.path.exists()
        for folder, process in ((owned, in_use), (lasting, by_name)):
            assert processes.find(process) is not None
            assert folder.state_file.exists()
    finally:
        reap(owned)
        reap(lasting)
    assert processes.find(in_use) is None


@pytest.mark.parametrize("text", [None, "cut off"])
def test_a_process_that_no_state_file_names_is_found_by_its_mark(tmp_path: Path, text: str | None) -> None:
    folder, process = a_stack(tmp_path, "run-1-a", NOBODY)
    folder.state_file.unlink()
    if text is not None:
        folder.state_file.write_text(text, encoding="utf-8")
    reap(folder)
    assert processes.find(process) is None
    assert not folder.path.exists()


def test_a_stack_that_its_owner_has_only_begun_to_write_is_left_alone(tmp_path: Path) -> None:
    folder = StackFolder(tmp_path / "stacks" / f"run-{processes.myself().pid}-abc")
    folder.create()
    reap_abandoned(tmp_path)
    assert folder.path.exists()


def test_clearing_away_what_is_gone_is_no_error(tmp_path: Path) -> None:
    reap(StackFolder(tmp_path / "stacks" / "default"))
    reap_abandoned(tmp_path)
