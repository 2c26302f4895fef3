"""Which rules fire on a message, what they intend, and how they make way for each other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.events.decisions import FindingEffect, InfractionEffect, SayEffect, SignalEffect
from shared.policy import CompiledPack, Judgement, Subject, evaluate
from shared.tags import (
    CLIENT_FLAGS,
    EMAIL_FINDINGS,
    STAFF_FLAGS,
    Channel,
    Context,
    Direction,
    Finding,
    Flag,
    Intent,
)
from shared.words import Effect, Matter, Mode
from tests.unit.policy.small_pack import pack, subject

PACK = pack()
RUDE_RULE = "  K1.rude:\n"


def fired(judgement: Judgement) -> list[str]:
    return [rule.rule for rule in judgement.rules]


def infractions(judgement: Judgement) -> list[InfractionEffect]:
    return [effect for effect in judgement.effects if isinstance(effect, InfractionEffect)]


def said(judgement: Judgement) -> list[str]:
    return [effect.paragraph for effect in judgement.effects if isinstance(effect, SayEffect)]


def why(judgement: Judgement, rule: str) -> str:
    return next(one.why for one in judgement.considered if one.rule == rule)


def test_all_rules_that_match_fire_and_say_because_of_what() -> None:
    judgement = evaluate(PACK, subject(Flag.IMPATIENT, Flag.AGGRESSIVE, intent=Intent.GENERAL_INQUIRY))
    assert [(rule.rule, rule.because) for rule in judgement.rules] == [
        ("K1.rude", ("aggressive",)),
        ("K1.pushy", ("impatient",)),
        ("K1.general", ("general_inquiry",)),
    ]


def test_only_the_heaviest_infraction_is_intended() -> None:
    judgement = evaluate(PACK, subject(Flag.IMPATIENT, Flag.AGGRESSIVE, burst="first"))
    assert [(one.rule, one.points, one.burst) for one in infractions(judgement)] == [("K1.rude", 2, "first")]
    assert "gives way to that of K1.rude" in why(judgement, "K1.pushy")


def test_of_equal_infractions_the_first_in_the_pack_is_intended() -> None:
    judgement = evaluate(PACK, subject(Flag.IMPATIENT, intent=Intent.GENERAL_INQUIRY))
    assert [one.rule for one in infractions(judgement)] == ["K1.pushy"]


def test_a_paragraph_is_said_once() -> None:
    assert said(evaluate(PACK, subject(Flag.IMPATIENT, Flag.AGGRESSIVE))) == ["kind"]


def test_a_rule_for_all_channels_makes_way_for_the_channels_own() -> None:
    on_chat = evaluate(PACK, subject(Flag.AGGRESSIVE))
    assert fired(on_chat) == ["K1.rude"]
    assert why(on_chat, "G1.all") == "K1.rude covers the same"
    by_mail = evaluate(PACK, subject(Finding.AGGRESSIVE, channel=Channel.EMAIL))
    assert fired(by_mail) == ["G1.all"]


def test_a_rule_that_does_not_fire_covers_nothing() -> None:
    narrow = pack(("flags_any: aggressive}\n    covers", "flags_any: aggressive, intent: other}\n    covers"))
    assert fired(evaluate(narrow, subject(Flag.AGGRESSIVE))) == ["G1.all"]


@pytest.mark.parametrize("excuse", [Flag.UNCLEAR, Context.OVERDUE])
def test_an_excused_message_is_answered_but_not_punished(excuse: Flag | Context) -> None:
    judgement = evaluate(PACK, subject(excuse, intent=Intent.GENERAL_INQUIRY))
    assert fired(judgement) == ["K1.general"]
    assert said(judgement) == ["mail"]
    assert infractions(judgement) == []
    assert f"no infraction: the message is {excuse}" in why(judgement, "K1.general")


@pytest.mark.slow
def test_an_excused_infraction_does_not_outweigh_a_lighter_one() -> None:
    both = pack(
        ("serious, points: 2}", "serious, points: 2, excused_by: [unclear]}"), ("[unclear, overdue]", "[]")
    )
    judgement = evaluate(both, subject(Flag.AGGRESSIVE, Flag.UNCLEAR, Flag.IMPATIENT))
    assert [one.rule for one in infractions(judgement)] == ["K1.pushy"]


def test_low_confidence_keeps_the_infraction_with_what_a_person_needs_to_decide() -> None:
    judgement = evaluate(PACK, subject(Flag.AGGRESSIVE, confidence={"aggressive": 0.4}))
    (infraction,) = infractions(judgement)
    assert (infraction.confidence, infraction.threshold) == (0.4, 0.6)
    assert "a person decides: confidence 0.40 is under 0.60" in why(judgement, "K1.rude")


def test_a_rule_is_as_sure_as_the_least_sure_of_what_must_hold() -> None:
    both = pack(("flags_any: impatient}", "intent: other, flags_any: [impatient, urgent]}"))
    sure = {"other": 0.9, "impatient": 0.3, "urgent": 0.8}
    judgement = evaluate(both, subject(Flag.IMPATIENT, Flag.URGENT, intent=Intent.OTHER, confidence=sure))
    assert infractions(judgement)[0].confidence == 0.8


def test_a_rules_threshold_stands_in_place_of_its_infractions() -> None:
    strict = pack((RUDE_RULE, "  K1.rude:\n    threshold: 0.95\n"))
    assert infractions(evaluate(strict, subject(Flag.AGGRESSIVE)))[0].threshold == 0.95


def test_guidance_waits_and_other_matters_do_not() -> None:
    guided = evaluate(PACK, subject(intent=Intent.GREETING)).effects[0]
    redirected = evaluate(PACK, subject(intent=Intent.GENERAL_INQUIRY)).effects[0]
    assert isinstance(guided, SayEffect)
    assert (guided.effect, guided.matter, guided.delay_seconds) == (Effect.REPLY, Matter.GUIDANCE, 20)
    assert isinstance(redirected, SayEffect)
    assert (redirected.effect, redirected.delay_seconds) == (Effect.REDIRECT, 0)


def test_what_no_rule_speaks_of_is_routed() -> None:
    judgement = evaluate(PACK, subject(intent=Intent.ACKNOWLEDGEMENT))
    assert judgement.rules == ()
    (effect,) = judgement.effects
    assert isinstance(effect, SignalEffect)
    assert (effect.effect, effect.to, effect.clause) == (Effect.ROUTE, "agents", "")


def test_what_staff_write_is_not_routed() -> None:
    assert evaluate(PACK, subject(direction=Direction.OUTBOUND)).effects == ()


def test_without_a_route_what_is_unmatched_has_no_effect() -> None:
    assert evaluate(pack(("unmatched: {route: agents}\n", "")), subject(intent=Intent.OTHER)).effects == ()


def test_a_review_asks_a_person() -> None:
    reviewed = pack((RUDE_RULE, "  K1.rude:\n    mode: review\n"))
    effects = evaluate(reviewed, subject(Flag.AGGRESSIVE)).effects
    assert [effect.effect for effect in effects] == [Effect.REPLY, Effect.INFRACTION, Effect.REVIEW]
    assert {effect.mode for effect in effects} == {Mode.REVIEW}


class TestShadow:
    """A rule that is tried out changes nothing for the others."""

    shadowed = pack((RUDE_RULE, "  K1.rude:\n    mode: shadow\n"))

    def test_it_is_recorded(self) -> None:
        only = evaluate(self.shadowed, subject(Flag.AGGRESSIVE))
        assert ("K1.rude", Mode.SHADOW) in [(rule.rule, rule.mode) for rule in only.rules]

    def test_it_covers_nothing(self) -> None:
        assert "G1.all" in fired(evaluate(self.shadowed, subject(Flag.AGGRESSIVE)))

    def test_its_infraction_outweighs_no_enforced_one(self) -> None:
        judgement = evaluate(self.shadowed, subject(Flag.AGGRESSIVE, Flag.IMPATIENT))
        assert [one.rule for one in infractions(judgement)] == ["G1.all"]

    def test_it_takes_no_paragraph_away(self) -> None:
        judgement = evaluate(self.shadowed, subject(Flag.AGGRESSIVE))
        assert [one.rule for one in judgement.effects if isinstance(one, SayEffect)] == ["G1.all"]

    def test_it_does_not_answer(self) -> None:
        otherwise = "when: {flags_any: aggressive, otherwise: true}"
        quiet = pack(
            (RUDE_RULE, "  K1.rude:\n    mode: shadow\n"), ("when: {flags_any: aggressive}", otherwise)
        )
        assert "G1.all" in fired(evaluate(quiet, subject(Flag.AGGRESSIVE)))


class TestOtherwise:
    """A rule for what nothing else answers."""

    standard = pack(
        (
            "when: {flags_any: aggressive}",
            "when: {channel: chat, intent_none: acknowledgement, otherwise: true}",
        ),
        ("covers: G1", "covers: K1.pushy"),
    )

    def test_it_fires_where_nothing_else_answers(self) -> None:
        assert fired(evaluate(self.standard, subject(intent=Intent.OTHER))) == ["G1.all"]

    def test_it_does_not_fire_where_something_answers(self) -> None:
        judgement = evaluate(self.standard, subject(intent=Intent.GREETING))
        assert fired(judgement) == ["K1.hello"]
        assert why(judgement, "G1.all") == "K1.hello answers already"

    def test_it_leaves_out_what_it_does_not_speak_of(self) -> None:
        assert fired(evaluate(self.standard, subject(intent=Intent.ACKNOWLEDGEMENT))) == []


def test_staff_findings_name_the_person() -> None:
    staffed = pack(
        (
            "when: {flags_any: aggressive}",
            "when: {direction: outbound, channel: chat, flags_any: informal, staff: true}",
        ),
        ("covers: G1", "covers: []"),
        (
            "then: {reply: kind, infraction: serious}\nunmatched",
            "then: {finding: staff, notify: lead}\nunmatched",
        ),
    )
    spoken = subject(Flag.INFORMAL, direction=Direction.OUTBOUND, staff="Ana")
    finding, notice = evaluate(staffed, spoken).effects
    assert isinstance(finding, FindingEffect)
    assert (finding.about, finding.staff) == ("staff", "Ana")
    assert isinstance(notice, SignalEffect)
    assert (notice.effect, notice.to) == (Effect.NOTIFY, "lead")
    nobody = evaluate(staffed, subject(Flag.INFORMAL, direction=Direction.OUTBOUND))
    assert why(nobody, "G1.all") == "no member of staff is named"


# --- properties ------------------------------------------------------------------------------------

BIG = pack(
    ("when: {channel: chat, intent: greeting}", "when: {channel: chat, context_any: [overdue, repeat_ping]}")
)


@st.composite
def subjects(draw: st.DrawFn) -> Subject:
    direction = draw(st.sampled_from(Direction))
    channel = draw(st.sampled_from(Channel))
    inbound = direction is Direction.INBOUND
    chat = channel not in {Channel.EMAIL, Channel.PHONE}
    flags = draw(st.frozensets(st.sampled_from(sorted(CLIENT_FLAGS if inbound else STAFF_FLAGS))))
    tags = sorted({*flags, *Intent, *Finding})
    confidence = draw(st.dictionaries(st.sampled_from([str(tag) for tag in tags]), st.floats(0, 1)))
    findings = draw(st.frozensets(st.sampled_from(sorted(EMAIL_FINDINGS))))
    return subject(
        *(flags if chat else ()),
        *(() if chat else findings),
        *draw(st.frozensets(st.sampled_from(Context))),
        intent=draw(st.sampled_from(Intent)) if inbound and chat else None,
        channel=channel,
        direction=direction,
        confidence=confidence,
    )


@pytest.mark.slow
@settings(deadline=None)
@given(packs=st.sampled_from([PACK, BIG]), one=subjects())
def test_every_judgement_keeps_how_rules_meet(packs: CompiledPack, one: Subject) -> None:
    judgement = evaluate(packs, one)
    assert len(infractions(judgement)) <= 1
    assert len(said(judgement)) == len(set(said(judgement)))
    assert [considered.rule for considered in judgement.considered] == [rule.name for rule in packs.rules]
    assert [considered.rule for considered in judgement.considered if considered.fired] == fired(judgement)
    assert all(considered.why for considered in judgement.considered)
    assert not {"K1.rude", "G1.all"} <= set(fired(judgement))
    assert {effect.rule for effect in judgement.effects} <= {*fired(judgement), "unmatched"}
    assert evaluate(packs, one) == judgement


@pytest.mark.slow
@settings(deadline=None)
@given(one=subjects())
def test_an_excuse_never_adds_points(one: Subject) -> None:
    excused = subject(
        *one.flags,
        *one.findings,
        *one.context,
        Context.OVERDUE,
        intent=one.intent,
        channel=one.channel,
        direction=one.direction,
    )
    points = [sum(effect.points for effect in infractions(evaluate(PACK, each))) for each in (one, excused)]
    assert points[1] <= points[0]
