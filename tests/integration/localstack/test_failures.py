"""What goes wrong with disks, data and JVMs is said in a sentence, and nothing is left running."""

import asyncio
import os
import signal
import socket
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

import pytest
from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from shared.clock import monotonic_seconds
from shared.localstack import diagnosis, processes
from shared.localstack.errors import DiskFull, StackError, StartFailed
from shared.localstack.parts import Part, PartStatus
from shared.localstack.ports import HOST, Reservation
from shared.localstack.settings import StackSettings
from shared.localstack.stack import LocalStack, running_stack
from tests.integration.localstack.clients import collection, new_topic, produce

pytestmark = [pytest.mark.integration, pytest.mark.faults, pytest.mark.usefixtures("_prepared")]

SMALL_DISK_BYTES = 48 * 1024 * 1024


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of a few megabytes; skipped where this user may not mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    size = f"size={SMALL_DISK_BYTES}"
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("mounting a small file system needs root")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


def at(settings: StackSettings, local_dir: Path) -> StackSettings:
    return settings.model_copy(update={"etiqueta_local_dir": local_dir})


def beside(kafka: str, settings: StackSettings) -> StackSettings:
    """Settings with which only a store is started."""
    return settings.model_copy(update={"kafka_bootstrap_servers": kafka})


def quiet(_: str) -> None: ...


def test_a_disk_with_too_little_room_is_refused_before_anything_starts(
    settings: StackSettings, small_disk: Path
) -> None:
    with pytest.raises(
        DiskFull, match=f"No room is left for the local stack in {small_disk}.*ETIQUETA_LOCAL_DIR"
    ):
        LocalStack.choose(at(settings, small_disk), say=quiet).up()


async def test_a_disk_that_fills_up_ends_both_parts_and_the_status_says_why(
    settings: StackSettings, small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnosis, "FREE_AT_START_BYTES", 0)
    with running_stack(at(settings, small_disk), say=quiet) as stack:
        topic = await new_topic(stack.addresses.kafka)
        fill(small_disk)
        with pytest.raises((TimeoutError, KafkaError)):
            await produce(stack.addresses.kafka, topic, [os.urandom(900_000)], timeout_seconds=4)
        with collection(stack.addresses.mongodb) as things, pytest.raises(PyMongoError):
            await things.insert_many([{"blob": os.urandom(100_000)} for _ in range(100)])
        parts = await asyncio.to_thread(once_all_dead, stack)
    assert [part.condition for part in parts] == ["dead", "dead"]
    for part in parts:
        assert part.detail.startswith(f"No room is left for the local stack in {small_disk}")


def fill(disk: Path) -> None:
    with suppress(OSError), (disk / "filler").open("wb", buffering=0) as file:
        while True:
            file.write(bytes(64 * 1024))


def once_all_dead(stack: LocalStack) -> Sequence[PartStatus]:
    """Return the parts as soon as all are dead, or as they are after a while."""
    deadline = monotonic_seconds() + 20
    while monotonic_seconds() < deadline:
        if all(part.condition == "dead" for part in stack.status().parts):
            break
    return stack.status().parts


def test_a_folder_that_cannot_be_written_is_named(settings: StackSettings, tmp_path: Path) -> None:
    (tmp_path / "stacks").write_text("a file where a folder should be", encoding="utf-8")
    with pytest.raises(StackError, match=f"{tmp_path}.* cannot be (read|written) .*ETIQUETA_LOCAL_DIR"):
        LocalStack.choose(at(settings, tmp_path), say=quiet).up()


def test_a_jvm_that_dies_at_its_start_shows_its_log_and_leaves_nothing_running(
    stack: LocalStack, settings: StackSettings, tmp_path: Path
) -> None:
    known = beside(stack.addresses.kafka, at(settings, tmp_path))
    failing = LocalStack.choose(known, say=quiet)
    damaged = failing.folder.path / "mongodb" / "store.mv"
    damaged.parent.mkdir(parents=True)
    damaged.write_bytes(b"no store at all" * 1000)
    with pytest.raises(
        StartFailed, match=r"ended with exit code 4: its data cannot be read; .*down --remove"
    ) as end:
        failing.up()
    assert "MVStoreException" in end.value.log_tail
    assert list(processes.strays(failing.folder.path)) == []


@pytest.fixture
def thief(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Listens, the first time, on the port that a process is just about to be started for."""
    really = Reservation.make_room
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

        def steal(self: Reservation) -> None:
            really(self)
            if listener.getsockname()[1] == 0:
                listener.bind((HOST, self.ports[0]))
                listener.listen()

        monkeypatch.setattr(Reservation, "make_room", steal)
        yield listener


def test_a_port_that_another_takes_at_the_last_moment_is_given_up_for_a_free_one(
    stack: LocalStack, settings: StackSettings, tmp_path: Path, thief: socket.socket
) -> None:
    kafka = stack.addresses.kafka
    with running_stack(beside(kafka, at(settings, tmp_path)), say=quiet) as other:
        stolen = thief.getsockname()[1]
        assert stolen != 0
        assert other.addresses.kafka == kafka
        assert str(stolen) not in other.addresses.mongodb
        assert other.status().running


def test_a_jvm_that_dies_later_is_reported_and_comes_back_with_up(stack: LocalStack) -> None:
    pid = stack.store.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    once_gone(stack.store)
    assert stack.status().parts[1].condition == "dead"
    stack.up()
    assert stack.status().running


def once_gone(part: Part) -> None:
    deadline = monotonic_seconds() + 10
    while part.pid is not None and monotonic_seconds() < deadline:
        continue
