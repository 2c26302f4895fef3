"""The whole training: fits without the held-out fifth and measures on it, fits on all, writes the file."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from services.classifier.tagging.chat import read
from services.classifier.tagging.email import TONE_FINDINGS, tone_features
from services.classifier.tagging.lexicon import Lexicon
from services.classifier.tagging.linear import Model, dictionary_of, load_model, model_of
from services.classifier.tagging.prepare import prepare
from services.classifier.tagging.sentences import sentences
from services.classifier.tagging.tagger import LinearTagger
from services.classifier.training import detector, transcripts
from services.classifier.training.alike import share_of_near_duplicates
from services.classifier.training.card import write_card
from services.classifier.training.corpus import (
    INDEPENDENT,
    Labelled,
    Mail,
    Message,
    masked,
    read_calls,
    read_mails,
    read_messages,
)
from services.classifier.training.features import Weighing, features_of, known_words, vocabulary
from services.classifier.training.fit import (
    Calibrated,
    Scorer,
    calibrate_choice,
    calibrate_few,
    calibrate_flags,
    columns,
    fit_scorer,
    scores_of_unseen,
)
from services.classifier.training.heads import HEADS, LEARNED_CLIENT_FLAGS, LEARNED_STAFF_FLAGS
from services.classifier.training.lexicon_table import build_lexicon
from services.classifier.training.masking import masker_figures
from services.classifier.training.model_file import write
from services.classifier.training.report import report, tell
from shared.tags import Direction, Finding, Flag

MODEL: Final = Path(__file__).parents[1] / "model" / "model.npz"
FIGURES: Final = MODEL.with_name("figures.json")
"""How good the model is on what was held out: what the model card tells."""
F32 = NDArray[np.float32]
L = TypeVar("L", bound=Labelled)


def main() -> None:
    """Measure a model of four fifths of the scenarios on the last, then write one of all of them.

    The masker's learned detector comes first, for the masker's figures are told beside the classifier's.
    """
    _say("the masker's learned detector, without the fifth that is held out")
    detector.main()
    _say("its model of calls")
    transcripts.main()
    messages, mails, calls = read_messages(), read_mails(), read_calls()
    figures: dict[str, Any] = {"near_duplicates": round(share_of_near_duplicates(messages), 4)}
    _say(f"{len(messages)} messages; first without the fifth that is held out")
    measured = LinearTagger(model_of(fitted(_unless_held_out(messages), _unless_held_out(mails))))
    held_out = [one for one in (*messages, *mails, *calls) if one.is_held_out]
    figures["held_out"] = _told("held out", report(measured, held_out))
    _say("now with all of them")
    write(MODEL, fitted(messages, mails))
    tagger = LinearTagger(load_model())
    others = [one for folder in INDEPENDENT.values() for one in read_messages(folder)]
    figures["near_training"] = round(share_of_near_duplicates(others, before=messages), 4)
    for part, folder in INDEPENDENT.items():
        strangers = [*read_messages(folder), *read_mails(folder), *read_calls(folder)]
        figures[part] = _told(part, report(tagger, strangers))
    figures["masker"] = masker_figures()
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    write_card(figures)
    _say(f"{MODEL.name}: {MODEL.stat().st_size / 1e6:.1f} MB")


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201


def _told(name: str, scores: dict[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    _say(f"\n=== {name}\n\n{tell(scores)}")
    return scores


def _unless_held_out(labelled: Sequence[L]) -> list[L]:
    return [one for one in labelled if not one.is_held_out]


def fitted(messages: Sequence[Message], mails: Sequence[Mail]) -> dict[str, NDArray[Any]]:
    """Return the arrays of a model of these messages and e-mails."""
    lexicon, hashes, groups = build_lexicon(
        vocabulary(messages), [prepare(message.masked).text for message in messages]
    )
    features = features_of(messages, lexicon)
    rows = np.arange(len(messages))
    known = dictionary_of(known_words()).telling([message.masked for message in messages])
    calibrations = calibrate(scores_of_unseen(features, messages, rows), known, messages)
    about = (fit_scorer(features, messages, rows), calibrations, lexicon, hashes, groups)
    # What e-mails add is learned with the model that reads their sentences.
    calibrations["email"] = calibrate_mails(model_of(arrays_of(*about)), mails)
    return arrays_of(*about)


def calibrate(scores: F32, known: F32, messages: Sequence[Message]) -> dict[str, Calibrated]:
    """Fit the second stages on scores of texts that the first stage had not seen.

    `known` is which languages know the words of each (texts, languages).
    """
    inbound = np.array([message.direction is Direction.INBOUND for message in messages])
    client = columns("intent:") + columns("client:")
    staff = columns("staff:")
    written_by_clients = [message for message in messages if message.intent is not None]
    written_by_staff = [message for message in messages if message.intent is None]
    return {
        "intent": calibrate_choice(
            "intent:", client, scores[inbound], [str(m.intent) for m in written_by_clients]
        ),
        "language": calibrate_choice(
            "language:",
            [*columns("language:"), *range(len(HEADS), len(HEADS) + known.shape[1])],
            np.hstack((scores, known)),
            [str(m.language) for m in messages],
        ),
        "client": calibrate_flags(
            "client:", client, scores[inbound], _has(written_by_clients, LEARNED_CLIENT_FLAGS)
        ),
        "staff": calibrate_flags(
            "staff:", staff, scores[~inbound], _has(written_by_staff, LEARNED_STAFF_FLAGS)
        ),
    }


def _has(messages: Sequence[Message], flags: Sequence[Flag]) -> NDArray[np.bool_]:
    return np.array([[flag in message.flags for flag in flags] for message in messages])


def calibrate_mails(model: Model, mails: Sequence[Mail]) -> Calibrated:
    """Fit the findings of an e-mail's tone."""
    rows: list[F32] = []
    for mail in mails:
        body = masked(mail.body)
        spans = sentences(body) or [(0, len(body))]
        texts = read(model, [*(body[start:end] for start, end in spans), f"{masked(mail.subject)}\n{body}"])
        rows.append(tone_features(model, texts, len(spans), body))
    has = np.array([[finding in mail.findings for finding in TONE_FINDINGS] for mail in mails])
    own = np.arange(3)
    inputs = [
        [*(own + 3 * at), *([12, 13] if finding is Finding.UNSPECIFIC else [])]
        for at, finding in enumerate(TONE_FINDINGS)
    ]
    return calibrate_few([str(finding) for finding in TONE_FINDINGS], inputs, np.stack(rows), has)


