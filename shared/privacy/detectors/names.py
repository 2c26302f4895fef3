"""Ids told by the name of the person right before them, or by standing where an answer stands."""

import re
from typing import Final

from shared.privacy.detectors.ids import is_checked
from shared.privacy.text.numerals import Number

_NAME: Final = re.compile(r"\b[A-ZÁÉÍÓÚÑ][a-záéíóúñãõçê]+ [A-ZÁÉÍÓÚÑ][a-záéíóúñãõçê]+(?:,| -| /)? {1,2}$")
_BARE: Final = re.compile(r"[0-5]\d{7}|1\d{9}|[1-5]?\d\.\d{3}\.\d{3}")
_DOTTED: Final = re.compile(r"[1-5]?\d\.\d{3}\.\d{3}")
_ANSWERED: Final = re.compile(r"[1-9]\d\.\d{3}\.\d{3}")
_ENDING: Final = re.compile(r"[.,]? *(?:$|\n|\.\s)")


def follows_as_cpf(number: Number, before: str) -> bool:
    """Whether a CPF stands right after a name, so that a word for a bill or an order is about more."""
    return number.text.isdigit() and is_checked(number) and _NAME.search(before) is not None


def follows(number: Number, before: str) -> bool:
    """Whether a bare number right after a first and a last name is that person's document.

    Eight digits are a DNI (Argentina, Peru) unless they begin as mobile phones do; ten that begin
    with 1 are a cédula of Colombia or Ecuador. `before` is what was written before the number.
    """
    return _BARE.fullmatch(number.text) is not None and _NAME.search(before) is not None


def follows_dotted(number: Number, before: str) -> bool:
    """The same for one with its dots, which no word for a contract makes another thing."""
    return _DOTTED.fullmatch(number.text) is not None and _NAME.search(before) is not None


def answers(number: Number, text: str) -> bool:
    """Whether eight digits with dots are a line or the whole beginning of a text, and no round amount."""
    if not _ANSWERED.fullmatch(number.text) or number.text.endswith(("000", "00", "50")):
        return False
    opens = not text[: number.start].strip() or text[: number.start].endswith("\n")
    return opens and _ENDING.match(text, number.end) is not None
