"""Where the demo's processes log: a folder for each run, kept only when something went wrong."""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psutil


@dataclass(slots=True)
class Logs:
    """One run's folder."""

    path: Path
    wanted: bool = True

    def forget(self) -> None:
        """Let the folder go when the run ends."""
        self.wanted = False


@contextmanager
def log_folder(local_dir: Path) -> Iterator[Logs]:
    """Name a folder for this run; folders of earlier runs go, of those that still play stay."""
    home = local_dir / "demo"
    for earlier in home.glob("run-*"):
        pid = earlier.name.split("-")[1]
        if not (pid.isdecimal() and psutil.pid_exists(int(pid))):
            shutil.rmtree(earlier, ignore_errors=True)
    logs = Logs(home / f"run-{os.getpid()}-{uuid4().hex[:8]}")
    try:
        yield logs
    finally:
        if not logs.wanted:
            shutil.rmtree(logs.path, ignore_errors=True)
        elif logs.path.exists():
            sys.stderr.write(f"The logs of the services are kept in {logs.path} until the next demo.\n")
