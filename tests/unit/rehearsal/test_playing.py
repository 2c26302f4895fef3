"""Playing a script: whose turn it is, when, what belongs to which step, and what is compared."""

from datetime import timedelta

import pytest

from shared.rehearsal.compare import folded
from shared.tags import Channel, Direction
from shared.words import CommandName
from tests.unit.rehearsal.fake_line import FakeLine
from tests.unit.rehearsal.script import START, differing, play


async def test_the_speaker_stays_until_another_is_named_and_staff_speak_once() -> None:
    line = FakeLine()
    await play(
        "{client: a, says: x}",
        "{says: y}",
        "{from: staff, staff: Ana, says: z}",
        "{client: b, says: x, to: Ana}",
        "{client: a, voice_call: true}",
        line=line,
    )
    assert [(said.client, said.direction, said.staff) for said, _ in line.said] == [
        ("a", Direction.INBOUND, None),
        ("a", Direction.INBOUND, None),
        ("a", Direction.OUTBOUND, "Ana"),
        ("b", Direction.INBOUND, "Ana"),
        ("a", Direction.INBOUND, None),
    ]


async def test_every_step_comes_after_the_one_before() -> None:
    line = FakeLine()
    await play(
        "{client: a, says: x, after: 1h}",
        "{says: y, after: 90s}",
        "{after: 1d}",
        "{says: z, after: 5m, delayed: 10m}",
        line=line,
    )
    assert [at - START for _, at in line.said] == [
        timedelta(hours=1),
        timedelta(hours=1, seconds=90),
        timedelta(days=1, hours=1, minutes=6, seconds=30),
    ]
    last, at = line.said[-1]
    assert at - last.written_at == timedelta(minutes=10)


async def test_an_edit_names_the_message_before() -> None:
    line = FakeLine()
    await play("{client: a, says: x}", "{client: b, says: q}", "{client: a, edit: y}", "{edit: z}", line=line)
    first, other, edit, again = (said for said, _ in line.said)
    assert edit.edits == again.edits == first.reference
    assert len({first.reference, other.reference, edit.reference, again.reference}) == 4


async def test_an_email_and_a_call_are_known_by_what_they_have() -> None:
    line = FakeLine()
    await play(
        "{client: a, subject: Hola, says: x, cc: 2}",
        "{turns: [{speaker: agent, start: 0, end: 1, text: t}]}",
        line=line,
    )
    mail, call = (said for said, _ in line.said)
    assert (mail.channel, mail.kind, mail.copies) == (Channel.EMAIL, "email", 2)
    assert (call.channel, call.kind, len(call.turns)) == (Channel.PHONE, "call", 1)


async def test_commands_find_what_they_speak_of() -> None:
    line = FakeLine()
    await play(
        "{client: a, says: mal}",
        "{client: b, says: mal}",
        "{client: a, says: mal}",
        "{command: {name: waive}}",
        "{command: {name: appeal, target: first}}",
        "{command: {name: restore, by: me}}",
        "{command: {name: disable, until: 7d}}",
        "{client: c, command: {name: waive}}",
        line=line,
    )
    waive, appeal, restore, disable, stranger = (order for order, _ in line.orders)
    assert waive.target is not None
    assert appeal.target is not None
    assert waive.target != appeal.target
    assert (restore.name, restore.by, restore.target) == (CommandName.RESTORE, "me", None)
    assert disable.until == START + timedelta(days=7)
    assert stranger.target is None


async def test_what_is_not_written_is_not_compared() -> None:
    played = await play("{client: a, says: mal}", "{says: hola}")
    assert played.passed
    assert played.compared == 0


@pytest.mark.parametrize(
    ("expect", "holds"),
    [
        ("{intent: other}", True),
        ("{intent: greeting}", False),
        ("{intent: null}", False),
        ("{language: es}", True),
        ("{language: en}", False),
        ("{flags: [aggressive]}", True),
        ("{flags: []}", False),
        ("{flags: [aggressive, urgent]}", False),
        ("{flags_include: [aggressive]}", True),
        ("{flags_include: [urgent]}", False),
        ("{flags_exclude: [urgent]}", True),
        ("{flags_exclude: [aggressive]}", False),
        ("{rules: [K1]}", True),
        ("{rules: [K1.rude]}", True),
        ("{rules: [K1.other]}", False),
        ("{rules: []}", False),
        ("{rules: [K1, K2]}", False),
        ("{rules_include: [K1.rude]}", True),
        ("{rules_include: K2}", False),
        ("{rules_exclude: [K2]}", True),
        ("{rules_exclude: [K1]}", False),
        ("{context: []}", True),
        ("{context: [overdue]}", False),
        ("{effects: [infraction]}", True),
        ("{effects: [infraction, reply]}", False),
        ("{facts: [infraction_recorded]}", True),
        ("{facts: [infraction_recorded, channel_disabled]}", False),
        ("{facts_include: [infraction_recorded]}", True),
        ("{facts_include: [call_requested]}", False),
        ("{facts_exclude: [call_requested]}", True),
        ("{facts_exclude: [infraction_recorded]}", False),
        ("{refused: {}}", True),
        ("{refused: {reply: late}}", False),
        ("{standing: 1}", True),
        ("{standing: 0}", False),
        ("{standing_changes: true}", True),
        ("{standing_changes: false}", False),
        ("{whatsapp: enabled}", True),
        ("{whatsapp: disabled}", False),
        ("{reply: none}", False),
        ("{reply: {}}", True),
        ("{reply: {language: es}}", True),
        ("{reply: {language: en}}", False),
        ("{reply: {mentions: SEA AMABLE}}", True),
        ("{reply: {mentions: ['amable: asi', 'sea']}}", True),
        ("{reply: {mentions: ['amable', 'cruel']}}", False),
        ("{reply: {mentions_any: ['cruel', 'ámable']}}", True),
        ("{reply: {mentions_any: ['cruel']}}", False),
        ("{reply: {mentions_none: ['cruel']}}", True),
        ("{reply: {mentions_none: ['amable']}}", False),
        (r"{reply: {mentions_pattern: 'sea\s+am\S+:'}}", True),
        (r"{reply: {mentions_pattern: '^amable'}}", False),
        ("{reply: {paragraphs: [warning]}}", True),
        ("{reply: {paragraphs: [warning, hours]}}", False),
        ("{reply: {paragraphs: kind}}", True),
        ("{masked_must_not_contain: ['4111']}", True),
        ("{masked_must_not_contain: ['MÁL']}", False),
    ],
)
async def test_each_key_of_an_expectation(expect: str, *, holds: bool) -> None:
    step = f"{{client: a, says: mal 4111, expect: {expect}}}"
    assert (await differing(step) == []) is holds
    assert (await differing("{client: a, says: mal 4111}", overall=expect) == []) is holds


