"""Calls: who spoke over whom by the clock, the rest by rule and by the model, turn by turn."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from services.classifier.tagging.call_course import OPENING_TURNS, closing_turns, ends_well, opens_well
from services.classifier.tagging.chat import Read, language_of, read, sensitive_evidence
from services.classifier.tagging.evidence import evidence_span
from services.classifier.tagging.linear import Model
from services.classifier.tagging.samples import CallSample
from shared.events.decisions import Evidence, Tags
from shared.events.messages import Turn
from shared.privacy.text.folding import fold
from shared.tags import Direction, Finding, Flag, Intent

_OVERLAP_SECONDS: Final = 0.4
"""Shorter overlaps are how people take turns."""
_BACKCHANNEL_WORDS: Final = 3
"""So few words while the other goes on ("aham, entendi") are listening."""
_REPEATED: Final = 2
_LONG_WORDS: Final = 55
_MOST_TURNS: Final = 500
_READ_CODE_POINTS: Final = 3_000
"""Of a turn, by the patterns here: nobody says more without a breath."""
_SENTENCE: Final = re.compile(r"[^.!?]+[.!?]*")
_SURE: Final = 0.99
_LIKELY: Final = 0.85
_UPSET: Final = re.compile(
    r"(?:por favor\b.*\bpor favor|pelo amor|por el amor|por dios|desesper\w+|no puedo mas|"
    r"nao aguento|no aguanto|at the end of my|gritando|gritar|"
    r"(?:mil|cien|dez|diez|veinte) veces|mil vezes|de novo isso|ruego|apurense|se lo suplico|"
    r"eu to tremendo|estoy temblando|i can't take|would you let me|ay,? no\b(?!,? (?:que|ya))|"
    r"no me grites|que disculpa|ya basta)"
)
_GLAD: Final = re.compile(
    r"(?:\b(?:haha|jaja|jeje|kkk|rsrs|ha ha|obrigad|gracias|thank|que (?:bom|bueno|dicha|legal|lindo|rico)|"
    r"great|perfect|maravilh|maravill|parabens|felici|adoro|me encanta|love|yay|wonderful|deus lhe|"
    r"dios (?:le|lo|la)|gol\b|campeo))"
)
"""Exclamations of joy are no agitation."""

Told = tuple[Finding, float, int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Listened:
    """A call as it is judged: its turns and what the model reads in each."""

    sample: CallSample
    turns: Sequence[Turn]
    folded: Sequence[str]
    texts: Read

    def turns_of(self, speaker: str) -> list[int]:
        return [at for at, turn in enumerate(self.turns) if turn.speaker == speaker]


def tag_call(model: Model, sample: CallSample) -> Tags:
    """Tag one call."""
    turns = [turn for turn in sample.turns if turn.text.strip()][:_MOST_TURNS]
    places = [at for at, turn in enumerate(sample.turns) if turn.text.strip()][:_MOST_TURNS]
    texts = read(model, [*(turn.text for turn in turns), "\n".join(turn.text for turn in turns)])
    heard = Listened(sample, turns, [fold(turn.text[:_READ_CODE_POINTS]).text for turn in turns], texts)
    told = [
        *_unidentified(heard),
        *_interrupts(heard),
        *_no_recap(heard),
        *_rambling(heard),
        *_tone(model, heard),
    ]
    evidence = [_evidence(turns, places, one) for one in told]
    confidence = {str(finding): round(sure, 4) for finding, sure, _, _ in told}
    secrets = [
        one.model_copy(update={"turn": places[at], "speaker": turn.speaker})
        for at, turn in enumerate(turns)
        for one in sensitive_evidence(turn.text)
    ]
    if secrets:
        confidence[Finding.SENSITIVE_DATA] = _SURE
    return Tags(
        language=language_of(texts, len(turns), sample.hint),
        findings=tuple(finding for finding in Finding if finding in confidence),
        confidence=confidence,
        evidence=(*evidence, *secrets),
    )


def _evidence(turns: Sequence[Turn], places: Sequence[int], told: Told) -> Evidence:
    finding, _, at, (start, end) = told
    turn = turns[at]
    return Evidence(
        tag=str(finding),
        start=start,
        end=end,
        turn=places[at],
        speaker=turn.speaker,
        excerpt=turn.text[start:end],
    )


def _whole(turn: Turn) -> tuple[int, int]:
    return 0, min(len(turn.text), 160)


def _unidentified(heard: Listened) -> Iterator[Told]:
    agent = heard.turns_of("agent")[:OPENING_TURNS]
    outbound = heard.sample.direction is Direction.OUTBOUND
    if agent and not opens_well(heard.turns, heard.folded, has_purpose_to_tell=outbound):
        at = agent[-1] if outbound else agent[0]
        yield Finding.UNIDENTIFIED, _LIKELY, at, _whole(heard.turns[at])


def _interrupts(heard: Listened) -> Iterator[Told]:
    times = Counter[str]()
    first: dict[str, int] = {}
    latest_end, latest_speaker = float("-inf"), ""
    for at, turn in enumerate(heard.turns):
        listens = turn.end <= latest_end and len(turn.text[:100].split()) <= _BACKCHANNEL_WORDS
        if turn.speaker != latest_speaker and turn.start < latest_end - _OVERLAP_SECONDS and not listens:
            times[turn.speaker] += 1
            first.setdefault(turn.speaker, at)
        if turn.end >= latest_end:
            latest_end, latest_speaker = turn.end, turn.speaker
    for speaker, count in times.items():
        if count >= _REPEATED:
            at = first[speaker]
            yield Finding.INTERRUPTS, _LIKELY + 0.1, at, _whole(heard.turns[at])


def _no_recap(heard: Listened) -> Iterator[Told]:
    closing = [at for at in closing_turns(heard.turns) if heard.turns[at].speaker == "agent"]
    if closing and not ends_well(heard.turns, heard.folded):
        at = closing[-1]
        yield Finding.NO_RECAP, _LIKELY, at, _whole(heard.turns[at])


def _rambling(heard: Listened) -> Iterator[Told]:
    social = list(Intent).index(Intent.PERSONAL_CHAT)
    for at, turn in enumerate(heard.turns):
        words = len(turn.text[: 10 * _READ_CODE_POINTS].split())
        if words >= _LONG_WORDS:
            sure = min(0.95, 0.6 + 0.35 * min(1.0, words / 100 + float(heard.texts.intents[at][social]) / 2))
            yield Finding.RAMBLING, sure, at, _whole(turn)
            return


def _tone(model: Model, heard: Listened) -> Iterator[Told]:
    client, staff = model.calibration["client"], model.calibration["staff"]
    aggressive = np.minimum(
        heard.texts.client[: len(heard.turns), client.tags.index(Flag.AGGRESSIVE)],
        heard.texts.staff[: len(heard.turns), staff.tags.index(Flag.AGGRESSIVE)],
    )
    least = client.least[client.tags.index(Flag.AGGRESSIVE)]
    angry: set[str] = set()
    for at, turn in enumerate(heard.turns):
        if float(aggressive[at]) >= least and turn.speaker not in angry:
            angry.add(turn.speaker)
            span = evidence_span(
                model,
                heard.texts.scored,
                at,
                heard.texts.prepared[at],
                f"client:{Flag.AGGRESSIVE}",
                {str(Flag.AGGRESSIVE)},
            )
            yield Finding.AGGRESSIVE, float(aggressive[at]), at, span
    agitation = [
        _agitation(turn.text, folded) + int("!" in turn.text and hostile >= least)
        for turn, folded, hostile in zip(heard.turns, heard.folded, aggressive.tolist(), strict=True)
    ]
    if agitation and max(agitation) >= 2:
        at = agitation.index(max(agitation))
        yield Finding.AGITATED_TONE, min(0.95, 0.6 + 0.1 * max(agitation)), at, _whole(heard.turns[at])


def _agitation(text: str, folded: str) -> int:
    """Return how many signs of agitation a turn shows."""
    if _GLAD.search(folded):
        return 0
    exclaimed = sum(
        "!" in part and len(part.split()) >= 2 for part in _SENTENCE.findall(text[:_READ_CODE_POINTS])
    )
    upset = 2 * len(_UPSET.findall(folded))
    return exclaimed + upset
