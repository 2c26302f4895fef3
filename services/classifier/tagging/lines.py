"""The lines of `etiqueta classify`: what comes in, masked on the way; what goes out, about the original."""

import json
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import orjson
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from services.classifier.tagging.samples import CallSample, ChatSample, EmailSample, Sample
from shared.events.decisions import Evidence, Tags
from shared.events.messages import Turn
from shared.privacy import Span, find, find_each, find_in_turns, placeholder
from shared.privacy.placeholders import replaced
from shared.tags import Direction, Language

_BETWEEN_FIELDS: Final = "\n"


class BadLine(Exception):
    """A line that cannot be classified; the text says why and names no content."""


class _TurnIn(BaseModel):
    speaker: Literal["agent", "client"]
    start: float
    end: float
    text: str


class LineIn(BaseModel):
    """A line as it comes in: a chat message, an e-mail or a call."""

    model_config = ConfigDict(extra="ignore")

    id: str | int | None = None
    text: str | None = None
    subject: str | None = None
    body: str | None = None
    cc: list[Any] | str | None = None
    turns: list[_TurnIn] | None = None
    direction: Direction = Direction.INBOUND
    channel: str | None = None
    language: Language | None = None

    @model_validator(mode="after")
    def _is_of_one_kind(self) -> "LineIn":
        given = [
            self.text is not None,
            self.subject is not None or self.body is not None,
            self.turns is not None,
        ]
        if sum(given) != 1:
            raise ValueError("give exactly one of: text; subject and body; turns")
        return self


@dataclass(frozen=True, slots=True)
class Field:
    """One text of a line, as it was and masked."""

    original: str
    masked: str
    spans: tuple[Span, ...]
    """In the original."""
    mask_ends: tuple[int, ...]
    """Where each placeholder ends in the masked text."""

    @classmethod
    def of(cls, original: str, spans: tuple[Span, ...]) -> "Field":
        """`spans` are what is to be masked, in order and apart."""
        masked = replaced(original, spans)
        return cls(original, masked.text, spans, tuple(mask.end for mask in masked.masks))

    def in_original(self, start: int, end: int) -> tuple[int, int]:
        """Return a range of the masked text as one of the original; a touched placeholder counts whole."""
        return self._place(start, at_end=False), self._place(end, at_end=True)

    def _place(self, at: int, *, at_end: bool) -> int:
        before = bisect_right(self.mask_ends, at) if not at_end else bisect_right(self.mask_ends, at - 1)
        shift = self.spans[before - 1].end - self.mask_ends[before - 1] if before else 0
        place = at + shift
        if before < len(self.spans):
            # Inside the next placeholder, or before it.
            span = self.spans[before]
            opening = self.mask_ends[before] - len(placeholder(span.kind))
            if at > opening or (at == opening and not at_end):
                return span.end if at_end else span.start
        return place


@dataclass(frozen=True, slots=True)
class Asked:
    """A line read and masked, ready to be tagged."""

    id: str | int | None
    sample: Sample
    fields: Sequence[Field]
    """The text; subject and body; or a field a turn."""

    def out(self, tags: Tags) -> dict[str, Any]:
        """Return the line that goes out."""
        return {
            "id": self.id,
            "language": tags.language,
            "intent": tags.intent,
            "flags": list(tags.flags),
            "findings": None if tags.findings is None else list(tags.findings),
            "confidence": tags.confidence,
            "evidence": [self._evidence(one) for one in tags.evidence],
            "masked": _BETWEEN_FIELDS.join(field.masked for field in self.fields),
        }

    def _evidence(self, evidence: Evidence) -> dict[str, Any]:
        start, end = self._field(evidence).in_original(evidence.start, evidence.end)
        told: dict[str, Any] = {
            "tag": evidence.tag,
            "kind": evidence.kind,
            "start": start,
            "end": end,
            "field": evidence.field,
            "turn": evidence.turn,
        }
        return told if evidence.speaker is None else told | {"speaker": evidence.speaker}

    def _field(self, evidence: Evidence) -> Field:
        if evidence.turn is not None:
            return self.fields[evidence.turn]
        return self.fields[1] if evidence.field == "body" else self.fields[0]


def read_line(raw: bytes) -> Asked:
    """Read one line; BadLine says what is wrong with it."""
    return asked(LineIn.model_validate(_object(raw)))


def _object(raw: bytes) -> dict[str, Any]:
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        # Half a surrogate pair is not Unicode, but people's phones send it.
        try:
            value = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise BadLine(f"not JSON: {type(error).__name__}") from None
    if not isinstance(value, dict):
        raise BadLine("not a JSON object")
    return value


def asked(line: LineIn) -> Asked:
    """Mask a line and make a sample of it."""
    if line.text is not None:
        field = Field.of(line.text, find(line.text))
        return Asked(line.id, ChatSample(field.masked, line.direction, line.language), (field,))
    if line.turns is not None:
        found = find_in_turns([(turn.speaker, turn.text) for turn in line.turns])
        fields = [Field.of(turn.text, spans) for turn, spans in zip(line.turns, found, strict=True)]
        turns = [
            Turn(speaker=turn.speaker, start=turn.start, end=turn.end, text=field.masked)
            for turn, field in zip(line.turns, fields, strict=True)
        ]
        return Asked(line.id, CallSample(turns, line.direction, line.language), fields)
    parts = (line.subject or "", line.body or "")
    subject, body = map(Field.of, parts, find_each(parts))
    sample = EmailSample(subject.masked, body.masked, _copies(line.cc), line.direction, line.language)
    return Asked(line.id, sample, (subject, body))


def _copies(copied: list[Any] | str | None) -> int:
    if isinstance(copied, str):
        return sum(bool(one.strip()) for one in copied.replace(";", ",").split(","))
    return len(copied or ())


def error_line(raw: bytes, number: int, error: Exception) -> dict[str, Any]:
    """Return what goes out for a bad line: its number, its id if it has one, and what is wrong."""
    try:
        identity = _object(raw).get("id")
    except BadLine:
        identity = None
    return {
        "id": identity if isinstance(identity, str | int) else None,
        "line": number,
        "error": _reason(error),
    }


def _reason(error: Exception) -> str:
    if isinstance(error, ValidationError):
        told = error.errors(include_input=False, include_url=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'line'}: {one['msg']}" for one in told[:3])
    return str(error)


def written(value: dict[str, Any]) -> bytes:
    """Return a line as JSON, whatever its strings hold."""
    try:
        return orjson.dumps(value) + b"\n"
    except (TypeError, orjson.JSONEncodeError):
        return json.dumps(value).encode("ascii") + b"\n"
