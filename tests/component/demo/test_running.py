"""What `make up` leaves behind for the commands that come later."""

from pathlib import Path

import pytest

from deploy.local.environment import Ports
from deploy.local.running import Home, Running
from shared.localstack import processes
from shared.localstack.errors import StackBusy, StateUnreadable
from shared.localstack.state import ProcessRef


def gone() -> ProcessRef:
    return ProcessRef(pid=2**22 - 1, started_at=0.0, marker="")


def test_what_was_saved_is_found_again(tmp_path: Path) -> None:
    home = Home.under(tmp_path)
    running = Running(programs={"ingest": gone()}, ports=Ports(ingest=20_001), stack_is_ours=True)
    with home.locked():
        assert home.load() is None
        home.save(running)
    assert home.load() == running
    home.forget()
    assert home.load() is None


def test_a_start_that_was_cut_off_does_not_count_as_up() -> None:
    assert not Running(stack_is_ours=True).whole


def test_a_program_that_has_ended_is_named() -> None:
    running = Running(programs={"ingest": gone(), "me": processes.myself()}, stack_is_ours=True)
    assert running.ended() == ["ingest"]


def test_a_state_file_of_another_version_is_one_sentence(tmp_path: Path) -> None:
    home = Home.under(tmp_path)
    with home.locked():
        (home.path / "state.json").write_text('{"version": 2}', encoding="utf-8")
    with pytest.raises(StateUnreadable, match=r"state\.json is not a state file of this version"):
        home.load()


def test_two_commands_never_work_at_once(tmp_path: Path) -> None:
    home = Home.under(tmp_path)
    with (
        home.locked(),
        pytest.raises(StackBusy, match="wait until it is done"),
        Home.under(tmp_path).locked(),
    ):
        pass
