"""The learned detector: what it looks at, what it is not asked, and that it comes after the rules."""

from math import inf
from pathlib import Path

import numpy as np
import pytest

from shared.privacy import SensitiveKind, mask
from shared.privacy.learned.candidates import candidates_of
from shared.privacy.learned.detector import MODEL
from shared.privacy.learned.features import BITS, Features, buckets
from shared.privacy.learned.limits import asked, may_be
from shared.privacy.learned.network import network_of
from shared.privacy.marked import read_marked
from shared.privacy.masker import by_rules

SAMPLES = list(read_marked(Path(__file__).parent / "texts" / "marked.txt"))


def looked_at(text: str) -> list[str]:
    read = candidates_of(text)
    return [read.units[at].written for at in read.values]


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("entro com ana / Pepe2019 e nada", ["Pepe2019"]),
        ("chego às 14h com 3 caixas em 2024, desconto de 250%", []),
        ("o código é 4 7 1 1", ["4", "7", "1", "1"]),
        ("recibí 660 41 hoy", ["660", "41"]),
        ("três sete zero um", ["três", "sete", "zero", "um"]),
        ("veja https://loja.example/pedido/4471AB", []),
        ("⟦national_id⟧ e LucasM_88", ["LucasM_88"]),
    ],
)
def test_numbers_codes_and_odd_spellings_may_be_values(text: str, units: list[str]) -> None:
    assert looked_at(text) == units


def test_plain_words_may_be_values_near_a_word_for_a_secret_only() -> None:
    assert "girassol" in looked_at("a senha do app: girassol")
    assert looked_at("plantei um girassol") == []
    assert looked_at("minha senha incorreta") == []


def test_the_groups_of_a_number_know_where_it_begins_and_ends() -> None:
    units = candidates_of("cartão 4009 1772 5255 9646, final").units
    rows = {unit.written: (unit.first, unit.last) for unit in units}
    assert rows["4009"] == rows["9646"] == (1, 4)
    assert rows["cartão"] == (0, 0)


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("entro con pepe@gmail.com / Fallas2017! y nada", "entro con pepe@gmail.com / ⟦password⟧ y nada"),
        ("entro con ana / Rosa,1988x y nada", "entro con ana / ⟦password⟧ y nada"),
        ("entro con pepe@gmail.com / !!Fallas2017$$ y nada", "entro con pepe@gmail.com / ⟦password⟧ y nada"),
        (
            'entro con pepe@gmail.com / "Fallas2017!", y nada',
            'entro con pepe@gmail.com / "⟦password⟧", y nada',
        ),
    ],
)
def test_what_no_rule_tells_is_found_whole_by_what_stands_around_it(text: str, masked: str) -> None:
    assert by_rules(text) == ()
    assert mask(text).text == masked
    assert mask(masked).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "mi dni es ⟦national_id⟧ y el turno es el 12/05/2025 a las 10",
        "SSN ⟦national_id⟧, the payment of 01/15/2025 failed",
        "meu cpf ⟦national_id⟧, comprei dia 03/02/2024",
        "entrega para 10/10/2016",
        "redefinir a senha no Windows11",
        "meu login é maria.souza88 e não entra",
        "RFC ABC010203AB1 para facturar",
        "35.000.000",
        "11 98765-4321",
    ],
)
def test_what_is_public_by_its_form_or_place_stays_however_sure_the_model_is(text: str) -> None:
    assert mask(text).text == text


def test_a_number_that_a_word_for_a_ticket_names_is_never_one() -> None:
    read = candidates_of("o pedido 88231234567 e o chamado, ainda sem resposta, 99881234567")
    named, governed = read.values
    kind = SensitiveKind.NATIONAL_ID
    assert asked(read, named, kind) == inf
    assert 0 < asked(read, governed, kind) < inf


def test_a_birth_needs_a_year_of_birth_and_more_certainty_where_nothing_else_is_personal() -> None:
    def judged(text: str) -> tuple[bool, float]:
        read = candidates_of(text)
        (at,) = read.values
        kind = SensitiveKind.BIRTH_DATE
        return may_be(read, at, kind), asked(read, at, kind)

    certain = judged("⟦national_id⟧, 03/05/1988")
    assert certain[0]
    assert judged("⟦national_id⟧, 03/05/88") == judged("⟦national_id⟧, 12-abr-1990") == certain
    assert not judged("⟦national_id⟧, 03/05/2024")[0]
    assert not judged("⟦national_id⟧, emitido em 03/05/1988")[0]
    assert judged("03/05/1988")[1] > certain[1]


def test_an_expiry_or_a_code_needs_a_card() -> None:
    def may_be_card(text: str) -> bool:
        read = candidates_of(text)
        return any(may_be(read, at, SensitiveKind.PAYMENT_CARD) for at in read.values)

    assert may_be_card("⟦payment_card⟧ o de trás 114")
    assert may_be_card("minha visa, o de trás 114")
    assert not may_be_card("a carteira vence 04/27")


@pytest.mark.parametrize(
    "text", ["puerta 12, la clave del wifi? vuelo AR1304", "flight AR1304, gate 12, door password?"]
)
def test_a_cue_glued_to_a_number_governs_nothing_and_breaks_nothing(text: str) -> None:
    assert mask(text).text == text


def test_texts_joined_to_one_are_masked_to_the_end() -> None:
    joined = "\n".join(sample.text for sample in SAMPLES[:120])
    once = mask(joined).text
    assert mask(once).text == once


def test_the_features_of_a_text_are_the_same_in_every_process() -> None:
    read = candidates_of("cpf 113.586.606-62")
    (at,) = read.values
    assert buckets(sorted(Features(read).of(at))[:4]).tolist() == [190280, 192555, 173093, 159606]


def test_the_network_has_an_output_for_each_kind_and_a_row_for_what_it_knows() -> None:
    with np.load(MODEL, allow_pickle=False) as arrays:
        network = network_of(arrays)
        known = arrays["buckets"]
    assert (np.diff(known) > 0).all()
    assert 0 <= known[0] <= known[-1] < 1 << BITS
    assert network.row.max() == len(network.hidden) - 1
    assert network.output.shape == (network.hidden.shape[1], len(network.kinds) + 1)
    assert SensitiveKind.HEALTH not in network.kinds
