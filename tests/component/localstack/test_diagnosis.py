"""What a log says about an end, and the sentences made of it."""

import signal
from pathlib import Path

import pytest

from shared.localstack import diagnosis, ports
from shared.localstack.diagnosis import Cause
from shared.localstack.errors import DiskFull, StackError, StartFailed
from shared.localstack.layout import disk_full, unwritable


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("java.net.BindException: Address already in use", Cause.PORT_TAKEN),
        ("java.io.IOException: No space left on device", Cause.DISK_FULL),
        ("OSError: [Errno 27] File too large", Cause.DISK_FULL),
        ("java.lang.OutOfMemoryError: Java heap space", Cause.NO_MEMORY),
        ("Could not reserve enough space for 131072KB object heap", Cause.NO_MEMORY),
        ("org.h2.mvstore.MVStoreException: Store header is corrupt", Cause.DATA_DAMAGED),
        ("java.lang.RuntimeException: No readable meta.properties files found.", Cause.DATA_DAMAGED),
        ("INFO KafkaRaftServer: Kafka Server started", Cause.UNKNOWN),
        ("", Cause.UNKNOWN),
    ],
)
def test_a_line_of_the_log_tells_the_cause(tmp_path: Path, line: str, cause: Cause) -> None:
    assert diagnosis.cause(f"starting\n{line}\nending", tmp_path) is cause


def test_a_full_disk_is_seen_where_the_log_had_no_room_to_say_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnosis, "free_bytes", lambda _: 4096)
    assert diagnosis.cause("", tmp_path) is Cause.DISK_FULL


def test_only_what_the_log_gained_counts(tmp_path: Path) -> None:
    log = tmp_path / "kafka.log"
    log.write_text("Address already in use\n", encoding="utf-8")
    before = log.stat().st_size
    with log.open("a", encoding="utf-8") as file:
        file.write("started\n")
    assert diagnosis.since(log, before) == "started\n"
    assert diagnosis.since(tmp_path / "absent.log") == ""


def test_the_last_lines_are_few_and_short() -> None:
    shown = diagnosis.tail("\n".join(f"{number} {'x' * 1000}" for number in range(100)))
    assert len(shown.splitlines()) == 12
    assert max(len(line) for line in shown.splitlines()) <= 300
    assert shown.splitlines()[-1].startswith("99 ")


@pytest.mark.parametrize(
    ("code", "words"),
    [(None, "ended"), (1, "ended with exit code 1"), (-signal.SIGKILL, "was killed by signal 9")],
)
def test_an_ending_is_said_in_words(code: int | None, words: str) -> None:
    assert diagnosis.ending(code) == words


def test_an_error_shows_its_sentence_and_then_the_log() -> None:
    error = StartFailed("Kafka ended: start it again.", "one\ntwo")
    assert str(error) == "Kafka ended: start it again.\n  Last lines of its log:\n    one\n    two"
    assert str(StackError("No log.")) == "No log."


def test_a_full_disk_names_the_folder_and_the_variable(tmp_path: Path) -> None:
    assert str(disk_full(tmp_path)).startswith(f"No room is left for the local stack in {tmp_path}; ")
    assert "ETIQUETA_LOCAL_DIR" in str(disk_full(tmp_path))


@pytest.mark.parametrize(
    ("number", "kind"), [(28, DiskFull), (27, DiskFull), (13, StackError), (30, StackError)]
)
def test_a_failed_write_is_a_full_disk_or_a_matter_of_rights(
    tmp_path: Path, number: int, kind: type[StackError]
) -> None:
    error = unwritable(tmp_path, OSError(number, "as the system says it"))
    assert type(error) is kind
    assert str(tmp_path) in str(error)


def test_a_taken_port_names_the_variable_that_chooses_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ports, "_listener", lambda _: "java (pid 7)")
    assert str(ports.taken(9092, "ETIQUETA_KAFKA_PORT")) == (
        "Port 9092 on 127.0.0.1 is taken by java (pid 7); "
        "stop that process or choose another with ETIQUETA_KAFKA_PORT."
    )
