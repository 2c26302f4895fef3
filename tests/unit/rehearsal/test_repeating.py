"""Saying it again until a condition holds."""

from datetime import timedelta

from tests.unit.rehearsal.fake_line import FakeLine
from tests.unit.rehearsal.script import START, differing, play


async def test_it_is_said_again_until_the_condition_holds() -> None:
    line = FakeLine()
    played = await play(
        "{client: a, after: 1h, says: [mal uno, mal dos], repeat_until: {whatsapp: disabled, at_most: 9},"
        " expect: {facts_include: channel_disabled}, expect_each: {standing_changes: true}}",
        line=line,
    )
    assert played.passed, played.differences
    assert [(said.text, at - START) for said, at in line.said] == [
        ("mal uno", timedelta(hours=1)),
        ("mal dos", timedelta(hours=2)),
    ]


async def test_texts_are_said_in_turn_from_the_first_again() -> None:
    line = FakeLine()
    await play("{client: a, says: [x, y], repeat_until: {standing: 1, at_most: 5}}", line=line)
    assert [said.text for said, _ in line.said] == ["x", "y", "x", "y", "x"]


async def test_a_condition_that_is_never_reached_is_a_difference() -> None:
    played = await play("{client: a, says: x, repeat_until: {whatsapp: disabled, standing: 0, at_most: 3}}")
    (one,) = played.differences
    assert (one.key, one.expected, one.actual) == (
        "whatsapp",
        "disabled, sooner or later",
        "enabled (said 3 times)",
    )


async def test_expect_each_is_of_every_one_and_expect_of_the_last() -> None:
    found = await differing(
        "{client: a, says: [mal, mal], after: 1m, repeat_until: {whatsapp: disabled, at_most: 3},"
        " expect_each: {standing: 1}, expect: {standing: 2}}"
    )
    assert found == [(1, "standing")]


async def test_a_condition_may_be_reached_by_a_timer() -> None:
    line = FakeLine()
    played = await play(
        "{client: a, after: 1m, says: hola, repeat_until: {refused: {}, reply: {}, at_most: 3}}", line=line
    )
    assert played.passed
    assert len(line.said) == 1


async def test_time_does_not_go_back_after_a_condition_that_a_timer_reached() -> None:
    line = FakeLine()
    await play(
        "{client: a, after: 10m, says: hola, repeat_until: {refused: {}, standing: 9, at_most: 1}}",
        "{after: 1s, says: x}",
        line=line,
    )
    assert [at - START for _, at in line.said] == [timedelta(minutes=10), timedelta(minutes=20)]


async def test_the_last_step_has_a_while_for_its_timers() -> None:
    disable = "{client: a, command: {name: disable, until: 2m}, expect: {facts_include: channel_restored}}"
    assert await differing(disable) == []


async def test_several_texts_without_a_condition_are_said_once_each() -> None:
    line = FakeLine()
    await play("{client: a, after: 5s, says: [x, y, z]}", line=line)
    assert [said.text for said, _ in line.said] == ["x", "y", "z"]
