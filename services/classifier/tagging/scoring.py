"""How good tags are against labels: precision, recall and F1 a tag, confusion of intents, calibration."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from shared.events.decisions import Tags
from shared.tags import Intent, Language

_BINS: Final = 10
FEW_WORDS: Final = 4
"""Of fewer, the language is often that of two or three; it is not scored."""


@dataclass(frozen=True, slots=True)
class Labels:
    """What a message is, as a person says; None: not said."""

    intent: Intent | None = None
    flags: frozenset[str] | None = None
    findings: frozenset[str] | None = None
    language: Language | None = None


@dataclass(slots=True)
class Tally:
    """Counts for one tag."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 0.0

    @property
    def f1(self) -> float:
        told = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / told if told else 0.0

    def as_json(self) -> dict[str, float | int]:
        return {
            "precision": round(self.precision, 4),
            "recall": round(self.recall, 4),
            "f1": round(self.f1, 4),
            "labelled": self.right + self.missed,
        }


@dataclass(slots=True)
class Score:
    """A comparison in the making."""

    count: int = 0
    intents: dict[str, Tally] = field(default_factory=dict)
    flags: dict[str, Tally] = field(default_factory=dict)
    findings: dict[str, Tally] = field(default_factory=dict)
    confusion: Counter[tuple[str, str]] = field(default_factory=Counter)
    sure: list[tuple[float, bool]] = field(default_factory=list)
    languages: list[bool] = field(default_factory=list)
    """Whether each text's was right, of texts of four words and more."""

    def add(self, labels: Labels, tags: Tags, words: int = FEW_WORDS) -> None:
        """Compare one message of so many words."""
        self.count += 1
        if labels.intent is not None and tags.intent is not None:
            self._add_intent(labels.intent, tags)
        for labelled, told, tallies in (
            (labels.flags, tags.flags, self.flags),
            (labels.findings, tags.findings or (), self.findings),
        ):
            if labelled is not None:
                self._add_set(labelled, frozenset(map(str, told)), tallies, tags.confidence)
        if labels.language is not None and words >= FEW_WORDS:
            self.languages.append(labels.language is tags.language)

    def _add_intent(self, labelled: Intent, tags: Tags) -> None:
        told = tags.intent
        self.confusion[str(labelled), str(told)] += 1
        is_right = labelled == told
        self.sure.append((tags.confidence.get(str(told), 1.0), is_right))
        if is_right:
            _tally(self.intents, labelled).right += 1
        else:
            _tally(self.intents, labelled).missed += 1
            _tally(self.intents, str(told)).wrong += 1

    def _add_set(
        self,
        labelled: frozenset[str],
        told: frozenset[str],
        tallies: dict[str, Tally],
        confidence: Mapping[str, float],
    ) -> None:
        for tag in told:
            is_right = tag in labelled
            self.sure.append((confidence.get(tag, 1.0), is_right))
            if is_right:
                _tally(tallies, tag).right += 1
            else:
                _tally(tallies, tag).wrong += 1
        for tag in labelled - told:
            _tally(tallies, tag).missed += 1

    @property
    def calibration_error(self) -> float:
        """The expected calibration error over all tags set, in ten bins of confidence."""
        bins: list[list[tuple[float, bool]]] = [[] for _ in range(_BINS)]
        for sure, is_right in self.sure:
            bins[min(int(sure * _BINS), _BINS - 1)].append((sure, is_right))
        apart = sum(abs(sum(sure for sure, _ in one) - sum(is_right for _, is_right in one)) for one in bins)
        return apart / len(self.sure) if self.sure else 0.0

    def as_json(self) -> dict[str, Any]:
        """Return everything, rounded."""
        return {
            "messages": self.count,
            "intent": _group(self.intents) | {"macro_f1": round(_macro(self.intents), 4)},
            "flags": _group(self.flags) | {"micro_f1": round(micro(self.flags.values()).f1, 4)},
            "findings": _group(self.findings) | {"micro_f1": round(micro(self.findings.values()).f1, 4)},
            "language_accuracy": round(sum(self.languages) / len(self.languages), 4)
            if self.languages
            else None,
            "expected_calibration_error": round(self.calibration_error, 4),
            "confusion": [
                {"labelled": labelled, "told": told, "count": count}
                for (labelled, told), count in sorted(self.confusion.items())
            ],
        }


def _tally(tallies: dict[str, Tally], tag: str) -> Tally:
    return tallies.setdefault(str(tag), Tally())


def micro(tallies: Iterable[Tally]) -> Tally:
    """Return all counts together."""
    every = list(tallies)
    return Tally(
        sum(one.right for one in every), sum(one.wrong for one in every), sum(one.missed for one in every)
    )


def _macro(tallies: Mapping[str, Tally]) -> float:
    labelled = [one for one in tallies.values() if one.right + one.missed]
    return sum(one.f1 for one in labelled) / len(labelled) if labelled else 0.0


def _group(tallies: Mapping[str, Tally]) -> dict[str, Any]:
    return {"tags": {tag: tallies[tag].as_json() for tag in sorted(tallies)}}


def table(score: Mapping[str, Any]) -> str:
    """Return a score as a person reads it."""
    lines = [f"{score['messages']} messages"]
    for kind, summary in (("intent", "macro_f1"), ("flags", "micro_f1"), ("findings", "micro_f1")):
        if not score[kind]["tags"]:
            continue
        lines += ["", f"{kind:<20}precision  recall     F1  labelled"]
        for tag, one in score[kind]["tags"].items():
            numbers = f"{one['precision']:>9.3f}{one['recall']:>8.3f}{one['f1']:>7.3f}"
            lines.append(f"  {tag:<18}{numbers}{one['labelled']:>10}")
        lines.append(f"  {summary.replace('_', '-')}: {score[kind][summary]:.3f}")
    if score["language_accuracy"] is not None:
        lines += ["", f"language, texts of four words and more: {score['language_accuracy']:.3f} right"]
    lines += ["", f"expected calibration error: {score['expected_calibration_error']:.3f}"]
    return "\n".join(lines + _matrix(score["confusion"]))


def _matrix(confusion: Sequence[Mapping[str, Any]]) -> list[str]:
    if not confusion:
        return []
    tags = [str(intent) for intent in Intent]
    counts = {(one["labelled"], one["told"]): one["count"] for one in confusion}
    lines = ["", "labelled (rows) and told (columns)", " " * 20 + "".join(f"{tag[:8]:>9}" for tag in tags)]
    for labelled in tags:
        cells = "".join(f"{counts.get((labelled, told), 0) or '.':>9}" for told in tags)
        lines.append(f"  {labelled:<18}{cells}")
    return lines
