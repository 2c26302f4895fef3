"""The state file of a stack: what it is made of, so that a later process can check and stop it."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shared.localstack.errors import StateUnreadable
from shared.localstack.layout import unwritable

PartLabel = Literal["kafka", "mongodb"]
Source = Literal["environment", "docker", "processes"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProcessRef(_Frozen):
    """One process for all time: a recycled pid has another start time and another command line."""

    pid: int
    started_at: float
    """Seconds since the epoch, as the operating system tells it."""
    marker: str
    """An argument of its command line that no process of another stack carries; empty for an owner."""


class GivenPartState(_Frozen):
    """An address out of the environment. The address itself may carry a password and is not kept."""

    source: Literal["environment"] = "environment"
    variable: str


class ProcessPartState(_Frozen):
    source: Literal["processes"] = "processes"
    ports: tuple[int, ...] = ()
    """First the port that clients use."""
    process: ProcessRef | None = None
    """None after it was stopped on purpose."""
    log_offset_bytes: int = 0
    """Where in the log the lines of this start begin."""


class ContainerPartState(_Frozen):
    source: Literal["docker"] = "docker"
    image: str
    port: int | None = None
    container_id: str | None = None
    stopped: bool = False
    """True after it was stopped on purpose."""


PartState = Annotated[GivenPartState | ProcessPartState | ContainerPartState, Field(discriminator="source")]


class StackState(_Frozen):
    version: Literal[1] = 1
    name: str
    reason: str
    owner: ProcessRef | None = None
    """The process with which the stack ends; None for a stack that stays until `down`."""
    kafka: PartState
    mongodb: PartState

    def part(self, label: PartLabel) -> PartState:
        return self.kafka if label == "kafka" else self.mongodb


class StateFile:
    """Reads and replaces one stack's state; each write is whole or not there."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def load(self) -> StackState | None:
        """Return the state, None when there is no such stack; raises `StateUnreadable`."""
        try:
            return StackState.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StateUnreadable(
                f"{self._path} cannot be read ({error.strerror}); give its rights to this user or name "
                "another folder with ETIQUETA_LOCAL_DIR."
            ) from error
        except ValidationError:
            raise StateUnreadable(
                f"{self._path} is not a state file of this version; "
                f"`etiqueta stack down --remove --name {self._path.parent.name}` clears the stack away."
            ) from None

    def save(self, state: StackState) -> None:
        with self._lock:
            self._write(state)

    def part(self, label: PartLabel) -> PartState | None:
        state = self.load()
        return None if state is None else state.part(label)

    def update_part(self, label: PartLabel, change: Callable[[PartState], PartState]) -> None:
        """Replace one part's state by what `change` makes of it; two threads never lose an update."""
        with self._lock:
            state = self.load()
            if state is not None:
                self._write(state.model_copy(update={label: change(state.part(label))}))

    def _write(self, state: StackState) -> None:
        fresh = self._path.with_suffix(".new")
        try:
            with fresh.open("w", encoding="utf-8") as file:
                file.write(state.model_dump_json(indent=2))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            raise unwritable(self._path, error) from error
