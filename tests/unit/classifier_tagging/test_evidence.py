"""Evidence: every flag and finding names words of the original text, good enough to be read aloud."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.classifier.tagging.lines import Field, LineIn, asked
from services.classifier.tagging.prepare import prepare
from services.classifier.tagging.samples import CallSample, ChatSample, EmailSample
from services.classifier.tagging.tagger import load_tagger
from shared.events.messages import Turn
from shared.privacy import find
from shared.tags import Direction, Finding, Flag

INSULT = "Bom dia. Mandei a nota ontem e vocês são uns imbecis, nunca vi igual."


@pytest.mark.parametrize(
    ("text", "flag", "word"),
    [
        (INSULT, Flag.AGGRESSIVE, "imbecis"),
        ("ya les pagué, y ustedes son unos ineptos de verdad", Flag.AGGRESSIVE, "ineptos"),
        ("Olá, seus 1d10t4s, cadê a nota", Flag.AGGRESSIVE, "1d10t4s"),
    ],
)
def test_the_insult_itself_is_in_the_excerpt(text: str, flag: Flag, word: str) -> None:
    tags = load_tagger().tag([ChatSample(text)])[0]
    evidence = next(one for one in tags.evidence if one.tag == flag)
    assert word in evidence.excerpt
    assert text[evidence.start : evidence.end] == evidence.excerpt


def test_an_excerpt_begins_and_ends_with_whole_words() -> None:
    evidence = load_tagger().tag([ChatSample(INSULT)])[0].evidence[0]
    before, after = INSULT[evidence.start - 1 : evidence.start], INSULT[evidence.end : evidence.end + 1]
    assert not before.isalnum()
    assert not after.isalnum()


@pytest.mark.slow
@given(st.text(max_size=200))
@settings(max_examples=60, deadline=None)
def test_every_flag_of_any_text_has_evidence_inside_it(text: str) -> None:
    for direction in Direction:
        tags = load_tagger().tag([ChatSample(text, direction)])[0]
        assert {one.tag for one in tags.evidence} == {str(flag) for flag in tags.flags}
        for one in tags.evidence:
            assert 0 <= one.start < one.end <= len(text)
            assert text[one.start : one.end] == one.excerpt
        assert set(tags.confidence) == {*map(str, tags.flags), *([tags.intent] if tags.intent else [])}
        assert all(0 <= sure <= 1 for sure in tags.confidence.values())


@pytest.mark.slow
@given(st.text(max_size=300))
@settings(max_examples=100, deadline=None)
def test_a_prepared_text_knows_where_its_letters_stood(text: str) -> None:
    prepared = prepare(text)
    if prepared.places is not None:
        assert len(prepared.places) == len(prepared.text)
        assert all(0 <= place < len(text) for place in prepared.places)
        assert prepared.places == sorted(prepared.places)
    else:
        assert len(prepared.text) == len(text)


def test_evidence_of_a_line_is_placed_in_the_original() -> None:
    text = "cpf 113.586.606-62 e vocês são uns imbecis"
    line = asked(LineIn(text=text))
    out = line.out(load_tagger().tag([line.sample])[0])
    by_tag = {one["tag"]: text[one["start"] : one["end"]] for one in out["evidence"]}
    assert by_tag["sensitive_data"] == "113.586.606-62"
    assert "imbecis" in by_tag["aggressive"]
    assert "113.586" not in out["masked"]


@pytest.mark.slow
@given(st.text(alphabet="ab 113.58606-2", max_size=60))
@settings(max_examples=40, deadline=None)
def test_a_range_of_the_masked_text_is_the_same_words_in_the_original(text: str) -> None:
    whole = f"{text} meu cpf 113.586.606-62 fim {text}"
    field = Field.of(whole, find(whole))
    start = field.masked.rindex("fim")
    placed = field.in_original(start, start + 3)
    assert field.original[slice(*placed)] == "fim"


def test_a_call_names_turn_and_speaker() -> None:
    turns = [
        Turn(speaker="agent", start=0, end=4, text="Clínica Sol, bom dia, aqui é a Marta."),
        Turn(speaker="client", start=5, end=9, text="Vocês são uns imbecis, bando de incompetentes!"),
    ]
    tags = load_tagger().tag([CallSample(turns)])[0]
    evidence = next(one for one in tags.evidence if one.tag == Finding.AGGRESSIVE)
    assert (evidence.turn, evidence.speaker) == (1, "client")


def test_an_email_names_its_field() -> None:
    tags = load_tagger().tag([EmailSample("Oi", "Meu cpf é ⟦national_id⟧ e quero a segunda via", copies=2)])[
        0
    ]
    fields = {one.tag: one.field for one in tags.evidence}
    assert fields["vague_subject"] == "subject"
    assert fields["cc_exposure"] == "body"
