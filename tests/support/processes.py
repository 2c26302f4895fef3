"""Launched processes as tests see them: their log, their health, their end."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from tests.support.crashing import Crash
from tests.support.eventually import eventually
from tests.support.launched import Order

ROOT: Final = Path(__file__).resolve().parents[2]
_TAIL_BYTES: Final = 6000


class ForkServer:
    """Starts processes from one that has done the imports; see `tests/support/forkserver.py`."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.forkserver"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            text=True,
        )
        self._lock = threading.Lock()
        self._ready = False

    def start(self, order: Order) -> int:
        """Start one process and return its pid."""
        return int(self._ask(asdict(order))["pid"])

    def code(self, pid: int) -> int | None:
        """Return how a process ended, negative for a signal; None while it lives."""
        code: int | None = self._ask({"poll": pid})["code"]
        return code

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            if not self._ready:
                self._ready = bool(self._answer()["ready"])
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(question) + "\n")
            self._process.stdin.flush()
            return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the fork server has died"
        answer: dict[str, Any] = json.loads(line)
        return answer

    def close(self) -> None:
        """End the server; it kills what still lives of its children."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(30)


class Launched:
    """One process of the project's own, with its log."""

    def __init__(self, name: str, log: Path) -> None:
        self.name = name
        self.log = log
        self.pid = 0

    def code(self) -> int | None:
        """Return how it ended, negative for a signal; None while it lives."""
        raise NotImplementedError

    async def ended(self, within_seconds: float = 60) -> int:
        """Wait for its end and return how it ended."""

        def code() -> int:
            found = self.code()
            assert found is not None, f"{self.name} still runs:\n{self.tail()}"
            return found

        return await eventually(code, within_seconds)

    async def terminated(self, within_seconds: float = 60) -> int:
        """Ask it to end (SIGTERM), wait, and return its exit code."""
        self.signal(signal.SIGTERM)
        return await self.ended(within_seconds)

    async def killed(self) -> None:
        """End it with SIGKILL and wait until it is gone."""
        self.signal(signal.SIGKILL)
        await self.ended()

    def signal(self, number: signal.Signals) -> None:
        if self.code() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def tail(self) -> str:
        """Return the end of its log."""
        return self.text()[-_TAIL_BYTES:]

    def text(self) -> str:
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""

    def lines(self, event: str) -> list[dict[str, Any]]:
        """Return the structured log lines of one event, in order."""
        found = []
        for line in self.text().splitlines():
            if line.startswith("{"):
                with contextlib.suppress(ValueError):
                    entry: dict[str, Any] = json.loads(line)
                    if entry.get("event") == event:
                        found.append(entry)
        return found


class Forked(Launched):
    """A process that the fork server started."""

    def __init__(self, name: str, order: Order, server: ForkServer) -> None:
        super().__init__(name, Path(order.log))
        self._server = server
        self.pid = server.start(order)

    def code(self) -> int | None:
        return self._server.code(self.pid)


class Spawned(Launched):
    """A process started as people start it, imports and all."""

    def __init__(self, name: str, order: Order) -> None:
        super().__init__(name, Path(order.log))
        command = [sys.executable, "-m", *order.arguments]
        if order.crash is not None:
            command = [sys.executable, "-m", "tests.support.crashing", json.dumps(order.crash)]
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=dict(order.environment),
                cwd=ROOT,
            )
        self.pid = self._process.pid

    def code(self) -> int | None:
        return self._process.poll()


@dataclass(slots=True)
class Launcher:
    """Starts processes of one test or module, and ends what is left of them."""

    folder: Path
    server: ForkServer | None
    """None: every process does its own imports (systems without fork)."""
    started: list[Launched] = field(default_factory=list)

    def launch(
        self,
        name: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        *,
        crash: Crash | None = None,
        spawned: bool = False,
    ) -> Launched:
        """Start `python -m ARGUMENTS`; `spawned` does it as people do, else imports may be shared."""
        log = self.folder / f"{len(self.started):02d}-{name}.log"
        order = Order(arguments, environment, str(log), None if crash is None else asdict(crash))
        server = None if spawned else self.server
        one: Launched = Spawned(name, order) if server is None else Forked(name, order, server)
        self.started.append(one)
        return one

    async def end_all(self) -> None:
        """Kill what still runs, frozen or not."""
        for one in self.started:
            if one.code() is None:
                await one.killed()

    def tails(self) -> Sequence[tuple[str, str]]:
        """Return the end of each log by its name, for a failure's report."""
        return [(one.log.name, one.tail()) for one in self.started]
