"""What a process's log says about why it ended."""

import re
import shutil
from enum import Enum, auto
from pathlib import Path

_TAIL_LINES = 12
_TAIL_BYTES = 16_000
_LINE_CHARACTERS = 300
_FULL_BELOW_BYTES = 2_000_000
FREE_AT_START_BYTES = 100_000_000
"""A new stack writes some 30 MB before its first record."""


class Cause(Enum):
    PORT_TAKEN = auto()
    DISK_FULL = auto()
    NO_MEMORY = auto()
    DATA_DAMAGED = auto()
    UNKNOWN = auto()


_SIGNS = (
    (Cause.PORT_TAKEN, re.compile(r"Address already in use|BindException|Failed to bind")),
    (
        Cause.DISK_FULL,
        re.compile(r"No space left on device|Disk quota exceeded|File too large|insufficient space"),
    ),
    (
        Cause.NO_MEMORY,
        re.compile(r"OutOfMemoryError|Cannot allocate memory|Could not reserve enough space|error='12'"),
    ),
    (
        Cause.DATA_DAMAGED,
        re.compile(
            r"InconsistentClusterIdException|CorruptRecordException|MVStoreException|meta\.properties|"
            r"No readable meta\.properties"
        ),
    ),
)


def cause(log_text: str, folder: Path) -> Cause:
    """Return why a process that wrote `log_text` ended; a full disk may have kept it from saying so."""
    for candidate, sign in _SIGNS:
        if sign.search(log_text):
            return candidate
    return Cause.DISK_FULL if free_bytes(folder) < _FULL_BELOW_BYTES else Cause.UNKNOWN


def free_bytes(folder: Path) -> int:
    """Return the room left where `folder` lies, or would lie."""
    existing = next(path for path in (folder, *folder.parents) if path.exists())
    return shutil.disk_usage(existing).free


def since(log: Path, offset_bytes: int = 0) -> str:
    """Return the end of what the log gained after `offset_bytes`; empty when there is no log."""
    try:
        with log.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(offset_bytes, size - _TAIL_BYTES))
            return file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""


def tail(text: str) -> str:
    """Return the last lines, each cut to a length that fits a terminal."""
    return "\n".join(line[:_LINE_CHARACTERS] for line in text.splitlines()[-_TAIL_LINES:])


def ending(code: int | None) -> str:
    """Say how a process ended, from its exit code; negative means a signal, None is not known."""
    if code is None:
        return "ended"
    return f"was killed by signal {-code}" if code < 0 else f"ended with exit code {code}"
