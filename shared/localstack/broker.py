"""Apache Kafka as one process: its properties, its storage, its command line."""

import base64
import hashlib
import os
import re
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from shared.localstack import diagnosis, processes, readiness
from shared.localstack.errors import StartFailed
from shared.localstack.jars import JarSet
from shared.localstack.java import (
    AOT_CACHE_SINCE_JAVA,
    common_options,
    java_command,
    java_major,
    java_release,
)
from shared.localstack.layout import StackFolder, disk_full, unwritable
from shared.localstack.ports import HOST

_FORMAT_SECONDS = 60.0
_DATA = "kafka/data"

# What holds for any single broker of ours, in a process or a container. Measured on Kafka 4.1: with the
# coordinator's linger at its default of 5 ms every offset commit waits 7 ms; with the session timeout at
# its default of 9 s a start after kill -9 takes 13 s, because the old registration must expire first.
SINGLE_NODE: Mapping[str, str] = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "inter.broker.listener.name": "CLIENT",
    "controller.listener.names": "CONTROLLER",
    "listener.security.protocol.map": "CLIENT:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "auto.create.topics.enable": "false",
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "group.initial.rebalance.delay.ms": "0",
    "group.coordinator.append.linger.ms": "0",
    "broker.session.timeout.ms": "1000",
    "broker.heartbeat.interval.ms": "200",
    # The default of 128 MiB does not fit into a small heap, and the broker would die at its start.
    "log.cleaner.dedupe.buffer.size": "8388608",
}
HEAP = "-Xmx128m"
_LOG4J2 = """\
status=error
appender.out.type=Console
appender.out.name=out
appender.out.layout.type=PatternLayout
appender.out.layout.pattern=%d{ISO8601} %-5p %c{1}: %m%n
rootLogger.level=info
rootLogger.appenderRef.out.ref=out
# Each prints some hundred lines of settings or of partitions, every time.
logger.config.name=org.apache.kafka.common.config.AbstractConfig
logger.config.level=warn
logger.log.name=org.apache.kafka.storage.internals.log
logger.log.level=warn
"""


def broker_properties(client_port: int, controller_port: int) -> dict[str, str]:
    """Return the server.properties of a single node on 127.0.0.1, its data under the working folder."""
    return {
        **SINGLE_NODE,
        "controller.quorum.voters": f"1@{HOST}:{controller_port}",
        "listeners": f"CLIENT://{HOST}:{client_port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"CLIENT://{HOST}:{client_port}",
        "log.dirs": _DATA,
    }


@dataclass(frozen=True, slots=True)
class Broker:
    """The recipe of the broker of one stack."""

    folder: StackFolder
    jars: JarSet
    fixed_port: int | None = None
    jvm_options: tuple[str, ...] = ()
    label: Literal["kafka"] = "kafka"
    port_count: int = 2
    port_variable: str = "ETIQUETA_KAFKA_PORT"

    @property
    def title(self) -> str:
        return f"Apache Kafka {self.jars.version}"

    def address(self, ports: Sequence[int]) -> str:
        return f"{HOST}:{ports[0]}"

    def prepare(self, ports: Sequence[int]) -> None:
        home = self.folder.part(self.label)
        properties = broker_properties(ports[0], ports[1])
        try:
            home.mkdir(parents=True, exist_ok=True)
            (home / "log4j2.properties").write_text(_LOG4J2, encoding="ascii")
            lines = "".join(f"{name}={value}\n" for name, value in properties.items())
            (home / "server.properties").write_text(lines, encoding="ascii")
            if not self._formatted.exists():
                shutil.rmtree(self.folder.path / _DATA, ignore_errors=True)
                self._format()
                self._formatted.touch()
        except OSError as error:
            raise unwritable(home, error) from error

    def command(self, ports: Sequence[int]) -> Sequence[str]:
        del ports
        return [
            *self._java(self.label, (*self._aot_options(), *self.jvm_options)),
            "kafka.Kafka",
            "kafka/server.properties",
        ]

    def answers(self, ports: Sequence[int], pid: int, timeout_seconds: float) -> bool:
        del pid
        told = readiness.kafka_cluster_id(self.address(ports), timeout_seconds)
        return told is not None and told == self.cluster_id()

    def cluster_id(self) -> str | None:
        """Return the id that the storage was formatted with: by it the broker is told from others."""
        try:
            written = (self.folder.path / _DATA / "meta.properties").read_text(encoding="ascii")
        except OSError:
            return None
        found = re.search(r"^cluster\.id=(\S+)$", written, re.MULTILINE)
        return found[1] if found else None

    @property
    def _formatted(self) -> Path:
        """Made after the storage is whole, so that a format cut off half-way is done again."""
        return self.folder.part(self.label) / "formatted"

    def _java(self, mark: str, options: Sequence[str]) -> list[str]:
        class_path = os.pathsep.join(self.folder.relative(jar) for jar in self.jars.files)
        return [
            java_command(),
            HEAP,
            *common_options(java_major()),
            "-XX:TieredStopAtLevel=1",
            *options,
            processes.marker(self.folder.path, mark),
            "-Dlog4j2.configurationFile=kafka/log4j2.properties",
            "-cp",
            class_path,
        ]

    def _format(self) -> None:
        new_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
        mark = processes.marker(self.folder.path, "format")
        log = self.folder.log(self.label)
        before = log.stat().st_size if log.exists() else 0
        arguments = ["format", f"--cluster-id={new_id}", "--config=kafka/server.properties"]
        command = [*self._java("format", self._aot_options()), "kafka.tools.StorageTool", *arguments]
        formatting = processes.spawn(command, mark=mark, folder=self.folder.path, log=log)
        code = processes.wait(formatting, _FORMAT_SECONDS)
        if code != 0:
            text = diagnosis.since(log, before)
            if diagnosis.cause(text, self.folder.path) is diagnosis.Cause.DISK_FULL:
                raise disk_full(self.folder.path, diagnosis.tail(text))
            raise StartFailed(
                f"Kafka's storage in {self.folder.path / _DATA} could not be formatted "
                f"(the tool {diagnosis.ending(code)}); see {log}.",
                diagnosis.tail(text),
            )

    def _aot_options(self) -> Sequence[str]:
        if java_major() < AOT_CACHE_SINCE_JAVA or not (cache := aot_cache(self.jars)).exists():
            return ()
        # A cache that does not fit this JVM is passed over; its complaints would fill the log.
        return (f"-XX:AOTCache={self.folder.relative(cache)}", "-Xlog:disable")


def aot_cache(jars: JarSet) -> Path:
    """Return where the cache of the broker's loaded classes lies, for this runtime and these files.

    A JVM passes over a cache that another release made, or whose jars were copied since (it compares
    their times): such a cache is not found, and made anew.
    """
    stamps = [java_release(), *(str(jar.stat().st_mtime_ns) for jar in jars.files if jar.exists())]
    digest = hashlib.sha256("\n".join(stamps).encode()).hexdigest()[:12]
    return jars.folder / f"classes-{digest}.aot"
