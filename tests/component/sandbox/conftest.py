"""A sandbox of its own for each test."""

import pytest

from tests.component.sandbox.harness import Harness


@pytest.fixture
def harness() -> Harness:
    return Harness()


@pytest.fixture
async def talking(harness: Harness) -> Harness:
    """A sandbox whose client has just written, so that the window is open."""
    await harness.client_writes()
    return harness
