"""`make demo` as people see it: a whole day, a day that goes wrong, one that is killed."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.demo.commands import Command, alive, eventually

pytestmark = pytest.mark.timeout(600)
DEMO = "deploy.local.demo"
WRONG = """
company: Trackingpremium
date: "2026-03-03"
zone: America/Panama
clients:
  ana: {name: Ana Prueba, phone: "+50760000901"}
steps:
  - {at: "10:00", client: ana, says: "Hola, ¿ya llegó la guía 88231?", expect: {rules: [P1], standing: 0}}
  - {at: "10:05", client: ana, says: "son unos inútiles", expect: {standing: 1, whatsapp: enabled}}
totals: {client_messages: 2, clients: 1, replies_delivered: 1, infractions_with_points: 1,
         disabled_at_some_time: 0, disabled_at_the_end: 1, calls_open: 0}
"""


@contextmanager
def ended_in_the_end(*commands: Command) -> Iterator[None]:
    """Leave no command running, whatever becomes of the test."""
    try:
        yield
    finally:
        for command in commands:
            if command.process.poll() is None:
                command.process.terminate()
                command.process.wait()


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("script") / "wrong.yaml"
    path.write_text(WRONG, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def demos(tmp_path_factory: pytest.TempPathFactory, day: Path) -> Iterator[tuple[Command, Command]]:
    """The whole day, and one that goes wrong, played at the same time."""
    whole = Command.begun(tmp_path_factory.mktemp("whole"), DEMO)
    wrong = Command.begun(tmp_path_factory.mktemp("wrong"), DEMO, "--day", str(day))
    with ended_in_the_end(whole, wrong):
        yield whole, wrong


def test_the_whole_day_goes_as_its_script_expects(demos: tuple[Command, Command]) -> None:
    whole, _ = demos
    assert whole.exit_code() == 0, whole.shown()
    assert "All went as expected. Nothing is left running." in whole.said
    assert "NOT AS EXPECTED" not in whole.shown()


def test_the_day_reads_as_a_conversation_in_plain_text(demos: tuple[Command, Command]) -> None:
    whole, _ = demos
    assert whole.exit_code() == 0, whole.shown()
    flowing = " ".join(whole.said.split())
    assert "10:05 Julián Ríos “son unos ladrones y unos ineptos”" in flowing
    assert "standing 2 → 4 of 3 points WhatsApp is disabled for this client" in flowing
    assert "13:30 Ana Castillo, ejecutiva, about Julián Ríos" in flowing
    assert "WhatsApp is back for this client" in flowing
    assert "mi tarjeta es ⟦payment_card⟧" in flowing
    assert "nothing is decided, counted or said a second time" in flowing
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", whole.said)
    assert max(len(line) for line in whole.said.splitlines()) <= 80
    assert not re.search(r"4111[ 1]", whole.said)


def test_the_queries_are_shown_with_what_they_find(demos: tuple[Command, Command]) -> None:
    whole, _ = demos
    assert whole.exit_code() == 0, whole.shown()
    assert whole.said.count(".aggregate([") == 5
    assert re.search(r"(Ernesto Batista\) +Tue 03 Mar 16:10 +Wed 04 Mar 11:10 +executives)", whole.said)


def test_a_day_that_goes_wrong_is_told_loudly(demos: tuple[Command, Command], day: Path) -> None:
    _, wrong = demos
    assert wrong.exit_code() == 1, wrong.shown()
    flowing = " ".join(wrong.said.split())
    insult = WRONG[: WRONG.index("10:05")].count("\n") + 1
    assert f"{day}:{insult}: step 2, 10:05, Ana Prueba: standing expected 1 actual 2" in flowing
    assert "the whole day: disabled at the end expected 1 actual 0" in flowing
    assert "2 things were not as expected. Nothing is left running." in flowing
    assert "All went as expected" not in wrong.said


def test_both_leave_nothing_behind_but_the_logs_of_what_went_wrong(demos: tuple[Command, Command]) -> None:
    for command in demos:
        command.exit_code()
    whole, wrong = (command.out.parent / "local" for command in demos)
    assert not [*alive(whole), *alive(wrong)]
    assert not [*whole.glob("stacks/run-*"), *wrong.glob("stacks/run-*"), *whole.glob("demo/run-*")]
    (kept,) = wrong.glob("demo/run-*")
    assert {log.name for log in kept.iterdir()} == {"services.log", "sandbox.log"}
    assert str(kept) in demos[1].complained


def test_a_demo_that_is_killed_or_interrupted_leaves_nothing_running(tmp_path: Path, day: Path) -> None:
    killed = Command.begun(tmp_path / "killed", DEMO, "--day", str(day))
    interrupted = Command.begun(tmp_path / "interrupted", DEMO)
    with ended_in_the_end(killed, interrupted):
        eventually(lambda: killed.has_said("all of them are ready"), "the start")
        assert len(alive(tmp_path / "killed" / "local")) >= 4
        killed.process.kill()
        killed.process.wait()
        eventually(lambda: not alive(tmp_path / "killed"), "the end of all that was started", 30)
        eventually(lambda: interrupted.has_said("02:14"), "the first message")
        interrupted.process.send_signal(signal.SIGINT)
        assert interrupted.exit_code() == 130, interrupted.shown()
    assert "interrupted; nothing is left running" in interrupted.complained
    assert "Traceback" not in interrupted.shown()
    assert not alive(tmp_path / "interrupted")


def test_a_script_that_is_wrong_starts_nothing(tmp_path: Path) -> None:
    demo = Command.begun(tmp_path, DEMO, "--day", str(tmp_path / "nowhere.yaml"))
    assert demo.exit_code() == 1
    assert "nowhere.yaml:1: cannot be read" in demo.complained
    assert not (tmp_path / "local").exists()
