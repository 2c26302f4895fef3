"""Ids are derived from their cause: the same cause, the same id, in every process and for ever."""

from hypothesis import given
from hypothesis import strategies as st

from shared.ids import TenantId, client_id, consequence_id, derived_id, message_id, topic_key
from tests.support.builders_core import CLIENT, MODERATE, TENANT

PARTS = st.lists(st.text("añ:", max_size=3), max_size=4)


def test_ids_stay_what_they_were_in_every_version() -> None:
    """What is stored was derived by these very functions: another result would count everything twice."""
    assert (
        message_id(TENANT, "whatsapp", "8", "message", "wamid.1", "")
        == "295847a0-380e-596a-b501-42ce7fb68855"
    )
    assert consequence_id("m1", "decision") == "390f70d8-bf0c-5212-be42-07f1a067550d"
    assert client_id(b"key", "tel:+50760000001") == "1012aee393ad4a8a3ddf25d52965dfb7"


@MODERATE
@given(one=PARTS, other=PARTS)
def test_ids_are_equal_exactly_when_all_parts_are(one: list[str], other: list[str]) -> None:
    assert (derived_id(*one) == derived_id(*other)) is ((one or [""]) == (other or [""]))


def test_a_consequence_has_an_id_of_its_cause_and_its_kind() -> None:
    assert consequence_id("m1", "decision") != consequence_id("m1", "reply")
    assert consequence_id("m1", "decision") != consequence_id("m2", "decision")


def test_a_client_is_another_for_every_tenant_and_tells_nothing_of_the_number() -> None:
    one, other = client_id(b"key", "tel:+50760000001"), client_id(b"other", "tel:+50760000001")
    assert one != other
    assert "60000001" not in one
    assert len(one) == 32


def test_records_are_keyed_by_tenant_and_client() -> None:
    assert topic_key(TenantId("acme"), CLIENT) == b"acme:client-1"
