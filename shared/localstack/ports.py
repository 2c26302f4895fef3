"""Ports of 127.0.0.1: chosen, held until the process that wants them starts, and checked when fixed."""

import socket
import sys
import weakref
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from random import SystemRandom

import psutil

from shared.localstack.errors import PortTaken

HOST = "127.0.0.1"
# Below the range out of which systems number outgoing connections (from 32768 on Linux, 49152 on macOS):
# no client can sit on a stopped broker's port, nor connect to itself while it tries to reach it.
_LOWEST, _BEYOND = 20_000, 32_000
_ATTEMPTS = 200


_SHAREABLE = sys.platform.startswith("linux")
"""Linux lets a server listen beside a socket that is only bound, where both allow reuse; BSDs do not."""


class Reservation:
    """Ports that no other stack will choose until they are released, or this process ends."""

    def __init__(self, sockets: Sequence[socket.socket]) -> None:
        self.ports: tuple[int, ...] = tuple(int(holder.getsockname()[1]) for holder in sockets)
        self.release = weakref.finalize(self, _close, sockets)
        """Give the ports up; harmless when they are already."""

    def make_room(self) -> None:
        """Let another process listen: on Linux it can beside the reservation, elsewhere this ends it."""
        if not _SHAREABLE:
            self.release()


def reserve(count: int, known: Sequence[int] = (), variable: str | None = None) -> Reservation:
    """Reserve the `known` ports and free ones besides, `count` in all.

    Raises `PortTaken` where somebody listens on a known one; it names `variable` as the way to another.
    """
    return Reservation(_choose(count, known, variable))


@contextmanager
def held_free_ports(
    count: int, fixed: Sequence[int] = (), variable: str | None = None
) -> Iterator[tuple[int, ...]]:
    """Listen on `fixed` and on free ports besides, `count` in all, so that nobody else can.

    Leave the context right before the process starts that binds them. Raises `PortTaken`, which names
    `variable` as the way to another fixed port.
    """
    sockets = _choose(count, fixed, variable)
    try:
        for holder in sockets:
            holder.listen(1)
        yield tuple(int(holder.getsockname()[1]) for holder in sockets)
    finally:
        _close(sockets)


def _choose(count: int, known: Sequence[int], variable: str | None) -> Sequence[socket.socket]:
    with ExitStack() as until_all_are_had:
        sockets = [until_all_are_had.enter_context(_known(port, variable)) for port in known]
        sockets += [until_all_are_had.enter_context(_any_free()) for _ in range(count - len(sockets))]
        until_all_are_had.pop_all()
    return sockets


def _known(port: int, variable: str | None) -> socket.socket:
    if (holder := _bound(port, known=True)) is None:
        raise taken(port, variable)
    return holder


def _any_free() -> socket.socket:
    for _ in range(_ATTEMPTS):
        if (holder := _bound(_any_port())) is not None:
            return holder
    raise PortTaken(f"No free port was found on {HOST} between {_LOWEST} and {_BEYOND}; close some program.")


def _any_port() -> int:
    return SystemRandom().randrange(_LOWEST, _BEYOND)


def _bound(port: int, *, known: bool = False) -> socket.socket | None:
    """Return a socket bound to the port, None if it is anybody's.

    A known port is also had beside connections that ended a moment ago, and beside a reservation.
    """
    for reuse in (0, 1) if known else (0,):
        holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        try:
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, reuse)
            holder.bind((HOST, port))
            # From now on the server that it is for may bind it too; who binds without this may not.
            holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        except OSError:
            holder.close()
        else:
            return holder
    return None


def _close(sockets: Sequence[socket.socket]) -> None:
    for holder in sockets:
        holder.close()


def taken(port: int, variable: str | None = None, log_tail: str = "") -> PortTaken:
    """Return the sentence about a port that another process listens on."""
    choose = f"choose another with {variable}" if variable else "start this stack anew"
    return PortTaken(
        f"Port {port} on {HOST} is taken by {_listener(port)}; stop that process or {choose}.", log_tail
    )


def _listener(port: int) -> str:
    try:
        for connection in psutil.net_connections("inet"):
            if connection.laddr and connection.laddr.port == port and connection.pid:
                return f"{psutil.Process(connection.pid).name()} (pid {connection.pid})"
    except (psutil.Error, OSError):
        # Some systems show the processes of other users to root only.
        pass
    return "another process"


def is_listening(port: int) -> bool:
    """Tell whether anything accepts connections on the port."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((HOST, port)) == 0
