"""The terms of a policy that the ledger goes by, and nothing else of it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.tags import Channel


@dataclass(frozen=True, slots=True)
class Terms:
    """What a pack says about points, limits, restrictions and calls."""

    policy: str
    pack: str
    limit: int | None
    """None: this policy restricts nobody."""
    expiry: timedelta
    """How long a point counts."""
    channels: tuple[Channel, ...]
    """What is disabled at the limit."""
    restriction_lasts: timedelta | None
    """None: until a person restores."""
    call_due: Callable[[datetime], datetime] | None
    """When a call asked for at that time is to be made; None: no call."""
    assignee: str | None
    late: timedelta
    """A message that came so long after it was written is recorded, not answered and not punished."""
    restriction_clause: str | None = None
    """The clause by which a channel is disabled (`P7`)."""
    standing_notice: str | None = None
    disabled_notice: str | None = None
    disabled_by_person_notice: str | None = None
    disabled_again_notice: str | None = None
    restored_notice: str | None = None
