"""A door of its own for each test."""

from collections.abc import AsyncIterator

import pytest

from tests.component.ingest.door import Door


@pytest.fixture
async def door() -> AsyncIterator[Door]:
    made = Door()
    async with made.client:
        yield made
