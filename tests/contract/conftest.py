"""The option `--cases DIR`, and the cases that a run is about."""

from pathlib import Path

import pytest

from tests.contract.cases import Folder, read_folder

HERE = Path(__file__).parent
DEFAULT_FOLDERS = (HERE / "webhooks", HERE / "webhooks_more")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--cases",
        type=Path,
        default=None,
        metavar="DIR",
        help="a folder with the layout of tests/contract/webhooks, instead of the project's own cases",
    )


def _folders(config: pytest.Config) -> list[Folder]:
    chosen: Path | None = config.getoption("--cases", default=None)
    if chosen is None:
        return [read_folder(folder) for folder in DEFAULT_FOLDERS]
    try:
        return [read_folder(chosen)]
    except (OSError, ValueError) as error:
        raise pytest.UsageError(f"--cases {chosen}: {error}") from None


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give each test its cases, signature vectors or sequences."""
    wanted = [name for name in ("case", "broken_case", "vector", "sequence") if name in metafunc.fixturenames]
    for name in wanted:
        folders = _folders(metafunc.config)
        found = [item for folder in folders for item in getattr(folder, f"{name}s")]
        metafunc.parametrize(name, found, ids=[item.name for item in found])
