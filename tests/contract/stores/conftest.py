"""The sides of the contract: every test that asks for `backend` runs on both, `mongo` is the real one."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from shared.localstack.stack import LocalStack
from tests.contract.stores.backends import Backend, MemoryBackend, MongoBackend


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def _database(stack: LocalStack) -> AsyncIterator[MongoBackend]:
    backend = MongoBackend(stack.addresses.mongodb)
    await backend.declare()
    yield backend
    await backend.close()


@pytest.fixture
async def mongo(_database: MongoBackend) -> MongoBackend:
    """The module's database, empty."""
    await _database.empty()
    return _database


@pytest.fixture(params=["memory", pytest.param("mongo", marks=pytest.mark.integration)])
def backend(request: pytest.FixtureRequest) -> Backend:
    """One side, empty; the stack is started for the real one only."""
    found: Backend = MemoryBackend() if request.param == "memory" else request.getfixturevalue("mongo")
    return found
