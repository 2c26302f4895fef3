"""`etiqueta classify`: line in, line out; a bad line spoils nothing; a score counts what it says."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from services.classifier.classify_cli import classified, classify, score_lines
from services.classifier.tagging.scoring import Labels, Score
from services.classifier.tagging.tagger import load_tagger
from shared.events.decisions import Tags
from shared.tags import Flag, Intent, Language

KEYS = {"id", "language", "intent", "flags", "findings", "confidence", "evidence", "masked"}


def out(*lines: object) -> list[dict[str, object]]:
    raw = [line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines]
    return classified(load_tagger(), list(enumerate(raw, start=1)))


def test_a_bad_line_becomes_an_error_on_its_line_and_the_rest_go_on() -> None:
    first, bad, empty, last = out(
        {"id": "1", "text": "oi"}, b"{broken", {"id": "3"}, {"id": "4", "text": "ok"}
    )
    assert (first["intent"], last["id"]) == (Intent.GREETING, "4")
    assert (bad["id"], bad["line"]) == (None, 2)
    assert empty["id"] == "3"
    assert "exactly one of" in str(empty["error"])


def test_an_error_repeats_nothing_of_the_line() -> None:
    secret = "113.586.606-62"
    (bad,) = out({"id": "1", "text": "oi", "direction": secret})
    assert secret not in json.dumps(bad)


@pytest.mark.parametrize(
    "line",
    [
        {"id": "1", "text": "oi"},
        {"id": "2", "subject": "Oi", "body": "oi", "cc": ["a@b.example"]},
        {"id": "3", "turns": [{"speaker": "agent", "start": 0, "end": 1, "text": "Alô"}]},
        {"id": "4", "text": "ok", "direction": "outbound"},
    ],
)
def test_a_line_has_exactly_the_fixed_keys(line: dict[str, object]) -> None:
    (told,) = out(line)
    assert set(told) == KEYS
    assert (told["findings"] is None) == ("text" in line)
    assert (told["intent"] is None) == (line.get("direction") == "outbound" or "text" not in line)


def test_lone_surrogates_come_out_as_they_went_in() -> None:
    (told,) = out(b'{"id":"1","text":"\\ud83d oi"}')
    assert told["masked"] == "\ud83d oi"


def app() -> typer.Typer:
    application = typer.Typer()
    application.command()(classify)
    return application


def test_the_command_prints_one_json_object_a_line(tmp_path: Path) -> None:
    file = tmp_path / "in.ndjson"
    file.write_text('{"id":"1","text":"oi"}\nnonsense\n{"id":"2","text":"\\ud83d"}', encoding="utf-8")
    result = CliRunner().invoke(app(), [str(file)])
    assert result.exit_code == 0
    told = [json.loads(line) for line in result.stdout.splitlines()]
    assert [line["id"] for line in told] == ["1", None, "2"]


def test_a_missing_file_is_wrong_use(tmp_path: Path) -> None:
    assert CliRunner().invoke(app(), [str(tmp_path / "none")]).exit_code == 2


def test_a_score_counts_right_wrong_and_missed() -> None:
    score = Score()
    told = Tags(
        language=Language.ES,
        intent=Intent.OTHER,
        flags=(Flag.AGGRESSIVE, Flag.URGENT),
        confidence={"other": 0.6, "aggressive": 1.0, "urgent": 0.0},
    )
    score.add(Labels(Intent.GREETING, frozenset({"aggressive", "impatient"}), None, Language.ES), told)
    result = score.as_json()
    assert result["flags"]["tags"]["aggressive"]["f1"] == 1
    assert result["flags"]["tags"]["urgent"]["precision"] == 0
    assert result["flags"]["tags"]["impatient"]["recall"] == 0
    assert result["confusion"] == [{"labelled": "greeting", "told": "other", "count": 1}]
    assert result["language_accuracy"] == 1
    # Said 0.6, 1.0 and 0.0 sure; right were none, one and none.
    assert result["expected_calibration_error"] == pytest.approx(0.2)


def test_the_score_of_labelled_lines() -> None:
    lines = [
        b'{"text":"bom dia","intent":"greeting","flags":[],"language":"pt-BR"}',
        b'{"text":"buenas noches","intent":"point_query","flags":[]}',
    ]
    result = score_lines(load_tagger(), lines).as_json()
    assert result["intent"]["tags"]["greeting"]["precision"] == 0.5
    assert result["intent"]["tags"]["point_query"]["recall"] == 0
