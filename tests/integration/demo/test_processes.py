"""Starting and stopping programs, where no stack is needed to see it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deploy.local.environment import Installation, Ports, Secrets, free_ports
from deploy.local.processes import Program, Programs, services, stop_refs
from shared.localstack.errors import PortTaken, StartFailed
from shared.localstack.ports import held_free_ports
from shared.localstack.stack import Addresses
from tests.integration.demo.commands import alive

SERVE = """
import http.server, signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200); self.end_headers()
    def log_message(self, *_):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready).serve_forever()
"""


def serving(port: int, name: str = "web") -> Program:
    url = f"http://127.0.0.1:{port}/"
    return Program(name, ("-c", SERVE, str(port)), {name: url}, {name: port})


@contextmanager
def programs(folder: Path, environment: dict[str, str] | None = None) -> Iterator[Programs]:
    made = Programs(folder, folder / "logs", environment or dict(os.environ))
    try:
        yield made
    finally:
        made.stop()


def test_what_is_started_is_ready_and_what_is_stopped_is_gone(tmp_path: Path) -> None:
    ready: list[str] = []
    with free_ports() as ports:
        pass
    with programs(tmp_path) as made:
        made.start([serving(ports.ingest, "one"), serving(ports.sandbox, "two")], ready.append)
        assert ready == ["one", "two"]
        assert len(alive(tmp_path)) == 2
        made.check()
    assert not alive(tmp_path)


def test_a_program_that_dies_at_its_start_is_one_sentence_and_the_end_of_its_log(tmp_path: Path) -> None:
    dying = Program(
        "classifier", ("-c", "print('no model'); raise SystemExit(3)"), {"classifier": "http://x"}, {}
    )
    with programs(tmp_path) as made, pytest.raises(StartFailed) as caught:
        made.start([dying])
    log = tmp_path / "logs" / "classifier.log"
    assert caught.value.sentence == f"classifier ended with exit code 3; its log is {log}."
    assert caught.value.log_tail == "no model"


def test_a_port_that_is_taken_meanwhile_is_told_with_its_variable(tmp_path: Path) -> None:
    stack = Addresses(kafka="127.0.0.1:1", mongodb="mongodb://127.0.0.1:1/")
    with held_free_ports(1) as (port,):
        installation = Installation(stack, Ports(ingest=port), Secrets.made())
        ingest = services(installation.ports)[0]
        with (
            programs(tmp_path, installation.environment(os.environ)) as made,
            pytest.raises(PortTaken, match=rf"Port {port} .* INGEST_HTTP_PORT"),
        ):
            made.start([ingest])


def test_a_later_command_stops_what_was_started_and_what_nobody_wrote_down(tmp_path: Path) -> None:
    with free_ports() as ports:
        pass
    with programs(tmp_path) as made:
        made.start([serving(ports.ingest, "one"), serving(ports.sandbox, "two")])
        written_down = {"one": made.refs["one"]}
        assert stop_refs(written_down, tmp_path) == ["one"]
        assert not alive(tmp_path)
        assert stop_refs(written_down, tmp_path) == []


def test_a_program_that_ends_later_is_noticed(tmp_path: Path) -> None:
    with free_ports() as ports:
        pass
    with programs(tmp_path) as made:
        made.start([serving(ports.ingest, "one")])
        stop_refs(made.refs, tmp_path)
        with pytest.raises(StartFailed, match="one ended with exit code 0"):
            made.check()
