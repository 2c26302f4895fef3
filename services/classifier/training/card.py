"""Writes the model card: what the model is, of what it was made, and the figures of this training."""

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from services.classifier.training.corpus import INDEPENDENT, PERSONAL

CARD: Final = Path(__file__).parents[1] / "model" / "MODEL_CARD.md"

_TEXT: Final = """# The classifier's model

**What it does.** Tags chat messages of clients (one intent, flags) and of staff (flags), e-mails and calls
(findings) in Brazilian Portuguese, Spanish and English, with calibrated confidence and evidence. It reads
text that the masker has already masked; personal data is told by the masker's placeholders alone.

**What it is.** Three parts, one file (`model.npz`):

1. *Lexicons* (`../tagging/lexicons/*.txt`): phrases in three languages, spelled out at training and looked
   up by hash; patterns about whole short texts run in RE2, whose time is linear in the text.
2. *A linear model* (scikit-learn's `LinearSVC`, one column a tag): letters' n-grams of 2 to 5 inside words,
   words' n-grams of 1 to 3, pairs of words with one or two others between, words with their place (first,
   last, in a question, in the last sentence), hashed, weighed by rarity; the lexicons' lines and sections;
   the text's shape.
   Served with numpy and scipy's sparse product; weights are one byte each. Hashing n-grams by array
   arithmetic is the project's own: scikit-learn's vectoriser is a loop over n-grams and costs more than the
   whole budget of a message.
3. *Calibration*: logistic regressions on scores of messages the scores were not fitted on (five folds by
   scenario); softmax for the intent, a threshold a flag. `aggressive` is set where it is right in 95 % of
   the training part, which is hard on purpose (of staff: 85 %, for no privilege hangs on it); a policy's own
   threshold (0.8 and more) decides what counts.

Rules beside it: an insult said of the reader ("son unos ...") is aggressive; the form of an e-mail (greeting,
closing, signature, subject, blocks), spelling by dictionary (words that nobody knows, and slips of known
ones), and the course of a call (overlapping times, names and purpose at the start, saying again at the end
what was agreed).

**Language** is three more columns of the same model, and of short texts how many words only some of the
languages know: on the training part's own folds that brought Portuguese from 0.992 to 0.994 and Spanish
from 0.993 to 0.995, of texts of four words and more, as the figures below. On 1,315 of these, held out
from an earlier and smaller training, the columns alone were right on 0.991, `lingua-language-detector`
limited to these languages on 0.976 (240 us a text, 110 MB), `py3langid` on 0.988 (171 us). So no library
is asked.

**Data.** The labelled messages, e-mails and calls in `../training/messages/`, written for this project under
the repository's licence. No public data set of toxicity or intents shaped the model: in those, profanity
without a target is toxic, and here it is not. Two word lists shaped what counts as a known word (spelling,
and the rest of a stem in the lexicons): `pyspellchecker`'s dictionaries (MIT) and `wordfreq` (code
Apache-2.0, data CC BY-SA 4.0); see `NOTICE.md` beside this card. The first 7,457 messages were labelled
twice, the second time blind, by the taxonomy alone: the two agreed on 96.5 % of the intents and 98.5 % of
the flags (micro-F1), and the second reading was kept. Later messages were labelled once; of the 909 that a
model without their scenario contradicted most surely, a second blind reading upheld 84 % of the labels, and
the 107 were changed where it agreed with the model.

**Held out.** A fifth of all (trade, scenario) pairs, by hash: {held_out}. Their figures are of a model that
was fitted without them; the file is then fitted on all, with the same settings. They are hard on purpose:
most stand at the border of two tags. Of an earlier state, they were scored four times, and the precision
asked of `aggressive` was lowered and its list of insults extended after one of these looks; of this one,
after each addition of messages, and the size of the table of n-grams and the pairs of words were chosen by
it. The same people wrote both parts, in the same weeks, to the same brief: in this the figures are
**optimistic**. Near duplicates (half of the four-letter shingles shared): {near:.1%} of messages.

**Independent.** Four sets in `../training/independent/`, written by others who had the taxonomy and no
more, seen by nobody who builds the model, and only measured on, by the model as it is in the file: this
is the better estimate of what strangers will see. The fourth is the newest: {independent_fourth}. The
third: {independent_third}. The personal data of these two was marked a second time, blind: of the
structured values of either marker the other had 99.6 % and all (fourth), 99.7 and 99.4 % (third), of the
same kind. The second: {independent_second}. The first: {independent_first}. On each the model was scored
after every training since it was there, on the fourth once before this one; after one of these scores the
precision asked of `aggressive` was raised from 0.92 to 0.95, after another the masker was worked on, both
without sight of the texts. The masker was scored on the fourth some ten times, on the others thirty to
fifty, while it was built, and its surety was weighed with their counts: its figures there are a little
**optimistic**. {strange:.1%} of the messages of the four share half of their shingles with a training
message: greetings and thanks of a few words, most of them. A fifth set is for the masker alone: mostly
personal data, in all the forms it is given in; seen by nobody, scored some fifty times.

**Rebuild.** `make train` gives the same file: fixed seeds, no clock, and the heads fitted in processes of
their own (in threads of one process, as before, a second training differed in 34 of 15 million weights by a
step of their byte).
"""

