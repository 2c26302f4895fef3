"""How a call begins and ends: whether a name and a purpose are told, and what was agreed summed up."""

import re
from collections.abc import Sequence
from typing import Final

from shared.events.messages import Turn
from shared.privacy.text.folding import fold

OPENING_TURNS: Final = 2
"""Of the agent: by then a name is due, and a purpose where it was the agent who called."""
_CLOSING_TURNS: Final = 5
_ANSWERING_TURNS: Final = 4
_OPENING_CODE_POINTS: Final = 400
_RESTATED_WORDS: Final = 4
"""So many words of substance said before, in one turn at the end, sum the call up."""
_RESTATING_COMMAS: Final = 2
_RESTATING_WORDS: Final = 14
_SHORTEST_RECAP_WORDS: Final = 8
_NAMED: Final = re.compile(
    r"(?:a(?:qu|c)[ia](?: (?:e|fala|quem fala e|es|le habla|le saluda|al habla))?|quem fala e|"
    r"quem (?:te |lhe )?atende e|fala com|lado e|molesta es|(?:le|te|lo|la|"
    r"les) (?:habla|saluda|atiende|escribe)|habla|fala|mi nombre es|"
    r"me llamo|meu nome e|me chamo|soy|sou|my name is|my name's|this is|i'm|i am|"
    r"speaking (?:with|to)|speaking|it's|"
    r"e o|e a|de parte de|con|com)\W+"
    r"(?:(?:o|a|el|la|su|seu|sua|the|dr|dra|lic|licenciad[oa]|ing|ingenier[oa]|doctora?|"
    r"doutora?|don|dona|sr|sra|srta|senor|senora|senhor|senhora|"
    r"profe\w*|consultor\w*|asesor\w*|analista)\W+){0,3}$"
)
_CAPITAL: Final = re.compile(r"\b[A-ZÀ-Þ][a-zà-ÿ'’]{2,}")
_SPEAKING: Final = re.compile(
    r"\b[A-ZÀ-Þ][a-zà-ÿ]+(?: [A-ZÀ-Þ][a-zà-ÿ]+)?[,.]? (?:speaking|here|falando|al habla|na linha|"
    r"a la orden|a (?:sus|tus) órdenes|para servir(?:le|les|te)|(?:le|te|les|lo|la) (?:saluda|atiende|habla)"
    r"|às (?:suas )?ordens|(?:em|no) que (?:eu )?posso|en qué (?:le|te|les|lo|la)? ?(?:puedo|podemos)"
    r"|[Bb]om dia|[Bb]oa (?:tarde|noite)|[Bb]uen[ao]s (?:días|tardes|noches)|[Gg]ood (?:morning|afternoon|"
    r"evening)|[Hh]ow (?:can|may))"
)
_NAMED_SURELY: Final = re.compile(
    r"\b(?:(?:le|te|lo|la|les) (?:habla|saluda|atiende)|mi nombre es|me llamo|meu nome e|"
    r"me chamo|my name is|aqui (?:e|fala) [oa]) [a-z]{2,}"
)
_RECAP: Final = re.compile(
    r"\b(?:recapitul\w*|resum\w*|repass\w*|repas\w*|repetindo|repetiendo|repito|le repito|"
    r"vou repetir|repetirl[oa]|read (?:that|it) back|alinhad[oa]s?|para registrar|en limpio|"
    r"confirmo|confirmando|para confirmar|to confirm|to recap|recap|sum up|"
    r"foi isso que entendi|(?:have|got) (?:it|that|this) (?:right|correctly)|"
    r"fic(?:a|ou|amos|ando) (?:assim|combinad\w|certo|acertad\w|entao)|quedamos|quedo asi|"
    r"queda asi|queda entonces|entao (?:fica|ficou|ficamos|esta tudo|ta tudo|confirm\w+|sao|e)|"
    r"para que conste|en resumen|em resumo|so (?:that's|we'll|we agree|you'll|i'll|to)|we agree|"
    r"just to be (?:clear|sure)|acordad\w|combinad\w que|fechad\w assim|de acuerdo entonces)\b"
)
_THEN: Final = re.compile(r"\b(?:entao|entonces|so|then)\b[,:]?")
_CHECKED: Final = re.compile(
    r"(?:certo|correto|confere|confirma\w*|de acordo|de acuerdo|correcto|esta bien|conforme|"
    r"right|correct|ok|fechado|algo mas|mais alguma coisa|anything else|tudo certo|combinado|"
    r"estamos)\W*\?"
)
_PURPOSE: Final = re.compile(
    r"\b(?:por (?:el|la|los|las|su|lo|una?)\b|por causa|porque|sobre|para|pra|pro|about|regarding|because|"
    r"calling|lig(?:o|ando|uei)|llam(?:o|aba|ando|amos|e)|motivo|asunto|assunto|confirm\w+|coordin\w+|"
    r"avis\w+|agend\w+|refer\w+|respect\w+|respeito|let you know|follow\w* up|retorn\w+|cobran\w*|"
    r"oferta|oferec\w+|ofrec\w+|pedido|entrega|contrat\w+|reclam\w+|solicit\w+|chamado|ticket|order|"
    r"your)\b"
)
_ASKED_WHO: Final = re.compile(
    r"\b(?:quem (?:e|fala|esta|ta|que)|quien (?:es|habla|me|llama)|con quien (?:hablo|tengo)|"
    r"com quem (?:eu )?(?:falo|to falando)|who(?:'s| is)? (?:this|calling|are you|am i)|\w+ who\?|"
    r"de onde|de donde|from where|where are you calling|what(?:'s| is) this (?:about|regarding)|"
    r"o que (?:o senhor|a senhora|voce|vc) (?:quer|deseja)|(?:que|qual) (?:o )?assunto|"
    r"que (?:desea|quiere|necesita)|de que (?:se trata|empresa)|sobre o que|de parte de quien)\b|\w who\?"
)
_SUBSTANCE: Final = re.compile(r"[a-z]{5,}|[0-9]+")


