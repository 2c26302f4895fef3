"""Topics of its own for each test of the kit."""

from collections.abc import AsyncIterator

import pytest_asyncio

from shared.localstack.stack import LocalStack
from tests.support.kit import Kit, new_kit


@pytest_asyncio.fixture(loop_scope="session")
async def kit(stack: LocalStack) -> AsyncIterator[Kit]:
    async with new_kit(stack.addresses.kafka) as made:
        yield made
