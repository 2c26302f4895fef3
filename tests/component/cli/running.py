"""What came of a command."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Ran:
    """Its exit code, and what it wrote."""

    code: int
    out: str
    err: str


Run = Callable[..., Ran]
