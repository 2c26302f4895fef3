"""The store as one process: mongo-java-server in a Python host, its file and its command line."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shared.localstack import processes, readiness
from shared.localstack.jars import JarSet
from shared.localstack.java import common_options, java_major
from shared.localstack.layout import StackFolder, unwritable
from shared.localstack.ports import HOST

_HEAP = "-Xmx256m"


@dataclass(frozen=True, slots=True)
class MongoStore:
    """The recipe of the store of one stack."""

    folder: StackFolder
    jars: JarSet
    fixed_port: int | None = None
    label: Literal["mongodb"] = "mongodb"
    port_count: int = 1
    port_variable: str = "ETIQUETA_MONGODB_PORT"

    @property
    def title(self) -> str:
        return f"mongo-java-server {self.jars.version}"

    def address(self, ports: Sequence[int]) -> str:
        return f"mongodb://{HOST}:{ports[0]}/"

    def prepare(self, ports: Sequence[int]) -> None:
        del ports
        home = self.folder.part(self.label)
        try:
            home.mkdir(parents=True, exist_ok=True)
            self._ready.unlink(missing_ok=True)
        except OSError as error:
            raise unwritable(home, error) from error

    def command(self, ports: Sequence[int]) -> Sequence[str]:
        class_path = os.pathsep.join(self.folder.relative(jar) for jar in self.jars.files)
        options = [_HEAP, *common_options(java_major()), "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn"]
        return [
            sys.executable,
            # Without it the folder of store_host.py comes first on the path, before the standard library.
            "-P",
            str(Path(__file__).with_name("store_host.py")),
            *("--file", "mongodb/store.mv"),
            *("--port", str(ports[0])),
            *("--ready", "mongodb/ready"),
            *("--class-path", class_path),
            *(f"--jvm={option}" for option in options),
            processes.marker(self.folder.path, self.label),
        ]

    def answers(self, ports: Sequence[int], pid: int, timeout_seconds: float) -> bool:
        try:
            bound_by = self._ready.read_text(encoding="utf-8")
        except OSError:
            return False
        return bound_by == str(pid) and readiness.mongodb_answers(self.address(ports), timeout_seconds)

    @property
    def _ready(self) -> Path:
        return self.folder.part(self.label) / "ready"