_WEAK: Final = """
## Known weaknesses
- Intents and flags stay under the goal (0.90) on the held-out part: it stands at the borders of tags on
  purpose, and a linear model does not reason. Most confused: `ticket_request` with `other`,
  `data_confirmation`, `follow_up` and `complex_issue`; `general_inquiry` with `point_query`.
- `aggressive` misses what no word tells: polite threats, sarcasm that demeans, insults as comparisons.
- `impatient` misses sarcasm about delay, and takes some urgency for pressure. English has fewer messages
  than the other two languages, and its flags show it.
- Staff: `handles_request` beside `redirects`, names that are not said with a name's usual words
  (`identifies`), and dry rudeness without a rude word (`uncordial`).
- E-mails and calls have few examples of each finding: single figures say little. `spelling` is told by
  dictionary and misses what is a word, only not this one, and what is written in capitals.
- Personal data: 0.99 is not reached. In ordinary chat of strangers 97 to 98 % of the structured values are
  found (ids and cards 98 %, accounts 97 %, passwords 94 %, of the four sets), in texts that are made hard
  on purpose (no word for what a value is, in passing, put right) nine in ten. Most missed: passwords that
  are plain words, codes that nothing announces, PIX keys that look like contact data.
- On the phone nine in ten are found, and one in eight masked in vain: numbers of orders and guides that are
  asked for in the same words, amounts said beside an account.
- Texts over 4,000 code points are judged by their beginning and their end; e-mails by their first 20,000.
"""


def write_card(figures: Mapping[str, Any]) -> None:
    """Write the card."""
    scores: Mapping[str, Any] = figures["held_out"]
    text = _TEXT.format(
        held_out=_counts(scores),
        **{part: _counts(figures[part]) for part in INDEPENDENT},
        near=figures["near_duplicates"],
        strange=figures["near_training"],
    )
    tables = (
        *_asked(figures),
        "",
        *(line for part in INDEPENDENT for line in (*_tables(_plain(part), figures[part]), "")),
        *_tables("the held-out part", scores),
        "",
        *_masker(figures["masker"]),
    )
    CARD.write_text(text + "\n" + "\n".join(tables) + "\n" + _WEAK, encoding="utf-8")


def _plain(part: str) -> str:
    if part == PERSONAL.name:
        return "texts of others that are mostly personal data, in hard forms"
    return f"the {part.replace('_', ', ')} part" if part in INDEPENDENT else "the held-out part"


def _counts(scores: Mapping[str, Any]) -> str:
    return ", ".join(f"{one['messages']} ({name})" for name, one in scores.items())


def _asked(figures: Mapping[str, Any]) -> Iterator[str]:
    """What was asked of the classifier, beside what both parts say."""
    yield "## Asked and reached"
    yield ""
    yield _row("what", "at least", (_heading(part) for part in _PARTS))
    yield "|---|---|" + "---|" * len(_PARTS)
    parts = [figures[part] for part in _PARTS]
    for name, group, tags, least in _ASKED:
        summary = "macro_f1" if tags == "intent" else "micro_f1"
        yield _row(
            name, least, (_cell(part[group][tags], summary) if group in part else "–" for part in parts)
        )
    for group in _CLIENTS:
        found = [part[group]["flags"]["tags"]["aggressive"] for part in parts]
        told = (f"{tag['precision']:.3f} of {tag['labelled']}" for tag in found)
        yield _row(f"`aggressive`, precision, {group}", "0.95", told)
    for kind, least in _ASKED_OF_THE_MASKER:
        kinds = (figures["masker"][part][kind] for part in _PARTS)
        told = (_of_the_masker(k, structured=kind.startswith("structured")) for k in kinds)
        yield _row(f"personal data: {kind}", least, told)
    for group in _CLIENTS:
        told = (f"{part[group]['language_accuracy']:.3f}" for part in parts)
        yield _row(f"language, {group}, four words and more", "0.99", told)
    yield from _MEASURED