def arrays_of(
    scorer: Scorer,
    calibrations: Mapping[str, Calibrated],
    lexicon: Lexicon,
    hashes: NDArray[np.uint64],
    groups: NDArray[np.uint16],
) -> dict[str, NDArray[Any]]:
    """Return the arrays of the model file: the same input gives the same."""
    about = {
        "tags": [head.name for head in HEADS],
        "lines": [[line.section, list(line.groups), line.whole] for line in lexicon.lines],
        "calibration": {name: _plain(calibration) for name, calibration in calibrations.items()},
    }
    return {
        "about": np.frombuffer(json.dumps(about).encode(), np.uint8),
        "bias": scorer.bias,
        "dense": scorer.dense_weights.astype(np.float16),
        "phrase_step": np.diff(hashes, prepend=np.uint64(0)),
        "phrase_group": groups,
        **known_words(),
        **{
            name: array
            for kind, weighing in scorer.weighings.items()
            for name, array in _packed(kind, weighing, scorer.weights[kind]).items()
        },
    }


def _packed(name: str, weighing: Weighing, weights: F32) -> dict[str, NDArray[Any]]:
    """One byte a weight, a scale a tag."""
    scale = np.abs(weights).max(axis=0) / 127
    return {
        f"{name}_bucket": weighing.buckets.astype(np.int32),
        f"{name}_rarity": weighing.rarity.astype(np.float16),
        f"{name}_weight": np.round(weights / scale).astype(np.int8),
        f"{name}_scale": scale.astype(np.float32),
    }


def _plain(calibration: Calibrated) -> dict[str, Any]:
    return {
        "tags": list(calibration.tags),
        "inputs": [int(at) for at in calibration.inputs],
        "weights": np.round(calibration.weights, 5).tolist(),
        "bias": np.round(calibration.bias, 5).tolist(),
        "thresholds": np.round(calibration.thresholds, 3).tolist(),
    }
