"""Identity numbers of persons: by check digits where there are some, by the word beside them else."""

import re
from collections.abc import Callable
from typing import Final

from stdnum import luhn
from stdnum.ar import cuit
from stdnum.br import cpf
from stdnum.cl import rut
from stdnum.do import cedula as dominican
from stdnum.ec import ci as ecuadorian
from stdnum.es import cif, dni, nie
from stdnum.mx import curp, rfc
from stdnum.ve import rif

from shared.privacy.detectors import countries
from shared.privacy.detectors.registers import is_health_card, is_voter
from shared.privacy.text.cues import Cue
from shared.privacy.text.numerals import Number, looks_like_date
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading

# The first RUT given to companies (Servicio de Impuestos Internos, Chile).
_FIRST_COMPANY_RUT: Final = 50_000_000
# Prefixes of persons' CUIT and CUIL (AFIP, Argentina); 30, 33 and 34 are companies'.
_PERSON_CUIT: Final = frozenset(("20", "23", "24", "25", "26", "27"))

_CPF_SHAPE: Final = re.compile(r"\d{3}\.\d{3}\.\d{3}[-./ ]{1,2}\d{2}|\d{9}-\d{2}")
_CPF_DOTTED: Final = re.compile(r"\d{3}\.\d{3}\.\d{3}-\d{2}")  # nobody writes another number so
_VOTER_GROUPS: Final = (4, 4, 4)
_CPF_GROUPS: Final = (3, 3, 3, 2)
_DOMINICAN_SHAPE: Final = re.compile(r"\d{3}-\d{7}-\d")
_CUIT_SHAPE: Final = re.compile(r"\d{2}-\d{8}-\d|\d{2}-\d{2}\.\d{3}\.\d{3}-\d")
_RUT_SHAPE: Final = re.compile(r"\d{1,2}\.\d{3}\.\d{3}-[\dk]|\d{7,8}-k")
_PIS_SHAPE: Final = re.compile(r"\d{3}\.\d{5}\.\d{2}-\d")  # nobody writes another number so
_RG_SHAPE: Final = re.compile(r"\d{1,2}\.\d{3}\.\d{3}-[\dx]")
_UNDOTTED_RUT: Final = re.compile(r"\d{7,8}-[\dk]")
_COLOMBIA_THOUSANDS: Final = re.compile(r"1\.\d{3}\.\d{3}\.\d{3}")  # 1.000.000.000 and on, since 2003
_CURP_SHAPE: Final = re.compile(r"[a-z]{4}\d{6}[hmx][a-z]{5}[a-z0-9]\d")
_RFC_SHAPE: Final = re.compile(r"[a-z]{4}-?\d{6}-?[a-z0-9]{3}")
_SPANISH_SHAPE: Final = re.compile(r"(?:\d{8}|\d{2}\.\d{3}\.\d{3}|[xyz]-?\d{7})-?[a-z]")
# Panama: province, or PE / E / N, or province with AV / PI; then book and entry.
_PANAMA_SHAPE: Final = re.compile(r"(?:\d{1,2}|pe|e|n|\d{1,2}-?(?:av|pi))-\d{1,4}-\d{1,6}")
_PANAMA_DISTINCT: Final = re.compile(
    r"(?:[1-9]|1[0-3])-(?:\d{2,4}-\d{3,6}|\d{3}-\d{2})|pe-\d{1,4}-\d{3,6}|[en]-\d{1,2}-\d{3,6}"
)
_VENEZUELA_SHAPE: Final = re.compile(r"[ve]-?(?:\d{6,8}|\d{1,2}\.\d{3}\.\d{3})")
# A person's RIF: the cédula and a check digit; J, G, P and C are companies' and the state's.
_RIF_SHAPE: Final = re.compile(r"[ve]-?\d{7,8}-?\d")
_RIF_HYPHENED: Final = re.compile(r"[ve]-\d{7,8}-\d")
# Clave de elector (INE, Mexico): consonants of the names, date of birth, state, sex, homonym.
_ELECTOR_SHAPE: Final = re.compile(r"[a-z]{6}\d{8}[hm]\d{3}")
_CNS_DIGITS: Final = 15
_THOUSANDS: Final = re.compile(r"\d{1,3}\.\d{3}\.\d{3}(?:-[\dk])?|1\.\d{3}\.\d{3}\.\d{3}")
_GROUPED_THOUSANDS: Final = re.compile(r"\d{1,3}([ .])\d{3}\1\d{3}(?:\1\d{3})?")
_BARE_DOCUMENT: Final = re.compile(r"1\d{9}|\d{7,8}-[\dk]")
_COLOMBIA_SHAPE: Final = re.compile(r"\d{6,10}|\d{1,3}(?:\.\d{3}){2,3}|\d{1,3}(?: \d{3}){2,3}")
# Guatemala's DPI; and a CPF or CUIT with its check digits apart.
_LONG_GROUPS: Final = frozenset(
    {
        (4, 5, 4),
        (4, 6, 3, 1),
        (4, 5, 5),
        (9, 2),
        (6, 5),
        (2, 8, 1),
        (2, 8, 2),
        (2, 7, 2),
        (2, 10),
        (8, 1),
        (7, 1),
        (3, 7, 1),
        (5, 6),
    }
)
_SCHOOL_SHAPE: Final = re.compile(r"\d{3}-\d{8}")  # Venezuela's for children
_BARE_DNI: Final = re.compile(r"[0-5]\d{7}")
_DNI_IN_THOUSANDS: Final = re.compile(r"\d{2}\.\d{3}\.\d{3}")
_SLIP: Final = re.compile(r"\d{6}")  # a bank's or a freighter's paper: shorter than nearly all documents
_CASE: Final = re.compile(r"\d{1,5}/(?:19|20)\d{2}")  # the number of a case and its year
_PHONE_SHAPE: Final = re.compile(r"\d{4}-\d{4}|\d{3}-\d{4}")


