"""Installs a lock file with pip and shows how far it is: `python deploy/local/install.py LOCK`.

Run as a file before anything is installed: it needs Python and its pip, and nothing of this project.
"""

import re
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final, TextIO

_PIN: Final = re.compile(r"^[A-Za-z0-9][\w.-]*(?:\[[^\]]*\])?==[^\\\n]*", re.MULTILINE)
_FETCHED: Final = re.compile(r"^\s*(?:Collecting|Requirement already satisfied:) ")
_INSTALLING: Final = "Installing collected packages"
_WIDTH: Final = 30
_LAST_LINES: Final = 15


def main(arguments: list[str]) -> int:
    """Install each lock file named; returns pip's exit code, and shows its last words when it failed."""
    for lock in map(Path, arguments):
        command = [
            *(sys.executable, "-m", "pip", "install", "--disable-pip-version-check", "--no-input"),
            *("--progress-bar", "off", "--require-hashes", "-r", str(lock)),
        ]
        said: list[str] = []
        with subprocess.Popen(  # noqa: S603 - our own command
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as pip:
            show(steps(_kept(pip.stdout or (), said), packages(lock)), sys.stdout)
        if pip.returncode:
            sys.stderr.write("".join(said[-_LAST_LINES:]))
            sys.stderr.write(f"\n{lock} could not be installed; pip's last words are above.\n")
            return pip.returncode
    return 0


def packages(lock: Path) -> int:
    """Return how many of a lock file's packages this Python installs."""
    from pip._vendor.packaging.requirements import Requirement  # noqa: PLC0415 - pip may be replaced meanwhile

    wanted: list[Any] = [Requirement(pin.strip()) for pin in _PIN.findall(lock.read_text(encoding="utf-8"))]
    return sum(one.marker is None or one.marker.evaluate() for one in wanted)


def _kept(lines: Iterable[str], said: list[str]) -> Iterator[str]:
    for line in lines:
        said.append(line)
        yield line


def steps(lines: Iterable[str], total: int) -> Iterator[tuple[int, int, str]]:
    """Turn pip's lines into (done, total, what): a step for each package that is at hand."""
    fetched = 0
    for line in lines:
        if _FETCHED.match(line):
            fetched = min(fetched + 1, total)
            yield fetched, total, "fetching"
        elif line.startswith(_INSTALLING):
            yield total, total, "installing"


def show(progress: Iterable[tuple[int, int, str]], out: TextIO) -> None:
    """Draw a bar that is rewritten on a terminal; elsewhere a line for each fifth."""
    started, told = time.monotonic(), -1
    for done, total, what in progress:
        full = _WIDTH * done // max(total, 1)
        line = f"  {'█' * full}{'░' * (_WIDTH - full)} {done:>3} of {total} packages, {what}"
        if out.isatty():
            out.write(f"\r{line:<80}")
        elif 5 * done // max(total, 1) > told or what == "installing":
            told = 5 * done // max(total, 1)
            out.write(f"{line}\n")
        out.flush()
    out.write(f"{chr(13) if out.isatty() else ''}{f'  done in {time.monotonic() - started:.0f} s':<80}\n")


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
