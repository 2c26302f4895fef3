"""Replies in words: order, placeholders, languages, length."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events.outcomes import Paragraph
from shared.policy import render
from shared.policy.formatting import day_in_words, moment_in_words, shortened, working_time_in_words
from shared.policy.render import Unsayable
from shared.tags import Language
from shared.words import MATTERS
from tests.unit.policy.small_pack import pack

ES, PT, EN = Language.ES, Language.PT_BR, Language.EN
PACK = pack()


def paragraph(name: str, **values: str | int) -> Paragraph:
    return Paragraph(paragraph=name, matter=PACK.matter(name), values=values)


def test_paragraphs_come_in_the_order_of_matters_with_a_blank_line_between() -> None:
    said = [paragraph("ask"), paragraph("mail"), paragraph("kind"), paragraph("again")]
    paragraphs = ["Still out.", "Be kind.", "Write to help@acme.example.", "What do you need?"]
    assert render(PACK, said, EN).split("\n\n") == paragraphs


def test_a_paragraph_is_said_once_and_nothing_is_an_empty_text() -> None:
    assert render(PACK, [paragraph("kind"), paragraph("kind")], ES) == "Sea amable."
    assert render(PACK, [], ES) == ""


@pytest.mark.parametrize(
    ("language", "text"), [(ES, "Sea amable."), (PT, "Sea amable."), (None, "Sea amable.")]
)
def test_a_language_that_the_pack_does_not_speak_becomes_its_first(
    language: Language | None, text: str
) -> None:
    assert render(PACK, [paragraph("kind")], language) == text


def test_counts_are_filled_in() -> None:
    assert render(PACK, [paragraph("standing", points=2, limit=3)], EN) == "2 of 3"
    assert render(PACK, [paragraph("standing", points=2)], EN) == "2 of 3"


def test_a_restriction_cites_clause_message_and_date_in_the_packs_zone() -> None:
    values: dict[str, str | int] = {
        "clause": "K1",
        "date": "2026-03-03T02:00:00+00:00",  # still the second in Panama
        "excerpt": "you  are\nall useless",
        "call_due": "2026-03-03T16:30:00+00:00",
    }
    text = render(PACK, [paragraph("disabled", **values)], EN)
    assert text == "Out: K1, be kind, March 2, 2026, “you are all useless”, Tuesday, March 3, at 11:30 am"
    assert "martes 3 de marzo a las 11:30" in render(PACK, [paragraph("disabled", **values)], ES)


def test_a_message_without_words_is_cited_as_such() -> None:
    values: dict[str, str | int] = {
        "clause": "K1",
        "date": "2026-03-03T12:00:00Z",
        "call_due": "2026-03-03T12:00:00Z",
    }
    assert "«mensaje sin texto»" in render(PACK, [paragraph("disabled", **values)], ES)
    assert "“message without text”" in render(PACK, [paragraph("disabled", excerpt=" ", **values)], EN)


def test_the_braces_of_a_client_are_not_placeholders() -> None:
    text = render(
        PACK,
        [
            paragraph(
                "disabled",
                clause="K1",
                date="2026-03-03T12:00Z",
                call_due="2026-03-03T12:00Z",
                excerpt="{limit}",
            )
        ],
        EN,
    )
    assert "“{limit}”" in text


def test_a_clause_in_a_rules_paragraph_is_the_rules_own() -> None:
    citing = pack(("Be kind.", "Be kind: {clause}."))
    said = Paragraph(paragraph="kind", matter=citing.matter("kind"), rule="K1.rude", values={"clause": "K2"})
    assert render(citing, [said], EN) == "Be kind: K1, be kind."


def test_what_the_pack_knows_is_filled_in() -> None:
    known = pack(("Be kind.", "{company}, {hours}, {response_time}, {limit}, {channels}"))
    assert render(known, [Paragraph(paragraph="kind", matter=known.matter("kind"))], EN) == (
        "Acme, Monday to Friday from 8:00 am to 5:00 pm, 1 working hour and 30 working minutes, 3,"
        " help@acme.example: anything"
    )


def test_a_value_that_nobody_gave_is_a_defect() -> None:
    with pytest.raises(Unsayable, match="given no points"):
        render(PACK, [paragraph("standing")], EN)
    with pytest.raises(Unsayable, match="no paragraph gone"):
        render(PACK, [Paragraph(paragraph="gone", matter=MATTERS[0])], EN)


def test_what_passes_whatsapps_limit_loses_its_last_matters() -> None:
    long = [
        f"p{number}: {{matter: {matter}, text: {{es: x, en: {'x' * 1300}}}}}"
        for number, matter in enumerate(MATTERS)
    ]
    big = pack(("  kind:", "  " + "\n  ".join(long) + "\n  kind:"))
    said = [Paragraph(paragraph=f"p{number}", matter=matter) for number, matter in enumerate(MATTERS)]
    text = render(big, said, EN)
    assert text.count("\n\n") == 2
    assert len(text) <= 4096


@pytest.mark.parametrize(
    ("language", "expected"),
    [(ES, "1 de mayo de 2026"), (PT, "1º de maio de 2026"), (EN, "May 1, 2026")],
)
def test_dates_are_written_as_each_language_does(language: Language, expected: str) -> None:
    assert day_in_words(date(2026, 5, 1), language) == expected


@pytest.mark.parametrize(
    ("hour", "language", "expected"),
    [
        (13, ES, "jueves 5 de marzo a las 13:30"),
        (1, ES, "jueves 5 de marzo a la 1:30"),
        (13, PT, "quinta-feira, 5 de março, às 13h30"),
        (13, EN, "Thursday, March 5, at 1:30 pm"),
    ],
)
def test_moments_are_written_as_each_language_does(hour: int, language: Language, expected: str) -> None:
    moment = datetime(2026, 3, 5, hour, 30, tzinfo=ZoneInfo("America/Panama"))
    assert moment_in_words(moment, language) == expected


@pytest.mark.parametrize(
    ("minutes", "language", "expected"),
    [
        (120, ES, "2 horas hábiles"),
        (60, ES, "1 hora hábil"),
        (90, ES, "1 hora y 30 minutos hábiles"),
        (120, PT, "2 horas úteis"),
        (45, PT, "45 minutos úteis"),
        (60, EN, "1 working hour"),
        (30, EN, "30 working minutes"),
    ],
)
def test_response_times_are_written_as_each_language_does(
    minutes: int, language: Language, expected: str
) -> None:
    assert working_time_in_words(minutes, language) == expected


@pytest.mark.slow
@settings(deadline=None)
@given(text=st.text(max_size=400), characters=st.integers(1, 200))
def test_an_excerpt_is_one_line_and_never_too_long(text: str, characters: int) -> None:
    short = shortened(text, characters)
    assert len(short) <= characters
    assert "\n" not in short
    if len(" ".join(text.split())) <= characters:
        assert short == " ".join(text.split())
