"""`make up` and `make down` as people use them."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.localstack import processes
from shared.localstack.ports import held_free_ports
from tests.integration.demo.commands import Command, alive, eventually

pytestmark = pytest.mark.timeout(600)
UP, DOWN = "deploy.local.up", "deploy.local.down"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("installation")
    yield folder
    down = Command.begun(folder, DOWN)
    down.exit_code()
    for mark in ("up", "stacks/up"):  # a `down` that cannot start must not leave a machine busy
        processes.kill_strays(folder / "local" / mark)
    assert down.process.returncode == 0, down.shown()


@pytest.fixture
def said(folder: Path) -> str:
    """What `make up` prints; it starts only what another test has stopped."""
    up = Command.begun(folder, UP)
    assert up.exit_code() == 0, up.shown()
    return up.said


def typed(said: str) -> list[str]:
    """Return the commands that are to be copied."""
    return [line.strip() for line in said.replace("\\\n", " ").splitlines() if line.startswith("  curl")]


def answer(command: str) -> Any:
    done = subprocess.run(["sh", "-c", command], capture_output=True, check=True, timeout=60)
    return json.loads(done.stdout)


def test_everything_listens_where_it_says(said: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not here")
    health = re.findall(r"http://\S+/health/ready", said)
    assert len(health) == 4
    for url in health:
        assert answer(f"curl -s {url}") == {"status": "ok"}


def test_what_is_to_be_typed_shows_replies(said: str) -> None:
    if shutil.which("curl") is None:
        pytest.skip("curl is not here")
    post, write, phones, standing = typed(said)
    assert len(answer(post)["ids"]) == 1
    assert answer(write)["sent"] is True

    def arrived() -> dict[str, str]:
        return {message["to"]: message["body"] for message in answer(phones)["messages"]}

    eventually(lambda: len(arrived()) == 2, "two replies", 60)
    assert "soporte@trackingpremium.com" in arrived()["+50760000201"]
    assert "registered and followed up" in arrived()["+13050000202"]
    assert answer(standing)["standing"]["points"] == 1


def test_a_second_up_says_the_same_and_starts_nothing(said: str, folder: Path) -> None:
    before = sorted(alive(folder / "local"))
    again = Command.begun(folder, UP)
    assert again.exit_code() == 0, again.shown()
    assert again.said == said.replace("Etiqueta is up.", "Etiqueta is already up.")
    assert again.said.startswith("Etiqueta is already up.")
    assert sorted(alive(folder / "local")) == before


def test_down_stops_all_of_it_and_nothing_twice(said: str, folder: Path) -> None:
    assert said
    down = Command.begun(folder, DOWN)
    assert down.exit_code() == 0, down.shown()
    assert re.search(r"Stopped: ingest, classifier, sanctions, responder, sandbox, \S", down.said)
    assert not alive(folder / "local")
    assert (folder / "local" / "stacks" / "up").is_dir()
    again = Command.begun(folder, DOWN)
    assert again.exit_code() == 0
    assert again.said == "Nothing of `make up` is running.\n"


def test_a_port_that_was_asked_for_and_is_taken_is_one_sentence(tmp_path: Path) -> None:
    with held_free_ports(1) as (port,):
        up = Command.begun(tmp_path, UP, INGEST_HTTP_PORT=str(port))
        assert up.exit_code() == 1
    assert re.fullmatch(
        rf"make up: Port {port} on 127\.0\.0\.1 is taken by .+; stop that process or choose another "
        r"with INGEST_HTTP_PORT\.\n",
        up.complained,
    )
    assert not alive(tmp_path / "local")


def test_down_without_an_up_is_no_error(tmp_path: Path) -> None:
    down = Command.begun(tmp_path, DOWN)
    assert down.exit_code() == 0
    assert down.said == "Nothing of `make up` is running.\n"
    assert not (tmp_path / "local").exists()
