"""The command `etiqueta classify`: messages in, tags out, a line each; or a score of labelled ones."""

import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from services.classifier.tagging.lines import Asked, BadLine, error_line, read_line, written
from services.classifier.tagging.samples import ChatSample, Tagger
from services.classifier.tagging.scoring import FEW_WORDS, Labels, Score, table
from services.classifier.tagging.tagger import load_tagger
from shared.tags import Finding, Flag, Intent, Language

_BATCH_LINES: Final = 100
_CHUNK_BYTES: Final = 1 << 18
_STANDARD_INPUT: Final = 0

EXAMPLE: Final = """Example:

    echo '{"id": "1", "text": "¿ya llegó la guía 88231?"}' | etiqueta classify

    etiqueta classify --score labelled.ndjson --json
"""


def classify(
    file: Annotated[
        Path | None, typer.Argument(help="NDJSON, a message a line; standard input if left out or -.")
    ] = None,
    score: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Compare with the labels of this NDJSON instead."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The score as one JSON object.")] = False,
) -> None:
    """Tag messages: NDJSON in, NDJSON out, streaming. A bad line becomes an error object on its line."""
    if score is not None:
        _tell_score(score, as_json=as_json)
        return
    if file is not None and str(file) != "-" and not file.is_file():
        raise typer.BadParameter(f"there is no file {file}", param_hint="FILE")
    tagger = load_tagger()
    for lines in _batches(file):
        sys.stdout.buffer.writelines(written(line) for line in classified(tagger, lines))
        sys.stdout.buffer.flush()


def _batches(file: Path | None) -> Iterator[list[tuple[int, bytes]]]:
    """Yield lines with their numbers as they arrive: what is there now is answered now."""
    descriptor = _STANDARD_INPUT if file is None or str(file) == "-" else os.open(file, os.O_RDONLY)
    number, rest = 0, b""
    try:
        while chunk := os.read(descriptor, _CHUNK_BYTES):
            *lines, rest = (rest + chunk).split(b"\n") if b"\n" in chunk else (rest + chunk,)
            for start in range(0, len(lines), _BATCH_LINES):
                batch = lines[start : start + _BATCH_LINES]
                yield list(enumerate(batch, start=number + 1))
                number += len(batch)
        if rest.strip():
            yield [(number + 1, rest)]
    finally:
        if descriptor != _STANDARD_INPUT:
            os.close(descriptor)


def classified(tagger: Tagger, lines: Iterable[tuple[int, bytes]]) -> list[dict[str, Any]]:
    """Return what goes out for a batch of numbered lines, in order; blank lines say nothing."""
    out: list[dict[str, Any]] = []
    asked: list[tuple[int, Asked]] = []
    for number, raw in lines:
        if not raw.strip():
            continue
        try:
            asked.append((len(out), read_line(raw)))
            out.append({})
        except (BadLine, ValidationError) as error:
            out.append(error_line(raw, number, error))
    tagged = tagger.tag([one.sample for _, one in asked]) if asked else ()
    for (place, one), tags in zip(asked, tagged, strict=True):
        out[place] = one.out(tags)
    return out


class _Labelled(BaseModel):
    """The labels of a line, beside what it says."""

    model_config = ConfigDict(extra="ignore")

    intent: Intent | None = None
    flags: list[Flag] | None = None
    findings: list[Finding | dict[str, Any]] | None = None
    language: Language | None = None

    def labels(self) -> Labels:
        findings = None
        if self.findings is not None:
            named = (one["finding"] if isinstance(one, dict) else one for one in self.findings)
            findings = frozenset(map(str, named))
        flags = None if self.flags is None else frozenset(map(str, self.flags))
        return Labels(self.intent, flags, findings, self.language)


def _tell_score(path: Path, *, as_json: bool) -> None:
    result = score_lines(load_tagger(), path.read_bytes().split(b"\n")).as_json()
    print(json.dumps(result, ensure_ascii=False, indent=2) if as_json else table(result))


def score_lines(tagger: Tagger, lines: Sequence[bytes]) -> Score:
    """Score labelled lines. The first that cannot be read ends it, with its number."""
    score = Score()
    for start in range(0, len(lines), _BATCH_LINES):
        batch: list[tuple[Labels, Asked]] = []
        for number, raw in enumerate(lines[start : start + _BATCH_LINES], start=start + 1):
            if raw.strip():
                batch.append(_read_labelled(number, raw))
        for (labels, one), tags in zip(batch, tagger.tag([one.sample for _, one in batch]), strict=True):
            sample = one.sample
            words = len(sample.text.split()) if isinstance(sample, ChatSample) else FEW_WORDS
            score.add(labels, tags, words)
    return score


def _read_labelled(number: int, raw: bytes) -> tuple[Labels, Asked]:
    try:
        labels = _Labelled.model_validate_json(raw).labels()
        # The label is what is asked for: it must not help as a hint.
        return labels, read_line(_without_language(raw))
    except (BadLine, ValidationError, KeyError) as error:
        raise typer.BadParameter(
            f"line {number}: {error_line(raw, number, error)['error']}", param_hint="--score"
        ) from None


def _without_language(raw: bytes) -> bytes:
    value = json.loads(raw)
    value.pop("language", None)
    return json.dumps(value).encode()
