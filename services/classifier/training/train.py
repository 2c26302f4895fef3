"""The whole training: reads the messages, fits, calibrates, measures, writes the model file."""

import json
from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from services.classifier.tagging.chat import read
from services.classifier.tagging.email import TONE_FINDINGS, tone_features
from services.classifier.tagging.lexicon import Lexicon
from services.classifier.tagging.linear import Model, load_model, model_of
from services.classifier.tagging.prepare import prepare
from services.classifier.tagging.sentences import sentences
from services.classifier.tagging.tagger import LinearTagger
from services.classifier.training.card import write_card
from services.classifier.training.corpus import Mail, Message, masked, read_calls, read_mails, read_messages
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
from services.classifier.training.report import report, share_of_near_duplicates, tell
from shared.tags import Direction, Finding, Flag

MODEL: Final = Path(__file__).parents[1] / "model" / "model.npz"
FIGURES: Final = MODEL.with_name("figures.json")
"""How good the model is on what was held out: what the model card tells."""
F32 = NDArray[np.float32]


def main() -> None:
    """Train on four fifths of the scenarios and write the model."""
    messages = read_messages()
    learned = [message for message in messages if not message.is_held_out]
    print(f"{len(messages)} messages, {len(learned)} to learn from", flush=True)  # noqa: T201
    lexicon, hashes, groups = build_lexicon(
        vocabulary(learned), [prepare(message.masked).text for message in learned]
    )
    features = features_of(learned, lexicon)
    rows = np.arange(len(learned))
    unseen = scores_of_unseen(features, learned, rows)
    calibrations = calibrate(unseen, learned)
    scorer = fit_scorer(features, learned, rows)
    about = (scorer, calibrations, lexicon, hashes, groups)
    # What e-mails add is learned with the model that reads their sentences.
    calibrations["email"] = calibrate_mails(model_of(arrays_of(*about)), read_mails())
    write(MODEL, arrays_of(*about))
    tagger = LinearTagger(load_model())
    everything = [*messages, *read_mails(), *read_calls()]
    scores = report(tagger, [one for one in everything if one.is_held_out])
    figures = {"near_duplicates": round(share_of_near_duplicates(messages), 4), "held_out": scores}
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    write_card(figures)
    print(tell(scores), flush=True)  # noqa: T201
    print(f"{MODEL.name}: {MODEL.stat().st_size / 1e6:.1f} MB", flush=True)  # noqa: T201


def calibrate(scores: F32, messages: Sequence[Message]) -> dict[str, Calibrated]:
    """Fit the second stages on scores of texts that the first stage had not seen."""
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
            "language:", columns("language:"), scores, [str(m.language) for m in messages]
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
    learned = [mail for mail in mails if not mail.is_held_out]
    rows: list[F32] = []
    for mail in learned:
        body = masked(mail.body)
        spans = sentences(body) or [(0, len(body))]
        texts = read(model, [*(body[start:end] for start, end in spans), f"{masked(mail.subject)}\n{body}"])
        rows.append(tone_features(model, texts, len(spans), body))
    has = np.array([[finding in mail.findings for finding in TONE_FINDINGS] for mail in learned])
    own = np.arange(3)
    inputs = [
        [*(own + 3 * at), *([12, 13] if finding is Finding.UNSPECIFIC else [])]
        for at, finding in enumerate(TONE_FINDINGS)
    ]
    return calibrate_few([str(finding) for finding in TONE_FINDINGS], inputs, np.stack(rows), has)


def write(path: Path, arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write the model file."""
    buffer = BytesIO()
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]
    path.write_bytes(buffer.getvalue())


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
        **_packed("letters", scorer.letters, scorer.letter_weights),
        **_packed("words", scorer.words, scorer.word_weights),
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
