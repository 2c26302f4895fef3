"""Check digits of the registers that the project knows by itself."""

from shared.privacy.detectors.registers import is_guatemalan, is_health_card, is_salvadoran


def test_a_wrong_check_digit_is_no_register() -> None:
    assert is_guatemalan("5628526701601")
    assert not is_guatemalan("5628526711601")
    assert is_salvadoran("02228639-7")
    assert not is_salvadoran("02228639-8")
    assert is_health_card("753899127551545")
    assert not is_health_card("753899127551546")
    assert not is_health_card("353899127551545")
