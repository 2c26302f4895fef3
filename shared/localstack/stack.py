"""The local stack: chosen by one order, brought up as a whole, its parts in reach one by one."""

import os
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Self
from uuid import uuid4

from filelock import FileLock, Timeout

from shared.localstack import processes
from shared.localstack.assembly import chosen_state, part_of, provide_jars, settled
from shared.localstack.choice import Choice
from shared.localstack.errors import StackBusy
from shared.localstack.layout import EPHEMERAL_PREFIX, StackFolder, unwritable
from shared.localstack.parts import Part, PartStatus
from shared.localstack.reap import reap, reap_abandoned
from shared.localstack.settings import StackSettings
from shared.localstack.state import ProcessRef, StackState, StateFile
from shared.localstack.watchdog import watched

_LOCK_SECONDS = 180.0
DEFAULT_NAME = "default"


def say_on_stderr(line: str) -> None:
    sys.stderr.write(f"{line}\n")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where clients reach the stack. The URI may carry a password and is left out of the repr."""

    kafka: str
    """Bootstrap servers, `host:port` and commas."""
    mongodb: str = field(repr=False)
    """A MongoDB URI."""


@dataclass(frozen=True, slots=True)
class StackStatus:
    """A stack as it is now."""

    name: str
    reason: str
    parts: tuple[PartStatus, ...]

    @property
    def running(self) -> bool:
        return all(part.condition == "running" for part in self.parts)


class LocalStack:
    """Kafka and a store that belong together; `kafka` and `store` are in reach for fault tests.

    All calls block, for up to `ETIQUETA_STACK_START_SECONDS`; under an event loop use
    `asyncio.to_thread`. Every failure is a `StackError` whose text is meant for people.
    """

    def __init__(
        self, settings: StackSettings, folder: StackFolder, state: StackState, say: Callable[[str], None]
    ) -> None:
        self.folder = folder
        self._settings = settings
        self._state = state
        self._states = StateFile(folder.state_file)
        self._say = say
        self.kafka: Part = part_of("kafka", state, settings, folder, self._states)
        self.store: Part = part_of("mongodb", state, settings, folder, self._states)

    @classmethod
    def choose(
        cls,
        settings: StackSettings | None = None,
        *,
        name: str = DEFAULT_NAME,
        owner: ProcessRef | None = None,
        say: Callable[[str], None] = say_on_stderr,
    ) -> Self:
        """Decide where Kafka and the store come from; nothing is started yet.

        A stack of this name that is there already stays what it is, unless the environment now asks for
        something else (raises `StackBusy` while it runs).
        """
        known = settings or StackSettings.read()
        folder = StackFolder.named(known.local_dir, name)
        state = chosen_state(known, folder, owner)
        return cls(known, folder, state, say)

    @classmethod
    def existing(
        cls,
        settings: StackSettings | None = None,
        *,
        name: str = DEFAULT_NAME,
        say: Callable[[str], None] = say_on_stderr,
    ) -> Self | None:
        """Return the stack of this name as it was brought up, None when there is none."""
        known = settings or StackSettings.read()
        folder = StackFolder.named(known.local_dir, name)
        state = StateFile(folder.state_file).load()
        return None if state is None else cls(known, folder, state, say)

    @property
    def addresses(self) -> Addresses:
        return Addresses(kafka=self.kafka.address, mongodb=self.store.address)

    def up(self) -> Addresses:
        """Start what is not running and return once both answer real requests; says what was chosen.

        On failure, what this call started is stopped again.
        """
        with self._name_lock():
            self.folder.create()
            self._states.save(settled(self._states.load(), self._state, self.folder))
            self._say(self.line)
            provide_jars(self._state, self._settings)
            self._start()
        return self.addresses

    @property
    def line(self) -> str:
        """One sentence for people: what was chosen and why."""
        choice = Choice(self._state.kafka.source, self._state.mongodb.source, self._state.reason)
        return choice.line(self.kafka.title, self.store.title)

    def status(self) -> StackStatus:
        parts = (self.kafka.status(), self.store.status())
        return StackStatus(self.folder.name, self._state.reason, parts)

    def down(self, *, remove: bool = False) -> None:
        """Stop both, cleanly and keeping their data; with `remove` end them and delete all they wrote."""
        with self._name_lock():
            for part in (self.store, self.kafka):
                if remove:
                    part.remove()
                else:
                    part.stop()
                    part.let_go()
            if remove:
                reap(self.folder)

    def _start(self) -> None:
        fresh = [part for part in (self.kafka, self.store) if part.pid is None]
        with ThreadPoolExecutor(2, thread_name_prefix="stack") as pool:
            starts = [pool.submit(part.start, keep_ports=False) for part in (self.kafka, self.store)]
        failures = [error for start in starts if (error := start.exception()) is not None]
        if failures:
            for part in fresh:
                part.stop()
                part.let_go()
            raise failures[0]

    @contextmanager
    def _name_lock(self) -> Iterator[None]:
        lock_file = self.folder.lock_file
        try:
            lock_file.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(lock_file)
            lock.acquire(timeout=_LOCK_SECONDS)
        except Timeout:
            raise StackBusy(
                f"Another `etiqueta stack` command has held the stack '{self.folder.name}' for "
                f"{_LOCK_SECONDS:.0f} s; wait for it, end it, or use another --name."
            ) from None
        except OSError as error:
            raise unwritable(lock_file, error) from error
        try:
            yield
        finally:
            lock.release()


@contextmanager
def running_stack(
    settings: StackSettings | None = None, *, say: Callable[[str], None] = say_on_stderr
) -> Iterator[LocalStack]:
    """Bring up a stack of its own, yield it, and leave nothing behind; for tests and the demo.

    Also when this process is killed with -9: a watchdog then ends the stack within two seconds.
    """
    known = settings or StackSettings.read()
    reap_abandoned(known.local_dir)
    name = f"{EPHEMERAL_PREFIX}{os.getpid()}-{uuid4().hex[:8]}"
    owner = processes.myself()
    folder = StackFolder(known.local_dir / "stacks" / name)
    folder.create()
    with watched(folder, owner):
        stack = LocalStack.choose(known, name=name, owner=owner, say=say)
        try:
            stack.up()
            yield stack
        finally:
            stack.down(remove=True)
