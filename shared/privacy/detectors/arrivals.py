"""One-time codes told by where they came from or that they came: an app, a text, a screen, a key fob."""

import re
from collections.abc import Iterator
from typing import Final

from shared.privacy.detectors import codes
from shared.privacy.kinds import SensitiveKind
from shared.privacy.text.cues import Family
from shared.privacy.text.found import Found
from shared.privacy.text.numerals import Number, runs, windows
from shared.privacy.text.phrasebook import listed
from shared.privacy.text.reading import Reading

_SIX: Final = re.compile(
    r"[0-9]{6}|[0-9]{3}[ -][0-9]{3}|[0-9]{2}([ -])[0-9]{2}\1[0-9]{2}|[0-9] ?(?:[0-9] ?){4}[0-9]"
)
_SOME: Final = re.compile(r"[0-9]{4,8}")
_FOUR: Final = re.compile(r"[0-9]{4,5}")
_YEAR_OR_AMOUNT: Final = re.compile(r"(?:19|20)[0-9]{2}|[1-9][0-9]{0,2}00+|[1-9][0-9]?50")
# Letters and digits as an app makes them: "8F2K-90QT", "J7-4410", "HX 0913", "A7K-442".
_MIXED: Final = re.compile(
    r"(?<![a-z0-9/-])(?=[a-z0-9 -]{0,9}[0-9])(?=[a-z0-9-]{0,8}[a-z])"
    r"(?:[a-z0-9]{2,4}-[a-z0-9]{3,5}(?:-[a-z0-9]{3,5})?|[a-z]{1,3} ?[0-9]{3,6}|[a-z0-9]{6,8})(?![a-z0-9/-])"
)
_LEAST_MIXED_DIGITS: Final = 2
_LEAST: Final = 4  # code points of a code
_CAPITALS: Final = re.compile(r"[A-Z][ -]?[0-9]|[0-9]-?[A-Z]")
_SHORTEST: Final = 3  # code points of a part of a code
_WINDOW: Final = 64  # code points that are looked at before and after a code
_YOURS: Final = re.compile(
    r"[\"']? (?:is|es|e|eh|sera) (?:your|tu|su|seu|o seu|o teu|el|o)(?: [a-z]{1,20}){0,4}? "
    r"(?:code|codigo|clave|pin|otp|passcode|password|verification|verificacion|verificacao|senha)\b"
)
_SOURCE: Final = (
    r"(?:authenticator|autenticador|authy|app|aplicativo|aplicacion|token|tokenzinho|chaveiro|llavero|fob"
    r"|key ?fob|sms|text|texto|mensaje|mensagem|msg|whats(?:app)?|wpp|screen|pantalla|tela|visor|banco|bank"
    r"|(?:segundo )?factor|(?:segundo )?fator|2fa|mfa)\b"
)
_FROM: Final = re.compile(
    r"[\"']?,? ?(?:(?:is|es|e|eh|was|foi|fue|that s|eso|isso|esto|esse|o|el|la|lo|the) ){0,3}"
    r"(?:from|del|de|do|da|no|na|en|em|on|in|by|por|via|pelo|dice|diz|reads|says|aparece|sale|marca) "
    rf"(?:(?:the|my|el|la|mi|o|a|meu) )?{_SOURCE}"
)
_CAME: Final = re.compile(
    r"[\"']?,? ?(?:(?:is|es|e|eh|was|foi|fue|finally|por fin|finalmente|you|u|just|ya|ja|me|acabou de"
    r"|acaba de|eso|isso|lo|o|that s|what) |que ){0,6}"
    r"(?:arrived|came|came through|texted|llego|llegar|chegou|chegar|mandaron|mandou|mando|enviaron|enviou"
    r"|envio|dice el mensaje|diz a mensagem|dice la pantalla|reads the screen|says the screen)\b"
    r"(?! (?:a|al|ao|en|na|no|at|to|in) )"  # of a thing that came to a place
)
# Before a code: what shows it, in this or the sentence before.
_SHOWN: Final = re.compile(
    r"\b(?:authenticator|autenticador|authy|chaveiro|llavero|key ?fob|(?:segundo|second) (?:fator|factor)"
    r"|2fa|mfa|two[ -]factor|(?:doble|dupla) (?:verificacion|verificacao|factor|fator)|duas etapas|dos pasos"
    r"|two steps?|verification|verificacion|verificacao|(?:de )?respaldo|backup"
    r"|(?:sms|text|texto|mensaje|mensagem) (?:con|com|with|que (?:dice|diz)|saying)"
    r"|(?:code|codigo|clave|chave) (?:by|por|via|pelo|no|en el|al) (?:e-?mail|correo|mail|sms|whatsapp|wpp"
    r"|text))\b[^\n?]{0,40}?(?: |: ?|\.{2,3} ?|, ?)[\"'(]?$"
)
_TEXTED: Final = re.compile(
    r"\b(?:(?:sms|text|texto|mensaje|mensagem|msg) (?:con|com|with|que dice|que diz|saying)"
    r"|text(?:ed|s)? (?:me|us))(?: el| o| the)? $"
)
_JUST_CAME: Final = re.compile(
    r"\b(?:(?:chegou|caiu|veio|apareceu) (?:agora|aqui|ja|pra mim)|acabou de (?:chegar|cair)"
    r"|me (?:llego|cayo|salio) (?:ahora|recien|ya|este|el)|(?:llego|cayo) (?:ahora|recien)"
    r"|acaba de (?:llegar|caer)|just (?:got|came|received)|(?:it )?now (?:it )?says)"
    r"(?: o| el| este| esse| the)?[ :,]{1,2}$"
)
_ENDS: Final = re.compile(r"[\"')]?(?:[,.!?;\n]|$)")
_OTHERS: Final = frozenset(
    (
        *(Family.REFERENCE, Family.ID, Family.CARD, Family.CVV),
        *(Family.ACCOUNT, Family.SECRET, Family.EITHER),
    )
)


