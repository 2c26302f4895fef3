"""The ledger's terms, out of a compiled pack."""

from datetime import datetime, timedelta
from typing import Final

from services.sanctions.domain.terms import Terms
from shared.policy.pack import CompiledPack

_FOR_EVER: Final = timedelta(days=36_500)
"""What never expires: a policy without an expiry, in a date that every store can hold."""


def terms_of(pack: CompiledPack) -> Terms:
    """Return what the pack says about points, limits, restrictions and calls."""
    restriction, notices = pack.restriction, pack.notices
    until_days = restriction.until_days if restriction else None
    return Terms(
        policy=pack.policy,
        pack=pack.hash,
        limit=pack.limit if restriction else None,
        expiry=_FOR_EVER if pack.expiry_days is None else timedelta(days=pack.expiry_days),
        channels=tuple(restriction.channels) if restriction else (),
        restriction_lasts=None if until_days is None else timedelta(days=until_days),
        restriction_clause=restriction.clause if restriction else None,
        call_due=_call_due(pack),
        assignee=pack.call.assignee if pack.call else None,
        late=timedelta(minutes=pack.windows.late_minutes),
        standing_notice=notices.standing,
        disabled_notice=notices.disabled,
        disabled_by_person_notice=notices.disabled_by_person,
        disabled_again_notice=notices.disabled_again,
        restored_notice=notices.restored,
    )


def no_terms(policy: str) -> Terms:
    """Return the terms of a tenant without a policy: commands are settled, nothing follows by itself."""
    return Terms(
        policy=policy,
        pack="",
        limit=None,
        expiry=_FOR_EVER,
        channels=(),
        restriction_lasts=None,
        call_due=None,
        assignee=None,
        late=_FOR_EVER,
    )


def _call_due(pack: CompiledPack) -> "_Due | None":
    return None if pack.call is None else _Due(pack, timedelta(hours=pack.call.within_business_hours))


class _Due:
    """When a call is to be made: so many business hours after it was asked for."""

    def __init__(self, pack: CompiledPack, within: timedelta) -> None:
        self._calendar = pack.calendar
        self._within = within

    def __call__(self, at: datetime) -> datetime:
        return self._calendar.add_business(at, self._within)
