"""The parts of an e-mail: what its subject says, how it begins, how it ends, who signs."""

import re
from dataclasses import dataclass
from typing import Final

from shared.privacy.text.folding import fold

_PREFIX: Final = re.compile(r"^\s*(?:(?:re|res|rv|fw|fwd|enc|tr|asunto|assunto|subject)\s*:\s*)+")
_VAGUE: Final = frozenset(
    """
    a about absurdo adjunto afternoon again ajuda algo already anexo assunto asunto atencao atencion
    atendimento attached attention aviso ayuda boa bom buen buenas buenos caso coisa complaint consulta
    consultas contact contacto contato correo cosa da dados data datos de details detalhes detalles dia
    dias do documento documentos duda dudas duvida duvidas ei el email emergencia emergency esto falar
    favor favorcito good gracias hablar hello help hey hi hola important importante info informacao
    informacion informacoes information isso issue it ja know la las leer ler los mail matter me
    mensagem mensaje message meu mi morning muito muy my new no noches noite nos novo nuevo o obrigado
    oi ok ola opa os otra outra oye pedido pendencia pendencias pendiente pendientes pergunta pf please
    por porfa porfavor pregunta problem problema problemas queja question questions quick rapidinho
    rapido read reclamacao reclamo request resposta respuesta retorno saludos segue sem seu several sin
    situacao situacion situation sobre socorro solicitacao solicitud something soporte sos su subject
    suporte support talk tarde tardes test teste thanks that thing this um uma un una update urgencia
    urgent urgente varias varios vergonha verguenza very vez ya you your
    """.split()  # noqa: SIM905 - one word a line would fill three screens
)
"""A subject of these words alone says nothing."""
_GREETING: Final = re.compile(
    r"^\W*(?:(?:muy |mis )?(?:oi\w*|ola|hola|hello|hi|hey|opa|fala|e ai|eai|salve|bom dia|"
    r"boa (?:tarde|noite)|buen\w* (?:dia|tarde|noche)\w*|"
    r"buenas|prezad\w+|car[oa]s?|estimad\w+|querid\w+|senhor\w*|senor\w*|sr\w?|sra\w?|ilm\w+|"
    r"distinguid\w+|apreciad\w+|"
    r"respetad\w+|dear|greetings|good (?:morning|afternoon|evening|day)|to whom|"
    r"a quien corresponda|a quem (?:possa|interess)|"
    r"saludos|saludo cordial|cordial saludo|reciba\w*|que tal|que onda|que hubo|quiubo|oiga|"
    r"oigan|epa|epale|amig\w+|colegas|equip\w+|team|"
    r"de mi (?:mayor )?consideracion|hey+|doctor\w*|doutor\w*|dr\w?|dra|ing\w*|lic\w*|profe\w*|"
    r"don|dona|mr|mrs|ms|miss)\b)"
)
_GREETING_WITHIN: Final = re.compile(
    r"^[^.!?]{0,60}\b(?:bom dia|boa tarde|boa noite|buen dia|buenos dias|buenas tardes|"
    r"buenas noches|good morning|good afternoon)\b"
)
_CLOSING: Final = re.compile(
    r"\b(?:atenciosamente|atensiosamente|atentamente|att|atte|at\.te|cordialmente|"
    r"respeitosamente|respetuosamente|saludos?|saudacoes|abraco\w*|"
    r"abs|beij\w+|bjs?|besos?|um xero|xero|grat[oa]|obrigad\w*|brigad\w*|agradeco|agradecemos|"
    r"agradesco|desde ja|valeu|vlw|tmj|gracias|agradezco|"
    r"agradecid\w+|agradecemos|le agradecemos|quedo (?:atent\w|pendiente|a la espera|"
    r"al pendiente|a sus ordenes)|quedamos (?:atent\w+|al pendiente|a la espera)|"
    r"fico (?:no aguardo|a disposicao|aguardando)|ficamos (?:no aguardo|a disposicao)|"
    r"aguardo (?:retorno|resposta)|un abrazo|abrazos?|chau|tchau|"
    r"ate (?:mais|logo|breve)|hasta (?:luego|pronto)|(?:best|kind|warm|many)?\s?regards|"
    r"sincerely|faithfully|cheers|thanks?|thank you|thx|"
    r"best wishes|all the best|take care|yours|respectfully|see you|laters?|hugs|kisses|"
    r"besotes?|abrasos?|cuid[ea]te\w*|cuidense|nos vemos|nos vidrios|peace|talk soon|ciao|"
    r"ta luego|um cheiro|que tenga\w*|que le\w? vaya bien|tenha um|have a (?:nice|good|great)|dios (?:los|le|"
    r"la|lo|me l[oae]s?|te) (?:bendiga|vendiga)|sem mais|sin (?:mas|otro particular)|"
    r"con (?:aprecio|afecto|carino)|com (?:apreco|carinho|afeto)|desejo a|le deseo|les deseo|"
    r"best(?=,?\s*\n)|cordially|warmly|looking forward|bjk\w*|bjo\w*|besit\w+|grasias|"
    r"(?:quedo|quedamos|fico|ficamos) (?:a|a la|a su|a sua|ao seu) (?:disposic\w+|orden\w*|dispor)|"
    r"a (?:sus ordenes|la orden)|as ordens|bom (?:descanso|fim de semana)|buen fin de semana)\b"
)
_NAME_ALONE: Final = re.compile(r"[¡]?(?:[^\W\d_][\w'’.]* ){0,4}[A-ZÀ-Þ][\w'’.]*[,:!]+[^\w\n]*\n")
"""A line of a few words, the last a name: "Seu Biu,", "Kia ora Philippa,"."""
_WORDS_BEFORE_NAME: Final = re.compile(
    r"\n\s*\n[¡]?(?:[^\W\d_][\w'’]*,? ){1,8}[^\W\d_][\w'’]*[,!.]+[^\w\n]*\n"
    r"\s*[A-ZÀ-Þ][^\n.?!]{2,60}(?:\n|$|—|,)"
)
_PHONE: Final = re.compile(r"\+?\(?\d[\d\s().\-]{6,}\d|⟦private_phone⟧")
_ADDRESS: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_NAME: Final = re.compile(
    r"\b[A-ZÀ-Þ][\w'’.-]+(?:\s+(?:d[aeo]s?|del|de la|y|e|van|von)?\s*[A-ZÀ-Þ][\w'’.-]*)*"
)
_END_CODE_POINTS: Final = 260
_LONG_CODE_POINTS: Final = 600


