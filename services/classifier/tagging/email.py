"""E-mails: what their form shows by rule, what their sentences show by the model."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.classifier.tagging.chat import Read, language_of, read, sensitive_evidence
from services.classifier.tagging.evidence import evidence_span
from services.classifier.tagging.letters import Shape, shape_of
from services.classifier.tagging.linear import F32, Model
from services.classifier.tagging.samples import EmailSample
from services.classifier.tagging.sentences import sentences
from services.classifier.tagging.spelling import Dictionary
from shared.events.decisions import Evidence, Tags
from shared.tags import Finding, Flag, Language

_SURE: Final = 0.99
_MOST_CODE_POINTS: Final = 20_000
_MISSPELLED: Final = 3
"""Unknown words and, once more, those that are slips of a known one: verb forms and jargon are none."""
_MISSPELLED_SHARE: Final = 0.015
_CONFIDENCE: Final = {
    Finding.VAGUE_SUBJECT: 0.93,
    Finding.MISSING_GREETING: 0.93,
    Finding.MISSING_CLOSING: 0.93,
    Finding.MISSING_SIGNATURE: 0.93,
    Finding.UNSTRUCTURED: 0.93,
    Finding.SPELLING: 0.85,
}

_TONES: Final = {
    Finding.AGGRESSIVE: ("client", Flag.AGGRESSIVE),
    Finding.IMPATIENT: ("client", Flag.IMPATIENT),
    Finding.INFORMAL: ("staff", Flag.INFORMAL),
    Finding.UNSPECIFIC: ("client", Flag.UNCLEAR),
}
"""What is learned of an e-mail's tone, and the chat tag that its sentences are read for."""
TONE_FINDINGS: Final = tuple(_TONES)


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
    slips = dictionary.slips(words, letter.language) if len(words) > 1 else frozenset()
    if len(words) + len(slips) >= max(_MISSPELLED, _MISSPELLED_SHARE * len(letter.body.split())):
        plain = next((one for one in unknown if letter.body[slice(*one)] in slips), unknown[0])
        yield _told(Finding.SPELLING, _CONFIDENCE[Finding.SPELLING], letter, plain)


def _of_tone(model: Model, letter: Letter) -> Iterator[Told]:
    features = tone_features(model, letter.texts, len(letter.spans), letter.body)
    part = model.calibration["email"]
    sure = part.probabilities(features[None, :])[0].tolist()
    for name, value, least in zip(part.tags, sure, part.least, strict=True):
        if value >= least:
            finding = Finding(name)
            yield _told(finding, value, letter, _span_of(model, letter, finding))


def tone_features(model: Model, texts: Read, sentence_count: int, body: str) -> F32:
    """Return how an e-mail sounds: the strongest sentence, the mean and the whole, as log odds a tag.

    `texts` holds the sentences and, last, the whole. Then the logarithm of its length in words, and
    whether it holds numbers before its last lines.
    """
    features: list[float] = []
    for kind, flag in _TONES.values():
        part = texts.client if kind == "client" else texts.staff
        column = part[:, model.calibration[kind].tags.index(flag)]
        told, whole = column[:sentence_count], float(column[sentence_count])
        features += [_log_odds(float(told.max())), _log_odds(float(told.mean())), _log_odds(whole)]
    before_signature = body[: max(len(body) - 80, 0)]
    features += [float(np.log1p(len(body.split()))), float(any(map(str.isdigit, before_signature)))]
    return np.array(features, np.float32)


def _log_odds(sure: float) -> float:
    kept = min(max(sure, 1e-4), 1 - 1e-4)
    return float(np.log(kept / (1 - kept)))


def _span_of(model: Model, letter: Letter, finding: Finding) -> tuple[int, int]:
    kind, flag = _TONES[finding]
    part = letter.texts.client if kind == "client" else letter.texts.staff
    sentence = int(part[: len(letter.spans), model.calibration[kind].tags.index(flag)].argmax())
    prepared = letter.texts.prepared[sentence]
    sections = {str(flag), f"staff_{flag}"}
    start, end = evidence_span(model, letter.texts.scored, sentence, prepared, f"{kind}:{flag}", sections)
    offset = letter.spans[sentence][0]
    return offset + start, offset + end


def _secrets(sample: EmailSample) -> list[Evidence]:
    return [
        one.model_copy(update={"field": field})
        for field, text in (("subject", sample.subject), ("body", sample.body))
        for one in sensitive_evidence(text)
    ]
