"""The tagger that serves: rules over folded text."""

import re
from collections.abc import Sequence
from typing import Final

from services.classifier.tagging.samples import CallSample, ChatSample, EmailSample, Sample, Tagger
from shared.events.decisions import Evidence, Tags
from shared.privacy import placeholders
from shared.privacy.folding import fold
from shared.tags import Direction, Finding, Flag, Intent, Language


def _any(words: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + words.replace(" ", r"\s") + r")\b")


_INSULT: Final = _any(
    r"idiotas?|imbecil(?:es|is)?|imbeceis|inutil(?:es|is)?|inuteis|ineptos?|ineptas?|incompetentes?|estupid\w+|"
    r"burr[oa]s?|ladron\w*|ladroes|ladrao|rateros?|estafadores|golpistas?|palhacos?|pendej\w+|huevon\w*|boludos?|"
    r"pelotud\w+|malparid\w+|hijueputas?|hdp|hijos? de puta|filhos? da puta|fdp|arrombad\w+|otari[oa]s?|babacas?|"
    r"canalhas?|payasos?|basuras?|lixos?|vagabund\w+|morons?|idiots?|useless|clowns?|stupid|scammers?|thieves|"
    r"imprestavel|imprestaveis|retrasad\w+|retardad\w+|conchudos?|chantas?|mediocres?"
)
_THREAT: Final = _any(
    r"vou (?:te )?processar|os demando|voy a demandar|los voy a demandar|see you in court|i will sue|"
    r"(?:essa|esta|este|esse) (?:merda|bosta|porra|mierda|porqueria|porcaria) de \w+|this (?:fucking|damn) \w+|pinche \w+"
)
_URGENT: Final = _any(
    r"urgentes?|urgencia|urgentisimo|urgently|emergencia|asap|parad[oa]s?|detenid[oa]s?|ahora mismo|agora mesmo|"
    r"varad[oa]s?|right now|paro total|caiu tudo|fora do ar|everything is down"
)
_NOT_URGENT: Final = _any(
    r"nao e urgente|no es urgente|not urgent|sem pressa|sin apuro|sin prisa|no rush|nada urgente"
)
_IMPATIENT: Final = _any(
    r"ate quando|hasta cuando|sigo esperando|seguimos esperando|estoy esperando|to esperando|estou esperando|"
    r"ninguem (?:me )?responde|nadie (?:me )?(?:responde|contesta)|contesten|respondam|responde|respondan|"
    r"still waiting|how long|answer me|llevo \w+ (?:dias?|horas?|semanas?)|faz \w+ (?:dias?|horas?) que"
)
_UNCLEAR: Final = _any(
    r"nao funciona|no funciona|tengo un problema|deu erro|deu ruim|necesito ayuda|preciso de ajuda|me liga|llamame|"
    r"it doesn'?t work|need help|me ajuda|ayuda|quero falar com (?:um )?atendente|no sirve|i have a problem|socorro"
)
_FOLLOW: Final = _any(
    r"chamado|ticket|protocolo|reclamo|caso|case|novidades?|novedad(?:es)?|seguimiento|alguna respuesta|retorno|"
    r"les escribi|mandei (?:um )?(?:e-?mail|mensagem)|update|follow(?:ing)? up|folio|radicado|retorno"
)
_CONFIRM: Final = _any(
    r"confirmo|confirmado|confirmad[oa]|confirm\w*|(?:les|lhes) llego|recibieron|receberam|did you (?:get|receive)|caiu o pagamento"
)
_GREETING: Final = _any(
    r"oi|ola|hola|bom dia|boa tarde|boa noite|buen(?:os)? dias?|buenas(?: tardes| noches)?|hello|hi|hey|good (?:morning|afternoon|evening)|"
    r"tudo bem|alguem ai|tem alguem ai|hay alguien|que tal|como estan?|tudo bom|anyone there"
)
_THANKS: Final = _any(
    r"obrigad[oa]|valeu|vlw|blz|beleza|gracias|thanks?|thank you|ok(?:ay)?|listo|perfeito|perfecto|de nada|tchau|chau|adios|bye|recebido|recibido|entendido|dale|certo|ta bom"
)
_TICKET: Final = _any(
    r"abr[ea]\w* (?:um )?chamado|abrir|preciso|necesito|quero|quiero|cancel\w+|cri[ae]r?|no me deja|nao consigo|nao (?:esta )?abr\w+|"
    r"no puedo|agend\w+|cadastr\w+|need|please (?:create|open|cancel)|trav\w+|erro|error|fall[ao]|quitar|cambi\w+|alter\w+|solicit\w+"
)
_COMPLEX: Final = _any(
    r"ademas|alem disso|tambem|tambien|desde (?:ayer|ontem|que|segunda|la)|varios problemas|primero|depois|luego|also|since"
)
_GENERAL: Final = _any(
    r"quais|cuales|que servicios|horarios?|voces (?:oferecem|fazem|atendem|tem)|ustedes (?:ofrecen|hacen|tienen|atienden)|como funciona|"
    r"do you (?:offer|have|do)|cuanto cuesta|quanto custa|how much|precos?|precios?|que necesito para|requisitos|duda|duvida|consulta"
)
_POINT: Final = _any(
    r"gui[ao]|nota|factura|fatura|pedido|paquete|encomenda|invoice|order|parcel|boleto|contrato|llego|chegou|vencimento|vence"
)
_PERSONAL: Final = _any(
    r"jogo|partido|futebol|futbol|churrasco|aniversario|cumpleanos|feriado|weekend|praia|playa"
)
_REDIRECTS: Final = _any(
    r"portal|e-?mail|correo|central de atendimento|hotline|mesa de ayuda|service desk|telefone|telefono|ligue|llame|phone"
)
_HANDLES: Final = _any(
    r"vou (?:verificar|olhar|ver|corrigir|abrir|resolver|ajustar|checar)|voy a (?:revisar|ver|corregir)|ya (?:lo )?(?:reviso|corrijo|veo)|"
    r"i(?:'ll| will) (?:look|check|fix)|pode deixar|deja que|ja corrigi|reinicie|restart|abri o chamado|dejame revisar|te lo reviso"
)
_IDENTIFIES: Final = _any(
    r"aqui e|aqui quem fala|sou o|sou a|me chamo|meu nome e|soy|le saluda|mi nombre es|habla \w+|this is|my name is|i am"
)
_UNCORDIAL: Final = _any(
    r"quantas vezes|cuantas veces|de novo isso|otra vez|not my problem|se vira|arreglatelas|no es mi problema|nao e problema meu|ya te dije|ja falei|ja disse"
)
_INFORMAL: Final = _any(r"vc|vcs|blz|kk+|jaja\w*|tmj|mano|bro|lol|q|pq|haha\w*|xq|cara|wey|guey")
_ES: Final = _any(
    r"el|los|las|una|y|es|hola|gracias|buenas|usted|ustedes|con|para|mi|por|factura|del|llego|estoy|necesito|sigo|ya|hay|puede|me|le|lo"
)
_PT: Final = _any(
    r"o|os|as|uma|e|nao|oi|ola|obrigad[oa]|voce|voces|vc|vcs|com|pra|meu|minha|nota|do|da|chegou|estou|preciso|tem|ja|esta|isso|em|no|na|bom|boa"
)
_EN: Final = _any(
    r"the|is|are|you|my|i|to|hello|hi|thanks|thank|please|and|of|for|your|it|we|need|have|what|how"
)


