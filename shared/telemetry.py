"""Logs: structured lines of ids and counts, one per batch or decision, never a word of a message."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, Final

import orjson
import structlog

# What may never be logged, whatever key an author chose for it. The rule is not to pass it at all;
# this is the net below.
_PRIVATE: Final = frozenset(
    {"address", "body", "email", "excerpt", "name", "payload", "phone", "raw", "subject", "text",
     "to", "url", "user", "value"}
)  # fmt: skip


def _redact(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    for key in line.keys() & _PRIVATE:
        line[key] = "***"
    return line


def configure_logs(level: str = "INFO") -> None:
    """Send structlog's lines, and those of libraries from WARNING on, to standard error as JSON."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        cache_logger_on_first_use=True,
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.BytesLoggerFactory(sys.stderr.buffer),
        processors=[
            *shared,
            structlog.processors.ExceptionRenderer(
                structlog.tracebacks.ExceptionDictTransformer(show_locals=False, max_frames=20)
            ),
            _without_exception_text,
            _redact,
            structlog.processors.JSONRenderer(serializer=orjson.dumps),
        ],
    )
    _library_logs()


def _library_logs() -> None:
    """Libraries log through the standard module; their messages may quote data, so only names pass."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_LibraryFormatter())
    handler.addFilter(_Repeats())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    # FastStream gives its logger a handler of its own, coloured and on standard output.
    framework = logging.getLogger("faststream")
    framework.handlers, framework.propagate = [], True
    framework.setLevel(logging.WARNING)


class _LibraryFormatter(logging.Formatter):
    """One JSON line: which library, where, and which exception; the arguments are left out."""

    def format(self, record: logging.LogRecord) -> str:
        error = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else None
        line = {
            "event": "library",
            "level": record.levelname.lower(),
            "logger": record.name,
            "template": str(record.msg)[:200] if record.args else record.funcName,
            "line": record.lineno,
            "error": error,
            "timestamp": self.formatTime(record),
        }
        return orjson.dumps(line).decode()


class _Repeats(logging.Filter):
    """Lets a place speak once in a while: a producer without a broker logs thousands of lines a second."""

    def __init__(self, every_seconds: float = 5.0) -> None:
        super().__init__()
        self._every_seconds = every_seconds
        self._last: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        place = (record.name, record.lineno)
        if record.created - self._last.get(place, 0.0) < self._every_seconds:
            return False
        self._last[place] = record.created
        return True


def _without_exception_text(_: Any, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Keep an exception's type and frames; its text may print input (pydantic's and pymongo's do)."""
    frames = line.get("exception")
    if isinstance(frames, list):
        for entry in frames:
            entry["exc_value"] = "***"
            entry.pop("syntax_error", None)
    return line