def _digits(least: int, most: int) -> Callable[[Number], bool]:
    def fits(number: Number) -> bool:
        return (
            number.plain
            and least <= len(number.digits) <= most
            and not looks_like_date(number)
            and not _PHONE_SHAPE.fullmatch(number.text)
        )

    return fits


def _mixed(least: int, most: int, least_digits: int) -> Callable[[Number], bool]:
    def fits(number: Number) -> bool:
        size = sum(map(str.isalnum, number.text))
        return least <= size <= most and len(number.digits) >= least_digits and not looks_like_date(number)

    return fits


def is_venezuelan(number: Number) -> bool:
    """Whether a number is a cédula of Venezuela with its letter, as it stands beside a "pago móvil"."""
    return _VENEZUELA_SHAPE.fullmatch(number.text) is not None


def is_in_thousands(number: Number) -> bool:
    """Whether a number is grouped as Colombia's cédulas are: "31 870 442", "1.129.437.434"."""
    return _GROUPED_THOUSANDS.fullmatch(number.text) is not None


def _is_bare_document(number: Number) -> bool:
    """What nobody called an id but stands beside a person: in thousands, or as Colombia numbers."""
    text = number.text
    return _THOUSANDS.fullmatch(text) is not None or _BARE_DOCUMENT.fullmatch(text) is not None


def _is_colombian(number: Number) -> bool:
    return _COLOMBIA_SHAPE.fullmatch(number.text) is not None


def _is_cedula(number: Number) -> bool:
    """Colombia, Ecuador, Dominican Republic, Uruguay, Costa Rica; Panama's hyphens, V- and E-."""
    shapes = (_PANAMA_SHAPE, _VENEZUELA_SHAPE, _RUT_SHAPE, _SCHOOL_SHAPE)
    if countries.is_nicaraguan(number) or any(shape.fullmatch(number.text) for shape in shapes):
        return True
    return _digits(6, 11)(number)


def _is_person_rut(number: Number) -> bool:
    compact = "".join(char for char in number.text if char.isalnum())
    body = compact[:-1]
    return (
        7 <= len(compact) <= 9
        and body.isdigit()
        and (compact[-1].isdigit() or compact[-1] == "k")
        and int(body) < _FIRST_COMPANY_RUT
        and not looks_like_date(number)
    )


def _is_person_cuit(number: Number) -> bool:
    if len(number.digits) == 11:
        return number.digits[:2] in _PERSON_CUIT
    return _digits(7, 8)(number)


def _is_person_ruc(number: Number) -> bool:
    """Peru: 11 digits that begin with 10; Ecuador: a cédula and 001."""
    digits = number.digits
    if not number.plain or "-" in number.text:
        return _PANAMA_SHAPE.fullmatch(number.text) is not None
    if len(digits) == 11:
        return digits.startswith(("10", "15", "17"))
    return len(digits) == 13 and digits[2] < "6" and digits.endswith("001")


def _is_person_rfc(number: Number) -> bool:
    return _RFC_SHAPE.fullmatch(number.text.replace(" ", "-")) is not None


def _is_curp(number: Number) -> bool:
    return sum(map(str.isalnum, number.text)) in range(16, 20) and number.text[:4].isalpha()


_BY_NAME: Final[dict[str, Callable[[Number], bool]]] = {
    "cpf": _digits(9, 12),
    "rg": _mixed(5, 13, 5),
    "licence": _mixed(5, 17, 5),
    "pis": _digits(11, 12),
    "sus": lambda number: number.plain and len(number.digits) == _CNS_DIGITS,
    "nationality": lambda number: _mixed(8, 9, 6)(number) and not number.joined,
    "natural": lambda number: _is_cedula(number) or _mixed(7, 13, 6)(number),
    "voter": _mixed(10, 18, 6),
    "health_card": _mixed(6, 18, 6),
    "cedula": _is_cedula,
    "dni": _mixed(7, 10, 7),
    "nie": _mixed(8, 10, 7),
    "nif": lambda number: _mixed(8, 10, 7)(number) and not cif.is_valid(number.text),
    "curp": _is_curp,
    "rfc": _is_person_rfc,
    "rut": _is_person_rut,
    "cuit": _is_person_cuit,
    "ruc": _is_person_ruc,
    "ssn": _digits(9, 9),
    "passport": lambda number: _mixed(6, 10, 4)(number) or _mixed(9, 9, 2)(number),
    "document": lambda number: _mixed(6, 13, 5)(number) and _SLIP.fullmatch(number.text) is None,
    "sin": countries.is_canadian,
    "bare_sin": lambda number: countries.is_canadian(number) and luhn.is_valid(number.digits),
    "cc": _is_colombian,
    "person": _is_bare_document,
    "owner": lambda number: _is_bare_document(number) or is_bare_dni(number),
}


