"""What else is printed on a card whose number was found: its expiry and its security code, further on."""

import re
from collections.abc import Collection, Iterator
from functools import cache
from typing import Final

from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import SILENCING
from shared.privacy.text.found import Found, covered
from shared.privacy.text.phrasebook import alternatives, alternatives_of, words
from shared.privacy.text.reading import Reading

_REACH: Final = 120  # code points after the number
_FEW: Final = r"[^0-9\n.!?]{0,24}"
_MONTH: Final = r"(?:0?[1-9]|1[0-2])"
_YEAR: Final = r"(?:20)?[2-4][0-9](?![0-9]|[/.\-][0-9])"
_BESIDE: Final = re.compile(
    rf"[\s,;:|-]{{1,4}}({_MONTH} ?[/\-] ?{_YEAR}|(?:0[1-9]|1[0-2])[2-4][0-9](?![0-9]))"
)
_FIGURE: Final = r"(?<![0-9a-z])([0-9]{3,4})(?![0-9a-z]|[/.,-][0-9])"
_CODE_NEXT: Final = re.compile(
    rf"[\s,;]{{1,3}}(?:[ye] )?(?:o |el |the )?cod(?:igo|e)?\.?[: ]{{1,3}}{_FIGURE}"
)


def find(reading: Reading, found: Collection[Found]) -> Iterator[Found]:
    """The expiry and the code that are told apart from a card's number, by the words before them."""
    others = covered((one for one in found if one.kind is not SensitiveKind.ONE_TIME_CODE), len(reading.text))
    for kind, _, end in found:
        if kind is not SensitiveKind.PAYMENT_CARD:
            continue
        for start, last in _printed(reading, end):
            if not any(others[start:last]) and not _is_another(reading, start):
                yield Found(kind, start, last)


def _printed(reading: Reading, end: int) -> Iterator[tuple[int, int]]:
    """Where the expiry and the codes stand that are told after a number that ends at `end`."""
    text, reach = reading.text, end + _REACH
    expiry = _BESIDE.match(text, end) or _expiry().search(text, end, reach)
    if expiry:
        yield expiry.span(1)
        following = _CODE_NEXT.match(text, expiry.end(1))
        if following:
            yield following.span(1)
    code = _code().search(text, end, reach)
    if code:
        yield code.span(1)


def _is_another(reading: Reading, start: int) -> bool:
    """Whether a word for an order, a parcel or a phone governs the number at `start`."""
    cue = reading.governing(reading.token_at(start))
    return cue is not None and cue.family in SILENCING


@cache
def _expiry() -> re.Pattern[str]:
    """`vence 03/29`, `good thru 11/28`, `vencimento junho de 2029`."""
    month = rf"(?:{_MONTH}|{alternatives(words('months.txt'))})"
    joint = r" ?(?:[/\-]|de|del|do|of)? ?"
    return re.compile(
        rf"\b(?:{alternatives_of('imprints.txt', 'expiring')})\b{_FEW}?(?<![0-9a-z])({month}{joint}{_YEAR})"
    )


@cache
def _code() -> re.Pattern[str]:
    """`atrás dice 418`, `the 3 on the back are 806`, `four digits on the front 7702`."""
    return re.compile(
        rf"\b(?:{alternatives_of('imprints.txt', 'code')})\b{_FEW}{_FIGURE}(?! ?(?:[a-z]{{3,}}s\b|usd|%|r\$))"
    )
