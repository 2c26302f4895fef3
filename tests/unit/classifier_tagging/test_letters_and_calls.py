"""What the form of an e-mail and the course of a call show."""

import pytest

from services.classifier.tagging.letters import is_vague
from services.classifier.tagging.samples import CallSample, EmailSample
from services.classifier.tagging.spelling import one_slip_from
from services.classifier.tagging.tagger import load_tagger
from shared.events.messages import Turn
from shared.tags import Direction, Finding

PROPER = """Prezados, bom dia.

Solicito a segunda via da nota 4512, emitida em 3 de março para a filial de Santos.

Atenciosamente,

Marcos Tavares
(13) 3222-4410"""


def findings(subject: str, body: str, copies: int = 0) -> set[Finding]:
    return set(load_tagger().tag([EmailSample(subject, body, copies)])[0].findings or ())


def heard(*turns: tuple[str, float, float, str], direction: Direction = Direction.INBOUND) -> set[Finding]:
    sample = CallSample(
        [
            Turn(speaker="agent" if speaker == "a" else "client", start=start, end=end, text=text)
            for speaker, start, end, text in turns
        ],
        direction,
    )
    return set(load_tagger().tag([sample])[0].findings or ())


def test_a_proper_email_has_no_findings() -> None:
    assert findings("Segunda via da nota 4512", PROPER) == set()


@pytest.mark.parametrize("subject", ["", "Oi", "URGENTE", "Re: consulta", "Hola", "question"])
def test_subjects_that_say_nothing(subject: str) -> None:
    assert is_vague(subject)


@pytest.mark.parametrize(
    "subject", ["Nota 4512", "Cancelamento do contrato", "Re: guía 88231", "Erro ao emitir NF"]
)
def test_subjects_that_name_the_matter(subject: str) -> None:
    assert not is_vague(subject)


@pytest.mark.parametrize(
    ("without", "finding"),
    [
        ("Prezados, bom dia.\n\n", Finding.MISSING_GREETING),
        ("Atenciosamente,\n\n", Finding.MISSING_CLOSING),
        ("\n(13) 3222-4410", Finding.MISSING_SIGNATURE),
    ],
)
def test_what_is_left_out_is_found(without: str, finding: Finding) -> None:
    assert finding in findings("Segunda via da nota 4512", PROPER.replace(without, ""))


def test_one_long_block_is_unstructured() -> None:
    block = "O relatório de vendas da filial de Santos saiu sem os totais de março. " * 14
    assert Finding.UNSTRUCTURED in findings("Relatório", f"Bom dia. {block}")


def test_copies_expose_what_is_sensitive_and_only_that() -> None:
    body = PROPER.replace("Santos.", "Santos. Meu CPF é ⟦national_id⟧.")
    assert Finding.CC_EXPOSURE in findings("Nota 4512", body, copies=3)
    assert Finding.CC_EXPOSURE not in findings("Nota 4512", body)
    assert Finding.CC_EXPOSURE not in findings("Nota 4512", PROPER, copies=3)


def test_words_that_no_dictionary_knows_are_spelling() -> None:
    body = PROPER.replace("Solicito a segunda via", "Solissito a segumda viia e agradesço a atenssão")
    assert Finding.SPELLING in findings("Nota 4512", body)


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("juebes", "jueves"),
        ("atensao", "atensão"),
        ("tambien", "también"),
        ("ora", "hora"),
        ("resivo", "recivo"),
        ("igaul", "igual"),
        ("usualy", "usually"),
        ("homologassão", "homologação"),
        ("acha", "achar"),
    ],
)
def test_a_slip_is_one_sound_one_accent_or_one_swap_from_what_was_meant(slip: str, meant: str) -> None:
    assert meant in one_slip_from(slip)


def test_verb_forms_and_jargon_that_no_dictionary_has_are_no_spelling() -> None:
    body = PROPER.replace("Solicito a segunda via", "Solicito o redespacho da budesonida")
    assert Finding.SPELLING not in findings("Nota 4512", body)


def test_missing_accents_are_spelling() -> None:
    body = PROPER.replace("Solicito a segunda via", "Entao voces podem mandar tambem a segunda via")
    assert Finding.SPELLING in findings("Nota 4512", body)


RECAP = (
    "a",
    20.0,
    26.0,
    "Então, recapitulando: a visita fica para quinta às dez, com o técnico Paulo. Confirma?",
)


def test_a_proper_call_has_no_findings() -> None:
    assert (
        heard(
            ("a", 0, 4, "Suporte Sol, bom dia, aqui é a Marta. Em que posso ajudar?"),
            ("c", 5, 9, "Oi, queria agendar a visita do técnico."),
            ("a", 10, 14, "Claro, tenho quinta às dez."),
            ("c", 15, 18, "Pode ser."),
            RECAP,
            ("c", 27, 28, "Confirmo, obrigado."),
        )
        == set()
    )


def test_an_opener_without_a_name_is_unidentified() -> None:
    assert Finding.UNIDENTIFIED in heard(("a", 0, 1, "Pois não."), ("c", 2, 4, "Oi, é do suporte?"), RECAP)


