"""The processes of a local installation: the four services and the sandbox, started, awaited, stopped.

Each carries the mark of its installation's folder in its command line, by which the local stack's
watchdog and a later command find it, whatever became of the process that started it.
"""

import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx
import psutil

from deploy.local.environment import NUMBER, ROOT, SANDBOX, SERVICES, Ports, variable_of_port
from shared.clock import monotonic_seconds
from shared.localstack import diagnosis, processes
from shared.localstack.errors import StackError, StartFailed
from shared.localstack.layout import unwritable
from shared.localstack.ports import taken
from shared.localstack.state import ProcessRef

_START_SECONDS: Final = 120.0
_GRACE_SECONDS: Final = 20.0
_POLL_SECONDS: Final = 0.1
_ANSWER_SECONDS: Final = 3.0
_CANNOT_LISTEN: Final = re.compile(r" is taken\.|cannot be listened (on|at)")


@dataclass(frozen=True, slots=True)
class Program:
    """What is started, and where it says that it is ready."""

    name: str
    """What its log is called."""
    arguments: Sequence[str]
    """Of the Python interpreter."""
    ready_urls: Mapping[str, str]
    """By who answers there."""
    ports: Mapping[str, int]


def services(ports: Ports) -> Sequence[Program]:
    """Return the four services, each a process of its own."""
    return [_serving(name, (name,), ports) for name in SERVICES]


def services_in_one(ports: Ports) -> Program:
    """Return the four services as one process, which starts in a third of the computing time."""
    return _serving("services", SERVICES, ports)


def _serving(log_name: str, names: Sequence[str], ports: Ports) -> Program:
    return Program(
        log_name,
        ("-m", "services.cli", "serve", *names),
        {name: f"{ports.url(name)}/health/ready" for name in names},
        {name: ports.of(name) for name in names},
    )


def sandbox(ports: Ports, *options: str) -> Program:
    """Return the stand-in for the provider; it reports to ingest."""
    arguments = (
        *("-m", "deploy.local.sandbox"),
        *("--port", str(ports.sandbox)),
        *("--number", f"{NUMBER.phone_number_id}={NUMBER.display_phone_number}"),
        *("--webhook-url", f"{ports.url('ingest')}/webhooks/whatsapp/{{account}}"),
        *options,
    )
    return Program(
        SANDBOX, arguments, {SANDBOX: f"{ports.url(SANDBOX)}/health"}, {SANDBOX: ports.of(SANDBOX)}
    )


@dataclass(frozen=True, slots=True)
class Started:
    """A program that runs, or has run."""

    program: Program
    process: subprocess.Popen[bytes]
    ref: ProcessRef
    log: Path
    log_offset_bytes: int


class Programs:
    """The programs of one installation. `mark` is the folder by which they are found again."""

    def __init__(self, mark: Path, logs: Path, environment: Mapping[str, str]) -> None:
        self._mark = mark
        self._logs = logs
        self._environment = environment
        self._started: list[Started] = []

    @property
    def refs(self) -> Mapping[str, ProcessRef]:
        """Return how a later process finds each program."""
        return {one.program.name: one.ref for one in self._started}

    def start(self, programs: Sequence[Program], ready: Callable[[str], None] = lambda _: None) -> None:
        """Start all, and return once each says that it is ready; `ready` is told their names.

        Raises `StartFailed` or `PortTaken` with the log's last lines; what was started goes on until
        `stop`.
        """
        fresh = [self._spawn(program) for program in programs]
        deadline = monotonic_seconds() + _START_SECONDS
        with httpx.Client(timeout=_ANSWER_SECONDS, trust_env=False) as http:
            for one in fresh:
                for name, url in one.program.ready_urls.items():
                    self._await(one, name, url, http, deadline)
                    ready(name)

    def _spawn(self, program: Program) -> Started:
        log = self._logs / f"{program.name}.log"
        mark = processes.marker(self._mark, program.name)
        try:
            self._logs.mkdir(parents=True, exist_ok=True)
            with log.open("ab") as output:
                offset_bytes = output.tell()
                process = subprocess.Popen(  # noqa: S603 - the command is built here, never from input
                    # An option that nobody knows: it only has to stand in the command line.
                    [sys.executable, "-X", mark, *program.arguments],
                    stdin=subprocess.DEVNULL,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    cwd=ROOT,
                    env=dict(self._environment),
                )
        except OSError as error:
            raise unwritable(log, error) from error
        started_at = psutil.Process(process.pid).create_time()
        ref = ProcessRef(pid=process.pid, started_at=started_at, marker=mark)
        one = Started(program, process, ref, log, offset_bytes)
        self._started.append(one)
        return one

    def _await(self, one: Started, name: str, url: str, http: httpx.Client, deadline_seconds: float) -> None:
        why = "it does not answer"
        while monotonic_seconds() < deadline_seconds:
            self.check()
            try:
                answer = http.get(url)
            except httpx.HTTPError:
                time.sleep(_POLL_SECONDS)
                continue
            if answer.is_success:
                return
            why = _reason(answer)
            time.sleep(_POLL_SECONDS)
        sentence = f"{name} was not ready within {_START_SECONDS:.0f} s: {why}; its log is {one.log}."
        raise StartFailed(sentence, diagnosis.tail(_since(one)))

    def check(self) -> None:
        """Raise `StartFailed` or `PortTaken` when one of the programs has ended by itself."""
        for one in self._started:
            if (code := one.process.poll()) is not None:
                raise _ended(one, code)

    def stop(self) -> None:
        """Let all finish what they have in hand and end; one that takes too long is killed."""
        for one in self._started:
            if one.process.poll() is None:
                one.process.send_signal(signal.SIGTERM)
        deadline = monotonic_seconds() + _GRACE_SECONDS
        for one in self._started:
            try:
                one.process.wait(max(0.0, deadline - monotonic_seconds()))
            except subprocess.TimeoutExpired:
                one.process.kill()
                one.process.wait()
        self._started.clear()


def stop_refs(refs: Mapping[str, ProcessRef], mark: Path) -> Sequence[str]:
    """Stop programs that another process started, and whatever else carries the mark; returns the names."""
    found = {name: process for name, ref in refs.items() if (process := processes.find(ref)) is not None}
    for process in found.values():
        with suppress(psutil.NoSuchProcess):
            process.terminate()
    _, late = psutil.wait_procs(list(found.values()), timeout=_GRACE_SECONDS)
    for process in late:
        with suppress(psutil.NoSuchProcess):
            process.kill()
    processes.kill_strays(mark)
    return list(found)


def _ended(one: Started, code: int) -> StackError:
    log = _since(one)
    lines = diagnosis.tail(log)
    for name, port in one.program.ports.items():
        if _CANNOT_LISTEN.search(log) and f"{port}" in log:
            return taken(port, variable_of_port(name), lines)
    sentence = f"{one.program.name} {diagnosis.ending(code)}; its log is {one.log}."
    return StartFailed(sentence, lines)


def _since(one: Started) -> str:
    return diagnosis.since(one.log, one.log_offset_bytes)


def _reason(answer: httpx.Response) -> str:
    try:
        return str(answer.json()["reason"])
    except (ValueError, KeyError, TypeError):
        return f"it answers {answer.status_code}"
