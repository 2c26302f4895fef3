"""The demo, `up` and `down` as a person runs them: commands in a folder of their own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil

from shared.clock import monotonic_seconds
from shared.localstack.settings import StackSettings

ROOT = Path(__file__).resolve().parents[3]
PATIENCE_SECONDS = 240.0
_ADDRESSES = ("KAFKA_BOOTSTRAP_SERVERS", "MONGODB_URI")


def environment(local_dir: Path, **changes: str) -> dict[str, str]:
    """Return this process's environment with a local folder of its own and the jars that are there."""
    kept = {name: value for name, value in os.environ.items() if name not in _ADDRESSES}
    own = {
        "ETIQUETA_LOCAL_DIR": str(local_dir),
        "ETIQUETA_JARS_DIR": str(StackSettings.read().jars_dir),
        "COLUMNS": "80",
    }
    return kept | own | changes


def _interruptible() -> None:
    """Hear Ctrl+C as from a terminal: whoever runs the tests in the background has it ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@dataclass(slots=True)
class Command:
    """One command that runs, its output in files."""

    process: subprocess.Popen[bytes]
    out: Path
    err: Path

    @classmethod
    def begun(cls, folder: Path, module: str, *arguments: str, **changes: str) -> "Command":
        folder.mkdir(parents=True, exist_ok=True)
        out, err = folder / "out.txt", folder / "err.txt"
        with out.open("wb") as to_out, err.open("wb") as to_err:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments],
                stdout=to_out,
                stderr=to_err,
                cwd=ROOT,
                env=environment(folder / "local", **changes),
                preexec_fn=_interruptible,  # noqa: PLW1509 - it sets one signal, and no thread runs yet
            )
        return cls(process, out, err)

    @property
    def said(self) -> str:
        return self.out.read_text(encoding="utf-8")

    @property
    def complained(self) -> str:
        return self.err.read_text(encoding="utf-8")

    def has_said(self, words: str) -> bool:
        """Tell whether it has said `words` by now; fails when it has ended without."""
        said = words in self.said
        assert said or self.process.poll() is None, self.shown()
        return said

    def exit_code(self) -> int:
        """Wait for the end; a command that takes too long is ended."""
        try:
            return self.process.wait(PATIENCE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.terminate()
            self.process.wait(PATIENCE_SECONDS)
            raise

    def shown(self) -> str:
        """Return what an assertion is to show when it fails."""
        return f"{self.said}\n{self.complained}"


def alive(folder: Path) -> list[str]:
    """Return the command lines of what still runs for a folder."""
    mark = f"-Detiqueta.stack={folder}"
    found = []
    for process in psutil.process_iter():
        try:
            line = process.cmdline()
        except psutil.Error:
            continue
        if any(argument.startswith(mark) for argument in line):
            found.append(" ".join(line)[:200])
    return found


def eventually(holds: Callable[[], bool], what: str, within_seconds: float = PATIENCE_SECONDS) -> None:
    """Return once `holds`; fails naming `what` when that takes too long."""
    deadline = monotonic_seconds() + within_seconds
    while not holds():
        assert monotonic_seconds() < deadline, f"{what} did not happen within {within_seconds:.0f} s"
        time.sleep(0.05)
