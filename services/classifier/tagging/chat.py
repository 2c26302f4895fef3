"""Chat messages: intent, flags, language, each with its confidence and its evidence."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.classifier.tagging.evidence import evidence_span
from services.classifier.tagging.linear import F32, Model, Scored
from services.classifier.tagging.prepare import Prepared, prepare
from services.classifier.tagging.samples import ChatSample
from shared.events.decisions import Evidence, Tags
from shared.privacy import placeholders
from shared.tags import Direction, Flag, Intent, Language

_SURE: Final = 0.99
_NEVER_SURER: Final = 0.9999
"""A policy that asks for 1.0 wants a person to look at everything."""
_FEW_WORDS: Final = 4
_SURE_LANGUAGE: Final = 0.98
_DIRECTED_INSULT: Final = 0.9
"""An insult said of the reader is one, whatever else the message is about."""
_FEW_WORDS_WITH_INSULT: Final = 3
_SAID_OF_THE_READER: Final = re.compile(
    r"(?:\b(?:son|sao|sois|eres|sos|seus?|suas?|unos|unas|uns|umas|bando|cambada|corja|"
    r"bola|manga|monton|sarta|partida|"
    r"pinches?|you|your|ur|are|bunch|fucking|putos?|malditos?|tan|tao|pedazo|"
    r"pedaco|voces|vcs|ustedes|uds|puros?)\s+"
    r"(?:(?:de|da|todos|todas|of|all|such|a|an|bien|muito|muy|so|uns|unos|tan|tao|fucking|mesmo)\s+){0,2})$"
)
_SURE_PRESSURE: Final = 0.7
_PRESSING: Final = re.compile(r"[?!]{2}|\.{3}")
"""What makes a presence check ("hello? anyone there?") more than a greeting, where no word does."""
_INTENTS: Final = tuple(Intent)
_LANGUAGES: Final = tuple(Language)
_OF_ONESELF: Final = re.compile(r"\b(?:soy|sou|yo|eu|i'm|i am|me|que)\b|\?")


@dataclass(frozen=True, slots=True)
class Read:
    """A batch of texts as the model sees them, with the probabilities of every question."""

    prepared: Sequence[Prepared]
    scored: Scored
    intents: F32
    languages: F32
    client: F32
    staff: F32


def read(model: Model, texts: Sequence[str]) -> Read:
    """Run the model over texts, all at once."""
    prepared = [prepare(text) for text in texts]
    scored = model.score([one.text for one in prepared], [_beginning(text) for text in texts])
    known = model.dictionary.telling(texts)
    intents, client, staff = (
        model.calibration[name].probabilities(scored.scores) for name in ("intent", "client", "staff")
    )
    languages = model.calibration["language"].probabilities(np.hstack((scored.scores, known)))
    return Read(prepared, scored, intents, languages, client, staff)


def _beginning(text: str) -> str:
    return text if len(text) <= 4_000 else text[:2_000] + text[-2_000:]


def language_of(read_texts: Read, at: int, hint: Language | None) -> Language:
    """Return the language of a text; a short and doubtful one is in the language of the hint."""
    sure = read_texts.languages[at]
    best = int(sure.argmax())
    few = len(read_texts.prepared[at].text.split()) < _FEW_WORDS
    if hint is not None and few and float(sure[best]) < _SURE_LANGUAGE:
        return hint
    return _LANGUAGES[best]


def tag_chats(model: Model, samples: Sequence[ChatSample]) -> list[Tags]:
    """Tag chat messages."""
    texts = read(model, [sample.text for sample in samples])
    client, staff = model.calibration["client"], model.calibration["staff"]
    sure_of_client, sure_of_staff = texts.client.tolist(), texts.staff.tolist()
    tagged: list[Tags] = []
    for at, sample in enumerate(samples):
        inbound = sample.direction is Direction.INBOUND
        part, sure = (client, sure_of_client) if inbound else (staff, sure_of_staff)
        found = {
            Flag(tag): value
            for tag, value, least in zip(part.tags, sure[at], part.least, strict=True)
            if value >= least and sample.text.strip()
        }
        if _insults_the_reader(model, texts, at):
            found[Flag.AGGRESSIVE] = max(found.get(Flag.AGGRESSIVE, 0.0), _DIRECTED_INSULT)
        if inbound and found.get(Flag.IMPATIENT, 1.0) < _SURE_PRESSURE and _only_greets(texts, at):
            del found[Flag.IMPATIENT]
        if not inbound and Flag.AGGRESSIVE in found:
            found[Flag.UNCORDIAL] = max(found.get(Flag.UNCORDIAL, 0.0), found[Flag.AGGRESSIVE])
        tagged.append(_tags(model, texts, at, sample, found))
    return tagged


def _insults_the_reader(model: Model, texts: Read, at: int) -> bool:
    """Whether an insult is said of the reader, or is all that is said, and nothing excuses it."""
    lines, text = model.lexicon.lines, texts.prepared[at].text
    insults: list[int] = []
    for hit in texts.scored.hits[at]:
        section = lines[hit.line].section
        if section.startswith("not_aggressive"):
            return False
        if section == "aggressive.insult":
            insults.append(hit.start)
    if insults and len(text.split()) <= _FEW_WORDS_WITH_INSULT:
        return not _OF_ONESELF.search(text)
    return any(_SAID_OF_THE_READER.search(text[max(0, start - 40) : start]) for start in insults)


def _only_greets(texts: Read, at: int) -> bool:
    greets = float(texts.intents[at][_INTENTS.index(Intent.GREETING)]) >= _SURE
    original = texts.prepared[at].original
    return greets and not original.isupper() and not _PRESSING.search(original)


def _tags(model: Model, texts: Read, at: int, sample: ChatSample, found: dict[Flag, float]) -> Tags:
    prefix = "client" if sample.direction is Direction.INBOUND else "staff"
    evidence = (
        [_evidence(model, texts, at, flag, prefix, found) for flag in found] if sample.text.strip() else []
    )
    secrets = sensitive_evidence(sample.text)
    if secrets:
        found = {**found, Flag.SENSITIVE_DATA: _SURE}
    flags = tuple(flag for flag in Flag if flag in found)
    confidence = {str(flag): _told(found[flag]) for flag in flags}
    intent = None
    if sample.direction is Direction.INBOUND:
        best = int(texts.intents[at].argmax())
        intent = _INTENTS[best]
        confidence[str(intent)] = _told(float(texts.intents[at][best]))
    return Tags(
        language=language_of(texts, at, sample.hint),
        intent=intent,
        flags=flags,
        findings=None,
        confidence=confidence,
        evidence=(*evidence, *secrets),
    )


def _told(sure: float) -> float:
    return min(round(sure, 4), _NEVER_SURER)


def _evidence(
    model: Model, texts: Read, at: int, flag: Flag, prefix: str, found: dict[Flag, float]
) -> Evidence:
    column, sections = f"{prefix}:{flag}", {str(flag), f"staff_{flag}"}
    if flag is Flag.UNCORDIAL and Flag.AGGRESSIVE in found:
        column, sections = f"{prefix}:{Flag.AGGRESSIVE}", {str(Flag.AGGRESSIVE)}
    prepared = texts.prepared[at]
    start, end = evidence_span(model, texts.scored, at, prepared, column, sections)
    return Evidence(tag=str(flag), start=start, end=end, excerpt=prepared.original[start:end])


def sensitive_evidence(text: str) -> list[Evidence]:
    """Return where the masker found personal data: its placeholders."""
    return [
        Evidence(
            tag=str(Flag.SENSITIVE_DATA),
            kind=span.kind.value,
            start=span.start,
            end=span.end,
            excerpt=text[span.start : span.end],
        )
        for span in placeholders(text)
    ]
