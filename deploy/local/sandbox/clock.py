"""The sandbox's time: the machine's, until it is set."""

from collections.abc import Callable
from datetime import UTC, datetime

from shared.clock import wall_now


class SandboxClock:
    """Stands still once it is set, so that a week can be played in seconds."""

    def __init__(self, wall: Callable[[], datetime] = wall_now) -> None:
        self._wall = wall
        self._set: datetime | None = None

    def now(self) -> datetime:
        return self._set or self._wall()

    def set(self, at: datetime | None) -> None:
        """Stand at `at` (aware), or go with the machine's clock again (None)."""
        self._set = at.astimezone(UTC) if at is not None else None
