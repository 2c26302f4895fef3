"""Companies' registration numbers, which are nobody's secret: by their forms and their check digits."""

import re
from collections.abc import Callable, Mapping
from typing import Final

from stdnum.ar import cuit
from stdnum.cl import rut
from stdnum.co import nit
from stdnum.cr import cpj
from stdnum.es import cif
from stdnum.py import ruc as paraguayan
from stdnum.uy import rut as uruguayan
from stdnum.ve import rif


def _by_form(_: str) -> bool:
    return True


# Folded forms that no person's number has; where one might, its check digits have to hold as well.
_FORMS: Final[Mapping[str, Callable[[str], bool]]] = {
    r"\d{2}\.?\d{3}\.?\d{3}/\d{4}-?\d{2}": _by_form,  # CNPJ, Brazil
    r"[a-z&]{3}-?\d{6}-?[a-z0-9]{3}": _by_form,  # RFC of three letters, Mexico
    r"j\d{13}": _by_form,  # RUC, Nicaragua
    r"\d{2}-\d{7}": _by_form,  # EIN, United States
    r"3[034]-\d{8}-\d": _by_form,  # CUIT, Argentina: a person's begins with 2
    r"3[034]\d{9}": cuit.is_valid,
    r"[5-9]\d\.?\d{3}\.?\d{3}-[\dk]": rut.is_valid,  # from 50 million on
    r"[89]\d{2}\.?\d{3}\.?\d{3}-\d": nit.is_valid,
    r"3-1\d{2}-\d{6}": cpj.is_valid,
    r"\d{2}[69]\d{7}001": _by_form,  # RUC, Ecuador: the third digit of a person's is less
    r"[abcdfghjnpqrsuw]-?\d{7}-?[\da-j]": cif.is_valid,  # but for Venezuela's letters
    r"80\d{6}-\d": paraguayan.is_valid,
    r"2[12]\d{10}": uruguayan.is_valid,
    r"[jg]-?\d{8}-?\d": rif.is_valid,
}
_COMPILED: Final = tuple((re.compile(form), holds) for form, holds in _FORMS.items())


def is_company(text: str) -> bool:
    """Whether a folded number is a company's by its form."""
    return any(form.fullmatch(text) and holds(text) for form, holds in _COMPILED)
