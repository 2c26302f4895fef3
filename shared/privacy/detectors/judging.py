"""Which kind each number of a text is, if any: the word beside it first, then its own digits."""

import re
from collections.abc import Callable, Iterator
from enum import Enum
from typing import Final, TypeAlias

from shared.privacy.detectors import (
    accounts,
    cards,
    codes,
    companies,
    countries,
    documents,
    ids,
    names,
    phones,
    pix,
)
from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import SILENCING, Cue, Family
from shared.privacy.text.found import Found
from shared.privacy.text.governing import words_before
from shared.privacy.text.numerals import Number, runs, windows
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading


class _Public(Enum):
    """A number known to be nobody's secret: it is set aside whole, so no part of it is read."""

    PUBLIC = "public"


_PUBLIC: Final = _Public.PUBLIC
_Verdict: TypeAlias = SensitiveKind | _Public | None

_INVOICE_KEY_DIGITS: Final = 44
_BOLETO_DIGITS: Final = (47, 48)
_ADDRESS_OF_HOST: Final = re.compile(r"(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.|$)){4}")
_TOLL_FREE: Final = re.compile(r"0[389]00[ -]?[0-9]{3}[ -]?[0-9]{3,4}|[34]00[0-9][ -][0-9]{4}")
# A number's thousands may stand before what is read as a number: "$41,377.20".
_AMOUNT_BEFORE: Final = re.compile(r"(?:r\$|us\$|\$|€|£|usd|bs\.?|s/\.?|rd\$) ?(?:[0-9]{1,3},){0,2}$")
_LONGEST_BEFORE: Final = 14
_SHORTEST: Final = 3  # of any number that tells something: a security code
_SHORTEST_TELLING: Final = 10  # digits that alone may tell what they are
# How numbers are grouped that may tell by themselves what they are: a CPF, a card, a CLABE, an account of
# Venezuela, a one-time code, a sort code and its account, an SSN, a SIN, a card of Brazil's SUS.
_TELLING_GROUPS: Final = cards.GROUPS | {
    *((3, 3, 3, 2), (9, 2), (3, 3, 5), (3, 6, 2), (6, 5), (3, 8)),
    *((4, 4, 2, 10), (4, 4, 4, 4, 2), (3, 3, 11, 1), (4, 4, 12), (4, 2, 14), (8, 14)),
    *((3, 3), (2, 2, 2), (4, 4, 4), (6, 8), (3, 2, 4), (3, 3, 3), (3, 4, 4, 4)),
}
_NEAR_REFERENCE: Final = 3
"""Words from "claim", "tracking" to the number that is one, though it looks like a card's."""
_LONGEST_NAME: Final = 40
_LONGEST_PART: Final = 8  # digits of "ending in …"
_LONGEST_CLOSE: Final = 6
_NEAR_PART: Final = 2  # words from "ending in" to as many digits as a one-time code has, or more


def find(reading: Reading) -> Iterator[Found]:
    """Everything sensitive that is told by a number."""
    taken = 0  # where the details of a card end, which are numbers of their own
    for first, last in runs(reading):
        if reading.ends[last] - reading.starts[first] < _SHORTEST or reading.starts[first] < taken:
            continue
        at = first
        while at <= last:
            number, verdict = _first_judged(reading, at, last)
            if number is None or verdict is None:
                at += 1
                continue
            at = number.last + 1
            if not isinstance(verdict, _Public):
                found = _found(reading, number, verdict)
                taken = found.end
                at = max(at, reading.token_at(taken))
                yield found


def _first_judged(
    reading: Reading, first: int, last: int
) -> tuple[Number, SensitiveKind | _Public] | tuple[None, None]:
    """The longest number from a token on that is known for something, and for what."""
    for number in windows(reading, first, last):
        verdict = judge(reading, number)
        if verdict is not None:
            return number, verdict
    return None, None


def _found(reading: Reading, number: Number, kind: SensitiveKind) -> Found:
    """A number as found, with the sign or bracket it opens with; a card's takes its details along."""
    start, end = number.start, number.end
    if start and (reading.text[start - 1] == "+" or (reading.text[start - 1] == "(" and ")" in number.text)):
        start -= 1
    if kind is SensitiveKind.PAYMENT_CARD:
        end = cards.details_end(reading, end)
    return Found(kind, start, end)


