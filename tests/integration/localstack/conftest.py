"""One real stack for the session, started from processes, and the folders that it may write to."""

from collections.abc import Iterator

import pytest

from shared.localstack.faster_starts import prepare
from shared.localstack.settings import StackSettings
from shared.localstack.stack import LocalStack, running_stack


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> StackSettings:
    """Stacks in a folder of the session's own; the jars are the project's, fetched at most once."""
    return StackSettings(
        etiqueta_local_dir=tmp_path_factory.mktemp("local"),
        etiqueta_jars_dir=StackSettings.read().jars_dir,
        etiqueta_stack="processes",
        kafka_bootstrap_servers=None,
        mongodb_uri=None,
    )


@pytest.fixture(scope="session")
def _prepared(settings: StackSettings) -> None:
    prepare(settings)


@pytest.fixture(scope="session")
def session_stack(settings: StackSettings, _prepared: None) -> Iterator[LocalStack]:
    with running_stack(settings) as stack:
        yield stack


@pytest.fixture
def stack(session_stack: LocalStack) -> LocalStack:
    """The session's stack, whole again whatever the test before did to it."""
    session_stack.up()
    return session_stack
