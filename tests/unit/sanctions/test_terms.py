"""What the ledger takes from a pack."""

from datetime import timedelta

from services.sanctions.terms import no_terms, terms_of
from shared.tags import Channel
from tests.support.builders_core import NOW
from tests.unit.policy.small_pack import pack


def test_the_terms_are_those_of_the_pack() -> None:
    terms = terms_of(pack())
    assert (terms.policy, terms.limit, terms.expiry) == ("acme", 3, timedelta(days=90))
    assert (terms.channels, terms.restriction_clause) == ((Channel.WHATSAPP,), "K2")
    assert (terms.restriction_lasts, terms.assignee, terms.late) == (None, "boss", timedelta(minutes=30))
    notices = (terms.standing_notice, terms.disabled_notice, terms.disabled_by_person_notice)
    assert (*notices, terms.disabled_again_notice, terms.restored_notice) == (
        "standing",
        "disabled",
        "by_us",
        "again",
        "back",
    )


def test_a_call_is_due_in_business_hours() -> None:
    """Asked for at 10:00 of a Monday in Panama: four hours of work later it is 14:00."""
    due = terms_of(pack()).call_due
    assert due is not None
    assert due(NOW) == NOW + timedelta(hours=4)
    assert due(NOW + timedelta(hours=6)).day == 3  # at 16:00 three of the four fall on Tuesday


def test_a_restriction_may_end_by_itself() -> None:
    lasting = pack(("way_back: [call]", "until_days: 30"))
    assert terms_of(lasting).restriction_lasts == timedelta(days=30)


def test_points_that_never_expire_count_for_longer_than_anybody_lives() -> None:
    assert terms_of(pack(("expiry_days: 90\n", "\n"))).expiry > timedelta(days=36_000)


def test_without_a_policy_nothing_follows_by_itself() -> None:
    terms = no_terms("acme")
    assert (terms.limit, terms.channels, terms.call_due, terms.disabled_notice) == (None, (), None, None)
