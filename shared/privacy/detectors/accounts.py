"""Bank accounts: IBAN, CLABE, CBU, agency and account, wallets, and the alias of an account."""

import re
from collections.abc import Iterator
from typing import Final

from stdnum import iban
from stdnum.ar import cbu
from stdnum.us import rtn

from shared.privacy.detectors.ids import is_venezuelan
from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import Cue, Family
from shared.privacy.text.folding import BARRIER
from shared.privacy.text.found import Found
from shared.privacy.text.numerals import DAY_OF_MONTH, THOUSANDS, Number, looks_like_date
from shared.privacy.text.phrasebook import listed, words
from shared.privacy.text.reading import Reading

_CLABE_WEIGHTS: Final = (3, 7, 1)
_CLABE_DIGITS: Final = 18
_CBU_DIGITS: Final = 22
_IBAN_SHAPE: Final = re.compile(r"[a-z]{2}[0-9]{2}[a-z0-9]{10,30}")
_CHECK_DIGIT_SHAPE: Final = re.compile(r"[0-9.\-]{3,20}[-/ ][0-9xp]")
_BRANCH_AND_ACCOUNT: Final = re.compile(r"[0-9]{3,4}(?:-[0-9x])? ?[/,]? ?[0-9.]{4,12}-[0-9x]")
# The sort code of a bank of the United Kingdom or Ireland, and an account there.
_SORT_CODE: Final = re.compile(r"[0-9]{2}-[0-9]{2}-[0-9]{2}")
_SORTED_ACCOUNT: Final = re.compile(r"[0-9]{2}-[0-9]{2}-[0-9]{2}[ /,]{1,3}[0-9]{8}|[0-9]{6} [0-9]{8}")
_POSTAL_CODE: Final = re.compile(r"[0-9]{5}")
_PRICE: Final = re.compile(r"[0-9]{1,4}[.,][0-9]{2}")
_MONTH_OF_YEAR: Final = re.compile(r"(?:0?[1-9]|1[0-2])[-/.](?:19|20)[0-9]{2}")
# Venezuela: bank (01nn), branch, two check digits and ten of the account.
_VENEZUELA_SHAPE: Final = re.compile(r"01\d{2}[- ]?\d{4}[- ]?\d{2}[- ]?\d{10}")
_VENEZUELA_GROUPED: Final = re.compile(r"01[0-9]{2}(?:([ -])[0-9]{4})(?:\1[0-9]{4}){3}")
# Its banks as SUDEBAN numbers them.
_VENEZUELA_BANKS: Final = re.compile(
    r"01(?:0[2458]|1[45]|28|3[478]|46|5[167]|6[3689]|7[12457]|91)(?=[0-9]{16})"
)
_PERU_SHAPE: Final = re.compile(r"\d{3}-\d{7,8}-\d-\d{2}")  # of Banco de Crédito del Perú
_BRANCHED_SHAPE: Final = re.compile(r"\d{2,4}-\d{2,4}-\d{5,9}-\d{1,2}")  # of Central America
_LONGEST_BRANCH: Final = 5  # digits of a branch, its check digit included
_LEAST_BESIDE_NAME: Final = 8  # digits of an account beside a bank's name alone
_LEAST_AFTER_BRANCH: Final = 6
_LEAST_NUMBERED: Final = 9  # digits of "número de cuenta" where no bank is spoken of
_NUMBERED: Final = re.compile(
    r"\bn(?:umeros?|ro|um)?[. ]{1,2}(?:d[ae] (?:la |mi |minha )?)?(?:cuenta|conta)\b"
)
_NUMBERED_REACH: Final = 48  # code points
_LONGEST_PHONE: Final = 11  # digits
_ROUTED_DIGITS: Final = (9, range(6, 13))  # of a bank of the United States, of an account there
_ROUTING_WORDS: Final = frozenset(("routing", "aba", "rtn"))
# Banks of Mexico, the first three digits of a CLABE (Asociación de Bancos de México, Banco de México).
_CLABE_BANKS: Final = re.compile(
    r"0(?:02|12|14|21|30|36|42|44|58|59|60|62|72)|1(?:0[368]|1[023]|2[7-9]|3[0-378]|4[01357]|5[0-24-8]|6[068])"
    r"|6(?:3[68]|4[67]|5[236]|61|7[07]|8[03-9]|99)|7(?:06|10|15|2[238]|3[08])"
)
_LETTERED_BRANCH: Final = re.compile(r"[0-9]{3,5}-[0-9x]")
_LONGEST_OPERATION: Final = 4  # digits
# BSB and account; no telephone is so grouped.
_AUSTRALIAN: Final = re.compile(r"[0-9]{3}-[0-9]{3} [0-9]{6,9}")
_MOBILE_PAYMENT: Final = frozenset(("pago", "movil"))
_CEDULA_DIGITS: Final = (7, 8)
_PHONE_SHAPE: Final = re.compile(r"\(?0?\d{1,4}\)?[ -]?\d{3,5}[ -]\d{4}")
_ALIAS: Final = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)+")
TELLING: Final = frozenset(("alias",))  # the word that tells an account without a digit
_ALIAS_REACH: Final = 5
_ALIAS_LENGTH: Final = range(6, 21)  # Banco Central de la República Argentina
_YEAR: Final = re.compile(r"(?:19|20)[0-9]{2}")
_NEAR_ACCOUNT: Final = 4  # tokens from an account that was found to its branch
_NEAR: Final = 12  # tokens from a branch to its account


