"""What masking keeps, replaces and promises, on texts small enough to read."""

from itertools import pairwise

import pytest

from shared.privacy import Mask, SensitiveKind, Span, find, mask, placeholder, placeholders

CPF = "113.586.606-62"


def test_a_mask_tells_the_kind_and_its_place_in_the_masked_text() -> None:
    masked = mask(f"meu cpf é {CPF}, obrigada")
    assert masked.text == "meu cpf é ⟦national_id⟧, obrigada"
    assert masked.masks == (Mask(SensitiveKind.NATIONAL_ID, 10, 23),)
    only = masked.masks[0]
    assert masked.text[only.start : only.end] == placeholder(SensitiveKind.NATIONAL_ID)


def test_a_span_tells_the_place_in_the_original() -> None:
    text = f"meu cpf é {CPF}, obrigada"
    assert find(text) == (Span(SensitiveKind.NATIONAL_ID, 10, 24),)


def test_the_placeholder_says_nothing_of_the_length() -> None:
    assert mask("senha: a1b2").text == mask("senha: a1b2c3d4e5f6g7h8").text


@pytest.mark.parametrize("text", ["", " ", "\n", "oi", "bom dia, tudo bem?", "👍", "\ud800", "⟦", "⟦⟧"])
def test_a_text_without_secrets_stays_the_same(text: str) -> None:
    masked = mask(text)
    assert masked.text == text
    assert masked.masks == ()


@pytest.mark.parametrize(
    "text",
    [
        f"cpf {CPF} rg 12.345.678-9 senha: abc123 pix 11 98765-4321",
        "moro na Rua das Acácias, 120, ap 32 e tomo losartana 50mg, nasci em 12/03/1985",
        "ag 1234 conta 56789-0, cartão 4111 1111 1111 1111 12/28 123",
    ],
)
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask(text)
    assert once.masks
    assert mask(once.text) == once


def test_placeholders_tell_a_reader_of_the_masked_text_what_was_there() -> None:
    masked = mask(f"cpf {CPF}, senha: abc123")
    spans = placeholders(masked.text)
    assert [span.kind for span in spans] == [SensitiveKind.NATIONAL_ID, SensitiveKind.PASSWORD]
    assert [(span.start, span.end) for span in spans] == [(one.start, one.end) for one in masked.masks]


def test_a_typed_placeholder_is_read_as_one_and_hides_nothing_beside_it() -> None:
    masked = mask(f"⟦national_id⟧ meu cpf é {CPF}")
    assert masked.text == "⟦national_id⟧ meu cpf é ⟦national_id⟧"
    assert len(masked.masks) == 2


@pytest.mark.parametrize("typed", ["⟦cpf⟧", "⟦ national_id ⟧", "⟦NATIONAL_ID⟧", "[national_id]", "⟦⟦⟧⟧"])
def test_what_only_resembles_a_placeholder_is_text(typed: str) -> None:
    assert mask(f"oi {typed}").masks == ()


def test_a_value_cannot_hide_in_brackets_of_a_placeholder() -> None:
    assert CPF not in mask(f"cpf ⟦{CPF}⟧").text


@pytest.mark.parametrize(
    "again",
    ["11358660662", "113 586 606 62", "113-586-606-62", "113.586.606/62", "１１３５８６６０６６２"],
)
def test_a_value_said_again_with_other_punctuation_is_masked_too(again: str) -> None:
    masked = mask(f"meu cpf é {CPF}. no cadastro está {again}?")
    assert masked.text == "meu cpf é ⟦national_id⟧. no cadastro está ⟦national_id⟧?"


def test_a_password_said_again_is_masked_too() -> None:
    masked = mask("minha senha é girassol77 e ele não aceita girassol77 nem a pau")
    assert "girassol77" not in masked.text
    assert len(masked.masks) == 2


@pytest.mark.parametrize("hidden", ["\u200b", "\u200d", "\ufeff", "\u00ad", "\u2060", "\ufe0f", "\u202e"])
def test_invisible_characters_hide_nothing(hidden: str) -> None:
    text = "meu cpf é " + hidden.join(CPF)
    masked = mask(text)
    assert masked.text == "meu cpf é ⟦national_id⟧"
    assert find(text) == (Span(SensitiveKind.NATIONAL_ID, 10, len(text)),)


