"""What the learned detector may not take, however sure it is: told without asking the model."""

from math import inf

import pytest

from shared.privacy import SensitiveKind
from shared.privacy.learned.candidates import Candidates, candidates_of
from shared.privacy.learned.limits import asked, may_be
from shared.privacy.masker import by_rules


def at(read: Candidates, text: str) -> int:
    return [unit.text for unit in read.units].index(text)


def judged(text: str) -> list[str]:
    read = candidates_of(text)
    return [read.units[one].text for one in read.values]


@pytest.mark.parametrize(
    ("text", "unit", "kind"),
    [
        ("perdón, buscaba el 2 2441 8890", "2441", SensitiveKind.NATIONAL_ID),
        ("fala com ana88@uni.edu.br amanhã", "ana88@uni.edu.br", SensitiveKind.NATIONAL_ID),
        ("cartão com cobranças em 05/05", "05/05", SensitiveKind.PAYMENT_CARD),
        ("na conta entrou 3.410 a mais", "3.410", SensitiveKind.BANK_ACCOUNT),
        ("conta, autenticação 7f3a.9c01.22bd.8840", "7f3a.9c01.22bd.8840", SensitiveKind.BANK_ACCOUNT),
        ("they gave me customer code 451236", "451236", SensitiveKind.ONE_TIME_CODE),
        ("fatura do dia 12/03/2015", "12/03/2015", SensitiveKind.BIRTH_DATE),
    ],
)
def test_what_is_never_of_a_kind(text: str, unit: str, kind: SensitiveKind) -> None:
    read = candidates_of(text)
    assert not may_be(read, at(read, unit), kind)


@pytest.mark.parametrize(
    ("text", "unit", "kind"),
    [
        ("mi cédula es 2 2441 8890", "2441", SensitiveKind.NATIONAL_ID),
        ("a chave pix é ana88@uni.edu.br", "ana88@uni.edu.br", SensitiveKind.PIX_KEY),
        ("cartão com validade 05/29", "05/29", SensitiveKind.PAYMENT_CARD),
        ("o cliente me deu 3087", "3087", SensitiveKind.ONE_TIME_CODE),
        ("last name Okafor, 10/30/71", "10/30/71", SensitiveKind.BIRTH_DATE),
        ("sou do mesmo dia, 15/11/1979", "15/11/1979", SensitiveKind.BIRTH_DATE),
    ],
)
def test_what_may_be(text: str, unit: str, kind: SensitiveKind) -> None:
    read = candidates_of(text)
    assert may_be(read, at(read, unit), kind)


def test_how_sure_it_has_to_be() -> None:
    password, code = SensitiveKind.PASSWORD, SensitiveKind.ONE_TIME_CODE
    spoken = candidates_of("a senha nova girassol e a outra kiwi8809 e 3500")
    word, mixed, amount = (at(spoken, one) for one in ("girassol", "kiwi8809", "3500"))
    assert asked(spoken, mixed, password) < asked(spoken, amount, code) < asked(spoken, word, password)
    alone = candidates_of("11 98765-4321")
    assert asked(alone, 1, SensitiveKind.PIX_KEY) == inf


def test_a_word_for_a_ticket_silences_neither_a_token_nor_what_only_a_secret_is_written_as() -> None:
    token = candidates_of("el bearer del api que usa el cliente: zlc-9e41-77fa-b0c2d8")
    assert asked(token, at(token, "zlc-9e41-77fa-b0c2d8"), SensitiveKind.TOKEN) < inf
    login = candidates_of("testem com o chamado edge!nota24 agora")
    assert asked(login, at(login, "edge!nota24"), SensitiveKind.PASSWORD) < inf


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("saiu na lotofácil, 01 03 04 07 09 10", "03"),
        ("depositou do NCB, 5000 JMD", "5000"),
        ("disjuntor de 4500w", "4500w"),
        ("veja em bit.ly/entr3ga-co", "bit.ly/entr3ga-co"),
        ("notice V-2025-0447 came", "v-2025-0447"),
        ("publico no LinkedIn", "linkedin"),
    ],
)
def test_what_is_never_asked_about(text: str, unit: str) -> None:
    assert unit not in judged(text)


def test_a_word_for_an_account_or_a_secret_decides_before_the_form() -> None:
    assert "03" in judged("mi cuenta es 01 03 04 07 09 10")
    assert "4512" in judged("mi clave 4512 pesos")
    assert "casa.net/luna22" in judged("senha casa.net/luna22")


def test_an_address_below_a_farewell_is_an_offices() -> None:
    signed = "Favor agendar, CPF 529.982.247-25.\nAtenciosamente,\nRobson\nAv. Venâncio Aires, 1102, 3º andar"
    assert [span.kind for span in by_rules(signed)] == [SensitiveKind.NATIONAL_ID]
