"""The pack of Trackingpremium says what the catalogue of rules says, row by row."""

import re
from pathlib import Path

import pytest

from shared.events.decisions import InfractionEffect, SayEffect, SignalEffect
from shared.events.messages import ContentKind
from shared.events.outcomes import Paragraph
from shared.policy import Judgement, evaluate, load_pack, render
from shared.tags import Channel, Context, Direction, Finding, Flag, Intent, Language
from shared.words import Effect, Matter
from tests.unit.policy.small_pack import subject

PACK = load_pack(Path(__file__).parents[3] / "deploy" / "policies" / "trackingpremium.yaml")
EVENT_VALUES: dict[str, str | int] = {
    "points": 2,
    "limit": 3,
    "clause": "P5",
    "date": "2026-03-02T15:00:00+00:00",
    "excerpt": "…",
    "call_due": "2026-03-02T19:00:00+00:00",
}


def clauses(judgement: Judgement) -> list[str]:
    return [rule.clause for rule in judgement.rules]


def infraction(judgement: Judgement) -> tuple[str, int, int, float] | None:
    for effect in judgement.effects:
        if isinstance(effect, InfractionEffect):
            return effect.rule, effect.points, effect.lenient, effect.threshold
    return None


def paragraphs(judgement: Judgement) -> list[str]:
    return [effect.paragraph for effect in judgement.effects if isinstance(effect, SayEffect)]


OFF_PURPOSE = ("P3.off_purpose", 1, 0, 0.6)
AGGRESSIVE = ("P5.aggressive", 2, 0, 0.8)
IMPATIENT = ("P5.impatient", 1, 1, 0.6)


@pytest.mark.parametrize(
    ("intent", "tags", "rules", "said", "cost"),
    [
        (Intent.POINT_QUERY, (), ["P1"], [], None),
        (Intent.FOLLOW_UP, (), ["P1"], [], None),
        (Intent.DATA_CONFIRMATION, (), ["P1"], [], None),
        (Intent.GENERAL_INQUIRY, (), ["P3"], ["P3.redirect"], OFF_PURPOSE),
        (Intent.COMPLEX_ISSUE, (), ["P3"], ["P3.redirect"], OFF_PURPOSE),
        (Intent.TICKET_REQUEST, (), ["P3"], ["P3.ticket"], None),
        (Intent.GENERAL_INQUIRY, (Flag.UNCLEAR,), ["P4", "P3"], ["P4.unclear"], None),
        (Intent.TICKET_REQUEST, (Flag.UNCLEAR,), ["P4", "P3"], ["P4.unclear"], None),
        (Intent.GREETING, (), ["P4"], ["P4.greeting"], None),
        (Intent.POINT_QUERY, (Context.FRAGMENTED,), ["P1", "P4"], ["P4.fragmented"], None),
        (Intent.POINT_QUERY, (Flag.AGGRESSIVE,), ["P1", "P5"], ["P5.respect"], AGGRESSIVE),
        (Intent.COMPLEX_ISSUE, (Flag.AGGRESSIVE,), ["P3", "P5"], ["P3.redirect", "P5.respect"], AGGRESSIVE),
        (Intent.FOLLOW_UP, (Flag.IMPATIENT,), ["P1", "P5"], ["P5.calm"], IMPATIENT),
        (Intent.FOLLOW_UP, (Context.REPEAT_PING,), ["P1", "P6"], ["P6.wait"], None),
        (Intent.POINT_QUERY, (Context.OUT_OF_HOURS,), ["P1", "P6"], ["P6.out_of_hours"], None),
        (Intent.FOLLOW_UP, (Flag.IMPATIENT, Context.OVERDUE), ["P1", "P6"], ["P6.overdue"], None),
        (Intent.POINT_QUERY, (Flag.SENSITIVE_DATA,), ["P1", "G3"], ["G3.sensitive"], None),
        (Intent.ACKNOWLEDGEMENT, (), [], [], None),
        (Intent.PERSONAL_CHAT, (), [], [], None),
        (Intent.OTHER, (), [], [], None),
        (Intent.OTHER, (Flag.URGENT,), [], [], None),
    ],
)
def test_each_row_of_the_catalogue(
    intent: Intent,
    tags: tuple[Flag | Context, ...],
    rules: list[str],
    said: list[str],
    cost: tuple[str, int, int, float] | None,
) -> None:
    judgement = evaluate(PACK, subject(*tags, intent=intent))
    assert clauses(judgement) == rules
    assert paragraphs(judgement) == said
    assert infraction(judgement) == cost


