"""The command `etiqueta`: quick to answer, with an example everywhere, and a sentence for a mistake."""

import json
import resource
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from services import cli
from shared.command_line import LazyCommand
from tests.component.cli.running import Run

ROOT: Final = Path(__file__).parents[3]
PACK: Final = ROOT / "deploy" / "policies" / "trackingpremium.yaml"
SLOW: Final = frozenset(
    {"pydantic", "aiokafka", "faststream", "pymongo", "motor", "ruamel", "holidays", "rich", "numpy"}
)
"""What no help needs, and each of which costs its share of a second."""
CPU_SECONDS: Final = 0.6


def every_command() -> list[tuple[str, ...]]:
    """Return the path of each command and group, those within groups too."""
    group: Any = cli.command()
    paths: list[tuple[str, ...]] = [()]
    for name, command in group.commands.items():
        real = command.load() if isinstance(command, LazyCommand) else command
        paths += [(name,), *((name, inner) for inner in getattr(real, "commands", {}))]
    return paths


def test_every_command_explains_itself_with_an_example(run: Run) -> None:
    told = {path: run(*path, "--help") for path in every_command()}
    assert {path: ran.code for path, ran in told.items() if ran.code} == {}
    assert [path for path, ran in told.items() if "Example" not in ran.out] == []
    assert [path for path, ran in told.items() if "Usage: etiqueta" not in ran.out] == []


def test_every_command_of_the_fixed_points_is_there() -> None:
    wanted = {
        *("serve", "stack", "classify", "parse", "policy", "explain", "rehearse", "quarantine"),
        *("standings", "topics", "asyncapi", "openapi"),
    }
    assert wanted <= cli.command().commands.keys()
    assert {("stack", "up"), ("quarantine", "replay"), ("topics", "provision")} <= set(every_command())


def test_the_command_line_is_there_without_what_only_its_commands_need() -> None:
    program = "import sys, services.cli; services.cli.command(); print('\\n'.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    loaded = {name.partition(".")[0] for name in done.stdout.split()}
    assert loaded & SLOW == set()


def test_help_answers_at_once() -> None:
    """By the processor's time, the best of three: the machine may be busy with other things."""
    assert min(_cpu_seconds("--help") for _ in range(3)) < CPU_SECONDS


def _cpu_seconds(*arguments: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "services.cli", *arguments]
    subprocess.run(command, cwd=ROOT, capture_output=True, check=True, timeout=60)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["polcy"], "Did you mean 'policy'?"),
        (["serve"], "SERVICE"),
        (["serve", "nothing"], "'ingest', 'classifier', 'sanctions', 'responder'"),
        (["policy", "check", "no-such-file.yaml"], "does not exist"),
        (["policy", "check", "--loud"], "--loud"),
        (["rehearse", "no-such-file.yaml"], "does not exist"),
        (["parse", "pigeon"], "there is no parser for 'pigeon'"),
        (["classify", "no-such-file.ndjson"], "no-such-file.ndjson"),
        (["explain", "--text", "hola"], "--policy FILE"),
        (["explain", "no-such-file.json", "--policy", str(PACK)], "no-such-file.json cannot be read"),
        (["explain", "--text", "x", "--policy", str(PACK), "--at", "yesterday"], "2026-03-02T10:05:00-05:00"),
        (["topics", "provision"], "KAFKA_BOOTSTRAP_SERVERS"),
        (["quarantine", "list"], "KAFKA_BOOTSTRAP_SERVERS"),
        (["quarantine", "replay", "--kafka", "127.0.0.1:9"], "--all"),
        (["standings", "rebuild"], "MONGODB_URI"),
        (["openapi", "classifier"], "'ingest', 'sanctions'"),
        (["stack", "status", "--name", "../.."], "name"),
    ],
)
def test_wrong_use_is_said_and_leaves_with_2(arguments: list[str], says: str, run: Run) -> None:
    ran = run(*arguments)
    assert (ran.code, ran.out) == (2, "")
    assert says in " ".join(ran.err.split())
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("name", list(cli.Name))
def test_a_missing_variable_is_named_and_leaves_with_1(name: str, run: Run) -> None:
    ran = run("serve", name)
    assert ran.code == 1
    assert ran.err.startswith("etiqueta: KAFKA_BOOTSTRAP_SERVERS is not set.")


def test_a_pack_with_a_mistake_leaves_with_1_and_names_the_line(tmp_path: Path, run: Run) -> None:
    pack = tmp_path / "bad.yaml"
    pack.write_text(PACK.read_text(encoding="utf-8").replace("limit: 3 ", "limit: three "), encoding="utf-8")
    ran = run("policy", "check", str(pack))
    assert ran.code == 1
    line = next(n for n, text in enumerate(pack.read_text().splitlines(), 1) if "limit: three" in text)
    assert f"{pack}:{line}" in ran.out


def test_a_tenant_that_no_pack_is_for_leaves_with_1(run: Run) -> None:
    ran = run("explain", "--text", "hola", "--policies", str(PACK.parent), "--tenant", "nobody")
    assert ran.code == 1
    assert "has no pack of the tenant nobody" in ran.err


@pytest.mark.parametrize("service", cli.Name)
def test_a_service_runs_by_itself_as_well(
    service: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("KAFKA_BOOTSTRAP_SERVERS", raising=False)
    monkeypatch.setattr(sys, "argv", [f"services.{service}"])
    with pytest.raises(SystemExit) as ended:
        runpy.run_module(f"services.{service}", run_name="__main__", alter_sys=True)
    assert ended.value.code == 1
    assert capsys.readouterr().err.startswith("etiqueta: KAFKA_BOOTSTRAP_SERVERS is not set.")


def test_the_topics_are_listed_for_people_and_for_programs(run: Run) -> None:
    told = json.loads(run("topics", "list", "--json").out)["topics"]
    listed = run("topics", "list").out.splitlines()
    assert [line.split()[0] for line in listed] == [one["name"] for one in told]
    assert "etiqueta.messages" in listed[0]


def test_the_documents_are_printed_as_they_are_committed(run: Run) -> None:
    assert run("asyncapi").out == (ROOT / "docs" / "asyncapi.json").read_text(encoding="utf-8")
    assert run("openapi", "ingest").out == (ROOT / "docs" / "openapi-ingest.json").read_text(encoding="utf-8")
