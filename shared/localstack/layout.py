"""Where each file of a stack lies."""

import errno
import os
import re
from dataclasses import dataclass
from pathlib import Path

from shared.localstack.errors import BadValue, DiskFull, StackError

_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,47}")
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
EPHEMERAL_PREFIX = "run-"
"""Stacks that live as long as the process that started them; nobody may name one so."""


@dataclass(frozen=True, slots=True)
class StackFolder:
    """The folder of one stack: data, logs and state, and nothing of any other stack."""

    path: Path

    @classmethod
    def named(cls, local_dir: Path, name: str) -> "StackFolder":
        """Return the folder of the stack `name`; raises `BadValue` for a name that is no folder name."""
        if not _NAME.fullmatch(name):
            raise BadValue(
                f"'{name}' cannot name a stack: use up to 48 lower-case letters, digits, '-' and '_', "
                "beginning with a letter or digit."
            )
        return cls(local_dir / "stacks" / name)

    @property
    def name(self) -> str:
        return self.path.name

    @property
    def state_file(self) -> Path:
        return self.path / "state.json"

    @property
    def lock_file(self) -> Path:
        """Beside the folder, because `down --remove` takes the folder away under the lock."""
        return self.path.with_name(f"{self.name}.lock")

    def part(self, label: str) -> Path:
        return self.path / label

    def log(self, label: str) -> Path:
        return self.path / label / f"{label}.log"

    def relative(self, path: Path) -> str:
        """Return `path` as seen from the stack's folder, where its processes run.

        Relative paths keep command lines short, and the broker's own files free of what a home folder's
        name would have to be escaped for.
        """
        return os.path.relpath(path, self.path)

    @property
    def ephemeral(self) -> bool:
        return self.name.startswith(EPHEMERAL_PREFIX)

    def hint(self, command: str) -> str:
        """Return ' with `etiqueta stack COMMAND`' for a stack that commands reach, else nothing."""
        return "" if self.ephemeral else f" with `etiqueta stack {command} --name {self.name}`"

    def create(self) -> None:
        """Make the folder; raises `DiskFull` or `StackError` where it cannot be written."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            (self.path / "tmp").mkdir(exist_ok=True)
        except OSError as error:
            raise unwritable(self.path, error) from error


def unwritable(path: Path, error: OSError) -> StackError:
    """Return what to tell about a path that could not be written."""
    if error.errno in _FULL:
        return disk_full(path)
    return StackError(
        f"{path} cannot be written ({error.strerror}); "
        "give the folder's rights to this user or name another with ETIQUETA_LOCAL_DIR."
    )


def disk_full(path: Path, log_tail: str = "") -> DiskFull:
    """Return the one sentence about a disk without room."""
    return DiskFull(
        f"No room is left for the local stack in {path}; "
        "free some space there or name another folder with ETIQUETA_LOCAL_DIR.",
        log_tail,
    )
