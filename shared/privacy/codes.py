"""One-time codes, and the codes of doors: short numbers that open something once or for good."""

import re
from typing import Final

from shared.privacy.cues import Cue
from shared.privacy.numbers import Number
from shared.privacy.reading import Reading

# Words of a message that carries a code it was just sent.
_SENT: Final = frozenset(
    "chegou chego chega chegaram recebi recebeu receber recebido veio vino llego llegaron llega"
    " recibi recibido recibio mandaron mandou mando mandei mandaram enviaron enviou envio enviado"
    " enviaram got received sent came texted sms whatsapp verificacao verificacion verification"
    " verificar verify confirmar confirmacao confirmacion confirmation acesso acceso access login"
    " autenticacao autenticacion authentication authenticator autenticador seguranca seguridad"
    " security temporario temporal otp entrar ingresar validar validacao validacion apareceu"
    " aparecio aparece salio saiu deu dio appeared shows numerinho celular chip app aplicativo"
    " dinamico expira digitar digite ativar activar desbloquear token".split()
)
# Words that make a code something else; they stand beside the word code.
_OTHER: Final = frozenset(
    "rastreio rastreamento rastreo seguimiento barras produto producto product erro error cliente"
    " customer postal articulo item imovel inmueble ibge servico servicio promocional cupom cupon"
    " desconto descuento pedido orden order reserva booking filial sucursal turma curso disciplina"
    " fornecedor proveedor referencia reference vaga rejeicao rejection rechazo status retorno"
    " transacao municipio area pais country cor color tamanho talla peca pieza part zip".split()
)
_ARRIVED: Final = frozenset(
    "chegou chego llego recebi recibi mandaron apareceu aparecio caiu sms got received popped".split()
)
_NEAR: Final = 8
_LIKE_SENT: Final = re.compile(r"(?:[a-z]-)?[0-9]{6}|[0-9]{3}[ -][0-9]{3}|[0-9]{2}([ -])[0-9]{2}\1[0-9]{2}")
_DIGITS: Final = range(4, 9)
_SHAPE: Final = re.compile(r"(?:[a-z]{1,2}-)?\d{2,8}(?:[ .-]\d{1,4}){0,3}")
_SURE_DIGITS: Final = 6  # as long as nearly every one-time code is


def is_one_time(reading: Reading, cue: Cue, number: Number) -> bool:
    """Whether the number beside a word for code was sent to let somebody in."""
    if len(number.digits) not in _DIGITS or not _SHAPE.fullmatch(number.text):
        return False
    if cue.name == "otp":
        return True
    if _names_another(reading, number):
        return False
    if not reading.words.isdisjoint(_SENT):
        return True
    return len(number.digits) == _SURE_DIGITS and not reading.words & {"ticket", "chamado"}


def is_just_sent(reading: Reading, number: Number) -> bool:
    """Whether a number that no cue explains is what the writer says has just arrived."""
    if not _LIKE_SENT.fullmatch(number.text) or len(number.digits) != _SURE_DIGITS:
        return False
    near = reading.texts[max(0, number.first - _NEAR) : number.last + 1 + _NEAR]
    return not _ARRIVED.isdisjoint(near) and not _names_another(reading, number)


def _names_another(reading: Reading, number: Number) -> bool:
    before = reading.texts[max(0, number.first - 6) : number.first]
    after = reading.texts[number.last + 1 : number.last + 4]
    return not _OTHER.isdisjoint(before) or not _OTHER.isdisjoint(after)
