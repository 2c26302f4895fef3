"""What the masker finds and where: kinds of personal data, and places in a text."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class SensitiveKind(StrEnum):
    """A kind of personal or secret data; its value is the name in the placeholder."""

    NATIONAL_ID = "national_id"
    PAYMENT_CARD = "payment_card"
    BANK_ACCOUNT = "bank_account"
    PIX_KEY = "pix_key"
    PASSWORD = "password"  # noqa: S105
    TOKEN = "token"  # noqa: S105
    ONE_TIME_CODE = "one_time_code"
    BIRTH_DATE = "birth_date"
    HOME_ADDRESS = "home_address"
    PRIVATE_PHONE = "private_phone"
    HEALTH = "health"


STRUCTURED: Final = tuple(
    kind
    for kind in SensitiveKind
    if kind not in {SensitiveKind.HOME_ADDRESS, SensitiveKind.PRIVATE_PHONE, SensitiveKind.HEALTH}
)
"""The kinds that have a form of their own: ids, cards, accounts, keys, secrets, codes, dates of birth."""


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """Something sensitive in the text as it was given: code points `start` to `end` (excluded)."""

    kind: SensitiveKind
    start: int
    end: int


@dataclass(frozen=True, slots=True, order=True)
class Mask:
    """A placeholder in the masked text: code points `start` to `end` (excluded)."""

    kind: SensitiveKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Masked:
    """A text that may be stored, and the placeholders in it, in order and apart."""

    text: str
    masks: tuple[Mask, ...]
