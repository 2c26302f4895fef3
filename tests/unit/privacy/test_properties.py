"""Promises that hold for every text, tried on generated ones."""

import string

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.privacy import find, mask, placeholder

VOCABULARY = """
meu cpf é senha : ; , . pix conta agência cartão código cédula mi clave es rg dni nasci em rua moro na tel
token cvv val banco deposita 12/03/1985 113.586.606-62 11358660662 4111 1111 98765-4321 abc123 Recife@01
⟦national_id⟧ ⟦password⟧ ⟦ ⟧ guía pedido a1 diabetes tomo losartana 50mg ap 32 e y chegou 483920
joana@exemplo.com nº # 😀 １２３ 08/29 alias ag c/c
"""
WORDS = st.sampled_from([*VOCABULARY.split(), "\n", "\u200b"])
CHATS = st.lists(WORDS, max_size=25).map(" ".join)
GLUED = st.lists(WORDS, max_size=12).map("".join)
ANY = st.text(max_size=80)
NUMERIC = st.text(alphabet=string.digits + " .-/()+kK", max_size=60)
TEXTS = st.one_of(CHATS, GLUED, ANY, NUMERIC, st.text(alphabet=st.characters(), max_size=40))
MANY = settings(max_examples=100, deadline=None)


@pytest.mark.slow
@MANY
@given(TEXTS)
def test_masking_again_changes_nothing(text: str) -> None:
    once = mask(text)
    assert mask(once.text) == once


@pytest.mark.slow
@MANY
@given(TEXTS)
def test_spans_are_within_the_text_in_order_and_apart(text: str) -> None:
    end = 0
    for span in find(text):
        assert end <= span.start < span.end <= len(text)
        end = span.end


@pytest.mark.slow
@MANY
@given(TEXTS)
def test_the_text_outside_the_spans_is_unchanged(text: str) -> None:
    rebuilt, end = "", 0
    for span in find(text):
        rebuilt += text[end : span.start] + placeholder(span.kind)
        end = span.end
    assert mask(text).text == rebuilt + text[end:]


@pytest.mark.slow
@MANY
@given(TEXTS)
def test_every_mask_is_a_placeholder_of_its_kind(text: str) -> None:
    masked = mask(text)
    assert len(masked.masks) == len(find(text))
    for one in masked.masks:
        assert masked.text[one.start : one.end] == placeholder(one.kind)


CPFS = st.integers(min_value=0, max_value=999_999_999).map(lambda number: with_check_digits(f"{number:09d}"))


def with_check_digits(body: str) -> str:
    for weight in (10, 11):
        total = sum(int(digit) * (weight - at) for at, digit in enumerate(body))
        body += str(-total % 11 % 10)
    return body


@pytest.mark.slow
@MANY
@given(CPFS.filter(lambda cpf: len(set(cpf)) > 1), st.sampled_from(["", ".", " ", "\u200b"]), CHATS)
def test_no_digit_of_an_announced_cpf_is_left(cpf: str, separator: str, around: str) -> None:
    written = separator.join((cpf[:3], cpf[3:6], cpf[6:9], cpf[9:]))
    masked = mask(f"meu cpf é {written}\n\n{around.replace(cpf, '')}")
    first = masked.text.split("\n\n")[0]
    assert first.startswith("meu cpf é ⟦")
    assert not any(map(str.isdigit, first))


@pytest.mark.slow
@MANY
@given(st.text(alphabet=string.ascii_letters + string.digits + "@#$!", min_size=6, max_size=20))
def test_a_password_after_a_colon_never_stays(password: str) -> None:
    if any(map(str.isdigit, password)) and any(map(str.isalpha, password)):
        assert password not in mask(f"senha: {password}").text
