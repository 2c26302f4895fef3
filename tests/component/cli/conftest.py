"""Running the command line in this process."""

import functools
import logging
import os
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog

from services import cli
from tests.component.cli.running import Ran, Run


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Run the command with nothing of the project's own in its environment; logs are put back after it."""
    for name in list(os.environ):
        if name.startswith(("ETIQUETA_", "KAFKA_", "MONGODB_")):
            monkeypatch.delenv(name)
    logs, root = structlog.get_config(), logging.getLogger()
    handlers, level = list(root.handlers), root.level
    # A logger that is cached would go on writing to this test's standard error after its end.
    monkeypatch.setattr(structlog, "configure", functools.partial(_uncached, structlog.configure))

    def run_it(*arguments: str) -> Ran:
        monkeypatch.setattr(sys, "argv", ["etiqueta", *arguments])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        told = capsys.readouterr()
        return Ran(int(ended.value.code or 0), told.out, told.err)

    yield run_it
    monkeypatch.undo()
    structlog.configure(**logs)
    root.handlers[:], root.level = handlers, level


def _uncached(configure: Callable[..., None], **options: Any) -> None:
    configure(**options | {"cache_logger_on_first_use": False})