def opens_well(turns: Sequence[Turn], folded: Sequence[str], *, has_purpose_to_tell: bool) -> bool:
    """Whether the agent gives a name and, where it was the agent who called, a purpose."""
    agent = [at for at, turn in enumerate(turns) if turn.speaker == "agent"]
    opening = agent[:OPENING_TURNS]
    named = any(_names_somebody(turns[at].text) for at in opening) or _is_called_by_name(turns, opening[0])
    if not named or not has_purpose_to_tell:
        return named
    if not any(_PURPOSE.search(folded[at]) for at in opening):
        return False
    asked = (at for at, turn in enumerate(turns) if turn.speaker == "client" and at > opening[0])
    doubt = next((at for at in asked if _ASKED_WHO.search(folded[at])), None)
    if doubt is None:
        return True
    answer = next((folded[at] for at in agent if at > doubt), "")
    return _PURPOSE.search(answer) is not None


def _is_called_by_name(turns: Sequence[Turn], first: int) -> bool:
    """Whether the client says back a name of the agent's first words: "Sol, Marta." - "Oi, Marta"."""
    told = set(_CAPITAL.findall(turns[first].text[:_OPENING_CODE_POINTS]))
    answers = [turn.text for turn in turns[first + 1 :] if turn.speaker == "client"][:_ANSWERING_TURNS]
    return any(not told.isdisjoint(_CAPITAL.findall(text[:_OPENING_CODE_POINTS])) for text in answers)


def _names_somebody(text: str) -> bool:
    if _SPEAKING.search(text) or _NAMED_SURELY.search(fold(text).text):
        return True
    return any(
        _NAMED.search(fold(text[: name.start()]).text)
        for name in _CAPITAL.finditer(text[:_OPENING_CODE_POINTS])
    )


def closing_turns(turns: Sequence[Turn]) -> range:
    """Return the places of the last turns, where a call is summed up."""
    return range(max(0, len(turns) - _CLOSING_TURNS), len(turns))


def ends_well(turns: Sequence[Turn], folded: Sequence[str]) -> bool:
    """Whether what was agreed is summed up: by the agent in words for it, or by anybody who says it again."""
    closing = closing_turns(turns)
    if any(turns[at].speaker == "agent" and _sums_up(folded[at]) for at in closing):
        return True
    said = set(_SUBSTANCE.findall(" ".join(folded[: closing.start])))
    for at in closing:
        if _restates(folded[at], said):
            return True
        said |= set(_SUBSTANCE.findall(folded[at]))
    return False


def _restates(folded: str, said: set[str]) -> bool:
    long_enough = len(folded.split()) >= _RESTATING_WORDS and folded.count(",") >= _RESTATING_COMMAS
    return long_enough and len(said.intersection(_SUBSTANCE.findall(folded))) >= _RESTATED_WORDS


def _sums_up(folded: str) -> bool:
    words = len(folded.split())
    if words < _SHORTEST_RECAP_WORDS:
        return False
    return bool(_RECAP.search(folded) or (_THEN.search(folded) and (_CHECKED.search(folded) or words >= 14)))
