"""What the rules say by themselves, where the learned detector would hide that one of them is gone."""

import pytest

from shared.privacy.masker import by_rules


def found(text: str) -> list[str]:
    return [text[span.start : span.end] for span in by_rules(text)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("consegui entrar com o 730118, valeu", ["730118"]),
        ("entrei com o código 730118 do celular novo", ["730118"]),
        ("entrou o código 20719, obrigado", ["20719"]),
        ("grand, 884103 did the trick", ["884103"]),
        ("com a Sobral@ti8 foi! vlw", ["Sobral@ti8"]),
        ("entrou com 118-207 agora sim", ["118-207"]),
        ("entrou com 118 207 agora sim", ["118 207"]),
        ("perfeito, entrou com a kLp-2026! e ficou", ["kLp-2026!"]),
        ("abajo abren con 1206B, el timbre no suena", ["1206B"]),
        ("entrei com a kLp-2026! direto do celular", ["kLp-2026!"]),
        ("el candado 1042, coge mi toalla", ["1042"]),
        ("Sipho, FNB 62001447712 branch 250655", ["62001447712", "250655"]),
        ("fico sem a nota do restaurante. 66069923030", ["66069923030"]),
        ("mis hijos 12.4.79 y 30.10.82", ["12.4.79", "30.10.82"]),
    ],
)
def test_a_rule_finds_it_alone(text: str, values: list[str]) -> None:
    assert found(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "entro con marta2026 y la clave de siempre",
        "el mercado abrió con 4215, gracias",
        "el producto funcionó con 4408, gracias",
        "protocolo novo, entrei com 440812, valeu",
        "entrei com 4408 reais na sociedade",
        "entrou com 4408 reais, valeu",
        "entrei com 2026, valeu",
        "o cupom entrou com 4408, valeu",
        "RMA: entrei com o protocolo 440812, valeu",
        "funcionou com 4500b no carro",
        "quiero un candado 265 y una cadena",
        "take out 2000 only",
        "el pin cl@ve que me salió ya caducó",
        "tirei a senha A034 no guichê",
        "mi hijo usa minecraft 1.20.15",
    ],
)
def test_no_rule_takes_what_is_nobodys(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (
            "Passaporte GB417882, validade 03/2031\nCartão 5115 3368 2932 0380",
            ["GB417882", "5115 3368 2932 0380"],
        ),
        ("Matrícula | CPF | Conta\n10448 | 506.461.575-23 | banco", ["506.461.575-23"]),
        ("cuenta de ahorros Banco General 04-72-98-113406-2, son 18.50", ["04-72-98-113406-2"]),
        ("matrícula 2023110457 e a senha q vcs mandaram é Uni@457mg", ["Uni@457mg"]),
    ],
)
def test_a_value_beside_another_is_told_from_it(text: str, values: list[str]) -> None:
    assert found(text) == values
