"""Docker as the stack's home: taken when it can serve, passed over in two seconds when it cannot."""

import asyncio
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.clock import monotonic_seconds
from shared.localstack.choice import DockerFinding
from shared.localstack.docker_engine import containers_of, engine, look
from shared.localstack.settings import StackSettings
from shared.localstack.stack import LocalStack, running_stack
from tests.integration.localstack.clients import collection, consume, new_topic, produce

pytestmark = [pytest.mark.integration, pytest.mark.timeout(300)]

ROOT = Path(__file__).resolve().parents[3]
OWNER = """
import sys
from pathlib import Path
from shared.localstack.settings import StackSettings
from shared.localstack.stack import running_stack

settings = StackSettings(etiqueta_local_dir=Path(sys.argv[1]), etiqueta_stack="docker")
with running_stack(settings) as stack:
    print(stack.folder.path, flush=True)
    sys.stdin.read()
"""
GONE_WITHIN_SECONDS = 30.0


@pytest.fixture
def docker_settings(settings: StackSettings, tmp_path: Path) -> StackSettings:
    """Settings that ask for Docker; skipped where no daemon has the images."""
    asked = settings.model_copy(update={"etiqueta_stack": "docker", "etiqueta_local_dir": tmp_path})
    finding = look(asked, ["kafka", "mongodb"])
    if not finding.usable:
        pytest.skip(finding.why)
    return asked


@pytest.fixture
def silent_daemon(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A daemon that accepts connections and says nothing."""
    address = tmp_path / "d.sock"
    with socket.socket(socket.AF_UNIX) as daemon:
        daemon.bind(str(address))
        daemon.listen()
        monkeypatch.setenv("DOCKER_HOST", f"unix://{address}")
        yield


@pytest.mark.usefixtures("silent_daemon")
def test_a_daemon_that_hangs_is_passed_over_after_two_seconds(settings: StackSettings) -> None:
    before = monotonic_seconds()
    assert look(settings, ["kafka"]) == DockerFinding(usable=False, why="no Docker daemon answered")
    assert 1.5 < monotonic_seconds() - before < 6


async def test_a_stack_in_containers_serves_and_keeps_its_data_through_faults(
    docker_settings: StackSettings,
) -> None:
    with running_stack(docker_settings) as stack:
        before = stack.addresses
        topic = await new_topic(before.kafka)
        await produce(before.kafka, topic, [b"kept"])
        await asyncio.to_thread(stack.kafka.kill)
        assert stack.status().parts[0].condition == "dead"
        await asyncio.to_thread(stack.kafka.start)
        assert stack.addresses == before
        assert await consume(before.kafka, topic, 1) == [b"kept"]
        with collection(before.mongodb) as things:
            await things.insert_one({"_id": "kept"})
            await asyncio.to_thread(stack.store.pause)
            assert stack.status().parts[1].condition == "paused"
            await asyncio.to_thread(stack.store.stop)
            assert LocalStack.existing(docker_settings, name=stack.folder.name) is not None
            await asyncio.to_thread(stack.up)
            assert await things.find_one({}) == {"_id": "kept"}
        folder = str(stack.folder.path)
    with engine() as client:
        assert list(containers_of(client, folder)) == []


def test_a_parent_killed_with_9_leaves_no_container(docker_settings: StackSettings, tmp_path: Path) -> None:
    with (
        subprocess.Popen(
            [sys.executable, "-c", OWNER, str(tmp_path)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as owner,
        engine() as client,
    ):
        assert owner.stdout is not None
        folder = owner.stdout.readline().decode().strip()
        assert len(containers_of(client, folder)) == 2
        owner.send_signal(signal.SIGKILL)
        deadline = monotonic_seconds() + GONE_WITHIN_SECONDS
        while containers_of(client, folder) and monotonic_seconds() < deadline:
            continue
        assert list(containers_of(client, folder)) == []
