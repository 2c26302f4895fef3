"""The scoring script counts as it says, and reads both kinds of files."""

import json
from pathlib import Path

import pytest

from shared.privacy.kinds import SensitiveKind, Span
from shared.privacy.marked import Sample, parse_marked, read
from shared.privacy.score import Score, main, predicted


def test_marks_become_spans_of_the_text_without_them() -> None:
    sample = parse_marked("cpf {{national_id:123}} e {{password:ab}}!")
    assert sample.text == "cpf 123 e ab!"
    assert sample.spans == (
        Span(SensitiveKind.NATIONAL_ID, 4, 7),
        Span(SensitiveKind.PASSWORD, 10, 12),
    )


def test_recall_counts_labelled_spans_and_precision_predicted_ones() -> None:
    sample = Sample(
        "x" * 40,
        "es",
        (Span(SensitiveKind.HEALTH, 0, 5), Span(SensitiveKind.HEALTH, 10, 15)),
    )
    result = Score()
    result.add(
        sample,
        [
            Span(SensitiveKind.HEALTH, 3, 8),
            Span(SensitiveKind.PASSWORD, 10, 12),
            Span(SensitiveKind.HEALTH, 20, 22),
        ],
    )
    health = result.tallies["health", "es"]
    assert (health.recall, health.precision, health.f1) == (0.5, 0.5, 0.5)
    assert result.tallies["any", "all"].recall == 1
    assert len(result.missed) == 1
    assert len(result.vain) == 2


def test_a_value_is_whole_when_nothing_of_it_but_signs_stays_readable() -> None:
    sample = Sample("a senha é (Pepe#2019), pin 4471", "pt", (Span(SensitiveKind.PASSWORD, 10, 21),))
    for start, end, whole in ((11, 20, 1), (16, 20, 0), (27, 31, 0), (0, 5, 0)):
        result = Score()
        result.add(sample, [Span(SensitiveKind.PASSWORD, start, end)])
        assert result.tallies["password", "all"].covered == whole


@pytest.mark.parametrize("language", ["pt-BR", "es"])
def test_a_call_and_an_email_are_read_as_wholes(tmp_path: Path, language: str) -> None:
    turns = [
        {"speaker": "agent", "text": "o cpf?"},
        {"speaker": "client", "text": "{{national_id:040 775 836 40}}"},
    ]
    call = {"language": language, "turns": turns}
    mail = {"language": language, "subject": "", "body": "cpf {{national_id:113.586.606-62}}"}
    path = tmp_path / "calls.ndjson"
    path.write_text("\n".join(map(json.dumps, (call, mail))) + "\n", encoding="utf-8")
    asked, answered, body = read([path])
    assert [one.at for one in (asked, answered, body)] == [0, 1, 1]
    assert [span.kind for span in predicted(answered)] == [SensitiveKind.NATIONAL_ID]
    assert [span.kind for span in predicted(body)] == [SensitiveKind.NATIONAL_ID]


def test_a_kind_nobody_labelled_or_predicted_is_perfect() -> None:
    result = Score()
    result.add(Sample("oi", "pt", ()), [])
    assert result.tallies == {}


def test_both_kinds_of_files_are_read_and_scored(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text(
        json.dumps({"text": "cpf 113.586.606-62", "lang": "pt", "spans": [["national_id", 4, 18]]}) + "\n"
        "" + json.dumps({"text": "oi", "lang": "pt", "spans": [["unknown_kind", 0, 1]]}) + "\n",
        encoding="utf-8",
    )
    marked = tmp_path / "es-client.txt"
    marked.write_text(
        "# shop | returns | CL\n- | - | mi rut {{national_id:14.506.083-4}}\n", encoding="utf-8"
    )
    assert [sample.language for sample in read([rows, marked])] == ["pt", "pt", "es"]
    assert main([str(rows), str(marked), "--errors"]) == 0
    printed = capsys.readouterr().out
    assert "3 texts" in printed
    assert "missed: {}" in printed


def test_a_block_is_held_out_by_trade_and_scenario_alone() -> None:
    held = [Sample("", "pt", (), f"shop|scenario {at}").is_held_out for at in range(500)]
    assert 60 < sum(held) < 140
    assert Sample("a", "pt", (), "shop|x").is_held_out == Sample("b", "es", (), "shop|x").is_held_out
