"""The scoring script counts as it says, and reads both kinds of files."""

import json
from pathlib import Path

import pytest

from shared.privacy.kinds import SensitiveKind, Span
from shared.privacy.marked import Sample, parse_marked, read
from shared.privacy.score import Score, main


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