def _of_the_masker(told: Mapping[str, Any], *, structured: bool) -> str:
    whole = f" (whole {told['whole']:.3f})" if structured else ""
    return (
        f"recall {told['recall']:.3f}{whole}, precision {told['precision']:.3f}, "
        f"F1 {told['f1']:.3f} of {told['labelled']}"
    )


def _heading(part: str) -> str:
    return part.replace("_", ", ") if part in INDEPENDENT else "held out (borders on purpose)"


def _row(*cells: str | Iterable[str]) -> str:
    flat = (one for cell in cells for one in ((cell,) if isinstance(cell, str) else cell))
    return f"| {' | '.join(flat)} |"


_PARTS: Final = (*INDEPENDENT, "held_out")
_CLIENTS: Final = ("client pt-BR", "client es", "client en")
_ASKED: Final = (
    *((f"intents, {group}, macro-F1", group, "intent", "0.90") for group in _CLIENTS[:2]),
    ("intents, client en, macro-F1", "client en", "intent", "–"),
    *((f"flags, {group}, micro-F1", group, "flags", "0.90") for group in _CLIENTS),
    *((f"flags, {group}, micro-F1", group, "flags", "0.88") for group in ("staff pt-BR", "staff es")),
    ("findings, e-mail, micro-F1", "e-mail", "findings", "0.85"),
    ("findings, call, micro-F1", "call", "findings", "0.85"),
)
_ASKED_OF_THE_MASKER: Final = (
    ("structured, together", "0.99 and 0.97"),
    ("structured, chat", ""),
    ("structured, e-mails", ""),
    ("structured, calls", ""),
    ("health", "F1 0.85"),
    ("home_address", "F1 0.85"),
)
_REST: Final = " |" * (len(_PARTS) - 1)  # what is measured once, beside figures of each part
_MEASURED: Final = (
    f"| speed, one core, batches of 100, all tags with evidence | 3,000 a second | 3,100 a second |{_REST}",
    f"| one message alone, p99 | 5 ms | 4.8 ms (p50 2.6 ms) |{_REST}",
    f"| import and load; memory | 2 s; 250 MB | 1.5 s; 230 MB |{_REST}",
    "",
    "Speed: median of six times nine runs (of eighteen for one message) on one core of a machine with noisy",
    "neighbours, 2,500 to 4,800 a second and 3.5 to 6.0 ms; chat messages of the training part, masked.",
    "Masking them before costs 0.44 ms each, 0.25 ms of it by rules; a call of 17 turns 19 ms.",
    "What limits it is the hashing and looking up of n-grams and, for a message alone, the fixed cost of",
    "some hundred operations.",
)


def _masker(parts: Mapping[str, Any]) -> Iterator[str]:
    for name, part in parts.items():
        yield f"## The masker on {_plain(name)}"
        yield ""
        yield from _told("kind", part)
        yield ""


def _told(what: str, told: Mapping[str, Any]) -> Iterator[str]:
    """A line for each tag or kind."""
    yield _row(what, "precision", "recall", "F1", "labelled")
    yield "|---|---|---|---|---|"
    for name, one in told.items():
        yield _row(name, (f"{one[key]:.3f}" for key in ("precision", "recall", "f1")), str(one["labelled"]))


def _tables(part: str, scores: Mapping[str, Any]) -> Iterator[str]:
    yield f"## Figures on {part}"
    yield ""
    yield "| | messages | intents (macro-F1) | flags (micro-F1) | findings (micro-F1) | language | ECE |"
    yield "|---|---|---|---|---|---|---|"
    for name, one in scores.items():
        yield _row(
            name,
            str(one["messages"]),
            _cell(one["intent"], "macro_f1"),
            _cell(one["flags"], "micro_f1"),
            _cell(one["findings"], "micro_f1"),
            f"{one['language_accuracy']:.3f}",
            f"{one['expected_calibration_error']:.3f}",
        )
    for name, one in scores.items():
        yield f"\n### {name}\n"
        yield from _told("tag", {tag: told for kind in _KINDS for tag, told in one[kind]["tags"].items()})


_KINDS: Final = ("intent", "flags", "findings")


def _cell(group: Mapping[str, Any], summary: str) -> str:
    return f"{group[summary]:.3f}" if group["tags"] else "–"
