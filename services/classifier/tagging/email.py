"""E-mails: what their form shows by rule, what their sentences show by the model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.classifier.tagging.chat import Read, language_of, read, sensitive_evidence
from services.classifier.tagging.evidence import evidence_span
from services.classifier.tagging.letters import Shape, shape_of
from services.classifier.tagging.linear import Model
from services.classifier.tagging.samples import EmailSample
from services.classifier.tagging.sentences import sentences
from services.classifier.tagging.spelling import Dictionary
from shared.events.decisions import Evidence, Tags
from shared.tags import Finding, Flag, Language

_SURE: Final = 0.99
_MOST_CODE_POINTS: Final = 20_000
_UNKNOWN_WORDS: Final = 2
_UNKNOWN_SHARE: Final = 0.025
_CONFIDENCE: Final = {
    Finding.VAGUE_SUBJECT: 0.93,
    Finding.MISSING_GREETING: 0.93,
    Finding.MISSING_CLOSING: 0.93,
    Finding.MISSING_SIGNATURE: 0.93,
    Finding.UNSTRUCTURED: 0.93,
    Finding.SPELLING: 0.85,
}


@dataclass(frozen=True, slots=True)
class Letter:
    """An e-mail as it is judged."""

    sample: EmailSample
    body: str
    shape: Shape
    spans: Sequence[tuple[int, int]]
    texts: Read
    language: Language


Told = tuple[Finding, float, Evidence]


def tag_email(model: Model, dictionary: Dictionary, sample: EmailSample) -> Tags:
    """Tag one e-mail."""
    body = sample.body[:_MOST_CODE_POINTS]
    spans = sentences(body) or [(0, len(body))]
    texts = read(model, [*(body[start:end] for start, end in spans), f"{sample.subject}\n{body}"])
    language = language_of(texts, len(spans), sample.hint)
    letter = Letter(sample, body, shape_of(sample.subject, body), spans, texts, language)
    told = [*_of_form(letter), *_of_spelling(letter, dictionary), *_of_tone(model, letter)]
    secrets = _secrets(sample)
    confidence = {str(finding): round(sure, 4) for finding, sure, _ in told}
    evidence = [one for _, _, one in told] + secrets
    found = {finding for finding, _, _ in told}
    if secrets:
        found.add(Finding.SENSITIVE_DATA)
        confidence[Finding.SENSITIVE_DATA] = _SURE
    if secrets and sample.copies:
        found.add(Finding.CC_EXPOSURE)
        confidence[Finding.CC_EXPOSURE] = _SURE
        evidence.append(secrets[0].model_copy(update={"tag": str(Finding.CC_EXPOSURE)}))
    return Tags(
        language=language,
        findings=tuple(finding for finding in Finding if finding in found),
        confidence=confidence,
        evidence=tuple(evidence),
    )


def _told(finding: Finding, sure: float, letter: Letter, span: tuple[int, int]) -> Told:
    start, end = span
    excerpt = letter.body[start:end]
    return finding, sure, Evidence(tag=str(finding), start=start, end=end, field="body", excerpt=excerpt)


def _of_form(letter: Letter) -> Iterator[Told]:
    shape = letter.shape
    if shape.is_vague:
        subject = letter.sample.subject
        evidence = Evidence(
            tag=str(Finding.VAGUE_SUBJECT), start=0, end=len(subject), field="subject", excerpt=subject
        )
        yield Finding.VAGUE_SUBJECT, _CONFIDENCE[Finding.VAGUE_SUBJECT], evidence
    for finding, is_so, span in (
        (Finding.MISSING_GREETING, not shape.has_greeting, shape.first_line),
        (Finding.MISSING_CLOSING, not shape.has_closing, shape.last_line),
        (Finding.MISSING_SIGNATURE, not shape.is_signed, shape.last_line),
        (Finding.UNSTRUCTURED, shape.is_one_block, shape.first_line),
    ):
        if is_so:
            yield _told(finding, _CONFIDENCE[finding], letter, span)


def _of_spelling(letter: Letter, dictionary: Dictionary) -> Iterator[Told]:
    unknown = dictionary.unknown(letter.body, letter.language)
    words = {letter.body[start:end] for start, end in unknown}
    if len(words) >= max(_UNKNOWN_WORDS, _UNKNOWN_SHARE * len(letter.body.split())):
        yield _told(Finding.SPELLING, _CONFIDENCE[Finding.SPELLING], letter, unknown[0])


def _of_tone(model: Model, letter: Letter) -> Iterator[Told]:
    sure = tone(letter.texts, len(letter.spans), model)
    for finding, value in sure.items():
        if value.sure >= value.least:
            yield _told(finding, value.sure, letter, _span_of(model, letter, finding, value))


@dataclass(frozen=True, slots=True)
class Tone:
    """How sure a finding is, from which it is told, which sentence shows it most, by which tag."""

    sure: float
    least: float
    sentence: int
    tag: str


def tone(texts: Read, sentence_count: int, model: Model) -> dict[Finding, Tone]:
    """Return what the sentences of an e-mail say of its tone."""
    client, staff = model.calibration["client"], model.calibration["staff"]

    def of(part: np.ndarray[tuple[int, int], np.dtype[np.float32]], at: int) -> tuple[float, int]:
        column = part[:sentence_count, at]
        return float(column.max()), int(column.argmax())

    aggressive, angry = of(texts.client, client.tags.index(Flag.AGGRESSIVE))
    impatient, pressing = of(texts.client, client.tags.index(Flag.IMPATIENT))
    informal = texts.staff[:sentence_count, staff.tags.index(Flag.INFORMAL)]
    loose = float(np.sort(informal)[-3:].mean())
    whole = float(texts.client[sentence_count, client.tags.index(Flag.UNCLEAR)])
    unclear, vague = of(texts.client, client.tags.index(Flag.UNCLEAR))
    return {
        Finding.AGGRESSIVE: Tone(aggressive, 0.8, angry, f"client:{Flag.AGGRESSIVE}"),
        Finding.IMPATIENT: Tone(impatient, 0.6, pressing, f"client:{Flag.IMPATIENT}"),
        Finding.INFORMAL: Tone(loose, 0.6, int(informal.argmax()), f"staff:{Flag.INFORMAL}"),
        Finding.UNSPECIFIC: Tone(max(whole, unclear * 0.5), 0.5, vague, f"client:{Flag.UNCLEAR}"),
    }


def _span_of(model: Model, letter: Letter, finding: Finding, value: Tone) -> tuple[int, int]:
    prepared = letter.texts.prepared[value.sentence]
    sections = {str(finding), f"staff_{finding}", value.tag.partition(":")[2]}
    start, end = evidence_span(model, letter.texts.scored, value.sentence, prepared, value.tag, sections)
    offset = letter.spans[value.sentence][0]
    return offset + start, offset + end


def _secrets(sample: EmailSample) -> list[Evidence]:
    return [
        one.model_copy(update={"field": field})
        for field, text in (("subject", sample.subject), ("body", sample.body))
        for one in sensitive_evidence(text)
    ]
