"""Companies' registration numbers, which are nobody's secret: by their forms and their check digits."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final

from stdnum.ar import cuit
from stdnum.au import abn
from stdnum.br import cpf
from stdnum.cl import rut
from stdnum.co import nit
from stdnum.cr import cpj
from stdnum.es import cif
from stdnum.py import ruc as paraguayan
from stdnum.uy import rut as uruguayan
from stdnum.ve import rif

from shared.privacy.text.cues import OWNED, Cue

# Ids that companies have as well: beside these words a number that is no person's is a company's.
OF_COMPANIES_TOO: Final = frozenset(("rut", "cuit", "ruc", "rfc", "nif"))


def _by_form(_: str) -> bool:
    return True


# Folded forms that few numbers of persons have; where more have, the check digits have to hold as well.
# A word for an account or a person's id beside the number decides before them.
_FORMS: Final[Mapping[str, Callable[[str], bool]]] = {
    r"\d{2}\.?\d{3}\.?\d{3}/\d{4}-?\d{2}": _by_form,  # CNPJ, Brazil
    r"[a-z&]{3}-?\d{6}-?[a-z0-9]{3}": _by_form,  # RFC of three letters, Mexico
    r"j\d{13}": _by_form,  # RUC, Nicaragua
    r"\d{2}-\d{7}": _by_form,  # EIN, United States
    r"3[034]-\d{8}-\d": _by_form,  # CUIT, Argentina: a person's begins with 2
    r"3[034]\d{9}": lambda text: cuit.is_valid(text) and not cpf.is_valid(text),
    r"[5-9]\d\.?\d{3}\.?\d{3}-[\dk]": rut.is_valid,  # from 50 million on
    r"[89]\d{2}\.?\d{3}\.?\d{3}-\d": nit.is_valid,
    r"3-1\d{2}-\d{6}": cpj.is_valid,
    r"\d{2}[69]\d{7}001": _by_form,  # RUC, Ecuador: the third digit of a person's is less
    r"80\d{6}-\d": paraguayan.is_valid,
    r"2[12]\d{10}": uruguayan.is_valid,
    r"[jg]-?\d{8}-?\d": rif.is_valid,
    r"\d{2} \d{3} \d{3} \d{3}": abn.is_valid,
    # No companies' numbers, but papers that nobody keeps secret:
    r"\d{7}-\d{2}\.\d{4}\.\d\.\d{2}\.\d{4}": _by_form,  # a lawsuit, Brazil
    r"\d{2}\.\d{3}\.\d{5}/\d{2}": _by_form,  # CNO, a building site in Brazil
    r"e\d{8}20\d{10}[a-z0-9]{10,12}": _by_form,  # a PIX transfer, end to end
    r"(?=[a-z0-9]{0,16}[a-z])[a-hj-npr-z0-9]{13}\d{4}": _by_form,  # VIN, a vehicle
}
_SHORTEST: Final = 10  # code points of all these forms
_COMPANY_RUT: Final = re.compile(r"[5-9]\d\.\d{3}\.\d{3}-[\dk]")
_COMPILED: Final = tuple((re.compile(form), holds) for form, holds in _FORMS.items())


def is_public(text: str, words: Collection[str], cue: Cue | None) -> bool:
    """Whether a number is a company's, and no word for an account or a person's id (`cue`) governs it."""
    owned = cue is not None and cue.family in OWNED and cue.name not in OF_COMPANIES_TOO
    return not owned and is_company(text, words)


def is_company(text: str, words: Collection[str] = ()) -> bool:
    """Whether a folded number is a company's by its form; `words` are those of the text it stands in."""
    persons = "natural" in words and "persona" in words
    if "rut" in words and not persons and _COMPANY_RUT.fullmatch(text):
        return True  # with a mistyped digit as well
    if "nif" in words and cif.is_valid(text):
        return True
    return len(text) >= _SHORTEST and any(form.fullmatch(text) and holds(text) for form, holds in _COMPILED)