async def test_a_reply_that_waits_belongs_to_the_step_that_caused_it() -> None:
    guided = "{client: a, says: hola, expect: {reply: {mentions: necesita}}}"
    assert await differing(guided, "{after: 1m, expect: {reply: none}}") == []
    assert (
        await differing(guided, "{client: b, after: 5s, says: x, expect: {reply: none}}", "{after: 1h}") == []
    )
    assert await differing(guided) == []


async def test_a_superseded_reply_is_not_said() -> None:
    assert (
        await differing(
            "{client: a, says: hola, expect: {reply: none, refused: {reply: superseded}}}",
            "{after: 5s, says: x, expect: {reply: none, refused: {}}}",
        )
        == []
    )


async def test_what_timers_do_belongs_to_the_step_that_lets_time_pass() -> None:
    disable = "{client: a, command: {name: disable, until: 1d}, expect: {facts: channel_disabled}}"
    assert (
        await differing(disable, "{after: 2d, expect: {facts: [channel_restored], whatsapp: enabled}}") == []
    )


async def test_what_timers_do_before_the_next_message_belongs_to_the_step_before() -> None:
    disable = "{client: a, command: {name: disable, until: 1d}, expect: {facts_include: [channel_restored]}}"
    assert await differing(disable, "{after: 2d, says: x, expect: {facts: [], whatsapp: enabled}}") == []


async def test_a_step_stands_where_the_client_stood_right_after_it() -> None:
    assert (
        await differing(
            "{client: a, says: mal, expect: {standing: 1}}",
            "{after: 1m, says: mal, expect: {standing: 2, whatsapp: disabled}}",
            "{after: 1m, command: {name: restore}, expect: {standing: 0, whatsapp: enabled}}",
        )
        == []
    )


async def test_overall_is_of_the_whole_conversation() -> None:
    steps = ("{client: a, says: mal}", "{after: 1m, says: mal}", "{after: 1m, command: {name: restore}}")
    whole = (
        "{facts: [infraction_recorded, channel_disabled, channel_restored], standing: 0, whatsapp: enabled,"
    )
    assert (
        await differing(*steps, overall=f"{whole} standing_changes: true, reply: {{mentions: amable}}}}")
        == []
    )
    assert await differing(*steps, overall="{reply: none}") == [(None, "reply")]


async def test_a_difference_names_file_line_step_and_both_sides() -> None:
    played = await play(
        "{client: a, says: x}", "client: a\n    says: mal\n    expect:\n      standing: 0\n      flags: []"
    )
    assert [
        (one.file, one.line, one.step, one.key, one.expected, one.actual) for one in played.differences
    ] == [
        ("r.yaml", 11, 2, "flags", "nothing", "aggressive"),
        ("r.yaml", 10, 2, "standing", "0", "1"),
    ]


async def test_what_must_not_be_stored_is_not_shown_again() -> None:
    played = await play("{client: a, says: secreto mal, expect: {masked_must_not_contain: [x9, secreto]}}")
    (one,) = played.differences
    assert "secreto" not in one.expected + one.actual
    assert one.actual == "found number 2"


async def test_a_conversation_that_is_as_expected_says_how_much_it_compared() -> None:
    played = await play(
        "{client: a, says: [mal, mal], after: 1m, repeat_until: {whatsapp: disabled, at_most: 3},"
        " expect_each: {language: es}, expect: {standing: 2}}",
        overall="{standing: 2}",
    )
    assert (played.passed, played.compared, played.clauses) == (True, 5, ("K1",))


@pytest.mark.parametrize(
    ("text", "expected"), [("Ñandú ÁÉÍ", "nandu aei"), ("a\n  b", "a b"), ("STRASSE", "strasse")]
)
def test_texts_are_searched_without_case_accents_or_line_breaks(text: str, expected: str) -> None:
    assert folded(text) == expected
