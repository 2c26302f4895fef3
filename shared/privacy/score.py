"""How well the masker does on labelled texts: `python -m shared.privacy.score FILE…`.

Reads the files that `marked.py` describes. A labelled span is found when a predicted span of its kind
overlaps it, and whole when nothing of it stays readable; a predicted span is right when it overlaps a
labelled one of its kind.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from shared.privacy.kinds import Span
from shared.privacy.marked import Sample, read
from shared.privacy.masker import find, find_each
from shared.privacy.transcripts.detector import find_in_turns

_ANY: Final = "any"


@dataclass(slots=True)
class Tally:
    """Counts of spans for one kind."""

    labelled: int = 0
    found: int = 0
    whole: int = 0
    """Those of which no letter and no digit stays readable, whatever they were taken for."""
    predicted: int = 0
    right: int = 0

    @property
    def recall(self) -> float:
        return self.found / self.labelled if self.labelled else 1.0

    @property
    def covered(self) -> float:
        """The share of the labelled values of which nothing stays readable."""
        return self.whole / self.labelled if self.labelled else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.predicted if self.predicted else 1.0

    @property
    def f1(self) -> float:
        total = self.recall + self.precision
        return 2 * self.recall * self.precision / total if total else 0.0


@dataclass(slots=True)
class Score:
    """Tallies by kind and language, and every span that was missed or predicted in vain."""

    tallies: dict[tuple[str, str], Tally] = field(default_factory=dict)
    missed: list[tuple[Sample, Span]] = field(default_factory=list)
    vain: list[tuple[Sample, Span]] = field(default_factory=list)

    def add(self, sample: Sample, predicted: Sequence[Span]) -> None:
        for span in sample.spans:
            hit = any(_overlap(span, other) and _alike(span, other) for other in predicted)
            self._count(sample, span.kind, labelled=1, found=hit, whole=_is_covered(sample, span, predicted))
            touched = any(_overlap(span, other) for other in predicted)
            self._count(sample, _ANY, labelled=1, found=touched)
            if not hit:
                self.missed.append((sample, span))
        for span in predicted:
            hit = any(_overlap(span, other) and _alike(span, other) for other in sample.spans)
            self._count(sample, span.kind, predicted=1, right=hit)
            touched = any(_overlap(span, other) for other in sample.spans)
            self._count(sample, _ANY, predicted=1, right=touched)
            if not hit:
                self.vain.append((sample, span))

    def _count(self, sample: Sample, kind: str, **counts: int) -> None:
        for language in (sample.language, "all"):
            tally = self.tallies.setdefault((kind, language), Tally())
            for name, count in counts.items():
                setattr(tally, name, getattr(tally, name) + count)


def _is_covered(sample: Sample, span: Span, predicted: Sequence[Span]) -> bool:
    """Whether nothing of a labelled value but signs lies outside what was predicted."""
    masked = {place for other in predicted for place in range(other.start, other.end)}
    return not any(
        sample.text[place].isalnum() for place in range(span.start, span.end) if place not in masked
    )


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _alike(one: Span, other: Span) -> bool:
    return one.kind == other.kind


def score(samples: Iterable[Sample]) -> Score:
    result = Score()
    for sample in samples:
        result.add(sample, predicted(sample))
    return result


def predicted(sample: Sample) -> Sequence[Span]:
    """What the masker finds in a text; in a turn or in a part of an e-mail as it reads the whole."""
    if not sample.whole:
        return find(sample.text)
    return (_in_call if sample.is_of_call else _in_email)(sample.whole)[sample.at]


@lru_cache(maxsize=1)
def _in_call(turns: tuple[tuple[str, str], ...]) -> Sequence[Sequence[Span]]:
    return find_in_turns(turns)


@lru_cache(maxsize=1)
def _in_email(parts: tuple[tuple[str, str], ...]) -> Sequence[Sequence[Span]]:
    return find_each([text for _, text in parts])


def table(result: Score) -> str:
    """The tallies as a table, one line for each kind and language."""
    lines = [
        f"{'kind':<15}{'lang':<6}{'labelled':>9}{'predicted':>10}{'prec':>8}{'rec':>8}{'whole':>8}{'f1':>8}"
    ]
    for (kind, language), tally in sorted(result.tallies.items()):
        lines.append(
            f"{kind:<15}{language:<6}{tally.labelled:>9}{tally.predicted:>10}"
            f"{tally.precision:>8.4f}{tally.recall:>8.4f}{tally.covered:>8.4f}{tally.f1:>8.4f}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Score the files named; `--errors` prints every miss and false find as well."""
    parser = argparse.ArgumentParser(prog="python -m shared.privacy.score", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--part", choices=("all", "developed", "held-out"), default="all")
    parser.add_argument("--errors", action="store_true", help="print what was missed or wrong")
    options = parser.parse_args(arguments)
    samples = list(read(options.files))
    if options.part != "all":
        samples = [s for s in samples if s.is_held_out == (options.part == "held-out")]
    result = score(samples)
    lines = [f"{len(samples)} texts", table(result)]
    if options.errors:
        lines += _errors("missed", result.missed) + _errors("wrong", result.vain)
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _errors(title: str, errors: Iterable[tuple[Sample, Span]]) -> list[str]:
    kinds = Counter(span.kind for _, span in errors)
    return [f"{title}: {dict(kinds)}"] + [
        f"  {span.kind} [{sample.text[span.start : span.end]}] in: {sample.text!r}" for sample, span in errors
    ]


if __name__ == "__main__":
    raise SystemExit(main())
