"""The life of a part that runs as a process: start, readiness, faults, stop, and why it ended."""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Literal, assert_never

import psutil

from shared.clock import monotonic_seconds
from shared.localstack import diagnosis, ports, processes
from shared.localstack.diagnosis import Cause
from shared.localstack.errors import NotControllable, PortTaken, StackError, StartFailed
from shared.localstack.layout import StackFolder, disk_full
from shared.localstack.parts import Condition, PartStatus
from shared.localstack.ports import Reservation
from shared.localstack.recipes import Recipe
from shared.localstack.state import PartLabel, PartState, ProcessPartState, ProcessRef, StateFile

_PORT_TRIES = 3
_GRACE_SECONDS = 20.0
_POLL_SECONDS = 0.05
_ANSWER_SECONDS = 5.0


class ProcessPart:
    """One process of a stack, driven by its recipe; see `Part` for what the calls promise."""

    source: Literal["processes"] = "processes"

    def __init__(
        self,
        recipe: Recipe,
        folder: StackFolder,
        states: StateFile,
        *,
        start_seconds: float,
        grace_seconds: float = _GRACE_SECONDS,
    ) -> None:
        self._recipe = recipe
        self._folder = folder
        self._states = states
        self._start_seconds = start_seconds
        self._grace_seconds = grace_seconds
        self._lock = threading.RLock()
        self._kept_ports: Reservation | None = None

    @property
    def label(self) -> PartLabel:
        return self._recipe.label

    @property
    def title(self) -> str:
        return self._recipe.title

    @property
    def address(self) -> str:
        known = self._state().ports
        if not known:
            raise NotControllable(f"{self._recipe.title} of stack '{self._folder.name}' was never started.")
        return self._recipe.address(known)

    @property
    def pid(self) -> int | None:
        process = self._process()
        return None if process is None else process.pid

    def start(self, *, keep_ports: bool = True) -> None:
        with self._lock:
            process, state = self._process(), self._state()
            known = state.ports
            if process is not None and state.process is not None:
                if process.status() == psutil.STATUS_STOPPED:
                    process.resume()
                self._await_answer(state.process, known, state.log_offset_bytes)
                return
            if known and keep_ports:
                self._launch(known)
                return
            fixed = () if self._recipe.fixed_port is None else (self._recipe.fixed_port,)
            self._launch_somewhere(known, fixed)

    def stop(self) -> None:
        with self._lock:
            ref = self._state().process
            if ref is not None:
                processes.terminate(ref, self._grace_seconds)
                self._record(process=None)
                self._keep_ports()

    def kill(self) -> None:
        with self._lock:
            processes.kill(self._running_ref())
            self._keep_ports()

    def pause(self) -> None:
        with self._lock:
            process = self._running()
            process.suspend()
            while process.is_running() and process.status() != psutil.STATUS_STOPPED:
                time.sleep(_POLL_SECONDS)

    def resume(self) -> None:
        with self._lock:
            self._running().resume()

    def remove(self) -> None:
        with self._lock:
            ref = self._state().process
            if ref is not None:
                processes.kill(ref)
            self.let_go()

    def let_go(self) -> None:
        with self._lock:
            if self._kept_ports is not None:
                self._kept_ports.release()
                self._kept_ports = None

    def status(self) -> PartStatus:
        state = self._state()
        process = self._process()
        condition, detail, log_tail = self._condition(state, process)
        return PartStatus(
            label=self.label,
            title=self._recipe.title,
            source=self.source,
            condition=condition,
            address=self._recipe.address(state.ports) if state.ports else None,
            pid=None if process is None else process.pid,
            resident_bytes=_resident_bytes(process),
            log=self._folder.log(self.label),
            detail=detail,
            log_tail=log_tail,
        )

    def _condition(
        self, state: ProcessPartState, process: psutil.Process | None
    ) -> tuple[Condition, str, str]:
        if state.process is None:
            return "stopped", "It is stopped.", ""
        if process is None:
            ended = self._ended(state.process, state.ports, state.log_offset_bytes)
            return "dead", ended.sentence, ended.log_tail
        if process.status() == psutil.STATUS_STOPPED:
            return "paused", "It is frozen by SIGSTOP.", ""
        if not self._recipe.answers(state.ports, process.pid, _ANSWER_SECONDS):
            return "silent", f"It did not answer within {_ANSWER_SECONDS:.0f} s; see its log.", ""
        return "running", "", ""

    def _launch_somewhere(self, known: Sequence[int], fixed: Sequence[int]) -> None:
        """Start on the known or fixed ports, else on free ones, again if another took them meanwhile."""
        if known and (not fixed or fixed[0] == known[0]):
            try:
                self._launch(known)
            except PortTaken:
                pass
            else:
                return
        for last_try in (False,) * (_PORT_TRIES - 1) + (True,):
            try:
                self._launch(fixed)
            except PortTaken:
                if fixed or last_try:
                    raise
            else:
                return

    def _launch(self, wanted_ports: Sequence[int]) -> None:
        reservation = self._reserve(wanted_ports)
        try:
            self._require_room()
            self._recipe.prepare(reservation.ports)
            reservation.make_room()
            self._run(reservation.ports)
        finally:
            # From here on the process itself listens, or has failed to.
            reservation.release()

    def _run(self, chosen: tuple[int, ...]) -> None:
        log = self._folder.log(self.label)
        log_offset_bytes = log.stat().st_size if log.exists() else 0
        mark = processes.marker(self._folder.path, self.label)
        ref = processes.spawn(self._recipe.command(chosen), mark=mark, folder=self._folder.path, log=log)
        self._record(process=ref, ports=chosen, log_offset_bytes=log_offset_bytes)
        try:
            self._await_answer(ref, chosen, log_offset_bytes)
        except BaseException:
            processes.kill(ref)
            raise

    def _reserve(self, wanted_ports: Sequence[int]) -> Reservation:
        kept, self._kept_ports = self._kept_ports, None
        if kept is not None:
            if kept.ports == tuple(wanted_ports):
                return kept
            kept.release()
        variable = self._recipe.port_variable if self._recipe.fixed_port in wanted_ports else None
        return ports.reserve(self._recipe.port_count, wanted_ports, variable)

    def _keep_ports(self) -> None:
        """Keep the ports of the ended process for its next start; whoever came first has them."""
        with suppress(PortTaken):
            self._kept_ports = ports.reserve(self._recipe.port_count, self._state().ports)

    def _await_answer(self, ref: ProcessRef, chosen: Sequence[int], log_offset_bytes: int) -> None:
        deadline = monotonic_seconds() + self._start_seconds
        while monotonic_seconds() < deadline:
            if processes.find(ref) is None:
                raise self._ended(ref, chosen, log_offset_bytes)
            if ports.is_listening(chosen[0]) and self._recipe.answers(chosen, ref.pid, _ANSWER_SECONDS):
                return
            time.sleep(_POLL_SECONDS)
        log = self._folder.log(self.label)
        raise StartFailed(
            f"{self._recipe.title} did not answer on port {chosen[0]} within {self._start_seconds:.0f} s; "
            f"see {log}, or give a slow machine more with ETIQUETA_STACK_START_SECONDS.",
            diagnosis.tail(diagnosis.since(log, log_offset_bytes)),
        )

    def _ended(self, ref: ProcessRef, chosen: Sequence[int], log_offset_bytes: int) -> StackError:
        """Return what to tell about a process that is gone without having been asked to."""
        log = self._folder.log(self.label)
        text = diagnosis.since(log, log_offset_bytes)
        last_lines = diagnosis.tail(text)
        how = f"{self._recipe.title} {diagnosis.ending(processes.exit_code(ref))}"
        because = diagnosis.cause(text, self._folder.path)
        match because:
            case Cause.PORT_TAKEN:
                return ports.taken(chosen[0], self._recipe.port_variable, last_lines)
            case Cause.DISK_FULL:
                return disk_full(self._folder.path, last_lines)
            case Cause.NO_MEMORY:
                advice = "the machine has too little free memory; close something and start it again"
            case Cause.DATA_DAMAGED:
                advice = f"its data cannot be read; clear them away{self._folder.hint('down --remove')}"
            case Cause.UNKNOWN:
                advice = f"start it again{self._folder.hint('up')}"
            case _:
                assert_never(because)
        return StartFailed(f"{how}: {advice}. Its log is {log}.", last_lines)

    def _require_room(self) -> None:
        if diagnosis.free_bytes(self._folder.path) < diagnosis.FREE_AT_START_BYTES:
            raise disk_full(self._folder.path)

    def _state(self) -> ProcessPartState:
        state = self._states.part(self.label)
        return state if isinstance(state, ProcessPartState) else ProcessPartState()

    def _process(self) -> psutil.Process | None:
        ref = self._state().process
        return None if ref is None else processes.find(ref)

    def _running(self) -> psutil.Process:
        process = self._process()
        if process is None:
            raise NotControllable(f"{self._recipe.title} of stack '{self._folder.name}' is not running.")
        return process

    def _running_ref(self) -> ProcessRef:
        self._running()
        ref = self._state().process
        if ref is None:
            raise NotControllable(f"{self._recipe.title} of stack '{self._folder.name}' is not running.")
        return ref

    def _record(self, **change: object) -> None:
        def changed(state: PartState) -> PartState:
            return state.model_copy(update=change)

        self._states.update_part(self.label, changed)


def _resident_bytes(process: psutil.Process | None) -> int | None:
    try:
        return None if process is None else process.memory_info().rss
    except psutil.Error:
        return None
