"""A reply in words: paragraphs in their fixed order, every placeholder filled."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Final

from shared.errors import EtiquetaError
from shared.events.outcomes import Paragraph
from shared.policy.formatting import (
    day_in_words,
    moment_in_words,
    shortened,
    working_time_in_words,
)
from shared.policy.pack import CompiledPack
from shared.policy.templates import EXCERPT_CHARACTERS, WHATSAPP_CHARACTERS, placeholders
from shared.tags import Language
from shared.words import MATTERS

_BETWEEN: Final = "\n\n"
_NO_WORDS: Final = {
    Language.ES: "mensaje sin texto",
    Language.PT_BR: "mensagem sem texto",
    Language.EN: "message without text",
}


class Unsayable(EtiquetaError):
    """A paragraph that the pack does not have, or a value that nobody gave: a defect."""


def render(pack: CompiledPack, paragraphs: Sequence[Paragraph], language: Language | None) -> str:
    """Return the text of a reply; nothing to say gives an empty text.

    Each paragraph is said once, in the order of `MATTERS`. What would pass WhatsApp's 4096
    characters is left out, the last matters first. `language` None, or one that the pack does not
    speak: the tenant's own.
    """
    spoken = pack.language(language)
    said: dict[str, str] = {}
    for paragraph in sorted(paragraphs, key=lambda one: MATTERS.index(one.matter)):
        if paragraph.paragraph not in said:
            said[paragraph.paragraph] = _words(pack, paragraph, spoken)
    texts = list(said.values())
    while len(texts) > 1 and len(_BETWEEN.join(texts)) > WHATSAPP_CHARACTERS:
        texts.pop()
    return _BETWEEN.join(texts)[:WHATSAPP_CHARACTERS]


def _words(pack: CompiledPack, paragraph: Paragraph, language: Language) -> str:
    text = pack.paragraphs.get(paragraph.paragraph)
    if text is None:
        raise Unsayable(f"pack {pack.hash[:12]} has no paragraph {paragraph.paragraph}")
    template = text.text[language].strip()
    values = {name: _value(name, pack, paragraph, language) for name in placeholders(template)}
    return template.format_map(values)


def _value(name: str, pack: CompiledPack, paragraph: Paragraph, language: Language) -> str:
    rule = pack.rule(paragraph.rule) if paragraph.rule else None
    if name == "clause" and rule is not None:
        return _clause(rule.clause, pack, language)  # the outcome's `clause` is its infraction's
    given = paragraph.values.get(name, "" if name == "excerpt" else None)
    if given is not None:
        return _given(name, given, pack, language)
    if name in pack.channels:
        return pack.channels[name].address
    known = _OF_PACK.get(name)
    if known is None or (name == "limit" and pack.limit is None):
        raise Unsayable(f"paragraph {paragraph.paragraph} was given no {name}")
    return known(pack, language)


def _given(name: str, value: str | int, pack: CompiledPack, language: Language) -> str:
    match name:
        case "clause":
            return _clause(str(value), pack, language)
        case "date" | "until":
            return day_in_words(_local(value, pack).date(), language)
        case "call_due":
            return moment_in_words(_local(value, pack), language)
        case "excerpt":
            return shortened(str(value), EXCERPT_CHARACTERS) or _NO_WORDS[language]
        case _:
            return str(value)


def _local(value: str | int, pack: CompiledPack) -> datetime:
    return datetime.fromisoformat(str(value)).astimezone(pack.zone)


def _clause(clause: str, pack: CompiledPack, language: Language) -> str:
    text = pack.clause_text(clause, language)
    return clause if text == clause else f"{clause}, {text}"


def _channels(pack: CompiledPack, language: Language) -> str:
    return "\n".join(f"{one.address}: {one.use[language]}" for one in pack.channels.values())


_OF_PACK: Final[Mapping[str, Callable[[CompiledPack, Language], str]]] = {
    "company": lambda pack, _: pack.company,
    "hours": lambda pack, language: pack.calendar.describe(language),
    "response_time": lambda pack, language: working_time_in_words(pack.windows.response_minutes, language),
    "limit": lambda pack, _: str(pack.limit),
    "channels": _channels,
}
