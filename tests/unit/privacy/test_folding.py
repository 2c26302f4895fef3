"""Folding keeps every place, and reads letters and digits whatever they are written as."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.privacy.text.folding import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Ação É ÑANDÚ", "acao e nandu"),
        ("ＣＰＦ１２３", "cpf123"),
        ("１２３", "123"),
        ("1\u200b2\ufeff3", "123"),
        ("e\u0301", "e"),
        ("1\ufe0f\u20e3", "1"),
        ("n\u00ba 5 1\u00aa", "n  5 1 "),
        ("a\u00a0b\tc", "a b c"),
        ("“x”", '"x"'),
        ("1–2—3", "1-2-3"),
        ("ß", "ß"),
        ("\ud800", "\ud800"),
    ],
)
def test_a_text_folds_to_plain_letters_and_digits(text: str, folded: str) -> None:
    assert fold(text).text == folded


@pytest.mark.slow
@given(st.text())
def test_every_place_leads_back_to_what_was_written(text: str) -> None:
    folded = fold(text)
    assert len(folded.text) <= len(text)
    for at, char in enumerate(folded.text):
        start, end = folded.original(at, at + 1)
        assert end == start + 1
        assert fold(text[start:end]).text == char


@pytest.mark.slow
@given(st.text())
def test_folding_twice_is_folding_once_for_what_has_a_plain_form(text: str) -> None:
    once = fold(text).text
    assert fold(once).text == once
