"""A stack that belongs to a process ends with it, however that process ends."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from shared.localstack.settings import StackSettings

pytestmark = [pytest.mark.integration, pytest.mark.faults, pytest.mark.usefixtures("_prepared")]

ROOT = Path(__file__).resolve().parents[3]
OWNER = """
import json, sys
from pathlib import Path
from shared.localstack.settings import StackSettings
from shared.localstack.stack import running_stack

settings = StackSettings(
    etiqueta_local_dir=Path(sys.argv[1]),
    etiqueta_jars_dir=Path(sys.argv[2]),
    etiqueta_stack="processes",
    kafka_bootstrap_servers=None,
    mongodb_uri=None,
)
with running_stack(settings) as stack:
    stack.store.pause()
    print(json.dumps([stack.kafka.pid, stack.store.pid]), flush=True)
    sys.stdin.read()
"""
GONE_WITHIN_SECONDS = 15.0


def test_a_parent_killed_with_9_leaves_no_process_and_no_folder(
    settings: StackSettings, tmp_path: Path
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", OWNER, str(tmp_path), str(settings.jars_dir)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as owner:
        assert owner.stdout is not None
        pids = json.loads(owner.stdout.readline())
        watchdogs = [child for child in psutil.Process(owner.pid).children() if child.pid not in pids]
        parts = [psutil.Process(pid) for pid in pids]
        assert len(watchdogs) == 1
        owner.send_signal(signal.SIGKILL)
        _, alive = psutil.wait_procs([*parts, *watchdogs], timeout=GONE_WITHIN_SECONDS)
    assert alive == []
    assert not any(path.is_dir() for path in (tmp_path / "stacks").iterdir())