@pytest.mark.parametrize(
    "written",
    [
        "１１３．５８６．６０６－６２",
        "113.586.606–62",
        "113·586·606-62",
        "①①③.⑤⑧⑥.⑥⓪⑥-⑥②",
        "𝟙𝟙𝟛.𝟝𝟠𝟞.𝟞𝟘𝟞-𝟞𝟚",
        "١١٣.٥٨٦.٦٠٦-٦٢",
    ],
)
def test_digits_of_other_alphabets_are_digits(written: str) -> None:
    assert mask(f"cpf {written}").text == "cpf ⟦national_id⟧"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＣＰＦ 11358660662", "ＣＰＦ ⟦national_id⟧"),
        ("MI CÉDULA ES 1083640475", "MI CÉDULA ES ⟦national_id⟧"),
        ("mi ce\u0301dula es 1083640475", "mi ce\u0301dula es ⟦national_id⟧"),
        ("cpf39053344705", "cpf⟦national_id⟧"),
        ("cpf 3 9 0 5 3 3 4 4 7 0 5", "cpf ⟦national_id⟧"),
        ("cpf\n390.533.447-05", "cpf\n⟦national_id⟧"),
    ],
)
def test_the_way_of_writing_does_not_matter(text: str, expected: str) -> None:
    assert mask(text).text == expected


def test_overlapping_finds_become_one_mask_each_in_order() -> None:
    spans = find(f"nome Ana, cpf {CPF}, nasc 12/03/1985, end Rua das Flores 12 ap 3")
    assert [span.kind.value for span in spans] == ["national_id", "birth_date", "home_address"]
    assert all(one.end <= other.start for one, other in pairwise(spans))


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("o telefone da minha mãe é (11) 98765-4321", "o telefone da minha mãe é ⟦private_phone⟧"),
        ("el celular de mi esposa: 300 412 8890", "el celular de mi esposa: ⟦private_phone⟧"),
        ("meu telefone é (11) 98765-4321", "meu telefone é (11) 98765-4321"),
        (
            "o telefone da loja da minha mãe é (11) 3765-4321",
            "o telefone da loja da minha mãe é (11) 3765-4321",
        ),
        ("o telefone da minha mãe é 12", "o telefone da minha mãe é 12"),
    ],
)
def test_a_phone_is_private_when_it_is_a_relatives(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("cpf um um três, cinco oito meia, meia zero meia, meia dois", "cpf ⟦national_id⟧"),
        ("my code is double two one nine double oh", "my code is ⟦one_time_code⟧"),
        ("nasci em vinte e dois de janeiro de setenta e um", "nasci em ⟦birth_date⟧"),
        ("quero dois ou três, talvez quatro ou cinco", "quero dois ou três, talvez quatro ou cinco"),
    ],
)
def test_numbers_said_digit_by_digit_are_numbers(text: str, masked: str) -> None:
    assert mask(text).text == masked


def test_a_secret_is_masked_to_its_end_however_long() -> None:
    secret = "aB3" * 400
    assert mask(f"senha: {secret} ok").text == "senha: ⟦password⟧ ok"
    assert mask(f"token {secret} ok").text == "token ⟦token⟧ ok"
    assert mask(f"senha bolinho12 e a {secret} ok").text == "senha ⟦password⟧ e a ⟦password⟧ ok"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("a chave pix é o CNPJ 37.113.403/0001-57", "a chave pix é o CNPJ ⟦pix_key⟧"),
        (
            "o CNPJ é 37.113.403/0001-57, pode mandar o pix?",
            "o CNPJ é 37.113.403/0001-57, pode mandar o pix?",
        ),
        ("cc 1083640475", "cc ⟦national_id⟧"),
        ("cc 22.817-5", "cc ⟦bank_account⟧"),
        ("o passaporte da reserva é FX482913", "o passaporte da reserva é ⟦national_id⟧"),
        ("cédula del pedido 8823, gracias", "cédula del pedido 8823, gracias"),
        ("comprei com o cartão o pedido 4111111111111111", "comprei com o cartão o pedido ⟦payment_card⟧"),
        ("guía 4111111111111111", "guía 4111111111111111"),
        ("meu cpf é 00000000191\n\n11358660662 meu tel", "meu cpf é ⟦national_id⟧\n\n11358660662 meu tel"),
        ("o código de segurança do cartão é 112", "o código de segurança do cartão é ⟦payment_card⟧"),
        ("pago móvil V-12345678", "pago móvil ⟦national_id⟧"),
    ],
)
def test_the_word_that_governs_a_number_decides(text: str, masked: str) -> None:
    assert mask(text).text == masked
