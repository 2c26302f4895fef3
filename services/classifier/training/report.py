"""How good the model is on what was held out, by language and kind."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final

from services.classifier.tagging.samples import CallSample, ChatSample, EmailSample, Sample, Tagger
from services.classifier.tagging.scoring import FEW_WORDS, Labels, Score, table
from services.classifier.training.corpus import Call, Labelled, Mail, Message, plain
from shared.events.messages import Turn
from shared.privacy import Span, find_each, find_in_turns, mask
from shared.privacy.placeholders import replaced
from shared.tags import Direction

_BATCH: Final = 100

Labelled_ = Message | Mail | Call


def sample_of(one: Labelled_) -> Sample:
    """Return a labelled text as it arrives: masked by the masker, not by its marks."""
    match one:
        case Message():
            return ChatSample(mask(one.text).text, one.direction)
        case Mail():
            parts = (plain(one.subject), plain(one.body))
            subject, body = map(_masked, parts, find_each(parts))
            return EmailSample(subject, body, one.copies, one.direction)
        case Call():
            said = [(turn.speaker, plain(turn.text)) for turn in one.turns]
            masked = [
                _masked(text, spans) for (_, text), spans in zip(said, find_in_turns(said), strict=True)
            ]
            turns = [
                Turn(
                    speaker="agent" if turn.speaker == "agent" else "client",
                    start=turn.start,
                    end=turn.end,
                    text=text,
                )
                for turn, text in zip(one.turns, masked, strict=True)
            ]
            return CallSample(turns, one.direction)


def _masked(text: str, spans: Sequence[Span]) -> str:
    return replaced(text, spans).text


def labels_of(one: Labelled_) -> Labels:
    """Return what a labelled text is."""
    if isinstance(one, Message):
        return Labels(one.intent, frozenset(map(str, one.flags)), None, one.language)
    return Labels(None, None, frozenset(map(str, one.findings)), one.language)


def score(tagger: Tagger, labelled: Sequence[Labelled_]) -> Score:
    """Score the tagger on labelled texts."""
    result = Score()
    for start in range(0, len(labelled), _BATCH):
        batch = labelled[start : start + _BATCH]
        for one, tags in zip(batch, tagger.tag([sample_of(one) for one in batch]), strict=True):
            result.add(labels_of(one), tags, _words_of(one))
    return result


def _words_of(one: Labelled_) -> int:
    return len(one.text.split()) if isinstance(one, Message) else FEW_WORDS


def groups(labelled: Iterable[Labelled_]) -> dict[str, list[Labelled_]]:
    """Return labelled texts by what they are and their language."""
    found: defaultdict[str, list[Labelled_]] = defaultdict(list)
    for one in labelled:
        if isinstance(one, Message):
            who = "client" if one.direction is Direction.INBOUND else "staff"
            found[f"{who} {one.language}"].append(one)
        else:
            found["e-mail" if isinstance(one, Mail) else "call"].append(one)
    return dict(sorted(found.items()))


def report(tagger: Tagger, labelled: Iterable[Labelled]) -> dict[str, dict[str, Any]]:
    """Return the score of each group."""
    chosen = [one for one in labelled if isinstance(one, Message | Mail | Call)]
    return {name: score(tagger, group).as_json() for name, group in groups(chosen).items()}


def tell(scores: dict[str, dict[str, Any]]) -> str:
    """Return the scores of all groups as a person reads them."""
    return "\n\n".join(f"== {name}\n{table(one)}" for name, one in scores.items())