def is_clabe(digits: str) -> bool:
    """Mexico's CLABE: 18 digits, the last a check digit with weights 3, 7, 1 (ABM, Mexico)."""
    if len(digits) != _CLABE_DIGITS:
        return False
    total = sum(int(digit) * _CLABE_WEIGHTS[at % 3] % 10 for at, digit in enumerate(digits[:-1]))
    return int(digits[-1]) == -total % 10


def find(reading: Reading) -> Iterator[Found]:
    """The aliases of accounts, which are words: "mi alias es perro.gato.luna"."""
    if Family.ACCOUNT not in reading.families:
        return
    for index, cue in enumerate(reading.cues):
        if cue is None or cue.family is not Family.ACCOUNT or cue.name != "alias":
            continue
        for at in range(index + 1, min(len(reading.texts), index + 1 + _ALIAS_REACH)):
            start, end = reading.chunk(at)
            alias = reading.text[start:end]
            if len(alias) in _ALIAS_LENGTH and _ALIAS.fullmatch(alias):
                yield Found(SensitiveKind.BANK_ACCOUNT, start, end)
                break


def distinct(number: Number) -> bool:
    """Whether a number can be nothing but an account: a valid IBAN, Venezuela's 20 digits, Peru's BCP."""
    if _PERU_SHAPE.fullmatch(number.text):
        return True
    if _SORTED_ACCOUNT.fullmatch(number.text):
        return "-" in number.text
    if _VENEZUELA_SHAPE.fullmatch(number.text):
        return number.joined or "-" in number.text or _VENEZUELA_BANKS.match(number.text) is not None
    if _VENEZUELA_GROUPED.fullmatch(number.text):
        return _VENEZUELA_BANKS.match(number.digits) is not None
    if not number.text[:2].isalpha():
        return False
    compact = "".join(char for char in number.text if char.isalnum())
    return _IBAN_SHAPE.fullmatch(compact) is not None and _adds_up(compact) and iban.is_valid(compact)


def _adds_up(compact: str) -> bool:
    """The check of ISO 13616, which is far cheaper than the tables that come after it."""
    return int("".join(str(int(char, 36)) for char in compact[4:] + compact[:4])) % 97 == 1


def unannounced(reading: Reading, number: Number) -> bool:
    """Whether a number is an account by its check digits, in a text that speaks of a bank."""
    if _BRANCHED_SHAPE.fullmatch(number.text) or _SORTED_ACCOUNT.fullmatch(number.text):
        return speaks_of_bank(reading) and not looks_like_date(number)
    if number.plain and (_is_routing(reading, number) or _AUSTRALIAN.fullmatch(number.text)):
        return True
    if not number.plain or len(number.digits) not in {_CLABE_DIGITS, _CBU_DIGITS}:
        return False
    if len(number.digits) == _CBU_DIGITS:
        return cbu.is_valid(number.digits) or speaks_of_bank(reading)
    if not is_clabe(number.digits):
        return False
    known = not number.joined and _CLABE_BANKS.match(number.digits) is not None
    return known or speaks_of_bank(reading)


def is_routed(number: Number) -> bool:
    """Whether a number is a bank's of the United States, by its check digit, and an account there."""
    bank, account = _ROUTED_DIGITS
    if len(number.groups) != 2 or number.groups[0] != bank or number.groups[1] not in account:
        return False
    return rtn.is_valid(number.digits[:bank])


def _is_routing(reading: Reading, number: Number) -> bool:
    if number.joined:
        return is_routed(number) and speaks_of_bank(reading)
    routing = len(number.digits) == _ROUTED_DIGITS[0] and not reading.words.isdisjoint(_ROUTING_WORDS)
    return routing and rtn.is_valid(number.digits)


def speaks_of_bank(reading: Reading) -> bool:
    """Whether the text has a word of banking that is more than the word account."""
    return not reading.words.isdisjoint(words("banking.txt"))


