"""A pack that is right compiles; a pack that is wrong says where, in which rule, and what to do."""

from pathlib import Path

import pytest

from shared.policy import (
    PolicyErrors,
    compile_pack,
    enforced,
    from_document,
    load_pack,
    variant,
)
from shared.tags import Channel, Language
from shared.words import Matter, Mode
from tests.unit.policy.mistakes import HELLO, MISTAKES
from tests.unit.policy.small_pack import FILE, SMALL, changed, line_of, pack, problems


@pytest.mark.slow
@pytest.mark.parametrize("name", MISTAKES)
def test_each_mistake_is_named_with_its_line_its_rule_and_what_to_do(name: str) -> None:
    old, new, what, place, rule = MISTAKES[name]
    source = changed((old, new))
    found = problems((old, new))
    matching = [problem for problem in found if what in str(problem)]
    assert matching, [str(problem) for problem in found]
    problem = matching[0]
    assert problem.file == FILE
    assert problem.rule == rule
    expected = [number for number, line in enumerate(source.splitlines(), start=1) if place in line]
    assert problem.line in expected, f"{problem.line} is none of {expected}"
    assert problem.remedy


def test_all_mistakes_are_told_at_once() -> None:
    found = problems(
        ("zone: America/Panama", "zone: Nowhere"),
        ("points: 2}", "points: 0}"),
        ("covers: G1", "cover: G1"),
        (HELLO, "when: {channel: chat, intent: greting}"),
        ("reply: ask", "reply: asc"),
        ('en: "Be kind."', 'en: ""'),
        ("{email}.", "{e_mail}."),
        ("tenant: acme", "tenant: Acme Inc"),
    )
    text = "\n".join(str(problem) for problem in found)
    for what in (
        "Nowhere",
        "counts 0",
        "`cover`",
        "`greting`",
        "`asc`",
        "no translation",
        "{e_mail}",
        "`tenant`",
    ):
        assert what in text
    assert [problem.line for problem in found] == sorted(problem.line for problem in found)


def test_a_mistake_in_one_rule_is_not_blamed_on_others() -> None:
    found = problems((HELLO, "when: {channel: chat, intent: greting}"))
    assert [problem.what for problem in found] == ["unknown word `greting` in `intent`"]
    assert found[0].remedy == "Did you mean `greeting`?"


@pytest.mark.slow
@pytest.mark.parametrize(
    "when",
    [
        "{findings_any: cc_exposure}",
        "{intent: greeting}",
        "{channel: [chat, phone], findings_any: no_recap}",
        "{context_any: [fragmented, out_of_hours]}",
        "{direction: outbound, flags_any: informal, context_any: out_of_hours}",
    ],
)
def test_a_rule_may_speak_of_channels_that_only_some_of_its_tags_exist_on(when: str) -> None:
    assert problems((HELLO, f"when: {when}")) == ()


@pytest.mark.parametrize("source", ["", "- one\n- two\n", "hello", "tenant: a\n---\ntenant: b\n", "a: \x00"])
def test_what_is_no_pack_at_all_is_said_plainly(source: str) -> None:
    with pytest.raises(PolicyErrors) as errors:
        compile_pack(source, FILE)
    assert all(problem.file == FILE for problem in errors.value.problems)


def test_a_file_that_cannot_be_read_is_a_problem_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(PolicyErrors, match="cannot be read"):
        load_pack(tmp_path / "missing.yaml")
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(PolicyErrors, match="not UTF-8"):
        load_pack(binary)


def test_the_small_pack_is_right() -> None:
    compiled = pack()
    assert compiled.warnings == ()
    assert compiled.languages == (Language.ES, Language.EN)
    assert compiled.limit == 3
    assert compiled.restriction is not None
    assert compiled.restriction.channels == [Channel.WHATSAPP]
    assert compiled.windows.burst_seconds == 60
    assert compiled.throttle(Matter.REDIRECT) == 60
    assert compiled.throttle(Matter.WARNING) == 0
    assert compiled.clause_text("K1", Language.EN) == "be kind"
    assert compiled.clause_text("K1", Language.PT_BR) == "sea amable"


