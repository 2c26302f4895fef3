"""What `make up` left running: its folder, and the state file by which later commands find it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from filelock import FileLock, Timeout
from pydantic import BaseModel, ConfigDict, ValidationError

from deploy.local.environment import Ports
from shared.localstack import processes
from shared.localstack.errors import StackBusy, StateUnreadable
from shared.localstack.layout import unwritable
from shared.localstack.state import ProcessRef

STACK_NAME: Final = "up"
_LOCK_SECONDS: Final = 1.0


class Running(BaseModel):
    """The programs of one `make up`, and where they listen."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: Literal[1] = 1
    programs: Mapping[str, ProcessRef] = {}
    ports: Ports = Ports()
    stack_is_ours: bool
    """False where the stack ran before, so that it is to go on afterwards."""

    @property
    def whole(self) -> bool:
        """False while it is being started, and when that was cut off."""
        return bool(self.programs)

    def ended(self) -> list[str]:
        """Return the programs that have ended by themselves."""
        return [name for name, ref in self.programs.items() if processes.find(ref) is None]


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of `make up`: state, secrets, logs."""

    path: Path

    @classmethod
    def under(cls, local_dir: Path) -> "Home":
        return cls(local_dir / "up")

    @property
    def secrets(self) -> Path:
        return self.path / "secrets.json"

    @property
    def api_key(self) -> Path:
        return self.path / "api-key"

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    @property
    def _state(self) -> Path:
        return self.path / "state.json"

    @contextmanager
    def locked(self, wait_seconds: float = _LOCK_SECONDS) -> Iterator[None]:
        """Let one command at a time work here; raises `StackBusy` while another does."""
        lock = FileLock(self.path / "lock")
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            lock.acquire(timeout=wait_seconds)
        except Timeout:
            raise StackBusy("Another `make up` or `make down` is at work; wait until it is done.") from None
        except OSError as error:
            raise unwritable(self.path, error) from error
        try:
            yield
        finally:
            lock.release()

    def load(self) -> Running | None:
        """Return what is recorded, None where nothing is; raises `StateUnreadable`."""
        try:
            return Running.model_validate_json(self._state.read_bytes())
        except FileNotFoundError:
            return None
        except ValidationError:
            raise StateUnreadable(
                f"{self._state} is not a state file of this version; remove it once nothing of it runs."
            ) from None

    def save(self, running: Running) -> None:
        try:
            self._state.write_text(running.model_dump_json(indent=2), encoding="utf-8")
        except OSError as error:
            raise unwritable(self._state, error) from error

    def forget(self) -> None:
        self._state.unlink(missing_ok=True)