def announced(name: str, number: Number) -> bool:
    """Whether a number is what the id cue `name` announces, check digits right or mistyped."""
    if _CASE.fullmatch(number.text):
        return False
    grouped = number.regular or number.groups in _LONG_GROUPS
    return (grouped or is_checked(number)) and _BY_NAME[name](number)


def is_checked(number: Number) -> bool:
    """Whether a number is a CPF by its check digits."""
    return len(number.digits) == 11 and cpf.is_valid(number.digits)


def distinct(number: Number) -> bool:
    """Whether a number can be nothing but a person's id, whatever stands beside it."""
    if number.text[:1].isalpha():
        return _is_lettered(number.text)
    return _is_numbered(number)


def _is_lettered(text: str) -> bool:
    """Ids that begin with letters: CURP, RFC, clave de elector, a person's RIF, PAN."""
    if _CURP_SHAPE.fullmatch(text):
        return curp.is_valid(text, validate_check_digits=False)
    if _RFC_SHAPE.fullmatch(text):
        return rfc.is_valid(text, validate_check_digits=False)
    if _RIF_SHAPE.fullmatch(text):
        return _RIF_HYPHENED.fullmatch(text) is not None or rif.is_valid(text)
    return _ELECTOR_SHAPE.fullmatch(text) is not None or countries.is_pan(text)


def _is_numbered(number: Number) -> bool:
    """Ids that begin with a digit: CPF, SSN, CUIT, RUT, the Dominican cédula."""
    text = number.text
    if _CPF_SHAPE.fullmatch(text) or (number.plain and number.groups == _CPF_GROUPS):
        return _CPF_DOTTED.fullmatch(text) is not None or cpf.is_valid(number.digits)
    if number.groups == _VOTER_GROUPS and number.plain:
        return is_voter(number.digits)
    if countries.is_social_security(number, "-") or countries.is_nicaraguan(number):
        return True
    if _PIS_SHAPE.fullmatch(text):
        return True
    if _CUIT_SHAPE.fullmatch(text):
        return number.digits[:2] in _PERSON_CUIT and cuit.is_valid(number.digits)
    if _RUT_SHAPE.fullmatch(text):
        return rut.is_valid(text) and _is_person_rut(number)
    if _DOMINICAN_SHAPE.fullmatch(text):
        return dominican.is_valid(number.digits) or luhn.is_valid(number.digits)
    return False


def unannounced(number: Number) -> bool:
    """Whether a number without any word beside it is a person's id by its own digits."""
    text = number.text
    if len(number.digits) == 11 and number.plain:
        known = cpf.is_valid(number.digits) or number.groups == _CPF_GROUPS
        return known and "+" not in text and "(" not in text
    if len(number.digits) == 10 and text.isdigit():
        return ecuadorian.is_valid(text)
    if countries.by_form(number):
        return True
    if _SPANISH_SHAPE.fullmatch(text):
        compact = text.replace(".", "").replace("-", "")
        return dni.is_valid(compact) or nie.is_valid(compact)
    if is_venezuelan(number):
        return "-" in text or len(number.digits) >= 7
    if _UNDOTTED_RUT.fullmatch(text):
        return rut.is_valid(text) and _is_person_rut(number)
    if _COLOMBIA_THOUSANDS.fullmatch(text):
        return True
    return _PANAMA_DISTINCT.fullmatch(text) is not None and not looks_like_date(number)


def is_bare_dni(number: Number) -> bool:
    """Whether eight digits alone are a DNI as Argentina and Peru number them."""
    return _BARE_DNI.fullmatch(number.text) is not None and len(set(number.text)) > 2


def is_rg(number: Number) -> bool:
    """Whether a number is written as Brazil's RG is, and is no company's RUT of Chile."""
    if not _RG_SHAPE.fullmatch(number.text):
        return False
    return _is_person_rut(number) or not rut.is_valid(number.text)


def is_paper(reading: Reading, cue: Cue | None, number: Number) -> bool:
    """Whether a number is a company's paper, "RMA 550-27-9917", or what a company is registered by."""
    if cue is not None and cue.name == "company":
        return is_rg(number) and "rut" not in reading.words
    before = reading.texts[max(0, number.first - 2) : number.first]
    if before and before[-1] in listed("ids.numbering"):
        before.pop()
    named = bool(before) and before[-1] in listed("ids.papers")
    return named and countries.is_social_security(number, "-")


def is_members(number: Number) -> bool:
    """Whether the number of a member is a person's id all the same: a CPF, a SUS card, a DNI in thousands."""
    known = is_checked(number) or is_health_card(number.digits)
    return known or _DNI_IN_THOUSANDS.fullmatch(number.text) is not None
