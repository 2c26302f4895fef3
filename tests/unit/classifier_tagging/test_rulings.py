"""The taxonomy's rulings, case by case: what a message is, and what it is not."""

import pytest

from services.classifier.tagging.samples import ChatSample
from services.classifier.tagging.tagger import load_tagger
from shared.events.decisions import Tags
from shared.tags import Direction, Flag, Intent, Language


def tagged(text: str, direction: Direction = Direction.INBOUND) -> Tags:
    return load_tagger().tag([ChatSample(text, direction)])[0]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("boa noite", Intent.GREETING),
        ("buenas tardes", Intent.GREETING),
        ("hello", Intent.GREETING),
        ("muito obrigada", Intent.ACKNOWLEDGEMENT),
        ("mil gracias", Intent.ACKNOWLEDGEMENT),
        ("thank you so much", Intent.ACKNOWLEDGEMENT),
        ("👍", Intent.ACKNOWLEDGEMENT),
        ("alguma novidade do chamado 55210?", Intent.FOLLOW_UP),
        ("¿hay alguna novedad del ticket 55210?", Intent.FOLLOW_UP),
        ("any update on ticket 55210?", Intent.FOLLOW_UP),
        ("quais planos vocês oferecem?", Intent.GENERAL_INQUIRY),
        ("¿qué planes ofrecen?", Intent.GENERAL_INQUIRY),
        ("what plans do you offer?", Intent.GENERAL_INQUIRY),
        ("¿ya llegó el paquete 90233?", Intent.POINT_QUERY),
        ("preciso cadastrar um usuário novo", Intent.TICKET_REQUEST),
        ("necesito crear un usuario nuevo", Intent.TICKET_REQUEST),
        ("¿les llegó la transferencia de 450?", Intent.DATA_CONFIRMATION),
        ("confirmo a reunião de sexta às 10h", Intent.DATA_CONFIRMATION),
    ],
)
def test_the_main_purpose_of_a_plain_message(text: str, intent: Intent) -> None:
    assert tagged(text).intent is intent


@pytest.mark.parametrize(
    "text",
    [
        "vocês são uns imbecis",
        "son unos imbéciles",
        "you are a bunch of idiots",
        "bando de incompetentes",
        "v0cê é um 1d10ta",
        "i.d.i.o.t.a",
        "seus ladrõõõões",
    ],
)
def test_an_insult_of_the_reader_is_aggressive_however_it_is_spelled(text: str) -> None:
    assert Flag.AGGRESSIVE in tagged(text).flags


@pytest.mark.parametrize(
    "text",
    [
        "caralho, deu certo! obrigado",
        "que burra que eu sou, era só ligar na tomada",
        "meu advogado pediu a segunda via do contrato",
        "mi abogada necesita una copia del contrato",
        "decidi cancelar o plano no fim do mês, obrigada por tudo",
        "o motorista me chamou de idiota, gostaria de registrar",
        "bom dia",
    ],
)
def test_what_only_looks_hostile_is_not_aggressive(text: str) -> None:
    assert Flag.AGGRESSIVE not in tagged(text).flags


@pytest.mark.parametrize(
    "text",
    [
        "o sistema parou e a loja inteira está sem vender, tem fila na porta",
        "se cayó el servidor y no podemos facturar, los camiones están esperando",
        "the server is down and nobody can work",
    ],
)
def test_work_stopped_is_urgent(text: str) -> None:
    assert Flag.URGENT in tagged(text).flags


@pytest.mark.parametrize(
    "text",
    ["não é urgente, quando puderem vejam isso", "no es urgente, cuando puedan", "no rush, whenever you can"],
)
def test_denied_urgency_is_not_urgent(text: str) -> None:
    assert Flag.URGENT not in tagged(text).flags


@pytest.mark.parametrize(
    "text",
    ["até quando vou ter que esperar?", "¿hasta cuándo voy a esperar?", "sigo esperando, nadie contesta!!"],
)
def test_pressure_about_waiting_is_impatient_and_not_aggressive(text: str) -> None:
    flags = tagged(text).flags
    assert Flag.IMPATIENT in flags
    assert Flag.AGGRESSIVE not in flags


@pytest.mark.parametrize("text", ["¿Hola? ¿hay alguien?", "oi? tem alguém aí?", "hello? anyone there?"])
def test_asking_whether_anybody_is_there_is_no_pressure(text: str) -> None:
    assert (tagged(text).intent, tagged(text).flags) == (Intent.GREETING, ())


@pytest.mark.parametrize("text", ["hola??? contesten", "ALÔ?? ALGUÉM RESPONDE", "hello??? answer me"])
def test_asking_for_an_answer_at_last_is_pressure(text: str) -> None:
    assert Flag.IMPATIENT in tagged(text).flags


@pytest.mark.parametrize("text", ["não funciona", "tengo un problema", "I need help", "preciso de ajuda"])
def test_a_plea_that_names_nothing_is_unclear(text: str) -> None:
    assert Flag.UNCLEAR in tagged(text).flags


@pytest.mark.parametrize("text", ["a impressora não imprime", "alguma novidade do chamado 881?", "bom dia"])
def test_what_names_its_matter_is_not_unclear(text: str) -> None:
    assert Flag.UNCLEAR not in tagged(text).flags


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("Bom dia, aqui é a Fernanda, da central.", Flag.IDENTIFIES),
        ("Por favor, registre a solicitação no portal de atendimento.", Flag.REDIRECTS),
        ("Por favor escriba su solicitud al correo de soporte.", Flag.REDIRECTS),
        ("Pode deixar, vou verificar agora e corrigir.", Flag.HANDLES_REQUEST),
        ("Vocês são uns idiotas.", Flag.AGGRESSIVE),
        ("kkkk blz mano, já já te falo", Flag.INFORMAL),
    ],
)
def test_what_staff_write(text: str, flag: Flag) -> None:
    assert flag in tagged(text, Direction.OUTBOUND).flags


def test_hostile_staff_are_uncordial_too() -> None:
    flags = tagged("Vocês são uns idiotas.", Direction.OUTBOUND).flags
    assert {Flag.AGGRESSIVE, Flag.UNCORDIAL} <= set(flags)


def test_staff_have_no_intent_and_only_their_own_flags() -> None:
    tags = tagged("até quando? é urgente, o sistema parou", Direction.OUTBOUND)
    assert tags.intent is None
    assert not {Flag.URGENT, Flag.IMPATIENT, Flag.UNCLEAR} & set(tags.flags)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("o boleto ainda não chegou aqui", Language.PT_BR),
        ("la factura todavía no ha llegado", Language.ES),
        ("the invoice has not arrived yet", Language.EN),
    ],
)
def test_the_language(text: str, language: Language) -> None:
    assert tagged(text).language is language


@pytest.mark.parametrize("hint", list(Language))
def test_a_short_word_is_in_the_language_used_before(hint: Language) -> None:
    assert load_tagger().tag([ChatSample("ok", hint=hint)])[0].language is hint


def test_a_placeholder_is_sensitive_and_says_which_kind() -> None:
    tags = tagged("meu cpf é ⟦national_id⟧")
    evidence = next(one for one in tags.evidence if one.tag == Flag.SENSITIVE_DATA)
    assert Flag.SENSITIVE_DATA in tags.flags
    assert evidence.kind == "national_id"
    assert (evidence.start, evidence.end) == (10, 23)
