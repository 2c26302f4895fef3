"""What every test may ask for: one real stack for the session, and a fresh installation on it for a module.

What only these fixtures need is imported inside them, so that the unit tests start at once.
"""

from __future__ import annotations

import contextlib
import gc
import socket
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Iterator

    from shared.localstack.stack import LocalStack
    from tests.support.processes import ForkServer
    from tests.support.world import World

TESTS: Final = Path(__file__).parent
ALONE: Final = frozenset({"unit", "component", "architecture"})
"""Folders whose tests need nothing but this process."""
MARKED: Final = {"integration": pytest.mark.integration, "faults": pytest.mark.faults}
_LOGS = pytest.StashKey[list["World"]]()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "world(pack, changed, **environment): what the module's installation is like"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark tests by their folder; one that says it stands alone may not ask for the stack."""
    for item in items:
        folder = _folder(item)
        if folder in MARKED:
            item.add_marker(MARKED[folder])
        if folder in ALONE and "stack" in getattr(item, "fixturenames", ()):
            raise pytest.UsageError(f"{item.nodeid} asks for the stack: move it to tests/integration")


def pytest_collection_finish() -> None:
    """What is imported and collected stays to the end: the collector need not look at it again and again."""
    gc.collect()
    gc.freeze()


def _folder(item: pytest.Item) -> str:
    place = item.path.relative_to(TESTS) if item.path.is_relative_to(TESTS) else Path()
    return place.parts[0] if place.parts else ""


@pytest.fixture(autouse=True)
def _alone(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse connections in tests that stand alone: the accident is a test that needs a network."""
    if _folder(request.node) in ALONE:
        monkeypatch.setattr(socket.socket, "connect", _refuse)


def _refuse(*_: object) -> None:
    raise AssertionError("a test that stands alone has opened a connection")


@pytest.fixture(scope="session")
def forkserver() -> Iterator[ForkServer | None]:
    """A process that forks services without their imports; None where forking is not safe."""
    import sys  # noqa: PLC0415

    from tests.support.processes import ForkServer  # noqa: PLC0415

    if sys.platform != "linux":
        yield None
        return
    server = ForkServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def stack(forkserver: ForkServer | None) -> Iterator[LocalStack]:
    """Kafka and the store, real ones, for the whole session; the fork server starts beside them."""
    del forkserver
    from shared.localstack.stack import running_stack  # noqa: PLC0415

    with contextlib.ExitStack() as kept:
        # docker's client leaves a socket behind where no daemon answers: collected here, unseen.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            running = kept.enter_context(running_stack())
            gc.collect()
        yield running


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def world(
    request: pytest.FixtureRequest,
    stack: LocalStack,
    forkserver: ForkServer | None,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[World]:
    """A fresh installation for the module: topics, database, sandbox; services are the tests' to start."""
    from tests.support.world import new_world  # noqa: PLC0415

    marker = request.node.get_closest_marker("world")
    options: dict[str, Any] = dict(marker.kwargs) if marker else {}
    pack = options.pop("pack", TESTS / "support" / "policies" / "puerto.yaml")
    options.setdefault("changed", {})
    folder = tmp_path_factory.mktemp("world")
    async with new_world(stack, forkserver, folder, pack=pack, **options) as made:
        request.node.stash[_LOGS] = [made]
        yield made


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show, beside a failure, the end of the log of every process of the test's installation."""
    report = yield
    module = item.getparent(pytest.Module)
    if report.failed and module is not None:
        for made in module.stash.get(_LOGS, []):
            report.sections += [(f"log {name}", text) for name, text in made.launcher.tails()]
    return report
