"""What every part of a stack offers, wherever it runs, and what it says about itself."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

from shared.localstack.state import PartLabel, Source

Condition = Literal["running", "paused", "stopped", "dead", "silent"]
"""`dead`: ended by itself; `silent`: alive, but a real request got no answer."""


@dataclass(frozen=True, slots=True)
class PartStatus:
    """One part as it is now."""

    label: PartLabel
    title: str
    source: Source
    condition: Condition
    address: str | None
    pid: int | None = None
    resident_bytes: int | None = None
    log: Path | None = None
    detail: str = ""
    """Why it is not running, in a sentence; empty when it is."""
    log_tail: str = ""
    """The last lines of its log, when it is dead."""


class Part(Protocol):
    """Kafka or the store. Every call returns when what it asks for has happened.

    The calls block for up to seconds; under an event loop, `await asyncio.to_thread(stack.kafka.start)`.
    All but `status` and `address` raise `NotControllable` for a part that this stack did not start.
    """

    @property
    def label(self) -> PartLabel: ...
    @property
    def title(self) -> str:
        """What people call it, with its version."""

    @property
    def address(self) -> str:
        """For Kafka `host:port`, for MongoDB a URI; raises `NotControllable` before the first start."""

    @property
    def pid(self) -> int | None:
        """The process now running, None without one."""

    def start(self, *, keep_ports: bool = True) -> None:
        """Start it with the data it had, or thaw it, and return once it answers a real request.

        With `keep_ports` on the ports it had (raises `PortTaken`), else on others if those are taken.
        """

    def stop(self) -> None:
        """End it cleanly (SIGTERM); data and ports are kept."""

    def let_go(self) -> None:
        """Give up the ports that a part which was stopped or killed keeps for its next start."""

    def kill(self) -> None:
        """End it with SIGKILL, as a crash would."""

    def pause(self) -> None:
        """Freeze it (SIGSTOP): it holds its connections and answers nothing."""

    def resume(self) -> None:
        """Thaw it (SIGCONT)."""

    def status(self) -> PartStatus: ...
    def remove(self) -> None:
        """End it and give up what lies outside the stack's folder."""