@dataclass(frozen=True, slots=True)
class Shape:
    """What the form of an e-mail shows; spans are code points of the subject or of the body."""

    is_vague: bool
    has_greeting: bool
    has_closing: bool
    is_signed: bool
    is_one_block: bool
    first_line: tuple[int, int]
    last_line: tuple[int, int]


def shape_of(subject: str, body: str) -> Shape:
    """Return what the form of an e-mail shows."""
    folded = fold(body).text
    end = folded.rstrip()[-_END_CODE_POINTS:]
    return Shape(
        is_vague=is_vague(subject),
        has_greeting=_is_greeted(folded[:200], body.lstrip()[:200]),
        has_closing=_CLOSING.search(end[-180:]) is not None or _is_closed(body.rstrip()[-_END_CODE_POINTS:]),
        is_signed=_is_signed(body.rstrip()[-_END_CODE_POINTS:]),
        is_one_block=_is_one_block(body),
        first_line=_line(body, first=True),
        last_line=_line(body, first=False),
    )


def _is_greeted(folded: str, begin: str) -> bool:
    by_word = _GREETING.search(folded) or _GREETING_WITHIN.search(folded)
    return by_word is not None or _NAME_ALONE.match(begin) is not None


def _is_closed(end: str) -> bool:
    """Whether a few words stand by themselves before the name that signs: "Boas estradas,"."""
    return _WORDS_BEFORE_NAME.search(end) is not None


def is_vague(subject: str) -> bool:
    """Whether a subject says nothing about the matter."""
    folded = _PREFIX.sub("", fold(subject).text)
    if any(char.isdigit() for char in folded):
        return False
    words = re.findall(r"[a-z]+", folded)
    return len(words) <= 6 and all(word in _VAGUE for word in words)


def _is_signed(end: str) -> bool:
    """A name, and a phone number or an e-mail address."""
    contact = _PHONE.search(end) or _ADDRESS.search(end)
    return contact is not None and _NAME.search(end) is not None


def _is_one_block(body: str) -> bool:
    blocks = [block for block in re.split(r"\n\s*\n", body) if block.strip()]
    longest = max(map(len, blocks), default=0)
    return longest >= _LONG_CODE_POINTS and "\n-" not in body and "\n1" not in body


def _line(body: str, *, first: bool) -> tuple[int, int]:
    spans = [line.span() for line in re.finditer(r"[^\n]+", body) if line[0].strip()]
    if not spans:
        return 0, len(body)
    start, end = spans[0] if first else spans[-1]
    return start, min(end, start + 120)
