"""What is reached through other modules counts too: import-linter's contracts, kept and seen to break."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.rules import ROOT, SERVICES

CONTRACTS = Path(__file__).with_name("imports.toml")
FORBIDDEN = (
    *("motor", "pymongo", "bson", "aiokafka", "faststream", "httpx", "starlette", "uvicorn", "structlog"),
    *("prometheus_client", "tenacity"),
)
LINT = """
import sys
from importlinter.cli import lint_imports
sys.exit(lint_imports(sys.argv[1], no_cache=True))
"""


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    """Judge the packages of a folder by the project's contracts."""
    environment = os.environ | {"PYTHONPATH": str(root)}
    return subprocess.run(
        [sys.executable, "-c", LINT, str(CONTRACTS)],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_is_reached_that_may_not_be() -> None:
    found = lint(ROOT)
    assert found.returncode == 0, found.stdout


@pytest.fixture
def packages(tmp_path: Path) -> Path:
    """A layout like ours, in which nothing imports anything."""
    modules = [f"services/{name}/domain" for name in SERVICES]
    modules += ["shared/kafka", "shared/mongo", "shared/http", "shared/clock", "shared/service", "shared/ids"]
    for module in (*modules, *FORBIDDEN):
        folder = tmp_path / module
        folder.mkdir(parents=True)
        for place in (folder, *folder.parents):
            if place == tmp_path:
                break
            (place / "__init__.py").touch()
    return tmp_path


def test_a_layout_without_imports_keeps_all_contracts(packages: Path) -> None:
    found = lint(packages)
    assert found.returncode == 0, found.stdout


@pytest.mark.parametrize(
    ("planted", "broken"),
    [
        (
            {"services/ingest": "import shared.ids", "shared/ids": "import services.sanctions.domain"},
            "services are strangers",
        ),
        ({"shared/ids": "import services.ingest"}, "what is shared knows no service"),
        (
            {"services/responder/domain": "import shared.ids", "shared/ids": "import shared.clock"},
            "no framework, driver or clock behind a domain",
        ),
        (
            {"services/ingest/domain": "import shared.ids", "shared/ids": "import httpx"},
            "no framework, driver or clock behind a domain",
        ),
    ],
)
def test_a_planted_detour_is_found(packages: Path, planted: dict[str, str], broken: str) -> None:
    for module, text in planted.items():
        (packages / module / "__init__.py").write_text(text, encoding="utf-8")
    found = lint(packages)
    assert found.returncode == 1
    assert f"{broken} BROKEN" in found.stdout
