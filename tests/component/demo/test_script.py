"""The script of the day: what it must hold, and what is said of a wrong one."""

from pathlib import Path

import pytest

from deploy.local.demo.script import Day, read_day
from shared.policy.problems import PolicyErrors
from shared.privacy.masker import mask
from shared.tags import Language
from shared.words import CommandName

SMALL = """
company: Trackingpremium
date: "2026-03-03"
zone: America/Panama
clients:
  ana: {name: Ana, phone: "+50760000101"}
steps:
  - {at: "08:00", client: ana, says: Hola}
  - {at: "08:10", client: ana, voice_call: true, expect: {rules: [P3]}}
totals: {client_messages: 2, clients: 1, replies_delivered: 2, infractions_with_points: 0,
         disabled_at_some_time: 0, disabled_at_the_end: 0, calls_open: 0}
"""


@pytest.fixture(scope="module")
def day() -> Day:
    return read_day().day


def told_of(tmp_path: Path, source: str) -> str:
    path = tmp_path / "day.yaml"
    path.write_text(source, encoding="utf-8")
    with pytest.raises(PolicyErrors) as caught:
        read_day(path)
    return str(caught.value)


def test_the_day_has_forty_messages_by_ten_clients(day: Day) -> None:
    writing = [step for step in day.steps if step.says is not None or step.voice_call]
    assert len(writing) >= 40
    assert len({step.client for step in writing}) >= 10
    assert day.totals.client_messages == len(writing)
    assert day.totals.clients == len(day.clients) == len({step.client for step in day.steps})


def test_the_day_is_in_three_languages(day: Day) -> None:
    assert {step.expect.language for step in day.steps} >= set(Language)


def test_the_day_has_one_of_each_thing_that_it_is_to_show(day: Day) -> None:
    expected = [step.expect for step in day.steps]
    assert any(step.redelivered for step in day.steps)
    assert any(step.voice_call for step in day.steps)
    assert {step.command.name for step in day.steps if step.command} >= {CommandName.COMPLETE_CALL}
    assert {fact.value for one in expected for fact in one.facts} >= {"channel_disabled", "channel_restored"}
    assert {tag.value for one in expected for tag in one.context} >= {"out_of_hours", "fragmented", "overdue"}


def test_what_may_be_kept_nowhere_is_written_by_somebody_and_masked(day: Day) -> None:
    said = [step.says for step in day.steps if step.says]
    written = {secret for secret in day.never_kept if any(secret in text for text in said)}
    assert len(written) >= 2
    assert not [secret for secret in written for text in said if secret in mask(text).text]


def test_every_number_and_name_is_there_once(day: Day) -> None:
    assert len({client.phone for client in day.clients.values()}) == len(day.clients)
    assert len({client.name for client in day.clients.values()}) == len(day.clients)


def test_a_difference_is_placed_on_the_line_of_what_was_expected(tmp_path: Path) -> None:
    path = tmp_path / "day.yaml"
    path.write_text(SMALL, encoding="utf-8")
    script = read_day(path)
    assert (
        script.line(1, "rules")
        == SMALL.splitlines().index('  - {at: "08:10", client: ana, voice_call: true, expect: {rules: [P3]}}')
        + 1
    )
    assert script.line(0, "reply") == script.line(0)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (('"08:10"', '"07:10"'), "step 2 comes before the one above it"),
        (("client: ana, voice", "client: eva, voice"), "step 2 is about eva, who is not under clients"),
        (("says: Hola", "says: Hola, voice_call: true"), "a step does one of says"),
        (("says: Hola", "sayz: Hola"), "unknown key `sayz`"),
        (("+50760000101", "60000101"), "E.164"),
        (("America/Panama", "America/Nowhere"), "no such time zone"),
        (("clients: 1, ", ""), "`clients` is missing"),
    ],
)
def test_a_wrong_script_is_told_with_its_line(tmp_path: Path, change: tuple[str, str], problem: str) -> None:
    message = told_of(tmp_path, SMALL.replace(*change))
    assert problem in message
    assert "day.yaml:" in message


def test_a_script_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(PolicyErrors, match=r"nowhere\.yaml:1: cannot be read"):
        read_day(tmp_path / "nowhere.yaml")
