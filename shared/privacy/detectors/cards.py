"""Payment cards: a number by Luhn and issuer, and the expiry and security code that go with it."""

import re
from typing import Final

from stdnum import luhn

from shared.privacy.text.cues import Family
from shared.privacy.text.numerals import Number
from shared.privacy.text.reading import Reading

# Issuer ranges as the schemes publish them: Visa, Mastercard, Maestro, American Express, Elo,
# Hipercard, Diners, Discover, JCB, UnionPay, Naranja, Cabal, Carnet.
_ISSUERS: Final = re.compile(
    r"4\d{15}(?:\d{3})?"
    r"|(?:5[1-5]\d{2}|222[1-9]|22[3-9]\d|2[3-6]\d{2}|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}"
    r"|3(?:0[0-59]|[689]\d)\d{11}"
    r"|(?:6011|64[4-9]\d|65\d{2})\d{12}"
    r"|35(?:2[89]|[3-8]\d)\d{12}"
    r"|506[1-4]\d{12}|(?:5066|5067|509\d|6362|6363|4011|4312|4389|4514|4573|4576|6504|6505|6507|6509|6516|6550)\d{12}"
    r"|(?:6062|3841|6370|6375|6376|6099|6371|6372)\d{12}"
    r"|62\d{14}|(?:589562|589657|6042\d{2}|6043\d{2}|603522|6274\d{2})\d{10}"
)
GROUPS: Final = frozenset(
    {(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (4, 4, 4, 3), (4, 4, 8), (4, 12)}
)
# What may stand between a card's number and its expiry or code.
_BETWEEN: Final = re.compile(
    r"[\s,;:/|().\-]{0,12}(?:(?:val(?:idade|id)?|venc(?:e|imento|imiento)?|vto|exp(?:ir[aey]s?|iry)?"
    r"|expiration|good thru|valid thru|e|y|and|com|con|with|cvv2?|cvc2?|cid|csc|code|cod(?:igo)?"
    r"|de|seguranca|seguridad|security|ate|em|en|on|the|o|el|date|data|fecha|is|es|nome|cv)\b"
    r"[\s,;:/|().\-]{0,12}){0,7}"
)
_EXPIRY: Final = re.compile(r"(?:0?[1-9]|1[0-2]) ?[/.\-] ?(?:20)?[2-4]\d(?![\d/\-])")
_NEAR: Final = 10  # tokens before an expiry, of which one names what expires
_CODE: Final = re.compile(r"\d{3,4}(?![\d/\-]|[.,]\d)")


def certain(number: Number) -> bool:
    """Luhn holds, an issuer has the range, and it is grouped as cards are."""
    digits = number.digits
    if not 14 <= len(digits) <= 19 or not number.plain:
        return False
    grouped = not number.joined or (number.groups in GROUPS and "/" not in number.text)
    return grouped and _ISSUERS.fullmatch(digits) is not None and luhn.is_valid(digits)


def embossed(number: Number) -> bool:
    """Grouped as on the card itself, so that no word beside it makes it something else."""
    groups = tuple(map(len, re.findall(r"\d+", number.text)))
    return len(groups) > 1 and groups in GROUPS


def likely(reading: Reading, number: Number) -> bool:
    """Embossed in an issuer's range, in a text that speaks of a card: a digit may be mistyped."""
    return (
        Family.CARD in reading.families and embossed(number) and _ISSUERS.fullmatch(number.digits) is not None
    )


def dated(reading: Reading, number: Number) -> bool:
    """Whether an expiry follows a number of an issuer's range: a digit may be mistyped."""
    if number.joined or not number.plain or _ISSUERS.fullmatch(number.digits) is None:
        return False
    return Family.EXPIRY in reading.families and details_end(reading, number.end) > number.end


def announced(number: Number) -> bool:
    """Whether a number beside the word card is a card's, even with a mistyped digit."""
    digits = number.digits
    if not number.plain or not 12 <= len(digits) <= 19:
        return False
    if number.joined:
        known = number.regular or _ISSUERS.fullmatch(digits) is not None
        return number.groups in GROUPS or (luhn.is_valid(digits) and known)
    return len(digits) != 13 or luhn.is_valid(digits)


def details_end(reading: Reading, end: int) -> int:
    """Where the expiry and the security code that follow a card's number end, else `end`."""
    for pattern in (_EXPIRY, _CODE, _EXPIRY):
        between = _BETWEEN.match(reading.text, end)
        start = between.end() if between else end
        found = pattern.match(reading.text, start) if start > end else None
        if found:
            end = found.end()
    return end


def is_code(number: Number) -> bool:
    """Whether a number is as long as a card's security code."""
    return number.plain and len(number.digits) in {3, 4} and not number.joined


def is_expiry(reading: Reading, number: Number) -> bool:
    """Whether a number is an expiry in a text that speaks of a card, and no document's."""
    if Family.CARD not in reading.families or _EXPIRY.fullmatch(number.text) is None:
        return False
    near = reading.cues[max(0, number.first - _NEAR) : number.first][::-1]
    owner = next((cue.family for cue in near if cue is not None and cue.family is not Family.EXPIRY), None)
    return owner is not Family.ID