def test_an_end_without_summing_up_is_no_recap() -> None:
    assert Finding.NO_RECAP in heard(
        ("a", 0, 4, "Bom dia, aqui é a Marta."), ("c", 5, 8, "Quero agendar."), ("a", 9, 10, "Tá. Tchau.")
    )


def test_starting_before_the_other_ends_again_and_again_is_interrupting() -> None:
    often = [
        ("a", 0.0, 5.0, "Bom dia, aqui é a Marta, em que posso"),
        ("c", 3.0, 8.0, "É que a nota não saiu e eu"),
        ("a", 8.5, 12.0, "A senhora já tentou"),
        ("c", 10.0, 15.0, "Já tentei tudo isso ontem"),
        RECAP,
    ]
    once = [*often[:2], ("a", 8.5, 12.0, "A senhora já tentou?"), ("c", 12.1, 15.0, "Já tentei."), RECAP]
    assert Finding.INTERRUPTS in heard(*often)
    assert Finding.INTERRUPTS not in heard(*once)


def test_a_word_of_assent_while_the_other_goes_on_interrupts_nobody() -> None:
    listening = [
        ("a", 0.0, 9.0, "Bom dia, aqui é a Marta, a entrega ficou para quinta por causa da chuva."),
        ("c", 4.0, 4.5, "aham"),
        ("c", 7.0, 7.5, "tá, entendi"),
        RECAP,
    ]
    assert Finding.INTERRUPTS not in heard(*listening)


@pytest.mark.parametrize(
    "opening",
    [
        "Ferretería El Tornillo, acá Washington, dígame.",
        "Luz do Litoral, boa tarde, quem te atende é a Iara.",
        "Elmwood Dental, good morning, this is Farrah.",
        "Insumos, Ronaldo, pois não.",
    ],
)
def test_a_name_may_be_said_in_many_ways(opening: str) -> None:
    answer = "Ronaldo, bom dia, eu queria agendar a visita do técnico."
    assert Finding.UNIDENTIFIED not in heard(("a", 0, 4, opening), ("c", 5, 9, answer), RECAP)


@pytest.mark.parametrize(
    ("opening", "unidentified"),
    [
        ("Bom dia, aqui é a Marta, da Sol, sobre a visita de quinta.", False),
        ("Opa, aqui é a Marta, tudo bem?", True),
        ("Bom dia, é da Sol, sobre a visita de quinta.", True),
    ],
)
def test_who_calls_out_says_a_name_and_why(opening: str, unidentified: bool) -> None:
    turns = [("a", 0.0, 4.0, opening), ("c", 5.0, 6.0, "Oi."), ("a", 7.0, 8.0, "Tudo joia?"), RECAP]
    call = heard(*turns, direction=Direction.OUTBOUND)
    assert (Finding.UNIDENTIFIED in call) is unidentified


def test_who_is_asked_why_he_calls_and_does_not_say_is_unidentified() -> None:
    evasive = heard(
        ("a", 0, 4, "Alô, aqui é a Marta, é sobre o contrato."),
        ("c", 5, 7, "Marta de onde?"),
        ("a", 8, 9, "É rapidinho."),
        RECAP,
        direction=Direction.OUTBOUND,
    )
    assert Finding.UNIDENTIFIED in evasive


@pytest.mark.parametrize("speaker", ["a", "c"])
def test_saying_again_what_was_agreed_sums_up_whatever_the_words_for_it(speaker: str) -> None:
    assert Finding.NO_RECAP not in heard(
        ("a", 0, 4, "Suporte Sol, aqui é a Marta."),
        ("c", 5, 9, "Queria trocar a correia do portão, o motor Garen da garagem."),
        ("a", 10, 14, "Tenho quinta com o Paulo, a correia custa oitenta reais."),
        (
            speaker,
            15,
            24,
            "Quinta com o Paulo, correia nova do portão, oitenta reais, motor da garagem. É isso?",
        ),
        ("c" if speaker == "a" else "a", 25, 26, "É isso."),
    )


def test_joy_is_no_agitation() -> None:
    assert Finding.AGITATED_TONE not in heard(
        ("a", 0, 4, "Colégio Ipê, aqui é a Marta."),
        ("c", 5, 9, "Obrigada, Marta! Passei na prova! Que bom, que maravilha!"),
        RECAP,
    )


@pytest.mark.parametrize("closing", ["Boas estradas,", "Que suene mucho,", "Fair winds,", "Dios le pague,"])
def test_a_few_words_alone_before_the_name_close_an_email(closing: str) -> None:
    assert Finding.MISSING_CLOSING not in findings("Nota 4512", PROPER.replace("Atenciosamente,", closing))


def test_a_request_before_the_name_closes_nothing() -> None:
    body = PROPER.replace("\n\nAtenciosamente,", " Mandem hoje.")
    assert Finding.MISSING_CLOSING in findings("Nota 4512", body)


@pytest.mark.parametrize("greeting", ["Seu Biu,", "Maestro Cuauhtémoc:", "Kia ora Philippa,"])
def test_a_name_alone_on_the_first_line_greets(greeting: str) -> None:
    body = PROPER.replace("Prezados, bom dia.", greeting)
    assert Finding.MISSING_GREETING not in findings("Nota 4512", body)