def test_a_paragraph_that_nothing_says_is_a_warning_and_not_an_error() -> None:
    compiled = pack(("  ask:", "  spare: {matter: standard, text: {es: Hola, en: Hi}}\n  ask:"))
    assert [(warning.what, warning.line) for warning in compiled.warnings] == [
        ("paragraph `spare` is never used", line_of("  ask:"))
    ]


@pytest.mark.slow
def test_one_light_infraction_may_reach_the_limit_where_that_is_stated() -> None:
    stated = ("limit: 3", "limit: 1\n  one_infraction_is_enough: true")
    assert pack(stated, ("points: 1, lenient: 1", "points: 1")).limit == 1


@pytest.mark.parametrize("text", ["22:00-06:00 next day", "00:00-24:00", "8:00-12:00"])
def test_windows_may_pass_midnight_where_they_say_so(text: str) -> None:
    assert pack(("08:00-17:00", text)).calendar is not None


def test_a_restriction_that_ends_by_itself_is_a_way_back() -> None:
    compiled = pack(("way_back: [call]", "until_days: 7"))
    assert compiled.restriction is not None
    assert compiled.restriction.until_days == 7


def test_people_may_have_calendars_of_their_own() -> None:
    people = "  people: {Ana: {hours: {sat: ['09:00-12:00']}}}\n  limit: 3"
    compiled = pack(("  limit: 3", people))
    assert compiled.calendars.of("ana") is not compiled.calendar


@pytest.mark.slow
def test_the_hash_is_of_what_the_pack_says() -> None:
    reordered = changed(("tenant: acme\npolicy: acme\n", "policy: acme   # the same\n\ntenant: acme\n"))
    assert compile_pack(reordered, "other.yaml") == pack()
    assert pack(("limit: 3", "limit: 4")) != pack()
    assert pack(("Sea amable.", "Sea gentil.")) != pack()


def test_the_order_of_rules_is_part_of_what_a_pack_says() -> None:
    hello = SMALL[SMALL.index("  K1.hello:") : SMALL.index("  G1.all:")]
    moved = changed((hello, ""), ("rules:\n", f"rules:\n{hello}"))
    assert compile_pack(moved, FILE) != pack()


@pytest.mark.slow
def test_a_stored_pack_is_rebuilt_with_the_same_hash() -> None:
    for compiled in (pack(), variant(pack(), {"rules": {"K1.rude": {"mode": "shadow"}}})):
        document = compiled.to_document()
        assert document["_id"] == compiled.hash
        rebuilt = from_document(document)
        assert rebuilt == compiled
        assert rebuilt.rules == compiled.rules


def test_a_stored_pack_that_was_tampered_with_is_refused() -> None:
    document = pack().to_document() | {"source": changed(("limit: 3", "limit: 4"))}
    with pytest.raises(PolicyErrors, match="does not give the hash"):
        from_document(document)


@pytest.mark.slow
def test_a_variant_lays_other_values_over_the_pack() -> None:
    letter = variant(pack(), {"left_open": {"limit": 1, "one_infraction_is_enough": True}})
    assert letter.limit == 1
    assert letter != pack()
    assert variant(letter, {"left_open": {"expiry_days": 7}}).limit == 1
    assert variant(pack(), {}) is pack() or variant(pack(), {}) == pack()


@pytest.mark.slow
def test_a_variant_is_checked_like_any_pack() -> None:
    with pytest.raises(PolicyErrors, match="reaches the limit of 1"):
        variant(pack(("points: 1, lenient: 1", "points: 1")), {"left_open": {"limit": 1}})


def test_enforcing_leaves_only_the_named_rules_in_their_mode() -> None:
    tried = pack(("  K1.rude:\n", "  K1.rude:\n    mode: shadow\n"))
    assert tried.rules[0].mode is Mode.SHADOW
    assert enforced(tried, {}).rules[0].mode is Mode.ENFORCE
    modes = {rule.name: rule.mode for rule in enforced(tried, {"K1.hello": Mode.REVIEW}).rules}
    assert modes["K1.hello"] is Mode.REVIEW
    assert modes["K1.rude"] is Mode.ENFORCE
    assert enforced(pack(), {}) == pack()
