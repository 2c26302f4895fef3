"""Log lines hold ids and counts; whatever an author or a library passes, no word of a message."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import structlog

from shared.telemetry import configure_logs

SECRET = "4111 1111 1111 1111"


def fail(card: str) -> None:
    raise ValueError(f"cannot read {card}")


class Written:
    """What was written to standard error, line by line."""

    def __init__(self) -> None:
        self._bytes = io.BytesIO()
        self.stream = io.TextIOWrapper(self._bytes, encoding="utf-8", write_through=True)

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self._bytes.getvalue().splitlines()]


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[Written]:
    """Logs as a service writes them; what was configured before is back afterwards."""
    made, before = Written(), structlog.get_config()
    root, framework = logging.getLogger(), logging.getLogger("faststream")
    kept = (root.handlers, root.level, framework.handlers, framework.propagate, framework.level)
    monkeypatch.setattr(sys, "stderr", made.stream)
    configure_logs("INFO")
    yield made
    structlog.configure(**before)
    root.handlers, framework.handlers, framework.propagate = kept[0], kept[2], kept[3]
    root.setLevel(kept[1])
    framework.setLevel(kept[4])


def test_a_line_is_json_with_its_event_level_and_time(written: Written) -> None:
    structlog.get_logger("x").info("batch_settled", records=3, tenant="acme")
    (line,) = written.lines()
    assert (line["event"], line["level"], line["records"], line["tenant"]) == (
        "batch_settled",
        "info",
        3,
        "acme",
    )
    assert line["timestamp"].endswith("Z")


def test_what_is_below_the_level_is_not_written(written: Written) -> None:
    structlog.get_logger("x").debug("detail")
    assert written.lines() == []


@pytest.mark.parametrize("key", ["text", "body", "phone", "email", "address", "excerpt", "raw", "payload"])
def test_a_key_that_can_only_hold_something_private_is_blanked(written: Written, key: str) -> None:
    structlog.get_logger("x").warning("oops", **{key: SECRET})
    (line,) = written.lines()
    assert line[key] == "***"
    assert SECRET not in json.dumps(line)


def test_an_exception_is_its_type_and_frames_without_locals_and_words(written: Written) -> None:
    try:
        fail(SECRET)
    except ValueError:
        structlog.get_logger("x").exception("failed")
    (line,) = written.lines()
    assert SECRET not in json.dumps(line)
    assert line["exception"][0]["exc_type"] == "ValueError"
    assert line["exception"][0]["frames"]


def test_a_chained_exception_keeps_its_words_to_itself_too(written: Written) -> None:
    try:
        try:
            fail(SECRET)
        except ValueError as error:
            raise RuntimeError(SECRET) from error
    except RuntimeError:
        structlog.get_logger("x").exception("failed")
    (line,) = written.lines()
    assert SECRET not in json.dumps(line)
    assert {entry["exc_type"] for entry in line["exception"]} == {"ValueError", "RuntimeError"}


def test_a_library_tells_where_and_what_sort_and_never_its_arguments(written: Written) -> None:
    try:
        fail(SECRET)
    except ValueError:
        logging.getLogger("aiokafka.x").exception("Unable to send %s", SECRET)
    (line,) = written.lines()
    assert SECRET not in json.dumps(line)
    assert (line["logger"], line["template"], line["error"]) == (
        "aiokafka.x",
        "Unable to send %s",
        "ValueError",
    )


def test_a_librarys_ready_made_sentence_is_left_out(written: Written) -> None:
    logging.getLogger("somebody").warning(f"cannot store {SECRET}")  # noqa: G004
    (line,) = written.lines()
    assert SECRET not in json.dumps(line)
    assert line["template"] == "test_a_librarys_ready_made_sentence_is_left_out"


def test_a_library_speaks_from_warning_on_and_a_place_once_in_a_while(written: Written) -> None:
    noisy = logging.getLogger("aiokafka.producer")
    noisy.info("nothing")
    for _ in range(1000):
        noisy.error("Failed fetch")
    assert len(written.lines()) == 1


def test_the_framework_writes_to_the_same_place_as_everybody(written: Written) -> None:
    logging.getLogger("faststream").warning("hello")
    logging.getLogger("faststream").info("quiet")
    assert [line["logger"] for line in written.lines()] == ["faststream"]
