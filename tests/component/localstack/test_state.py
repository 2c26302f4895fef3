"""The state file: whole or not there, and no update lost."""

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from shared.localstack.assembly import settled
from shared.localstack.errors import StackBusy, StateUnreadable
from shared.localstack.layout import StackFolder
from shared.localstack.processes import myself
from shared.localstack.state import (
    ContainerPartState,
    GivenPartState,
    PartState,
    ProcessPartState,
    ProcessRef,
    StackState,
    StateFile,
)

RUNNING = ProcessPartState(
    ports=(20001, 20002), process=ProcessRef(pid=7, started_at=12.5, marker="-Detiqueta.stack=x#kafka")
)
STORE = ProcessPartState(ports=(20003,))


def state(kafka: PartState = RUNNING, mongodb: PartState = STORE) -> StackState:
    return StackState(name="default", reason="no Docker daemon answered", kafka=kafka, mongodb=mongodb)


@pytest.mark.parametrize(
    "part",
    [
        RUNNING,
        ProcessPartState(),
        GivenPartState(variable="KAFKA_BOOTSTRAP_SERVERS"),
        ContainerPartState(image="apache/kafka:4.1.0", port=20001, container_id="abc", stopped=True),
    ],
)
def test_what_was_saved_is_read_back(tmp_path: Path, part: PartState) -> None:
    states = StateFile(tmp_path / "state.json")
    states.save(state(kafka=part))
    assert states.load() == state(kafka=part)


def test_no_file_means_no_stack(tmp_path: Path) -> None:
    assert StateFile(tmp_path / "state.json").load() is None


@pytest.mark.parametrize("text", ["", "{", "{}", '{"version": 2}', json.dumps({"name": "x", "kafka": 1})])
def test_a_file_that_is_no_state_is_refused_with_the_way_out(tmp_path: Path, text: str) -> None:
    file = tmp_path / "mine" / "state.json"
    file.parent.mkdir()
    file.write_text(text, encoding="utf-8")
    with pytest.raises(
        StateUnreadable, match="`etiqueta stack down --remove --name mine` clears the stack away"
    ):
        StateFile(file).load()


def test_a_save_leaves_nothing_but_the_state_file(tmp_path: Path) -> None:
    states = StateFile(tmp_path / "state.json")
    states.save(state())
    states.save(state(mongodb=ProcessPartState()))
    assert [path.name for path in tmp_path.iterdir()] == ["state.json"]


def test_two_threads_that_change_two_parts_lose_no_update(tmp_path: Path) -> None:
    states = StateFile(tmp_path / "state.json")
    states.save(state(kafka=ProcessPartState(), mongodb=ProcessPartState()))

    def add_a_port(part: PartState) -> PartState:
        assert isinstance(part, ProcessPartState)
        return part.model_copy(update={"ports": (*part.ports, 20000)})

    with ThreadPoolExecutor(2) as pool:
        for _ in range(25):
            pool.submit(states.update_part, "kafka", add_a_port)
            pool.submit(states.update_part, "mongodb", add_a_port)
    final = states.load()
    assert final is not None
    assert final.kafka == final.mongodb == ProcessPartState(ports=(20000,) * 25)


def test_an_address_out_of_the_environment_is_not_written_down(tmp_path: Path) -> None:
    states = StateFile(tmp_path / "state.json")
    states.save(state(mongodb=GivenPartState(variable="MONGODB_URI")))
    assert json.loads((tmp_path / "state.json").read_text())["mongodb"] == {
        "source": "environment",
        "variable": "MONGODB_URI",
    }


def test_the_record_of_the_same_kind_counts_because_it_knows_the_ports(tmp_path: Path) -> None:
    fresh = state(kafka=ProcessPartState(), mongodb=ProcessPartState())
    assert settled(state(), fresh, StackFolder(tmp_path)) == state()
    assert settled(None, fresh, StackFolder(tmp_path)) == fresh


def test_a_record_of_another_kind_is_given_up_once_nothing_of_it_runs(tmp_path: Path) -> None:
    given = state(kafka=GivenPartState(variable="KAFKA_BOOTSTRAP_SERVERS"))
    assert settled(state(), given, StackFolder(tmp_path)) == given


def test_a_record_of_another_kind_that_runs_is_not_forgotten(tmp_path: Path) -> None:
    alive = state(kafka=ProcessPartState(ports=(20001, 20002), process=myself()))
    given = state(kafka=GivenPartState(variable="KAFKA_BOOTSTRAP_SERVERS"))
    with pytest.raises(StackBusy, match="run `etiqueta stack down --name"):
        settled(alive, given, StackFolder(tmp_path))
