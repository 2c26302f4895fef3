"""Private telephones: somebody's home, or a relative's. A contact's own or a business phone is not."""

from typing import Final

from shared.privacy.numbers import Number
from shared.privacy.reading import Reading

_REGIONS: Final = ("BR", "MX", "CO", "PA", "AR", "CL", "PE", "EC", "VE", "DO", "US", "ES")
_SHORTEST: Final = 7
_LONGEST: Final = 15  # ITU-T E.164
_REACH: Final = 8
_KIN: Final = frozenset(
    "mae pai filho filha filhos esposa marido mulher irmao irma avo vo sogra sogro namorada namorado"
    " mama mami papa hijo hija hijos esposo hermano hermana abuela abuelo suegra suegro novia novio"
    " tia tio prima primo sobrina sobrino mom mum mother dad father wife husband son daughter"
    " brother sister grandma grandmother madre padre mujer".split()
)
_PRIVATE: Final = frozenset(
    "particular pessoal personal residencial residencia privado privada private home".split()
)
_BUSINESS: Final = frozenset(
    "loja empresa oficina escritorio sucursal comercial company office store business tienda clinica"
    " trabalho trabajo work corporativo assistencia".split()
)


def is_private(reading: Reading, number: Number) -> bool:
    """Whether a number beside a word for telephone is said to be a relative's or a home's."""
    if not number.plain or not _SHORTEST <= len(number.digits) <= _LONGEST:
        return False
    before = reading.texts[max(0, number.first - _REACH) : number.first]
    after = reading.texts[number.last + 1 : number.last + 5]
    near = {*before, *after}
    if near & _BUSINESS or not (near & _KIN or near & _PRIVATE or _at_home(before + after)):
        return False
    return _possible(number.digits)


def _at_home(near: list[str]) -> bool:
    return any(
        place == "casa" and before in {"de", "da", "mi", "minha", "la"}
        for before, place in zip(near, near[1:], strict=False)
    )


def _possible(digits: str) -> bool:
    # Its tables take a tenth of a second to load, and few texts ever come here.
    import phonenumbers  # noqa: PLC0415

    for region in (None, *_REGIONS):
        try:
            parsed = phonenumbers.parse(digits if region else f"+{digits}", region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(parsed):
            return True
    return False