def judge(reading: Reading, number: Number) -> _Verdict:
    """What a number is: a kind, `public`, or None when nothing tells."""
    if _is_public(reading, number):
        return _PUBLIC
    cue = reading.governing(number.first)
    telling = cue is not None or not number.joined or number.groups in _TELLING_GROUPS
    telling = telling or accounts.is_routed(number)
    if not telling and number.plain and Family.PIX not in reading.families:
        return None
    if pix.announced(reading, number):
        return SensitiveKind.PIX_KEY
    if _is_last_digits(reading, number):
        return None
    verdict = _by_cue(reading, cue, number) if cue else None
    return verdict or _by_digits(reading, cue, number)


def _is_public(reading: Reading, number: Number) -> bool:
    size = len(number.digits)
    if size == _INVOICE_KEY_DIGITS or size in _BOLETO_DIGITS:
        return number.plain
    if companies.is_public(number.text, reading.words, reading.governing(number.first)):
        return not pix.linked(reading, number.first, number.last)
    served = _ADDRESS_OF_HOST.fullmatch(number.text) or _TOLL_FREE.fullmatch(number.text)
    return served is not None or phones.is_contact(reading, number.start, number.end)


def _is_last_digits(reading: Reading, number: Number) -> bool:
    telling = listed("judging.last_digits")
    if len(number.digits) > _LONGEST_PART or telling.isdisjoint(reading.words):
        return False
    before = words_before(reading, number.first)
    return not telling.isdisjoint(before[: _NEAR_PART if len(number.digits) >= _LONGEST_CLOSE else None])


def _is_amount(reading: Reading, number: Number) -> bool:
    return (
        _AMOUNT_BEFORE.search(reading.text, max(0, number.start - _LONGEST_BEFORE), number.start) is not None
    )


def _by_cue(reading: Reading, cue: Cue, number: Number) -> _Verdict:
    if _is_amount(reading, number):
        return None
    if cue.family is Family.EITHER:
        return _either(reading, cue, number)
    if cue.name == "name" and Family.CARD in reading.families and cards.announced(number):
        return SensitiveKind.PAYMENT_CARD
    if accounts.is_payees(reading, cue, number):
        return SensitiveKind.NATIONAL_ID
    kind, holds = _JUDGES.get(cue.family, (None, None))
    return kind if holds and holds(reading, cue, number) else None


def _either(reading: Reading, cue: Cue, number: Number) -> _Verdict:
    """CC: a current account where a bank is spoken of, Colombia's document elsewhere."""
    if cards.announced(number) and (cards.certain(number) or not accounts.speaks_of_bank(reading)):
        return SensitiveKind.PAYMENT_CARD
    if ids.distinct(number):
        return SensitiveKind.NATIONAL_ID
    if ids.is_in_thousands(number) and not accounts.has_check_digit(number):
        return SensitiveKind.NATIONAL_ID
    spanish = not listed("judging.spanish_bank").isdisjoint(reading.words)
    if (
        spanish
        and listed("judging.portuguese_bank").isdisjoint(reading.words)
        and ids.announced("cc", number)
    ):
        return SensitiveKind.NATIONAL_ID
    banking = accounts.speaks_of_bank(reading) or accounts.has_check_digit(number)
    if banking and accounts.announced(reading, cue, number):
        return SensitiveKind.BANK_ACCOUNT
    return SensitiveKind.NATIONAL_ID if ids.announced(cue.name, number) else None


_JUDGES: Final[dict[Family, tuple[SensitiveKind, Callable[[Reading, Cue, Number], bool]]]] = {
    Family.ID: (SensitiveKind.NATIONAL_ID, lambda _, cue, number: ids.announced(cue.name, number)),
    Family.CARD: (SensitiveKind.PAYMENT_CARD, lambda _, __, number: cards.announced(number)),
    Family.CVV: (SensitiveKind.PAYMENT_CARD, lambda _, __, number: cards.is_code(number)),
    Family.EXPIRY: (
        SensitiveKind.PAYMENT_CARD,
        lambda reading, _, number: cards.is_expiry(reading, number),
    ),
    Family.ACCOUNT: (SensitiveKind.BANK_ACCOUNT, accounts.announced),
    Family.OPERATION: (SensitiveKind.BANK_ACCOUNT, accounts.is_with_operation),
    Family.BRANCH: (SensitiveKind.BANK_ACCOUNT, accounts.is_branch_or_account),
    Family.PHONE: (
        SensitiveKind.PRIVATE_PHONE,
        lambda reading, _, number: phones.is_private(reading, number),
    ),
    Family.CODE: (SensitiveKind.ONE_TIME_CODE, codes.is_one_time),
}


