"""What is said on the phone: asked in one turn, answered in the next, read back, in pieces, put right."""

import time

import pytest

from shared.privacy import SensitiveKind, find_each, find_in_turns
from shared.privacy.placeholders import replaced
from shared.privacy.text.folding import fold
from shared.privacy.transcripts.dialogue import Dialogue, Turn
from shared.privacy.transcripts.stretches import pieces_of, stretches_of


def call(*said: str) -> list[tuple[str, str]]:
    """Turns of an agent and a client, the agent first."""
    return [(("agent", "client")[at % 2], text) for at, text in enumerate(said)]


def masked(*said: str) -> list[str]:
    turns = call(*said)
    return [replaced(text, spans).text for (_, text), spans in zip(turns, find_in_turns(turns), strict=True)]


def said_in(text: str) -> list[str]:
    folded = fold(text)
    places = [folded.original(one.start, one.end) for one in stretches_of(pieces_of(folded.text), 0)]
    return [text[start:end] for start, end in places]


@pytest.mark.parametrize(
    ("asked", "answered", "kind"),
    [
        (
            "Me confirma o CPF da senhora?",
            "oito quatro nove, um dois cinco, três três zero, meia um",
            "national_id",
        ),
        ("E a data de nascimento?", "dezessete do nove de sessenta e oito", "birth_date"),
        (
            "¿Me dicta su número de cédula, por favor?",
            "sí, cuarenta, dieciocho, noventa y dos, once",
            "national_id",
        ),
        ("What's the code we just texted you?", "it says 5 5 1, 9 0 2", "one_time_code"),
        ("E qual a agência e a conta?", "agência 3129, conta 0017 8742, dígito xis", "bank_account"),
    ],
)
def test_a_bare_answer_is_what_was_asked_for(asked: str, answered: str, kind: str) -> None:
    assert f"⟦{kind}⟧" in masked("Bom dia.", "Oi.", asked, answered)[3]


def test_an_answer_in_pieces_that_are_read_back_is_masked_in_every_turn() -> None:
    said = masked(
        "Bom dia, o senhor me fala o CPF?",
        "040 775",
        "040 775",
        "836 40",
        "836 40. Certo, o que houve?",
        "O cartão não passou.",
    )
    assert not any(char.isdigit() for turn in said for char in turn)


@pytest.mark.parametrize(
    "said",
    [
        ("Me informa o número do pedido?", "sete sete dois zero, meia um, quatro quatro"),
        ("¿Cuál es el número de la guía?", "88 20 41"),
        ("What's the order number?", "it's 4 4 0, 1 9 2"),
        ("Anota o protocolo: 2024 118 3390.", "2024 118 3390, beleza"),
        ("Quantas caixas vieram?", "vieram 36, em 12 paletes"),
    ],
)
def test_a_number_that_was_asked_for_as_no_secret_stays(said: tuple[str, str]) -> None:
    assert masked("Bom dia.", "Oi.", *said)[2:] == list(said)


def test_a_value_that_is_found_once_is_found_wherever_it_is_said() -> None:
    said = masked(
        "¿Me dice su DNI?",
        "24686765",
        "Gracias. ¿Y el motivo?",
        "Una factura doble.",
        "Listo, quedó a nombre de usted, 24 686 765.",
    )
    assert "686" not in " ".join(said)


@pytest.mark.parametrize(
    ("said", "value"),
    [
        (("número do pedido?", "5512, 113.586.606-62"), "113.586.606-62"),
        (("o cpf?", "113.586.606-62", "e o pedido?", "pedido 88, 113.586.606-62"), "113.586.606-62"),
        (("código de rastreio?", "7788, 4111 1111 1111 1111"), "1111"),
        (("hola", "factura 7788, GAPL811103MPLDHH03"), "MPLDHH03"),
        (("e a senha?", "a senha é Pepe#2019"), "Pepe"),
        (("¿la clave?", "la contraseña es MiPerro2020$ok"), "$ok"),
        (("and the token?", "the token is sk_live_51H8abcDEFghijk and it fails"), "51H8abc"),
        (("your IBAN?", "the IBAN is GB29 NWBK 6016 1331 9268 19"), "NWBK"),
        (("date of birth?", "October ninth, nineteen sixty-eight"), "sixty"),
        (("your social?", "it's two eighteen, forty-four, fifty-six twenty-two"), "forty"),
        (("¿fecha de nacimiento?", "dos de agosto del sesenta y uno"), "uno"),
    ],
)
def test_nothing_of_a_value_stays_readable_whatever_stands_around_it(
    said: tuple[str, ...], value: str
) -> None:
    assert value not in " ".join(masked("Bom dia.", "Oi.", *said))


