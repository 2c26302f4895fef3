"""`python -m shared.http.probe_cli`: whether the services of this container live, for its health check."""

import http.client
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import Final

_PORTS: Final[Mapping[str, int]] = {
    "INGEST_HTTP_PORT": 8081,
    "CLASSIFIER_HTTP_PORT": 8082,
    "SANCTIONS_HTTP_PORT": 8083,
    "RESPONDER_HTTP_PORT": 8084,
}
_TIMEOUT_SECONDS: Final = 2.0

Ask = Callable[[int], int | None]
"""Returns the status that a port answers with; None: nobody listens there."""


def ports(environment: Mapping[str, str]) -> list[int]:
    """Return where the services listen, whichever of them run here."""
    return [int(environment.get(name, "") or default) for name, default in _PORTS.items()]


def live(statuses: Iterable[int | None]) -> bool:
    """Whether somebody answers, and everybody who does is well."""
    answered = [status for status in statuses if status is not None]
    return bool(answered) and all(status == 200 for status in answered)


def ask(port: int) -> int | None:
    """Ask the service on a port of this machine; one that listens and does not answer in time is 0."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().status
    except ConnectionRefusedError:
        return None
    except (OSError, http.client.HTTPException):
        return 0
    finally:
        connection.close()


def main(asking: Ask = ask) -> None:
    """Leave with 0 when the services live, else with 1."""
    sys.exit(0 if live(asking(port) for port in ports(os.environ)) else 1)


if __name__ == "__main__":
    main()
