"""The Docker daemon of this machine: whether it may be used, its images, its containers of a stack."""

import os
import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from urllib.parse import urlsplit

import docker
import requests
from docker.context import ContextAPI
from docker.errors import APIError, DockerException, ImageNotFound
from docker.models.containers import Container

from shared.localstack.choice import DockerFinding
from shared.localstack.errors import DownloadFailed, StackError
from shared.localstack.settings import StackSettings
from shared.localstack.state import PartLabel

_LOOK_SECONDS = 2
_WORK_SECONDS = 60
STACK_LABEL = "etiqueta.stack"
"""Label of every container of a stack; its value is the stack's folder."""
_NOT_FOUND, _BEING_REMOVED = 404, 409
_HERE = frozenset({"localhost", "127.0.0.1", "::1", "localnpipe"})


@contextmanager
def engine(timeout_seconds: int = _WORK_SECONDS) -> Iterator[docker.DockerClient]:
    """Open the daemon that the environment or the current context names; raises `StackError`."""
    _require_listener(timeout_seconds)
    try:
        client = docker.from_env(timeout=timeout_seconds)
        try:
            yield client
        finally:
            client.close()
    except (DockerException, requests.RequestException) as error:
        said = getattr(error, "explanation", None) or type(error).__name__
        raise StackError(f"Docker refused or fell silent ({said}); look at `docker info`.") from error


def _require_listener(timeout_seconds: int) -> None:
    """Raise `StackError` where nothing listens; the SDK would leave its socket open at that."""
    context = ContextAPI.get_current_context()
    address = urlsplit(os.environ.get("DOCKER_HOST") or (context.Host if context else ""))
    if address.scheme in {"unix", "http+unix"}:
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(timeout_seconds)
            if probe.connect_ex(address.path) != 0:
                raise StackError(f"No Docker daemon listens on {address.path}; start it.")


def look(settings: StackSettings, wanted: Sequence[PartLabel]) -> DockerFinding:
    """Ask within 2 s whether a daemon of this machine answers and can run the wanted parts."""
    try:
        with engine(_LOOK_SECONDS) as client:
            client.ping()
            if urlsplit(client.api.base_url).hostname not in _HERE:
                why = "the Docker daemon is another machine's, whose ports are not reached at 127.0.0.1"
                return DockerFinding(usable=False, why=why)
            return _with_images(client, settings, wanted)
    except StackError:
        return DockerFinding(usable=False, why="no Docker daemon answered")


def _with_images(
    client: docker.DockerClient, settings: StackSettings, wanted: Sequence[PartLabel]
) -> DockerFinding:
    names = [settings.image(label) for label in wanted]
    present = [local_image(client, name) for name in names]
    missing = [name for name, found in zip(names, present, strict=True) if found is None]
    if not missing:
        has = " and ".join(str(found) for found in present)
        return DockerFinding(usable=True, why=f"Docker answered and has {has}")
    if settings.etiqueta_docker_pull:
        why = f"Docker answered and ETIQUETA_DOCKER_PULL lets it fetch {' and '.join(missing)}"
        return DockerFinding(usable=True, why=why)
    why = f"Docker has no image {' and '.join(missing)} (ETIQUETA_DOCKER_PULL=1 would fetch it)"
    return DockerFinding(usable=False, why=why)


def local_image(client: docker.DockerClient, name: str) -> str | None:
    """Return the image that is here under `name`, else another tag of it that is no older."""
    try:
        client.images.get(name)
    except ImageNotFound:
        repository, _, tag = name.rpartition(":")
        oldest = _major(tag)
        tags = [tag for image in client.images.list(name=repository) for tag in image.tags]
        usable = [tag for tag in tags if _major(tag.rpartition(":")[2]) >= oldest > 0]
        return max(usable, key=lambda tag: _major(tag.rpartition(":")[2]), default=None)
    return name


def _major(tag: str) -> int:
    found = re.match(r"\d+", tag)
    return int(found[0]) if found else 0


def provide_image(client: docker.DockerClient, settings: StackSettings, label: PartLabel) -> str:
    """Return the name of an image that is here, fetching it where that is allowed.

    Raises `DownloadFailed` when it is neither here nor to be had.
    """
    name = settings.image(label)
    if (found := local_image(client, name)) is not None:
        return found
    advice = f"run `docker pull {name}`, or have processes with ETIQUETA_STACK=processes"
    if not settings.etiqueta_docker_pull:
        raise DownloadFailed(f"Docker has no image {name}; {advice}.")
    try:
        client.images.pull(*name.rsplit(":", 1))
    except (DockerException, requests.RequestException) as error:
        raise DownloadFailed(f"Docker could not fetch the image {name}; {advice}.") from error
    return name


def containers_of(client: docker.DockerClient, folder: str) -> Sequence[Container]:
    """Return every container, running or not, that carries the stack's label."""
    found: Sequence[Container] = client.containers.list(
        all=True, ignore_removed=True, filters={"label": f"{STACK_LABEL}={folder}"}
    )
    return found


def remove_containers(folder: str) -> None:
    """Remove the stack's containers and their volumes, those too that no state file names."""
    with engine() as client:
        for container in containers_of(client, folder):
            remove_container(container)


def remove_container(container: Container) -> None:
    """Remove it and its volumes; one that somebody else has removed, or is about to, is as good."""
    try:
        container.remove(force=True, v=True)
    except APIError as error:
        if error.status_code not in {_NOT_FOUND, _BEING_REMOVED}:
            raise
