"""Bank accounts that no word for an account announces: where money goes to, what stands beside a bank."""

import re
from collections.abc import Collection, Iterator
from itertools import pairwise
from typing import Final

from stdnum.ar import cbu

from shared.privacy.detectors.phones import is_contact
from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import Family
from shared.privacy.text.found import Found
from shared.privacy.text.numerals import Number, looks_like_date, runs, windows
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading

# Bank, branch and account, or branch and account with its check digit: "748 / 0411 / 92846-4".
_ROUTE: Final = re.compile(r"(?:[0-9]{3} ?[/,] ?)?[0-9]{4}(?:-[0-9x])?(?: ?[/,] ?| )[0-9]{4,12}-[0-9x]")
_CHECKED: Final = re.compile(r"[0-9]{4,12}-[0-9x]|[0-9]{2,5}-[0-9]{3,10}(?:-[0-9]{1,4})?")
_PLAIN: Final = re.compile(r"[0-9]{7,20}")
_ROUTED: Final = re.compile(r"[0-9]{9}[-/ ][0-9]{6,12}")  # a bank of the United States and an account there
_DIRECTED: Final = re.compile(r"[0-9]{8,20}")  # where no bank is named, only where money goes
# Mobile phones of Brazil, Chile and Peru, and the toll-free numbers of all.
_PHONE: Final = re.compile(
    r"(?:55)?[1-9][0-9]9[0-9]{8}|9[0-9]{7,8}|0[389]00[0-9]{6,7}|3[0-9]{9}|0?4[12][0-9]{8}"
)
_PHONE_SHAPE: Final = re.compile(r"[0-9]{3}([ -])[0-9]{3}\1[0-9]{4}|[0-9]{3,4}-[0-9]{4}|04[0-9]{2}-[0-9]{7}")
# A branch between its bank's name and the word for the account: "C6, 0001, conta 87471493-6".
_BRANCH: Final = re.compile(
    r"([0-9]{4}(?:-[0-9x])?)[ ,/]{1,3}(?:conta|cta|c/c|cc|cuenta|account|acct)\b[ :]{1,2}[0-9]"
)
_SENTENCE_END: Final = re.compile(r"[.!?;]\s|\n")
_BANKS: Final = frozenset(("bank", "banco"))
_LEAST: Final = 7  # code points of an account
_SHORTEST: Final = 4  # code points of the longest part of an account
_NEAR_BANK: Final = 6  # words from a bank's name to the account
_AFTER_ACCOUNT: Final = 3  # words from an account to its bank's name
_NEAR_MONEY: Final = 14  # words from "deposit", "transfer" to the account
_TO: Final = 2  # words from "to", "en", "pra" to the account, the bank's name between
_CBU_BLOCKS: Final = (8, 14)  # digits (Banco Central de la República Argentina)
_NEAR_BLOCK: Final = 4  # words between the two
_OPEN: Final = frozenset((Family.ACCOUNT, Family.BRANCH, Family.EITHER))


def find(reading: Reading, found: Collection[Found]) -> Iterator[Found]:
    """The accounts among the numbers that nothing else was found in."""
    if reading.longest < _SHORTEST:
        return
    money = not listed("deposits.money").isdisjoint(reading.words)
    banks = _banks(reading)
    if not (money or banks):
        return
    if banks:
        yield from _branches(reading, banks)
    taken = [(start, end) for _, start, end in found]
    yield from _blocks(reading)
    for first, last in runs(reading):
        if reading.ends[last] - reading.starts[first] < _LEAST:
            continue
        place = first
        while place <= last:
            begin = reading.starts[place]
            if any(start <= begin < end for start, end in taken):
                place += 1
                continue
            number = _account(reading, place, last, banks, money=money)
            if number is None or any(start < number.end and number.start < end for start, end in taken):
                place += 1
                continue
            place = number.last + 1
            yield Found(SensitiveKind.BANK_ACCOUNT, number.start, number.end)