def _by_digits(reading: Reading, cue: Cue | None, number: Number) -> _Verdict:
    if len(number.text) < _SHORTEST_TELLING and number.text.isdigit():
        return _short(reading, cue, number)
    silenced = cue is not None and (cue.family in SILENCING or cue.name in companies.OF_COMPANIES_TOO)
    silenced = silenced and not documents.is_cpf_apart(reading, number)
    if distinct := _distinct(reading, cue, number, silenced=silenced):
        return distinct
    if silenced and (_is_persons(reading, cue, number) or _is_named(reading, number)):
        return SensitiveKind.NATIONAL_ID
    if _is_sent_for(reading, cue, number) or (not silenced and codes.is_just_sent(reading, number)):
        return SensitiveKind.ONE_TIME_CODE
    if silenced or _is_amount(reading, number):
        return None
    return _unannounced(reading, cue, number)


def _is_persons(reading: Reading, cue: Cue | None, number: Number) -> bool:
    """Whether a company's or member's number is a person's: "persona natural, … es el nit de ella", a CPF."""
    if cue is not None and cue.name == "member":
        return ids.is_members(number)
    if cue is None or cue.name != "company" or not {"persona", "pessoa"} & reading.words:
        return False
    return bool({"natural", "fisica"} & reading.words) and ids.announced("natural", number)


def _is_named(reading: Reading, number: Number) -> bool:
    """Whether an id by its check digits stands after a name, or after "a mi nombre"."""
    before_it = _written_before(reading, number)
    if names.follows_as_cpf(number, before_it) or names.follows_dotted(number, before_it):
        return True
    before = reading.texts[max(0, number.first - 1) : number.first]
    return not listed("judging.name").isdisjoint(before) and ids.unannounced(number)


def _short(reading: Reading, cue: Cue | None, number: Number) -> _Verdict:
    """A few digits that no word for an id or an account explains."""
    if _is_sent_for(reading, cue, number):
        return SensitiveKind.ONE_TIME_CODE
    if cue is not None:
        return None
    alone = number.text == reading.bare and ids.is_bare_dni(number)
    named = alone or names.follows(number, _written_before(reading, number))
    return SensitiveKind.NATIONAL_ID if named else None


def _is_sent_for(reading: Reading, cue: Cue | None, number: Number) -> bool:
    """Whether a number that no word of an id or account governs is a code that came."""
    if cue is not None and cue.family not in SILENCING and cue.name != "person":
        return False
    if codes.is_sent_for(reading, number):
        return True
    return (cue is None or cue.family is not Family.REFERENCE) and codes.is_just_sent(reading, number)


def _written_before(reading: Reading, number: Number) -> str:
    return reading.written(max(0, number.start - _LONGEST_NAME), number.start) if number.start else ""


def _distinct(reading: Reading, cue: Cue | None, number: Number, *, silenced: bool) -> _Verdict:
    """What a number can only be, even beside a word for something else."""
    paper = silenced and Family.ID not in reading.families
    paper = paper and (ids.is_paper(reading, cue, number) or countries.is_pan(number.text))
    if (
        (ids.distinct(number) and not paper)
        or documents.is_registered(reading, number)
        or documents.is_sin(reading, number)
    ):
        return SensitiveKind.NATIONAL_ID
    if accounts.distinct(number):
        return SensitiveKind.BANK_ACCOUNT
    spoken = not silenced or cards.embossed(number) or Family.CARD in reading.families
    spoken = spoken or len(words_before(reading, number.first)) > _NEAR_REFERENCE
    if cards.likely(reading, number) or cards.dated(reading, number) or (spoken and cards.certain(number)):
        return SensitiveKind.PAYMENT_CARD
    return None


def _unannounced(reading: Reading, cue: Cue | None, number: Number) -> _Verdict:
    """What a number is by its check digits, where no word says that it is something else."""
    if accounts.unannounced(reading, number):
        return SensitiveKind.BANK_ACCOUNT
    if ids.unannounced(number):
        return SensitiveKind.NATIONAL_ID
    if cue is None and names.answers(number, reading.text):
        return SensitiveKind.NATIONAL_ID
    if cue is None and (ids.is_rg(number) or names.follows(number, _written_before(reading, number))):
        return SensitiveKind.NATIONAL_ID
    return None