def _language(text: str, hint: Language | None) -> Language:
    counts = {
        Language.PT_BR: len(_PT.findall(text)),
        Language.ES: len(_ES.findall(text)),
        Language.EN: len(_EN.findall(text)),
    }
    best = max(counts.values())
    leaders = [language for language, count in counts.items() if count == best]
    if best and len(leaders) == 1:
        return leaders[0]
    return hint or leaders[0]


class _Found:
    def __init__(self, text: str) -> None:
        self.text = text
        self.folded = fold(text)
        self.tags: dict[str, float] = {}
        self.evidence: list[Evidence] = []

    def add(self, tag: str, pattern: re.Pattern[str], confidence: float = 0.85) -> bool:
        match = pattern.search(self.folded.text)
        if match is None or match.end() == match.start():
            return False
        self.tags[tag] = confidence
        start, end = self.folded.original(*match.span())
        self.evidence.append(Evidence(tag=tag, start=start, end=end, excerpt=self.text[start:end]))
        return True

    def add_sensitive(self) -> None:
        for span in placeholders(self.text):
            self.tags[Flag.SENSITIVE_DATA] = 0.99
            self.evidence.append(
                Evidence(
                    tag=Flag.SENSITIVE_DATA,
                    kind=span.kind.value,
                    start=span.start,
                    end=span.end,
                    excerpt=self.text[span.start : span.end],
                )
            )


