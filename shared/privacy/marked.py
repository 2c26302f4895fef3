"""Labelled texts with their personal data marked: `{{kind:value}}` inside the text.

Three kinds of file: messages, `intent | flags | marked text` under `# trade | scenario | region` lines;
NDJSON of e-mails and calls with inline marks; NDJSON with `text` and `spans` [kind, start, end] (and
`lang`).
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from shared.privacy.kinds import SensitiveKind, Span

MARK: Final = re.compile(r"\{\{(\w+):(.*?)\}\}", re.DOTALL)
DEVELOPED_ON: Final = "-personal-"
"""In the names of files of messages on the whole of which the masker was developed."""
FOLDS: Final = 5
"""One of so many blocks is held out."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One labelled text; `block` names what it is held out by.

    A turn of a call or a part of an e-mail knows the whole: (speaker, text) of each, no speaker in e-mails.
    """

    text: str
    language: str
    spans: tuple[Span, ...]
    block: str = ""
    whole: tuple[tuple[str, str], ...] = ()
    at: int = 0
    """Which of `whole` it is."""

    @property
    def is_of_call(self) -> bool:
        """Whether it is a turn of a call: the parts of an e-mail have no speaker."""
        return any(speaker for speaker, _ in self.whole[:1])

    @property
    def is_held_out(self) -> bool:
        """Whether its block is one of the fifth that nothing is developed on."""
        return block_digest(self.block) % FOLDS == 0


def block_digest(block: str) -> int:
    """Return a number for a block ("trade|scenario"): what it divides into stays together."""
    return int(hashlib.sha1(block.encode(), usedforsecurity=False).hexdigest(), 16)


def read_ndjson(path: Path) -> Iterator[Sample]:
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        if "spans" not in row:
            yield from _marked_parts(row)
            continue
        spans = tuple(
            Span(SensitiveKind(kind), start, end)
            for kind, start, end in row["spans"]
            if kind in set(SensitiveKind)
        )
        yield Sample(row["text"], row.get("lang", "?"), spans)


def _marked_parts(row: dict[str, Any]) -> Iterator[Sample]:
    """The subject and body of an e-mail, or the turns of a call, each with inline marks."""
    parts = [("", row["subject"]), ("", row["body"])] if "body" in row else []
    parts += [(turn["speaker"], turn["text"]) for turn in row.get("turns", ())]
    block = f"{row.get('trade', '')}|{row.get('scenario', '')}"
    samples = [parse_marked(text, language=row.get("language", "?")[:2], block=block) for _, text in parts]
    whole = tuple((speaker, sample.text) for (speaker, _), sample in zip(parts, samples, strict=True))
    yield from (replace(sample, whole=whole, at=at) for at, sample in enumerate(samples) if sample.text)


def read_marked(path: Path) -> Iterator[Sample]:
    block = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            block = "|".join(part.strip() for part in line[1:].split("|")[:2])
        elif line.count("|") >= 2:
            marked = line.split("|", 2)[2].strip().replace("\\n", "\n")
            yield parse_marked(marked, language=path.name[:2], block=block)


def parse_marked(marked: str, *, language: str = "?", block: str = "") -> Sample:
    """A text with inline marks as a text and its spans; unknown kinds lose only their mark."""
    pieces: list[str] = []
    spans: list[Span] = []
    length = copied = 0
    for found in MARK.finditer(marked):
        between = marked[copied : found.start()]
        start = length + len(between)
        length = start + len(found[2])
        pieces += (between, found[2])
        copied = found.end()
        if found[1] in set(SensitiveKind):
            spans.append(Span(SensitiveKind(found[1]), start, length))
    return Sample("".join((*pieces, marked[copied:])), language, tuple(spans), block)


def read(paths: Iterable[Path]) -> Iterator[Sample]:
    for path in paths:
        yield from read_marked(path) if path.suffix == ".txt" else read_ndjson(path)
