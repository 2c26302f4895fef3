"""Reading rehearsals: the format as written, and every mistake with its line."""

import contextlib
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.policy import PolicyErrors
from shared.rehearsal import fit_pack, load_rehearsals, read_rehearsals
from shared.rehearsal.document import parse_duration
from shared.tags import Channel, Flag, Intent
from shared.words import CommandName, Effect, Mode, Refusal
from tests.unit.policy.small_pack import pack

FOLDER = Path(__file__).parents[3] / "deploy" / "policies"

EXAMPLE = """\
policy: trackingpremium
name: insulted us three times
clauses: [P5, P7, P8]
start: 2026-03-02T10:00:00-05:00        # a Monday
conversation:
  - client: "+50760000001"              # stays the speaker until another is named
    says: "Hola, ¿ya llegó la guía 88231?"
    expect: {intent: point_query, rules: [P1], reply: none, standing: 0}
  - after: 5m
    says: "son unos inútiles, llevo una semana con este desastre"
    expect: {flags: [aggressive], rules_include: [P5], reply: {language: es, mentions_any: ["respeto", "respetuoso"]}, standing_changes: true, whatsapp: enabled}
  - after: 1d
    says: "ineptos, contesten de una vez"
    repeat_until: {whatsapp: disabled, at_most: 10}      # says it again, each time after `after`
    expect: {facts_include: [channel_disabled, call_requested]}
  - after: 2d
    command: {name: restore, channel: whatsapp, by: "supervisor", reason: "aclarado por teléfono"}
    expect: {whatsapp: enabled, standing: 0}
"""  # noqa: E501 - as people are shown it


def document(*steps: str, head: str = "") -> str:
    lines = [
        "policy: acme",
        "name: one",
        "start: 2026-03-02T10:00:00-05:00",
        *head.splitlines(),
        "conversation:",
        *(f"  - {step}" for step in steps),
    ]
    return "\n".join(lines) + "\n"


def problem_of(source: str) -> tuple[int, str]:
    with pytest.raises(PolicyErrors) as errors:
        read_rehearsals(source, "r.yaml")
    first = errors.value.problems[0]
    return first.line, f"{first.what}. {first.remedy}"


def test_the_format_reads_as_it_is_described() -> None:
    (read,) = read_rehearsals(EXAMPLE, "r.yaml")
    rehearsal = read.rehearsal
    assert rehearsal.start == datetime(2026, 3, 2, 15, tzinfo=UTC)
    query, insult, again, restore = rehearsal.conversation
    assert (query.client, query.expect.intent, query.expect.reply) == (
        "+50760000001",
        Intent.POINT_QUERY,
        "none",
    )
    assert insult.after == timedelta(minutes=5)
    assert insult.expect.flags == [Flag.AGGRESSIVE]
    assert again.repeat_until is not None
    assert (again.repeat_until.whatsapp, again.repeat_until.at_most) == ("disabled", 10)
    assert restore.command is not None
    assert (restore.command.name, restore.command.channel) == (CommandName.RESTORE, Channel.WHATSAPP)
    assert read.line("conversation", 1, "says") == 10


def test_a_file_holds_one_or_more_documents() -> None:
    assert [one.rehearsal.name for one in read_rehearsals(EXAMPLE + "---\n" + EXAMPLE, "r.yaml")] == [
        "insulted us three times"
    ] * 2


def test_every_key_of_a_step_is_read() -> None:
    (read,) = read_rehearsals(
        document(
            "{client: a, says: [x, y], to: Ana, channel: teams, expect_each: {refused: {reply: late}}}",
            "{from: staff, staff: Ana, says: x}",
            "{subject: Hola, says: x, cc: 2}",
            "{turns: [{speaker: agent, start: 0, end: 1.5, text: hola}]}",
            "{voice_call: true}",
            "{edit: z, delayed: 5m}",
            "{kind: image, says: x, auto_reply: true}",
            "{command: {name: disable, until: 7d}}",
            "{command: {name: disable, until: 2026-03-09T10:00:00-05:00, target: first}}",
            "{command: {name: complete_call, verdict: keep}}",
            "{after: 2h30m}",
        ),
        "r.yaml",
    )
    first, staff, *_, passing = read.rehearsal.conversation
    assert first.expect_each.refused == {Effect.REPLY: [Refusal.LATE]}
    assert (staff.sender, staff.staff) == ("staff", "Ana")
    assert passing.passes_time_only
    assert passing.after == timedelta(hours=2, minutes=30)


