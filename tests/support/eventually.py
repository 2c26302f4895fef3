"""Waiting for what a test expects: asked again and again until it holds or its time is over."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

from shared.clock import monotonic_seconds

T = TypeVar("T")
LONG_SECONDS = 60.0
"""Generous: these machines are shared, and a passing test never waits for it."""


async def eventually(
    check: Callable[[], T | Awaitable[T]],
    within_seconds: float = LONG_SECONDS,
    *,
    every_seconds: float = 0.05,
    passing_over: tuple[type[Exception], ...] = (AssertionError,),
) -> T:
    """Return what `check` returns once it raises none of `passing_over`; the last one is raised at the end."""
    deadline = monotonic_seconds() + within_seconds
    while True:
        try:
            found = check()
            return await cast("Awaitable[T]", found) if inspect.isawaitable(found) else cast("T", found)
        except passing_over:
            if monotonic_seconds() > deadline:
                raise
        await asyncio.sleep(every_seconds)