def _intent(text: str, *, is_question: bool) -> Intent:
    rest = _THANKS.sub(" ", _GREETING.sub(" ", text))
    if not re.search(r"[a-z0-9]{2}", rest):
        if _GREETING.search(text):
            return Intent.GREETING
        return Intent.ACKNOWLEDGEMENT if _THANKS.search(text) or text.strip() else Intent.OTHER
    if len(text) > 160 and _COMPLEX.search(text):
        return Intent.COMPLEX_ISSUE
    for pattern, intent in (
        (_FOLLOW, Intent.FOLLOW_UP),
        (_CONFIRM, Intent.DATA_CONFIRMATION),
        (_GENERAL, Intent.GENERAL_INQUIRY),
    ):
        if pattern.search(text):
            return intent
    if is_question and _POINT.search(text):
        return Intent.POINT_QUERY
    if _TICKET.search(text) or _UNCLEAR.search(text):
        return Intent.TICKET_REQUEST
    if _PERSONAL.search(text):
        return Intent.PERSONAL_CHAT
    return Intent.POINT_QUERY if is_question else Intent.OTHER


def _chat(sample: ChatSample) -> Tags:
    found = _Found(sample.text)
    folded = found.folded.text
    intent = None
    aggressive = found.add(Flag.AGGRESSIVE, _INSULT, 0.92) or found.add(Flag.AGGRESSIVE, _THREAT, 0.9)
    if sample.direction is Direction.INBOUND:
        if not aggressive:
            found.add(Flag.IMPATIENT, _IMPATIENT)
        if not _NOT_URGENT.search(folded):
            found.add(Flag.URGENT, _URGENT)
        intent = _intent(folded, is_question="?" in folded)
        if len(folded) < 40 and intent is Intent.TICKET_REQUEST:
            found.add(Flag.UNCLEAR, _UNCLEAR)
    else:
        found.add(Flag.HANDLES_REQUEST, _HANDLES)
        found.add(Flag.REDIRECTS, _REDIRECTS)
        found.add(Flag.IDENTIFIES, _IDENTIFIES)
        found.add(Flag.INFORMAL, _INFORMAL)
        if aggressive:
            found.add(Flag.UNCORDIAL, _INSULT)
        else:
            found.add(Flag.UNCORDIAL, _UNCORDIAL)
    found.add_sensitive()
    flags = tuple(flag for flag in Flag if flag in found.tags)
    confidence = dict(found.tags)
    if intent is not None:
        confidence[intent] = 0.8
    return Tags(
        language=_language(folded, sample.hint),
        intent=intent,
        flags=flags,
        confidence=confidence,
        evidence=tuple(found.evidence),
    )


def _email(sample: EmailSample) -> Tags:
    found = _Found(sample.body)
    found.add(Finding.AGGRESSIVE, _INSULT, 0.9)
    found.add(Finding.IMPATIENT, _IMPATIENT)
    found.add_sensitive()
    if sample.copies and Flag.SENSITIVE_DATA in found.tags:
        found.tags[Finding.CC_EXPOSURE] = 0.99
    return Tags(
        language=_language(found.folded.text, sample.hint),
        findings=tuple(finding for finding in Finding if finding in found.tags),
        confidence=found.tags,
        evidence=tuple(e.model_copy(update={"field": "body"}) for e in found.evidence),
    )


def _call(sample: CallSample) -> Tags:
    tags: dict[str, float] = {}
    evidence: list[Evidence] = []
    for at, turn in enumerate(sample.turns):
        found = _Found(turn.text)
        found.add(Finding.AGGRESSIVE, _INSULT, 0.9)
        found.add_sensitive()
        tags |= found.tags
        evidence += [e.model_copy(update={"turn": at, "speaker": turn.speaker}) for e in found.evidence]
    joined = fold("\n".join(turn.text for turn in sample.turns)).text
    return Tags(
        language=_language(joined, sample.hint),
        findings=tuple(finding for finding in Finding if finding in tags),
        confidence=tags,
        evidence=tuple(evidence),
    )


class RuleTagger:
    """Tags by rules alone."""

    def tag(self, samples: Sequence[Sample]) -> Sequence[Tags]:
        return [_tag(sample) for sample in samples]


def _tag(sample: Sample) -> Tags:
    match sample:
        case ChatSample():
            return _chat(sample)
        case EmailSample():
            return _email(sample)
        case CallSample():
            return _call(sample)


def load_tagger() -> Tagger:
    """Return the tagger that serves."""
    return RuleTagger()