def _banks(reading: Reading) -> list[int]:
    """The tokens that name a bank."""
    if Family.ACCOUNT not in reading.families and _BANKS.isdisjoint(reading.words):
        return []
    return [
        at
        for at, cue in enumerate(reading.cues)
        if (cue is not None and cue.family is Family.ACCOUNT and cue.name in {"name", "wallet"})
        or reading.texts[at] in _BANKS
    ]


def _account(reading: Reading, first: int, last: int, banks: list[int], *, money: bool) -> Number | None:
    """The longest number from a token on that is written and placed as an account."""
    for number in windows(reading, first, last):
        if not number.plain or _is_another(reading, number):
            continue
        if _PHONE_SHAPE.fullmatch(number.text) is None and _is_placed(reading, number, banks, money=money):
            return number
    return None


def _is_placed(reading: Reading, number: Number, banks: list[int], *, money: bool) -> bool:
    """Whether a number as accounts are written stands near a bank's name, or where money goes to."""
    near_bank = any(_is_near(reading, number, bank) for bank in banks)
    sent = money and _receives(reading, number)
    if _ROUTE.fullmatch(number.text) or _ROUTED.fullmatch(number.text):
        return near_bank or sent or _follows_money(reading, number)
    written = _CHECKED.fullmatch(number.text) or _PLAIN.fullmatch(number.text)
    return written is not None and (near_bank or (sent and _is_long(number)))


def _is_long(number: Number) -> bool:
    return _DIRECTED.fullmatch(number.text) is not None or _CHECKED.fullmatch(number.text) is not None


def _is_another(reading: Reading, number: Number) -> bool:
    cue = reading.governing(number.first)
    if cue is not None and cue.family not in _OPEN and cue.name != "payment":
        return True
    if (
        looks_like_date(number)
        or _PHONE.fullmatch(number.digits) is not None
        or is_contact(reading, number.start, number.end)
    ):
        return True
    return reading.text.endswith(("$", "$ ", "+", "(", "#"), 0, number.start)


def _is_near(reading: Reading, number: Number, bank: int) -> bool:
    """Whether a bank's name stands close to a number, in the same sentence."""
    if bank < number.first:
        first, last, most = bank, number.first, _NEAR_BANK
    else:
        first, last, most = number.last, bank, _AFTER_ACCOUNT
    if last - first > most:
        return False
    return _SENTENCE_END.search(reading.text, reading.ends[first], reading.starts[last]) is None


def _follows_money(reading: Reading, number: Number) -> bool:
    """Whether a word for sending money stands before a number, in the same sentence."""
    for at in range(number.first - 1, max(-1, number.first - 1 - _NEAR_MONEY), -1):
        if _SENTENCE_END.search(reading.gap(at)):
            return False
        if reading.texts[at] in listed("deposits.money"):
            return True
    return False


def _receives(reading: Reading, number: Number) -> bool:
    """Whether money is said to go to a number: "refund to 1 then 2", "depositar en Jep 3"."""
    before = reading.texts[max(0, number.first - _TO) : number.first]
    if listed("deposits.to").isdisjoint(before):
        return False
    return _follows_money(reading, number)


def _branches(reading: Reading, banks: list[int]) -> Iterator[Found]:
    """Four digits between a bank's name and the word for the account."""
    for found in _BRANCH.finditer(reading.text):
        at = reading.token_at(found.start())
        if any(0 < at - bank <= _AFTER_ACCOUNT for bank in banks):
            yield Found(SensitiveKind.BANK_ACCOUNT, *found.span(1))


def _blocks(reading: Reading) -> Iterator[Found]:
    """A CBU in its two blocks: "primer bloque 1 segundo 2", told by its check digits."""
    sized = [at for at in reading.numbers if reading.texts[at].isdigit()]
    for one, other in pairwise(sized):
        pair = reading.texts[one], reading.texts[other]
        if (
            tuple(map(len, pair)) == _CBU_BLOCKS
            and other - one <= _NEAR_BLOCK + 1
            and cbu.is_valid("".join(pair))
        ):
            yield Found(SensitiveKind.BANK_ACCOUNT, reading.starts[one], reading.ends[one])
            yield Found(SensitiveKind.BANK_ACCOUNT, reading.starts[other], reading.ends[other])