@pytest.mark.parametrize(
    ("source", "line", "what"),
    [
        (document('{client: a, say: "x"}'), 5, "unknown key `say`. Did you mean `says`?"),
        (
            document("{client: a, says: x, expect: {intents: other}}"),
            5,
            "unknown key `intents`. Did you mean `intent`?",
        ),
        (document("{client: a, says: x, expect: {reply: {mention: y}}}"), 5, "unknown key `mention`"),
        (document("{client: a, says: x, expect: {flags: [agressive]}}"), 5, "unknown word `agressive`"),
        (document("{client: a, says: x, expect: {whatsapp: off}}"), 5, "unknown word `off` in `whatsapp`"),
        (document("{client: a, says: x, expect: {reply: nothing}}"), 5, "`reply`: write none, or a mapping"),
        (document("{client: a, says: [x, 5]}"), 5, "should be text"),
        (
            document("{client: a, command: {name: disable, until: soon}}"),
            5,
            "`until`: write a duration such as 7d",
        ),
        (document("{client: a, says: x, expect: {refused: {reply: because}}}"), 5, "unknown word `because`"),
        (document("{client: a, says: x, after: 5}"), 5, "write a duration such as 90s"),
        (document("{client: a, says: x, after: 5 minutes}"), 5, "write a duration"),
        (document("{client: a, says: x, after: m}"), 5, "write a duration"),
        (document("{client: a, says: x, voice_call: true}"), 5, "does one thing, not says and voice_call"),
        (document("{client: a}"), 5, "needs says, edit"),
        (
            document("{client: a, voice_call: true, repeat_until: {standing: 1, at_most: 2}}"),
            5,
            "repeat_until needs says",
        ),
        (document("{client: a, says: x, repeat_until: {standing: 1}}"), 5, "`at_most` is missing"),
        (document("{client: 50760000001, says: x}"), 5, "`client` should be text. Put it in quotes"),
        (document("{says: x}"), 1, "step 1 is nobody's"),
        (document("{client: a, edit: x}"), 1, "step 1 edits a message"),
        (
            document("{client: a, says: x, expect: {reply: {mentions_pattern: '('}}}"),
            5,
            "not a regular expression",
        ),
        (document("{client: a, says: x, command: {name: forgive}}"), 5, "unknown word `forgive`"),
        (
            document("{client: a, says: x}", head="mode: {K1: shadow}"),
            4,
            "unknown key `mode`. Did you mean `modes`?",
        ),
        (EXAMPLE.replace("-05:00", ""), 4, "`start`"),
        (EXAMPLE.replace("name: insulted us three times\n", ""), 1, "`name` is missing"),
        ("", 1, "holds no rehearsal"),
        ("- a\n", 1, "mapping"),
    ],
)
def test_a_mistake_is_named_with_its_line(source: str, line: int, what: str) -> None:
    found_line, found = problem_of(source)
    assert what in found
    assert found_line == line


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("90s", 90), ("5m", 300), ("2h30m", 9000), ("1d", 86400), ("2w1d", 1296000), ("0s", 0)],
)
def test_durations(text: str, seconds: int) -> None:
    assert parse_duration(text) == timedelta(seconds=seconds)


@pytest.mark.slow
@settings(deadline=None)
@given(text=st.text(max_size=12))
def test_what_is_no_duration_is_an_error_and_nothing_else(text: str) -> None:
    with contextlib.suppress(ValueError):
        assert parse_duration(text) >= timedelta()


@pytest.mark.slow
def test_the_pack_is_fitted_with_modes_and_overrides() -> None:
    head = "modes: {K1.hello: shadow}\noverrides: {left_open: {limit: 5}}"
    (read,) = read_rehearsals(document("{client: a, says: x}", head=head), "r.yaml")
    tried = pack(("  K1.rude:\n", "  K1.rude:\n    mode: review\n"))
    fitted = fit_pack(tried, read)
    assert fitted.limit == 5
    modes = {rule.name: rule.mode for rule in fitted.rules}
    assert modes["K1.hello"] is Mode.SHADOW
    assert modes["K1.rude"] is Mode.ENFORCE


@pytest.mark.parametrize(
    ("step", "head", "what"),
    [
        ("{client: a, says: x, expect: {rules: [K9]}}", "", "the policy has no `K9`"),
        ("{client: a, says: x, expect: {rules_include: [K1.nothing]}}", "", "the policy has no `K1.nothing`"),
        ("{client: a, says: x, expect_each: {rules_exclude: [Q1]}}", "", "the policy has no `Q1`"),
        ("{client: a, says: x}", "clauses: [Z1]", "the policy has no `Z1`"),
        ("{client: a, says: x}", "modes: {K1: shadow}", "the policy has no `K1`"),
        (
            "{client: a, says: x}",
            "overrides: {left_open: {limits: 1}}",
            "with these overrides, unknown key `limits`",
        ),
        ("{client: a, says: x}", "overrides: {left_open: {limit: 0}}", "with these overrides, `limit`"),
    ],
)
def test_what_the_policy_does_not_have_is_an_error(step: str, head: str, what: str) -> None:
    (read,) = read_rehearsals(document(step, head=head), "r.yaml")
    with pytest.raises(PolicyErrors) as errors:
        fit_pack(pack(), read)
    assert what in str(errors.value)
    assert errors.value.problems[0].file == "r.yaml"


def test_a_file_that_cannot_be_read_is_a_problem_of_the_file(tmp_path: Path) -> None:
    with pytest.raises(PolicyErrors, match="cannot be read"):
        load_rehearsals(tmp_path / "missing.yaml")


@pytest.mark.slow
def test_the_rehearsals_of_the_packs_can_be_read_and_fit_them() -> None:
    from shared.policy import load_pack  # noqa: PLC0415 - only this test needs the real pack

    for path in FOLDER.glob("*.rehearsal.yaml"):
        documents = load_rehearsals(path)
        packed = load_pack(path.with_name(path.name.replace(".rehearsal", "")))
        for one in documents:
            fit_pack(packed, one)
        covered = {clause for one in documents for clause in one.rehearsal.clauses}
        assert covered == set(packed.clauses)
