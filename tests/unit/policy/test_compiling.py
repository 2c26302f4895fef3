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
from tests.unit.policy.small_pack import FILE, SMALL, changed, line_of, pack, problems

RUDE = "when: {channel: chat, flags_any: aggressive}"
HELLO = "when: {channel: chat, intent: greeting}"
HELLO_THEN = "then: {reply: ask}"

# What is changed, what is said, the text of the line it is said of (after the change), the rule.
MISTAKES = {
    "unknown key": ("zone: America", "zon: America", "unknown key `zon`", "zon: America", None),
    "unknown key in a rule": ("covers: G1", "cover: G1", "unknown key `cover`", "cover: G1", "K1.rude"),
    "unknown tag": (
        RUDE,
        "when: {channel: chat, flags_any: agressive}",
        "unknown word `agressive` in `flags_any`",
        "flags_any: agressive",
        "K1.rude",
    ),
    "unknown channel": (
        HELLO,
        "when: {channel: fax, intent: greeting}",
        "unknown word `fax` in `channel`",
        "channel: fax",
        "K1.hello",
    ),
    "unknown effect": (HELLO_THEN, "then: {repli: ask}", "unknown effect `repli`", "repli: ask", "K1.hello"),
    "unknown paragraph": (HELLO_THEN, "then: {reply: asc}", "unknown paragraph `asc`", "asc}", "K1.hello"),
    "unknown infraction": (
        "then: {redirect: mail, infraction: light}",
        "then: {redirect: mail, infraction: heavy}",
        "unknown infraction `heavy`",
        "heavy",
        "K1.general",
    ),
    "unknown clause": (
        f"clause: K1\n    {HELLO}",
        f"clause: K9\n    {HELLO}",
        "unknown clause `K9`",
        "clause: K9",
        "K1.hello",
    ),
    "unknown language": ("languages: [es, en]", "languages: [es, fr]", "unknown word `fr`", "[es, fr]", None),
    "unknown notice": (
        "notices: {standing: standing",
        "notices: {standin: standing",
        "unknown key",
        "notices",
        None,
    ),
    "wrong type": ("limit: 3", 'limit: "3"', "`limit` should be a whole number", 'limit: "3"', None),
    "wrong type of a mapping": (
        "  K1: {es: sea amable, en: be kind}",
        "  K1: hello",
        "mapping",
        "K1: hello",
        None,
    ),
    "missing key": ("company: Acme\n", "", "`company` is missing", "tenant: acme", None),
    "missing translation": (
        'es: "Sea amable.", en: "Be kind."',
        'es: "Sea amable."',
        "`kind` has no translation in en",
        "Sea amable",
        None,
    ),
    "empty translation": ('en: "Be kind."', 'en: " "', "`kind` has no translation in en", "Sea amable", None),
    "missing clause translation": (", en: be kind", "", "`K1` has no translation in en", "sea amable", None),
    "a text in a language not spoken": (
        'en: "Be kind."',
        'en: "Be kind.", pt-BR: "Seja gentil."',
        "a text in pt-BR, which the pack does not speak",
        "Seja gentil",
        None,
    ),
    "unknown placeholder": (
        "Escriba a {email}",
        "Escriba a {e_mail}",
        "unknown placeholder {e_mail}",
        "mail:",
        None,
    ),
    "placeholder without a value in a rule": (
        "Sea amable.",
        "Sea amable: {excerpt}.",
        "placeholder {excerpt} has no value where rule K1.rude says it",
        "kind:",
        None,
    ),
    "placeholder without a value in a notice": (
        "De vuelta.",
        "De vuelta: {points}.",
        "placeholder {points} has no value where the notice restored says it",
        "back:",
        None,
    ),
    "placeholder that is more than a name": (
        "{points} de",
        "{points.real} de",
        "more than a name",
        "standing:",
        None,
    ),
    "brace without a pair": ("¿Qué necesita?", "¿Qué { necesita?", "paragraph `ask`", "ask:", None),
    "contradictory flags": (
        HELLO,
        "when: {channel: chat, flags_all: urgent, flags_none: urgent}",
        "can never fire: `urgent` is wanted by flags_all and ruled out",
        "flags_all: urgent",
        "K1.hello",
    ),
    "contradictory context": (
        HELLO,
        "when: {context_any: overdue, context_none: overdue}",
        "can never fire: everything in context_any is ruled out again",
        "context_any",
        "K1.hello",
    ),
    "contradictory intents": (
        HELLO,
        "when: {intent: other, intent_none: other}",
        "can never fire: everything in intent is ruled out again",
        "intent_none",
        "K1.hello",
    ),
    "context that excludes itself": (
        HELLO,
        "when: {context_all: [repeat_ping, overdue]}",
        "never both",
        "context_all",
        "K1.hello",
    ),
    "a staff flag on inbound": (
        HELLO,
        "when: {channel: chat, flags_any: handles_request}",
        "ever tagged `handles_request`",
        "handles_request",
        "K1.hello",
    ),
    "a client flag on outbound": (
        HELLO,
        "when: {direction: outbound, channel: chat, flags_any: urgent}",
        "ever tagged `urgent`",
        "urgent",
        "K1.hello",
    ),
    "an e-mail finding on chat": (
        HELLO,
        "when: {channel: chat, findings_any: vague_subject}",
        "ever tagged `vague_subject`",
        "vague_subject",
        "K1.hello",
    ),
    "a call finding on e-mail": (
        HELLO,
        "when: {channel: email, findings_any: no_recap}",
        "ever tagged `no_recap`",
        "no_recap",
        "K1.hello",
    ),
    "an intent on e-mail": (
        HELLO,
        "when: {channel: email, intent: greeting}",
        "can never fire: inbound messages on email have no intent",
        "channel: email",
        "K1.hello",
    ),
    "an intent of staff": (
        HELLO,
        "when: {direction: outbound, intent: greeting}",
        "have no intent",
        "direction: outbound",
        "K1.hello",
    ),
    "a context of clients on outbound": (
        HELLO,
        "when: {direction: outbound, context_any: overdue}",
        "never tagged `overdue`",
        "overdue",
        "K1.hello",
    ),
    "a kind that the channel never has": (
        HELLO,
        "when: {channel: email, kind: sticker}",
        "never of the kind `sticker`",
        "sticker",
        "K1.hello",
    ),
    "tags that never meet": (
        HELLO,
        "when: {channel: [email, phone], flags_all: [spelling_is_no_flag]}",
        "unknown word",
        "spelling_is_no_flag",
        "K1.hello",
    ),
    "a rule behind one that covers it": (
        "when: {flags_any: aggressive}",
        RUDE,
        "can never fire: K1.rude fires on the same messages and covers it",
        "G1.all:",
        "G1.all",
    ),
    "an otherwise rule behind one that always answers": (
        "when: {flags_any: aggressive}",
        "when: {channel: chat, intent: greeting, otherwise: true}",
        "K1.hello answers all the messages it speaks of",
        "G1.all:",
        "G1.all",
    ),
    "covers nothing": ("covers: G1", "covers: G7", "covers `G7`, which no rule is", "G7", "K1.rude"),
    "covers what stands above": (
        "when: {flags_any: aggressive}\n",
        "when: {flags_any: aggressive}\n    covers: K1.hello\n",
        "covers `K1.hello`, which stands above it",
        "covers: K1.hello",
        "G1.all",
    ),
    "a rule without effect": (HELLO_THEN, "then: {}", "has no effect", "then: {}", "K1.hello"),
    "a limit with no way back": (
        ", way_back: [call]",
        "",
        "a limit with no way back",
        "restriction:",
        None,
    ),
    "a way back that is missing": (
        "  call: {clause: K2, within_business_hours: 4, assignee: boss}\n",
        "",
        "left_open.call is missing",
        "way_back",
        None,
    ),
    "a limit without restriction": (
        "  restriction: {clause: K2, channels: [whatsapp], way_back: [call]}\n",
        "",
        "not what happens at it",
        "limit: 3",
        None,
    ),
    "points without a limit": ("  limit: 3\n", "", "no limit at which they matter", "infractions:", None),
    "a limit without its notices": (
        "disabled_again: again, ",
        "",
        "needs the notice `disabled_again`",
        "notices",
        None,
    ),
    "leniency on an aggressive rule": (
        "severity: serious, points: 2",
        "severity: serious, points: 2, lenient: 1",
        "leniency for what is `aggressive`",
        "then: {reply: kind, infraction: serious}",
        "K1.rude",
    ),
    "an infraction on unclear": (
        "flags_any: impatient",
        "flags_any: unclear",
        "an infraction for being `unclear`",
        "then: {reply: kind, infraction: light}",
        "K1.pushy",
    ),
    "no points": ("points: 2}", "points: 0}", "counts 0 points", "points: 0", None),
    "negative points": ("points: 2}", "points: -2}", "counts -2 points", "points: -2", None),
    "threshold of an infraction": (
        "serious, points: 2}",
        "serious, points: 2, threshold: 1.5}",
        "not between 0 and 1",
        "threshold: 1.5",
        None,
    ),
    "threshold of a rule": (
        "    covers: G1",
        "    threshold: 0\n    covers: G1",
        "the threshold is not between 0 and 1",
        "threshold: 0",
        "K1.rude",
    ),
    "one light infraction reaches the limit": (
        "points: 1, lenient: 1",
        "points: 3",
        "one light infraction, `light`, reaches the limit of 3",
        "points: 3",
        None,
    ),
    "unknown time zone": (
        "America/Panama",
        "America/Colon",
        "unknown time zone `America/Colon`",
        "zone:",
        None,
    ),
    "unknown holiday country": ("holidays: PA", "holidays: XQ", "holidays `XQ`", "holidays", None),
    "unknown subdivision": ("holidays: PA", "holidays: BR-ZZ", "holidays `BR-ZZ`", "holidays", None),
    "window inverted": ("08:00-17:00", "17:00-08:00", "ends before it begins", "17:00", None),
    "window that is no time": ("08:00-17:00", "08:00-25:00", "not a time of day", "25:00", None),
    "window that is no window": ("08:00-17:00", "from 8 to 5", "not a window of time", "from 8", None),
    "days backwards": ("mon-fri", "fri-mon", "run backwards", "fri-mon", None),
    "unknown days": ("mon-fri", "lun-vie", "unknown days `lun-vie`", "lun-vie", None),
    "no hours at all": ('{mon-fri: ["08:00-17:00"]}', "{}", "these hours never open", "hours:", None),
    "a duplicate rule": (
        "unmatched: {route: agents}",
        "  K1.hello: {clause: K1, when: {intent: other}, then: {route: x}}",
        "`K1.hello` is written twice",
        "intent: other",
        None,
    ),
    "a duplicate key": ("limit: 3", "limit: 3\n  limit: 4", "`limit` is written twice", "limit: 4", None),
    "a paragraph too long": ("Sea amable.", "Sea amable. " * 150, "may pass 1400 characters", "kind:", None),
    "a channel with a placeholder's name": (
        "    email: {address",
        "    date: {address",
        "cannot be called",
        "date:",
        None,
    ),
    "not YAML": ("languages: [es, en]", "languages: [es, en", "this is not YAML", "left_open", None),
    "a zone that is a number": ("zone: America/Panama", "zone: 5", "`zone` should be text", "zone: 5", None),
}


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


def test_the_hash_is_of_what_the_pack_says() -> None:
    reordered = changed(("tenant: acme\npolicy: acme\n", "policy: acme   # the same\n\ntenant: acme\n"))
    assert compile_pack(reordered, "other.yaml") == pack()
    assert pack(("limit: 3", "limit: 4")) != pack()
    assert pack(("Sea amable.", "Sea gentil.")) != pack()


def test_the_order_of_rules_is_part_of_what_a_pack_says() -> None:
    hello = SMALL[SMALL.index("  K1.hello:") : SMALL.index("  G1.all:")]
    moved = changed((hello, ""), ("rules:\n", f"rules:\n{hello}"))
    assert compile_pack(moved, FILE) != pack()


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


def test_a_variant_lays_other_values_over_the_pack() -> None:
    letter = variant(pack(), {"left_open": {"limit": 1, "one_infraction_is_enough": True}})
    assert letter.limit == 1
    assert letter != pack()
    assert variant(letter, {"left_open": {"expiry_days": 7}}).limit == 1
    assert variant(pack(), {}) is pack() or variant(pack(), {}) == pack()


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
