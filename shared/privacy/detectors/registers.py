"""Check digits of registers that python-stdnum does not know.

Brazil's título de eleitor, CNH and card of the SUS, Guatemala's DPI, El Salvador's DUI.
"""

import re
from typing import Final

VOTER_DIGITS: Final = 12
LICENCE_DIGITS: Final = 11
_LICENCE_BODY: Final = 9
_LICENCE_WEIGHTS: Final = range(9, 0, -1)
_TEN: Final = 10
_SERIAL_DIGITS: Final = 8
_STATES: Final = 28
_SERIAL_WEIGHTS: Final = range(2, 10)
_STATE_WEIGHTS: Final = (7, 8, 9)
_DPI_SHAPE: Final = re.compile(r"[0-9]{9}(?:0[1-9]|1[0-9]|2[0-2])(?:0[1-9]|[123][0-9])")
_DPI_WEIGHTS: Final = range(2, 10)
_HEALTH_WEIGHTS: Final = range(15, 0, -1)
_DUI_SHAPE: Final = re.compile(r"0[0-9]{7}-[0-9]")  # some seven million were given
_DUI_WEIGHTS: Final = range(9, 1, -1)


def is_voter(digits: str) -> bool:
    """Brazil's título de eleitor: serial, state, two check digits (Tribunal Superior Eleitoral)."""
    if len(digits) != VOTER_DIGITS or not 1 <= int(digits[8:10]) <= _STATES:
        return False
    serial = [int(digit) for digit in digits[:_SERIAL_DIGITS]]
    first = sum(a * b for a, b in zip(serial, _SERIAL_WEIGHTS, strict=True)) % 11 % 10
    state = (int(digits[8]), int(digits[9]), first)
    second = sum(a * b for a, b in zip(state, _STATE_WEIGHTS, strict=True)) % 11 % 10
    return digits[10:] == f"{first}{second}"


def is_licence(digits: str) -> bool:
    """Brazil's CNH: nine digits and two check digits (Departamento Nacional de Trânsito)."""
    if len(digits) != LICENCE_DIGITS or len(set(digits)) == 1:
        return False
    body = [int(digit) for digit in digits[:_LICENCE_BODY]]
    first = sum(a * b for a, b in zip(body, _LICENCE_WEIGHTS, strict=True)) % 11
    carried = 2 if first >= _TEN else 0
    second = sum(a * b for a, b in zip(body, reversed(_LICENCE_WEIGHTS), strict=True)) % 11 - carried
    second = second + 11 if second < 0 else second
    return digits[_LICENCE_BODY:] == f"{first % _TEN if first < _TEN else 0}{second if second < _TEN else 0}"


def is_health_card(digits: str) -> bool:
    """Brazil's Cartão Nacional de Saúde: fifteen digits whose weighted sum is a multiple of 11 (DATASUS)."""
    if len(digits) != len(_HEALTH_WEIGHTS) or digits[0] not in "12789":
        return False
    return sum(int(digit) * weight for digit, weight in zip(digits, _HEALTH_WEIGHTS, strict=True)) % 11 == 0


def is_guatemalan(digits: str) -> bool:
    """Guatemala's DPI: eight digits, a check digit, department and municipality (RENAP)."""
    if not _DPI_SHAPE.fullmatch(digits):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(digits, _DPI_WEIGHTS, strict=False))
    return total % 11 == int(digits[_SERIAL_DIGITS])


def is_salvadoran(text: str) -> bool:
    """El Salvador's DUI: eight digits, a hyphen, a check digit (RNPN)."""
    if not _DUI_SHAPE.fullmatch(text):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(text, _DUI_WEIGHTS, strict=False))
    return -total % 10 == int(text[-1])