def find(reading: Reading) -> Iterator[Found]:
    """The codes beside a word of where they came from."""
    if reading.longest < _SHORTEST or reading.words.isdisjoint(listed("arrivals.telling")):
        return
    for first, last in runs(reading):
        if reading.ends[last] - reading.starts[first] < _LEAST:
            continue
        for number in (
            one for at in range(first, last + 1) for one in windows(reading, at, min(at + 5, last))
        ):
            if number.plain and _is_code(reading, number):
                yield Found(SensitiveKind.ONE_TIME_CODE, number.start, number.end)
                break
    if _CAPITALS.search(reading.raw):
        yield from _mixed(reading)


def _is_code(reading: Reading, number: Number) -> bool:
    """Whether digits are as long as a code, and what stands around them says that they are one."""
    six = _SIX.fullmatch(number.text) is not None and not number.digits.endswith("000")
    if not (six or _SOME.fullmatch(number.digits)) or (number.joined and not six):
        return False
    before, after = _around(reading, number.start, number.end)
    if six and _TEXTED.search(before):
        return True
    if _is_anothers(reading, number.first):
        return False
    if _YOURS.match(after):
        return True
    if six and (_FROM.match(after) or _CAME.match(after) or _SHOWN.search(before)):
        return not codes.names_another(reading, number.first, number.last)
    if not _FOUR.fullmatch(number.text) or _YEAR_OR_AMOUNT.fullmatch(number.text):
        return False
    if _TEXTED.search(before):
        return True
    shown = _JUST_CAME.search(before) is not None and _ENDS.match(after) is not None
    texted = not listed("codes.message").isdisjoint(reading.words) and _CAME.match(after) is not None
    return (shown or texted) and _is_free(reading, number)


def _is_free(reading: Reading, number: Number) -> bool:
    cue = reading.governing(number.first)
    return (cue is None or cue.family is Family.CODE) and not codes.names_another(
        reading, number.first, number.last
    )


def _is_anothers(reading: Reading, at: int) -> bool:
    cue = reading.governing(at)
    return cue is not None and cue.family in _OTHERS


def _around(reading: Reading, start: int, end: int) -> tuple[str, str]:
    return reading.text[max(0, start - _WINDOW) : start], reading.text[end : end + _WINDOW]


def _mixed(reading: Reading) -> Iterator[Found]:
    """Capitals and digits, or two groups of them, beside what shows or sends codes."""
    for found in _MIXED.finditer(reading.text):
        start, end = found.span()
        if (
            sum(map(str.isdigit, found.group())) < _LEAST_MIXED_DIGITS
            or not reading.written(start, end).isupper()
        ):
            continue
        first = reading.token_at(start)
        if first >= len(reading.texts) or _is_anothers(reading, max(first, reading.token_at(end) - 1)):
            continue
        before, after = _around(reading, start, end)
        if _YOURS.match(after) or _FROM.match(after) or _CAME.match(after) or _SHOWN.search(before):
            yield Found(SensitiveKind.ONE_TIME_CODE, start, end)