def announced(reading: Reading, cue: Cue, number: Number) -> bool:
    """Whether the number beside an account cue is a bank account's."""
    size = sum(map(str.isalnum, number.text))
    if cue.name in {"clabe", "cbu"}:
        return size >= 16 or (cue.name == "cbu" and size >= 6)
    postal = cue.name == "cp" and _POSTAL_CODE.fullmatch(number.text)
    if postal or _is_another(number) or not 4 <= len(number.digits) <= 24:
        return False
    if _BRANCH_AND_ACCOUNT.fullmatch(number.text) or _SORTED_ACCOUNT.fullmatch(number.text):
        return True
    if number.joined and not (number.regular or _CHECK_DIGIT_SHAPE.fullmatch(number.text)):
        return _is_iban_like(number)
    plain = cue.name == "acct" and number.text.isdigit() and len(number.digits) >= _LEAST_BESIDE_NAME
    if plain or cue.name in {"bank", "rut"} or _is_checked(number):
        return True
    if cue.name in {"name", "wallet"}:
        return _is_beside_name(reading, cue, number)
    checked = _CHECK_DIGIT_SHAPE.fullmatch(number.text) is not None
    return speaks_of_bank(reading) or checked or _is_numbered(reading, number)


def is_with_operation(reading: Reading, cue: Cue, number: Number) -> bool:
    """Whether the number after "op" is Caixa's code of an operation, and no payment's."""
    payment = number.text.isdigit() and len(number.digits) > _LONGEST_OPERATION
    return not payment and announced(reading, cue, number)


def is_payees(reading: Reading, cue: Cue, number: Number) -> bool:
    """Whether a number is the cédula that goes with a bank and a telephone in Venezuela's "pago móvil"."""
    if cue.name not in {"wallet", "name"} or not reading.words >= _MOBILE_PAYMENT:
        return False
    return number.plain and not looks_like_date(number) and len(number.digits) in _CEDULA_DIGITS


def _is_another(number: Number) -> bool:
    """Whether a number is a date, a part of one, an amount, or Venezuela's cédula."""
    if is_venezuelan(number) or looks_like_date(number):
        return True
    return any(
        shape.fullmatch(number.text) for shape in (_YEAR, _MONTH_OF_YEAR, DAY_OF_MONTH, THOUSANDS, _PRICE)
    )


def _is_numbered(reading: Reading, number: Number) -> bool:
    """Whether "número de cuenta" stands shortly before a long number, as "account number" does."""
    if len(number.digits) < _LEAST_NUMBERED:
        return False
    return _NUMBERED.search(reading.text, max(0, number.start - _NUMBERED_REACH), number.start) is not None


def _is_beside_name(reading: Reading, cue: Cue, number: Number) -> bool:
    """Whether a number right after the name of a bank or wallet is its client's account or branch."""
    if cue.name == "name" and len(number.digits) <= _LONGEST_PHONE and _PHONE_SHAPE.fullmatch(number.text):
        return False
    if len(number.digits) >= _LEAST_BESIDE_NAME or cue.name == "wallet":
        return len(number.digits) >= _LEAST_BESIDE_NAME  # a wallet's is a mobile phone
    named = not reading.words.isdisjoint(listed("accounts.account_words"))
    return named or (len(number.digits) <= _LONGEST_BRANCH and is_branch(reading, number))


def has_check_digit(number: Number) -> bool:
    """Whether a number is written as accounts are in Brazil: "22.817-5"."""
    return _CHECK_DIGIT_SHAPE.fullmatch(number.text) is not None


def _is_checked(number: Number) -> bool:
    """As long as nothing but an account of Mexico, Argentina or Venezuela is."""
    return number.plain and len(number.digits) in {_CLABE_DIGITS, 20, _CBU_DIGITS}


def _is_iban_like(number: Number) -> bool:
    compact = "".join(char for char in number.text if char.isalnum())
    return _IBAN_SHAPE.fullmatch(compact) is not None


def follows_branch(number: Number) -> bool:
    """Whether a number after a branch's is the account: "agência 0100, 06.114390.2-8"."""
    return has_check_digit(number) and len(number.digits) >= _LEAST_AFTER_BRANCH


def is_branch_or_account(reading: Reading, cue: Cue, number: Number) -> bool:
    """Whether the number beside a word for a branch is one, or the account that follows it."""
    if _is_behind_account(reading, number):
        return number.plain
    return cue.name != "loose" and (is_branch(reading, number) or follows_branch(number))


def is_branch(reading: Reading, number: Number) -> bool:
    """Whether the number of a bank's branch goes with the number of an account."""
    if not number.plain and not any(shape.fullmatch(number.text) for shape in (_LETTERED_BRANCH, _SORT_CODE)):
        return False
    if not 2 <= len(number.digits) <= 9:
        return False
    around = (
        *reading.cues[number.last + 1 : number.last + 1 + _NEAR],
        *reading.cues[max(0, number.first - _NEAR) : number.first],
    )
    return any(
        cue is not None and cue.family in {Family.ACCOUNT, Family.EITHER} and cue.name != "name"
        for cue in around
    )


def _is_behind_account(reading: Reading, number: Number) -> bool:
    """Whether the branch of an account follows that was found: "FNB ⟦bank_account⟧ branch 250655"."""
    near = range(max(0, number.first - _NEAR_ACCOUNT), number.first)
    found = [at for at in near if reading.texts[at] == BARRIER]
    cues = reading.cues[max(0, found[-1] - 2) : found[-1]] if found else []
    return any(cue is not None and cue.family is Family.ACCOUNT for cue in cues)
