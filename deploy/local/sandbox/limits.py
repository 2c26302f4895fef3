"""How fast and to whom the provider lets a number send.

Source: Meta "Throughput" (80 messages a second), "About the platform" (one message to one user
every 6 seconds, a burst of 45 borrowed from the future), "Sending messages" (24 hour window).
"""

from collections import deque
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

WINDOW: Final = timedelta(hours=24)
PAIR_INTERVAL: Final = timedelta(seconds=6)
PAIR_BURST: Final = 45
THROUGHPUT_PER_SECOND: Final = 80


@dataclass(slots=True)
class PairRate:
    """Allowance of one number towards one user: a bucket of 45 that gains one every 6 seconds."""

    tokens: float = PAIR_BURST
    counted_at: datetime | None = None

    def allows(self, now: datetime) -> bool:
        self._gain(now)
        return self.tokens >= 1

    def spend(self, now: datetime) -> None:
        self._gain(now)
        self.tokens -= 1

    def _gain(self, now: datetime) -> None:
        """Count what was gained since; a clock that is set back gains nothing."""
        if self.counted_at is not None and now > self.counted_at:
            gained = (now - self.counted_at) / PAIR_INTERVAL
            self.tokens = min(float(PAIR_BURST), self.tokens + gained)
        self.counted_at = now


@dataclass(slots=True)
class Throughput:
    """Messages of one number within the last second of real time."""

    sent_at_seconds: deque[float] = field(default_factory=deque)

    def allows(self, now_seconds: float) -> bool:
        while self.sent_at_seconds and self.sent_at_seconds[0] <= now_seconds - 1:
            self.sent_at_seconds.popleft()
        return len(self.sent_at_seconds) < THROUGHPUT_PER_SECOND

    def spend(self, now_seconds: float) -> None:
        self.sent_at_seconds.append(now_seconds)


@dataclass(slots=True)
class Conversation:
    """One number and one user: when the user last wrote, whether the number blocked them."""

    phone: str | None = None
    user_id: str | None = None
    wrote_at: datetime | None = None
    blocked: bool = False
    pair_rate: PairRate = field(default_factory=PairRate)

    def window_open(self, now: datetime) -> bool:
        return self.wrote_at is not None and now - self.wrote_at < WINDOW

    def wrote(self, at: datetime) -> None:
        self.wrote_at = at if self.wrote_at is None else max(at, self.wrote_at)