def test_what_tells_itself_is_masked_beside_a_number_that_is_nothing() -> None:
    assert masked("O pedido?", "pedido 88, 113.586.606-62")[1] == "pedido 88, ⟦national_id⟧"


def test_small_words_are_no_spelled_letters() -> None:
    said = masked("Me diz o CPF?", "113.586.606-62", "E o da mãe?", "a e o b")
    assert said[3] == "a e o b"


def test_places_are_those_of_each_turn_as_written() -> None:
    turns = call("Qual o C\u200bPF?", "É\u0301 113.\u200b586.606-62, tá?")
    ((), (span,)) = find_in_turns(turns)
    assert span.kind is SensitiveKind.NATIONAL_ID
    assert turns[1][1][span.start : span.end] == "113.\u200b586.606-62"


def test_what_is_masked_already_stays_masked_and_nothing_else_changes() -> None:
    once = masked("Me fala o CPF?", "113.586.606-62", "E o telefone?", "pode ser esse")
    assert masked(*once) == once


@pytest.mark.parametrize("turns", [[], [("agent", "")], [("client", " "), ("agent", "\ud800 \0")]])
def test_a_call_in_which_nothing_is_said_has_nothing(turns: list[tuple[str, str]]) -> None:
    assert find_in_turns(turns) == [()] * len(turns)


@pytest.mark.parametrize(
    ("text", "stretches"),
    [
        ("é quatro sete zero, oito um três, tá?", ["quatro sete zero, oito um três"]),
        ("uma caixa e um pacote", []),
        ("treze de dezembro de setenta e oito", ["treze de dezembro de setenta e oito"]),
        ("começa com n v l depois vem 9 F 2", ["n v l", "9 F 2"]),
        ("o e-mail é ana@loja.example mesmo", ["ana@loja.example"]),
        ("peraí 102 e já volto 88", ["102", "88"]),
    ],
)
def test_stretches_are_what_may_be_a_piece_of_a_value(text: str, stretches: list[str]) -> None:
    assert said_in(text) == stretches


def test_a_stretch_knows_its_digits_however_they_were_said() -> None:
    (one,) = stretches_of(pieces_of("zero oito nove, double four 12"), 0)
    assert one.digits == "0894412"


def test_what_was_named_before_a_number_is_known_across_turns() -> None:
    dialogue = Dialogue([Turn("agent", "me diz o cpf?", ()), Turn("client", "040 775 e o pedido 88", ())])
    assert [dialogue.topics[dialogue.named_before(at) - 1].cue.name for at in range(2)] == ["cpf", "order"]


@pytest.mark.parametrize(
    ("texts", "between", "found"),
    [
        (["senha do wifi:", "Pepe#2019"], " ", [[], ["Pepe#2019"]]),
        (["meu cpf 113.586.606-62", "é 113.586.606-62"], "\n\n", [["113.586.606-62"], ["113.586.606-62"]]),
        (["", "oi", ""], "\n\n", [[], [], []]),
        (["cvv 123", "", "123 456"], "\n\n", [["123"], [], ["123", "456"]]),
        ([], "\n\n", []),
    ],
)
def test_texts_that_belong_together_are_read_as_one(
    texts: list[str], between: str, found: list[list[str]]
) -> None:
    spans = find_each(texts, between=between)
    told = [[text[one.start : one.end] for one in some] for text, some in zip(texts, spans, strict=True)]
    assert told == found


@pytest.mark.slow
@pytest.mark.parametrize(
    "turns",
    [
        call(*(["o cpf?", "um dois três quatro"] * 1_000)),
        call("o cpf?", "um dois três, " * 4_000),
        call("a b c d " * 6_000, "1 2 3 a b c " * 4_000),
        call("código " * 8_000, "9" * 50_000),
        call(*["cpf"] * 5_000),
    ],
)
def test_a_monstrous_call_is_read_in_time(turns: list[tuple[str, str]]) -> None:
    started = time.process_time()
    assert len(find_in_turns(turns)) == len(turns)
    assert time.process_time() - started < 12
