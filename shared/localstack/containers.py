"""The life of a part that runs in a container: start, readiness, faults, stop, and why it ended."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal
from uuid import uuid4

import docker
from docker.errors import APIError, NotFound
from docker.models.containers import Container

from shared.clock import monotonic_seconds
from shared.localstack import diagnosis, ports, readiness
from shared.localstack.broker import SINGLE_NODE
from shared.localstack.docker_engine import STACK_LABEL, engine, provide_image, remove_container
from shared.localstack.errors import NotControllable, PortTaken, StackError, StartFailed
from shared.localstack.layout import StackFolder
from shared.localstack.parts import Condition, PartStatus
from shared.localstack.ports import HOST
from shared.localstack.settings import StackSettings
from shared.localstack.state import ContainerPartState, PartLabel, PartState, StateFile

_PORT_TRIES = 3
_GRACE_SECONDS = 20
_POLL_SECONDS = 0.1
_ANSWER_SECONDS = 5.0
_LOG_LINES = 40


@dataclass(frozen=True, slots=True)
class Image:
    """How a container of one image is configured, reached and asked."""

    label: PartLabel
    inner_port: int
    fixed_port: int | None
    port_variable: str
    environment: Callable[[int], dict[str, str]]
    address: Callable[[int], str]
    answers: Callable[[str], bool]


def kafka_environment(port: int) -> dict[str, str]:
    """Return the properties as the image reads them: `a.b` is the variable KAFKA_A_B."""
    properties = {
        **SINGLE_NODE,
        "controller.quorum.voters": "1@localhost:9093",
        "listeners": "CLIENT://0.0.0.0:9092,CONTROLLER://localhost:9093",
        "advertised.listeners": f"CLIENT://{HOST}:{port}",
        "log.dirs": "/var/lib/kafka/data",
    }
    environment = {f"KAFKA_{name.upper().replace('.', '_')}": value for name, value in properties.items()}
    return {**environment, "KAFKA_HEAP_OPTS": "-Xmx256m"}


def image_of(label: PartLabel, settings: StackSettings) -> Image:
    return _kafka(settings) if label == "kafka" else _mongodb(settings)


def _kafka(settings: StackSettings) -> Image:
    return Image(
        label="kafka",
        inner_port=9092,
        fixed_port=settings.etiqueta_kafka_port,
        port_variable="ETIQUETA_KAFKA_PORT",
        environment=kafka_environment,
        address=lambda port: f"{HOST}:{port}",
        answers=lambda address: readiness.kafka_cluster_id(address, _ANSWER_SECONDS) is not None,
    )


def _mongodb(settings: StackSettings) -> Image:
    return Image(
        label="mongodb",
        inner_port=27017,
        fixed_port=settings.etiqueta_mongodb_port,
        port_variable="ETIQUETA_MONGODB_PORT",
        environment=lambda _: {},
        address=lambda port: f"mongodb://{HOST}:{port}/?directConnection=true",
        answers=lambda address: readiness.mongodb_answers(address, _ANSWER_SECONDS),
    )


class ContainerPart:
    """One container of a stack; see `Part` for what the calls promise. Its data live as long as it."""

    source: Literal["docker"] = "docker"

    def __init__(self, image: Image, folder: StackFolder, states: StateFile, settings: StackSettings) -> None:
        self._image = image
        self._folder = folder
        self._states = states
        self._settings = settings
        self._lock = threading.RLock()

    @property
    def label(self) -> PartLabel:
        return self._image.label

    @property
    def title(self) -> str:
        return f"the container of {self._state().image or self._settings.image(self.label)}"

    @property
    def address(self) -> str:
        port = self._state().port
        if port is None:
            raise NotControllable(f"The container for {self.label} was never started.")
        return self._image.address(port)

    @property
    def pid(self) -> int | None:
        with engine() as client:
            container = self._find(client)
            return None if container is None else int(container.attrs["State"]["Pid"]) or None

    def start(self, *, keep_ports: bool = True) -> None:
        """Start the container with its data; it always keeps its port, which Docker fixed."""
        del keep_ports
        with self._lock, engine() as client:
            container = self._find(client)
            if container is None:
                container = self._create_somewhere(client)
            elif container.status == "paused":
                container.unpause()
            else:
                self._run(container, self._state().port)
            self._record(stopped=False)
            self._await_answer(container)

    def stop(self) -> None:
        with self._lock, engine() as client:
            container = self._find(client)
            if container is not None and container.status in {"running", "paused"}:
                self._thaw(container)
                container.stop(timeout=_GRACE_SECONDS)
            self._record(stopped=True)

    def let_go(self) -> None:
        """Leave the port with Docker, which keeps it for the container."""

    def kill(self) -> None:
        with self._running() as container:
            self._thaw(container)
            container.kill()
            container.wait(timeout=_GRACE_SECONDS)

    def pause(self) -> None:
        with self._running() as container:
            container.pause()

    def resume(self) -> None:
        with self._running() as container:
            container.unpause()

    def remove(self) -> None:
        with self._lock, engine() as client:
            container = self._find(client)
            if container is not None:
                remove_container(container)

    def status(self) -> PartStatus:
        state = self._state()
        with engine() as client:
            container = self._find(client)
            condition, detail, log_tail = self._condition(state, container)
            pid = 0 if container is None else int(container.attrs["State"]["Pid"])
        return PartStatus(
            label=self.label,
            title=self.title,
            source=self.source,
            condition=condition,
            address=None if state.port is None else self._image.address(state.port),
            pid=pid or None,
            detail=detail,
            log_tail=log_tail,
        )

    def _condition(
        self, state: ContainerPartState, container: Container | None
    ) -> tuple[Condition, str, str]:
        if state.container_id is None or state.stopped:
            return "stopped", "It is stopped.", ""
        if container is None:
            return "dead", "Its container is gone; somebody removed it.", ""
        if container.status == "paused":
            return "paused", "Its container is paused.", ""
        if container.status != "running":
            ended = self._ended(container)
            return "dead", ended.sentence, ended.log_tail
        if not self._image.answers(self.address):
            return "silent", f"It did not answer within {_ANSWER_SECONDS:.0f} s; see `docker logs`.", ""
        return "running", "", ""

    def _create_somewhere(self, client: docker.DockerClient) -> Container:
        fixed = () if self._image.fixed_port is None else (self._image.fixed_port,)
        image = provide_image(client, self._settings, self.label)
        for last_try in (False,) * (_PORT_TRIES - 1) + (True,):
            with ports.held_free_ports(1, fixed, self._image.port_variable) as (port,):
                container = self._create(client, image, port)
            try:
                self._run(container, port)
            except PortTaken:
                remove_container(container)
                if fixed or last_try:
                    raise
            else:
                return container
        raise AssertionError("the last try returns or raises")

    def _create(self, client: docker.DockerClient, image: str, port: int) -> Container:
        container = client.containers.create(
            image,
            name=f"etiqueta-{self._folder.name}-{self.label}-{uuid4().hex[:6]}",
            labels={STACK_LABEL: str(self._folder.path)},
            environment=self._image.environment(port),
            ports={f"{self._image.inner_port}/tcp": (HOST, port)},
        )
        self._record(container_id=container.id, port=port, image=image)
        return container

    def _run(self, container: Container, port: int | None) -> None:
        try:
            container.start()
        except APIError as error:
            said = str(error.explanation or "")
            if port is not None and ("already allocated" in said or "already in use" in said):
                raise ports.taken(port, self._image.port_variable) from error
            raise

    def _await_answer(self, container: Container) -> None:
        seconds = self._settings.etiqueta_stack_start_seconds
        deadline = monotonic_seconds() + seconds
        while monotonic_seconds() < deadline:
            container.reload()
            if container.status in {"exited", "dead"}:
                raise self._ended(container)
            if self._image.answers(self.address):
                return
            time.sleep(_POLL_SECONDS)
        raise StartFailed(
            f"The container {container.name} did not answer within {seconds:.0f} s; see `docker logs "
            f"{container.name}`, or give a slow machine more with ETIQUETA_STACK_START_SECONDS.",
            _log_tail(container),
        )

    def _ended(self, container: Container) -> StackError:
        code = container.attrs["State"].get("ExitCode")
        return StartFailed(
            f"The container {container.name} {diagnosis.ending(code)}: start it again"
            f"{self._folder.hint('up')}, or clear it away{self._folder.hint('down --remove')}.",
            _log_tail(container),
        )

    @contextmanager
    def _running(self) -> Iterator[Container]:
        with self._lock, engine() as client:
            container = self._find(client)
            if container is None or container.status not in {"running", "paused"}:
                raise NotControllable(f"The container for {self.label} is not running.")
            yield container

    def _thaw(self, container: Container) -> None:
        if container.status == "paused":
            container.unpause()

    def _find(self, client: docker.DockerClient) -> Container | None:
        container_id = self._state().container_id
        if container_id is None:
            return None
        try:
            return client.containers.get(container_id)
        except NotFound:
            return None

    def _state(self) -> ContainerPartState:
        state = self._states.part(self.label)
        return state if isinstance(state, ContainerPartState) else ContainerPartState(image="")

    def _record(self, **change: Any) -> None:
        def changed(state: PartState) -> PartState:
            return state.model_copy(update=change)

        self._states.update_part(self.label, changed)


def _log_tail(container: Container) -> str:
    return diagnosis.tail(container.logs(tail=_LOG_LINES).decode("utf-8", errors="replace"))
