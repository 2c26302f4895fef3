"""How well the masker does on the labelled texts, for the model card."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

from services.classifier.training.corpus import INDEPENDENT, MESSAGES, PERSONAL
from shared.privacy.kinds import STRUCTURED, SensitiveKind
from shared.privacy.marked import DEVELOPED_ON, Sample, read
from shared.privacy.score import Tally, score

_ALL_LANGUAGES: Final = "all"
_MEDIA: Final = ("chat", "e-mails", "calls")


def masker_figures() -> dict[str, dict[str, dict[str, float | int]]]:
    """Return, for texts it was not developed on, the figures of each kind and of the structured together."""
    unseen = (path for path in _files(MESSAGES) if DEVELOPED_ON not in path.name)
    held_out = [sample for sample in read(unseen) if sample.is_held_out]
    independent = {part: _figures(read(_files(folder))) for part, folder in INDEPENDENT.items()}
    personal = _figures(read(_files(PERSONAL)))
    return {"held_out": _figures(held_out), **independent, "personal": personal}


def _files(folder: Path) -> Sequence[Path]:
    return sorted((*folder.glob("*.txt"), *folder.glob("*.ndjson")))


def _figures(samples: Iterable[Sample]) -> dict[str, dict[str, float | int]]:
    of_medium: dict[str, list[Sample]] = {medium: [] for medium in _MEDIA}
    for sample in samples:
        of_medium[_medium(sample)].append(sample)
    tallies = {medium: _tallies(some) for medium, some in of_medium.items() if some}
    together = {kind: _added(one[kind] for one in tallies.values()) for kind in SensitiveKind}
    told = {"structured, together": _structured(together)}
    if len(tallies) > 1:
        told |= {f"structured, {medium}": _structured(one) for medium, one in tallies.items()}
    told |= {str(kind): tally for kind, tally in together.items()}
    return {name: _plain(tally) for name, tally in told.items() if tally.labelled or tally.predicted}


def _medium(sample: Sample) -> str:
    if not sample.whole:
        return "chat"
    return "calls" if sample.is_of_call else "e-mails"


def _tallies(samples: Iterable[Sample]) -> dict[SensitiveKind, Tally]:
    tallies = score(samples).tallies
    return {kind: tallies.get((kind, _ALL_LANGUAGES), Tally()) for kind in SensitiveKind}


def _structured(tallies: Mapping[SensitiveKind, Tally]) -> Tally:
    return _added(tallies[kind] for kind in STRUCTURED)


def _added(tallies: Iterable[Tally]) -> Tally:
    total = Tally()
    for one in tallies:
        total.labelled += one.labelled
        total.found += one.found
        total.whole += one.whole
        total.predicted += one.predicted
        total.right += one.right
    return total


def _plain(tally: Tally) -> dict[str, float | int]:
    return {
        "precision": round(tally.precision, 4),
        "recall": round(tally.recall, 4),
        "whole": round(tally.covered, 4),
        "f1": round(tally.f1, 4),
        "labelled": tally.labelled,
    }
