"""`etiqueta stack` across processes: one brings it up, others see it and take it down."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from shared.localstack.layout import StackFolder
from shared.localstack.reap import reap
from shared.localstack.settings import StackSettings
from shared.localstack.stack import LocalStack

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("_prepared")]

ROOT = Path(__file__).resolve().parents[3]
# Nothing listens on port 9: whatever would use the network is refused there.
NO_NETWORK = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
COMMAND = [sys.executable, "-c", "from shared.localstack.cli import app; app()"]


class Terminal:
    """Runs the commands with a local folder of its own and no network."""

    def __init__(self, settings: StackSettings) -> None:
        self.settings = settings
        given = {"KAFKA_BOOTSTRAP_SERVERS": "", "MONGODB_URI": "", "ETIQUETA_STACK": "processes"}
        folders = {
            "ETIQUETA_LOCAL_DIR": str(settings.local_dir),
            "ETIQUETA_JARS_DIR": str(settings.jars_dir),
        }
        self.environment = {**os.environ, **NO_NETWORK, **given, **folders}

    def start(self, *arguments: str, **environment: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [*COMMAND, *arguments],
            cwd=ROOT,
            env={**self.environment, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str, **environment: str) -> tuple[int, str, str]:
        with self.start(*arguments, **environment) as process:
            out, err = process.communicate()
        return process.returncode, out, err

    def stack(self) -> LocalStack:
        """Return what the commands left behind."""
        found = LocalStack.existing(self.settings)
        assert found is not None
        return found


@pytest.fixture
def terminal(tmp_path: Path, settings: StackSettings) -> Iterator[Terminal]:
    yield Terminal(settings.model_copy(update={"etiqueta_local_dir": tmp_path}))
    reap(StackFolder.named(tmp_path, "default"))


def test_two_ups_at_once_without_network_make_one_stack_that_a_third_process_stops(
    terminal: Terminal,
) -> None:
    with terminal.start("up") as one, terminal.start("up") as other:
        (first, said), (second, _) = one.communicate(), other.communicate()
    assert (one.returncode, other.returncode) == (0, 0), said
    assert first == second
    assert first.startswith("KAFKA_BOOTSTRAP_SERVERS='127.0.0.1:")
    assert said.startswith("Local stack: Apache Kafka ")
    assert "because ETIQUETA_STACK asks for processes." in said

    status = json.loads(terminal.run("status", "--json")[1])
    assert status["running"] is True
    pids = [part["pid"] for part in status["parts"]]

    assert terminal.run("down") == (0, "Stack 'default' is stopped.\n", "")
    assert not any(_lives(pid) for pid in pids)
    stack = terminal.stack()
    assert [part.condition for part in stack.status().parts] == ["stopped", "stopped"]
    stack.down(remove=True)
    assert not stack.folder.path.exists()


def test_an_exported_address_of_its_own_does_not_make_a_running_stack_anothers(
    stack: LocalStack, settings: StackSettings
) -> None:
    exported = StackSettings.model_validate({"mongodb_uri": stack.addresses.mongodb}).mongodb_uri
    known = settings.model_copy(
        update={"kafka_bootstrap_servers": stack.addresses.kafka, "mongodb_uri": exported}
    )
    same = LocalStack.choose(known, name=stack.folder.name)
    assert same.up() == stack.addresses
    assert same.kafka.pid == stack.kafka.pid is not None


def test_a_fixed_port_that_is_taken_is_named_with_its_owner_and_its_variable(
    terminal: Terminal, stack: LocalStack
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, out, err = terminal.run("up", ETIQUETA_KAFKA_PORT=port, MONGODB_URI=stack.addresses.mongodb)
    assert (code, out) == (1, "")
    sentence = err.splitlines()[-1]
    assert sentence.startswith(f"Port {port} on 127.0.0.1 is taken by ")
    assert sentence.endswith("stop that process or choose another with ETIQUETA_KAFKA_PORT.")
    assert terminal.stack().status().parts[0].condition == "stopped"


def test_without_network_and_without_jars_the_sentence_says_what_to_do(
    terminal: Terminal, tmp_path: Path
) -> None:
    jars_dir = tmp_path / "no-jars"
    code, out, err = terminal.run(
        "up", ETIQUETA_JARS_DIR=str(jars_dir), M2_REPO=str(tmp_path), JGO_CONFIG_FILE=str(tmp_path / "none")
    )
    assert (code, out) == (1, "")
    assert "could not be downloaded (ProxyError). The local stack needs the network once: " in err
    assert "Traceback" not in err
    assert list(jars_dir.glob("*/*.jar")) == []


def _lives(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