@pytest.mark.parametrize("intent", [Intent.POINT_QUERY, Intent.ACKNOWLEDGEMENT, Intent.OTHER])
def test_what_is_allowed_goes_to_the_agents(intent: Intent) -> None:
    (route,) = evaluate(PACK, subject(intent=intent)).effects
    assert isinstance(route, SignalEffect)
    assert (route.effect, route.to) == (Effect.ROUTE, "agents")


def test_a_call_on_the_messaging_channel_is_not_attended() -> None:
    judgement = evaluate(PACK, subject(Context.VOICE_CALL, kind=ContentKind.VOICE_CALL))
    assert paragraphs(judgement) == ["P3.voice_call"]
    assert infraction(judgement) is None


@pytest.mark.parametrize(
    ("finding", "channel", "clause", "said"),
    [
        (Finding.AGGRESSIVE, Channel.EMAIL, "G1", ["P5.respect"]),
        (Finding.AGGRESSIVE, Channel.PHONE, "G1", []),
        (Finding.IMPATIENT, Channel.EMAIL, "G2", ["P5.calm"]),
    ],
)
def test_general_rules_hold_where_the_channels_own_do_not(
    finding: Finding, channel: Channel, clause: str, said: list[str]
) -> None:
    judgement = evaluate(PACK, subject(finding, channel=channel))
    assert clauses(judgement) == [clause]
    assert paragraphs(judgement) == said


def test_guidance_is_never_an_infraction() -> None:
    for rule in PACK.rules:
        guides = any(saying.matter is Matter.GUIDANCE for saying in rule.says)
        assert not (guides and rule.infraction), rule.name


def test_the_rules_speak_of_clients_only() -> None:
    assert {rule.when.direction for rule in PACK.rules} == {Direction.INBOUND}


@pytest.mark.parametrize(
    ("paragraph", "language", "words"),
    [
        ("P5.respect", Language.ES, "respeto|respetuoso"),
        ("P5.respect", Language.PT_BR, "respeito"),
        ("P5.respect", Language.EN, "respect"),
        *(
            (name, language, r"soporte@trackingpremium\.com")
            for name in ("P3.redirect", "P3.ticket")
            for language in Language
        ),
        *(
            (name, language, r"\+507 300-0142")
            for name in ("P3.redirect", "P3.voice_call")
            for language in Language
        ),
        ("P5.calm", Language.ES, "2 horas hábiles"),
        ("P6.out_of_hours", Language.ES, "lunes a viernes de 8:00 a 17:00 y sábados de 9:00 a 12:00"),
        ("P7.disabled", Language.ES, "llamada"),
        ("P7.disabled", Language.PT_BR, "ligação"),
        ("P7.disabled", Language.EN, "call"),
        ("P7.disabled", Language.ES, "P5, mantener un tono profesional"),
        ("P7.disabled_again", Language.ES, "llamada"),
        ("P2.standing", Language.PT_BR, "2 de 3"),
    ],
)
def test_replies_say_what_the_client_has_to_know(paragraph: str, language: Language, words: str) -> None:
    said = Paragraph(paragraph=paragraph, matter=PACK.matter(paragraph), values=EVENT_VALUES)
    assert re.search(words, render(PACK, [said], language))


@pytest.mark.parametrize("language", Language)
def test_everything_can_be_said_in_every_language_and_fits(language: Language) -> None:
    for name in PACK.paragraphs:
        said = Paragraph(paragraph=name, matter=PACK.matter(name), values=EVENT_VALUES)
        text = render(PACK, [said], language)
        assert 0 < len(text) < 1400
        assert not set("{}") & set(text)


def test_clients_are_addressed_with_courtesy_in_spanish() -> None:
    familiar = re.compile(r"\b(tú|tu|tus|te|ti|contigo|puedes|escríbenos|llámanos|tienes)\b", re.IGNORECASE)
    for name, paragraph in PACK.paragraphs.items():
        assert not familiar.search(paragraph.text[Language.ES]), name


def test_the_letter_of_the_policy_has_a_clause_for_each_consequence() -> None:
    assert PACK.restriction is not None
    assert PACK.call is not None
    assert (PACK.restriction.clause, PACK.call.clause) == ("P7", "P8")
    assert PACK.warnings == ()
