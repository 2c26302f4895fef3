"""Ports of 127.0.0.1: chosen, held until the process that wants them starts, and checked when fixed."""

import socket
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


@contextmanager
def held_free_ports(
    count: int, fixed: Sequence[int] = (), variable: str | None = None
) -> Iterator[tuple[int, ...]]:
    """Hold `fixed` and enough free ports besides, `count` in all, so that no other run chooses them.

    Leave the context right before the process starts that binds them. Raises `PortTaken`, which names
    `variable` as the way to another fixed port.
    """
    with ExitStack() as holding:
        for port in fixed:
            holder = _hold(port)
            if holder is None:
                raise taken(port, variable)
            holding.enter_context(holder)
        ports = list(fixed)
        for _ in range(_ATTEMPTS):
            if len(ports) >= count:
                break
            port = _any_port()
            if (holder := _hold(port)) is not None:
                holding.enter_context(holder)
                ports.append(port)
        else:
            raise PortTaken(f"No free port was found on {HOST} between {_LOWEST} and {_BEYOND}.")
        yield tuple(ports)


def _any_port() -> int:
    return SystemRandom().randrange(_LOWEST, _BEYOND)


def _hold(port: int) -> socket.socket | None:
    holder = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # A connection that ended a moment ago must not count as a taker; a listener still does.
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind((HOST, port))
        # Without listening, a second bind with SO_REUSEADDR would succeed beside this one.
        holder.listen(1)
    except OSError:
        holder.close()
        return None
    return holder


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
