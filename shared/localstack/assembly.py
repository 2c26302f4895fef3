"""Puts a stack together: what is recorded under its name against what the environment asks for now."""

from collections.abc import Sequence

from shared.localstack import processes
from shared.localstack.broker import Broker
from shared.localstack.choice import Choice, DockerFinding, decide
from shared.localstack.errors import StackBusy
from shared.localstack.given import VARIABLES, GivenPart
from shared.localstack.jars import locked, provide
from shared.localstack.java import missing_packages
from shared.localstack.layout import StackFolder
from shared.localstack.parts import Part
from shared.localstack.process_part import ProcessPart
from shared.localstack.recipes import Recipe
from shared.localstack.settings import StackSettings
from shared.localstack.state import (
    ContainerPartState,
    GivenPartState,
    PartLabel,
    PartState,
    ProcessPartState,
    ProcessRef,
    Source,
    StackState,
    StateFile,
)
from shared.localstack.store import MongoStore


def chosen_state(settings: StackSettings, folder: StackFolder, owner: ProcessRef | None) -> StackState:
    """Return the recorded state while the environment asks for nothing else, else a freshly chosen one."""
    recorded = StateFile(folder.state_file).load()
    if recorded is not None and all(_agrees(label, recorded, settings, folder) for label in VARIABLES):
        return recorded
    choice = decide(settings, lambda wanted: _look_for_docker(settings, wanted), missing_packages)
    return StackState(
        name=folder.name,
        reason=choice.because,
        owner=owner,
        kafka=_fresh("kafka", choice, settings),
        mongodb=_fresh("mongodb", choice, settings),
    )


def settled(recorded: StackState | None, chosen: StackState, folder: StackFolder) -> StackState:
    """Return which of the two counts, under the stack's lock; raises `StackBusy`.

    The record does when it is of the same kind: it knows ports and processes. A record of another kind
    is given up, unless it still runs.
    """
    if recorded is None:
        return chosen
    if all(recorded.part(label).source == chosen.part(label).source for label in VARIABLES):
        return recorded
    if any(_alive(recorded.part(label)) for label in VARIABLES):
        raise StackBusy(
            f"The stack '{folder.name}' runs ({recorded.reason}), but the environment now asks for another "
            f"({chosen.reason}); run `etiqueta stack down --name {folder.name}` first, or use another --name."
        )
    return chosen


def part_of(
    label: PartLabel, state: StackState, settings: StackSettings, folder: StackFolder, states: StateFile
) -> Part:
    """Return the part as its recorded source has it."""
    match state.part(label):
        case GivenPartState():
            return GivenPart(label, given_address(settings, label))
        case ProcessPartState():
            recipe = recipe_of(label, settings, folder)
            return ProcessPart(recipe, folder, states, start_seconds=settings.etiqueta_stack_start_seconds)
        case ContainerPartState():
            # Installations without Docker's package have no use for the import.
            from shared.localstack.containers import ContainerPart, image_of  # noqa: PLC0415

            return ContainerPart(image_of(label, settings), folder, states, settings)


def recipe_of(label: PartLabel, settings: StackSettings, folder: StackFolder) -> Recipe:
    jars = locked(label, settings.jars_dir)
    if label == "kafka":
        return Broker(folder, jars, settings.etiqueta_kafka_port)
    return MongoStore(folder, jars, settings.etiqueta_mongodb_port)


def provide_jars(state: StackState, settings: StackSettings) -> None:
    """Have the jars of the parts that run as processes in place; raises what `jars.provide` raises."""
    needed = [label for label in VARIABLES if state.part(label).source == "processes"]
    if needed:
        provide([locked(label, settings.jars_dir) for label in needed])


def given_address(settings: StackSettings, label: PartLabel) -> str | None:
    """Return the address that the environment gives, None without one."""
    if label == "kafka":
        return settings.kafka_bootstrap_servers
    return None if settings.mongodb_uri is None else settings.mongodb_uri.get_secret_value()


def _agrees(label: PartLabel, recorded: StackState, settings: StackSettings, folder: StackFolder) -> bool:
    """Tell whether the environment asks for what is recorded; a stack's own address, exported, does."""
    asked = given_address(settings, label)
    part = recorded.part(label)
    match part:
        case GivenPartState():
            return asked is not None
        case ProcessPartState(ports=ports):
            own = recipe_of(label, settings, folder).address(ports) if ports else None
            return settings.etiqueta_stack != "docker" and asked in {None, own}
        case ContainerPartState():
            from shared.localstack.containers import image_of  # noqa: PLC0415 - as in part_of

            own = None if part.port is None else image_of(label, settings).address(part.port)
            return settings.etiqueta_stack != "processes" and asked in {None, own}


def _alive(part: PartState) -> bool:
    match part:
        case GivenPartState():
            return False
        case ProcessPartState(process=process):
            return process is not None and processes.find(process) is not None
        case ContainerPartState(container_id=container_id, stopped=stopped):
            return container_id is not None and not stopped


def _fresh(label: PartLabel, choice: Choice, settings: StackSettings) -> PartState:
    source: Source = choice.kafka if label == "kafka" else choice.mongodb
    match source:
        case "environment":
            return GivenPartState(variable=VARIABLES[label])
        case "processes":
            return ProcessPartState()
        case "docker":
            return ContainerPartState(image=settings.image(label))


def _look_for_docker(settings: StackSettings, wanted: Sequence[PartLabel]) -> DockerFinding:
    try:
        from shared.localstack.docker_engine import look  # noqa: PLC0415 - as in part_of
    except ImportError:
        return DockerFinding(usable=False, why="the Python package docker is not installed")
    return look(settings, wanted)
