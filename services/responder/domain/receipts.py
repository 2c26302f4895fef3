"""What a provider's report says about a reply, or about an account."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from shared.events.receipts import AccountChangedV1
from shared.words import ReplyState

_STATES: Final[Mapping[str, ReplyState]] = {
    "sent": ReplyState.SENT,
    "delivered": ReplyState.DELIVERED,
    "read": ReplyState.READ,
    "played": ReplyState.READ,
    "failed": ReplyState.FAILED,
}
_STOPPING: Final = frozenset(
    {
        "DISABLED_UPDATE",
        "ACCOUNT_RESTRICTION",
        "ACCOUNT_VIOLATION",
        "ACCOUNT_DELETED",
        "ACCOUNT_OFFBOARDED",
        "PARTNER_REMOVED",
    }
)
_UNTIL_SOMEBODY_LOOKS: Final = timedelta(days=1)


def state_told(status: str) -> ReplyState | None:
    """Return the state that a provider's status means; None for one that says nothing of delivery."""
    return _STATES.get(status.casefold())


def stopped_until(change: AccountChangedV1) -> datetime | None:
    """Return until when nothing may be sent from the account; None where the change allows it."""
    if change.change.upper() not in _STOPPING:
        return None
    return change.until or change.occurred_at + _UNTIL_SOMEBODY_LOOKS
