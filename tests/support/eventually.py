"""Waiting for what a test expects: asked again and again until it holds or its time is over."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar, overload

from shared.clock import monotonic_seconds

T = TypeVar("T")
LONG_SECONDS = 60.0
"""Generous: these machines are shared, and a passing test never waits for it."""


@overload
async def eventually(
    check: Callable[[], Awaitable[T]],
    within_seconds: float = LONG_SECONDS,
    *,
    every_seconds: float = 0.05,
    passing_over: tuple[type[Exception], ...] = (AssertionError,),
) -> T: ...


@overload
async def eventually(
    check: Callable[[], T],
    within_seconds: float = LONG_SECONDS,
    *,
    every_seconds: float = 0.05,
    passing_over: tuple[type[Exception], ...] = (AssertionError,),
) -> T: ...


async def eventually(
    check: Callable[[], Any],
    within_seconds: float = LONG_SECONDS,
    *,
    every_seconds: float = 0.05,
    passing_over: tuple[type[Exception], ...] = (AssertionError,),
) -> Any:
    """Return what `check` returns once it raises none of `passing_over`; at the end the last is raised."""
    deadline = monotonic_seconds() + within_seconds
    while True:
        try:
            found = check()
            return await found if inspect.isawaitable(found) else found
        except passing_over:
            if monotonic_seconds() > deadline:
                raise
        await asyncio.sleep(every_seconds)
