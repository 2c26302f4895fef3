"""Check digits of registers that python-stdnum does not know: Brazil's título de eleitor."""

from typing import Final

_VOTER_DIGITS: Final = 12
_SERIAL_DIGITS: Final = 8
_STATES: Final = 28
_SERIAL_WEIGHTS: Final = range(2, 10)
_STATE_WEIGHTS: Final = (7, 8, 9)


def is_voter(digits: str) -> bool:
    """Brazil's título de eleitor: serial, state, two check digits (Tribunal Superior Eleitoral)."""
    if len(digits) != _VOTER_DIGITS or not 1 <= int(digits[8:10]) <= _STATES:
        return False
    serial = [int(digit) for digit in digits[:_SERIAL_DIGITS]]
    first = sum(a * b for a, b in zip(serial, _SERIAL_WEIGHTS, strict=True)) % 11 % 10
    state = (int(digits[8]), int(digits[9]), first)
    second = sum(a * b for a, b in zip(state, _STATE_WEIGHTS, strict=True)) % 11 % 10
    return digits[10:] == f"{first}{second}"
