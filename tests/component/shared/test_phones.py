"""The one form of a number that networks write in two."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.base import Address
from shared.phones import canonical, is_e164
from tests.support.builders_core import MODERATE


@pytest.mark.parametrize(
    ("written", "one_form"),
    [
        ("+551187654321", "+5511987654321"),
        ("+5511987654321", "+5511987654321"),
        ("+551134567890", "+551134567890"),
        ("+5215512345678", "+525512345678"),
        ("+525512345678", "+525512345678"),
        ("+5491112345678", "+541112345678"),
        ("+541112345678", "+541112345678"),
        ("+50760000001", "+50760000001"),
        ("not a number", "not a number"),
        ("", ""),
    ],
    ids=[
        "a Brazilian mobile without its ninth digit",
        "with it",
        "a Brazilian landline",
        "a Mexican mobile with the old 1",
        "without it",
        "an Argentine mobile with its 9",
        "without it",
        "Panama",
        "no number",
        "nothing",
    ],
)
def test_a_number_has_one_form(written: str, one_form: str) -> None:
    assert canonical(written) == one_form


@MODERATE
@given(number=st.builds("+{}{}".format, st.sampled_from([55, 52, 521, 549, 507]), st.integers(10**8, 10**11)))
def test_the_one_form_is_final(number: str) -> None:
    assert canonical(canonical(number)) == canonical(number)
    assert is_e164(number)


@pytest.mark.parametrize(
    ("text", "is_number"),
    [
        ("+50760000001", True),
        ("+1234567", True),
        ("+123456", False),
        ("+1234567890123456", False),
        ("50760000001", False),
        ("+0507600000", False),
        ("+507 6000 0001", False),
        ("+5076000000١", False),
        ("", False),
    ],
)
def test_a_number_has_a_plus_sign_a_country_code_and_ascii_digits_only(text: str, is_number: bool) -> None:
    assert is_e164(text) is is_number


@pytest.mark.parametrize(
    ("address", "identity"),
    [
        (Address(phone="+551187654321", user_id="BR.1"), "tel:+5511987654321"),
        (Address(email="Ana@Example.com", user_id="BR.1"), "mailto:ana@example.com"),
        (Address(user_id="BR.1"), "id:BR.1"),
        (Address(), "id:"),
    ],
)
def test_a_person_is_identified_by_number_then_address_then_id(address: Address, identity: str) -> None:
    assert address.normalised() == identity
