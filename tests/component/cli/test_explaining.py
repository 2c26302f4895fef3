"""`etiqueta explain`: what a message is, which rules were considered, and what it comes to."""

import io
import json
import sys
from pathlib import Path
from typing import Any, Final

import pytest

from services.line.explain_told import WHY
from shared.policy import compile_pack
from shared.words import Refusal
from tests.component.cli.running import Run
from tests.unit.policy.small_pack import SMALL

AT: Final = "2026-03-02T10:05:00-05:00"
LATER: Final = json.dumps({"text": "a", "at": AT, "history": [{"text": "b", "at": "2026-03-03T10:05:00Z"}]})
RUDE: Final = "son unos ineptos, contesten de una vez"


@pytest.fixture
def pack(tmp_path: Path) -> str:
    path = tmp_path / "acme.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return str(path)


@pytest.fixture
def explained(run: Run, pack: str, tmp_path: Path) -> Any:
    """Explain one message, given as an object, under the small pack."""

    def explain(**message: Any) -> dict[str, Any]:
        file = tmp_path / "message.json"
        file.write_text(json.dumps({"at": AT, **message}), encoding="utf-8")
        ran = run("explain", str(file), "--policy", pack, "--json")
        assert (ran.code, ran.err) == (0, "")
        found: dict[str, Any] = json.loads(ran.out)
        return found

    return explain


def rule(found: dict[str, Any], name: str) -> dict[str, Any]:
    one: dict[str, Any] = next(one for one in found["rules"] if one["rule"] == name)
    return one


def test_every_rule_of_the_pack_is_considered_with_its_reason(explained: Any) -> None:
    found = explained(text=RUDE)
    assert [one["rule"] for one in found["rules"]] == [one.name for one in compile_pack(SMALL, "x").rules]
    assert rule(found, "K1.rude") == {
        "rule": "K1.rude",
        "clause": "K1",
        "fired": True,
        "why": "is aggressive; 2 points",
    }
    others = [one for one in found["rules"] if not one["fired"]]
    assert others
    assert all(one["why"] for one in others)


def test_the_words_that_gave_a_tag_are_shown(explained: Any) -> None:
    found = explained(text=RUDE)
    (evidence,) = [one for one in found["tags"]["evidence"] if one["tag"] == "aggressive"][:1]
    assert RUDE[evidence["start"] : evidence["end"]] == evidence["excerpt"]
    assert "ineptos" in evidence["excerpt"]


def test_the_outcome_and_the_reply_are_those_of_the_line(explained: Any) -> None:
    found = explained(id="m1", text=RUDE)
    assert found["id"] == "m1"
    assert (found["outcome"]["before"]["points"], found["outcome"]["after"]["points"]) == (0, 2)
    assert [fact["fact"] for fact in found["outcome"]["facts"]] == ["infraction_recorded"]
    assert found["reply"]["text"] == "Sea amable.\n\n2 de 3"


def test_what_was_written_before_counts(explained: Any) -> None:
    found = explained(text=RUDE, history=[{"text": "qué inútiles son", "ago": "2d"}])
    assert found["outcome"]["before"]["points"] == 2
    facts = [fact["fact"] for fact in found["outcome"]["facts"]]
    assert facts == ["infraction_recorded", "channel_disabled", "call_requested"]
    (refused,) = found["outcome"]["refused"]
    assert (refused["reason"], refused["why"]) == ("channel_disabled", WHY[Refusal.CHANNEL_DISABLED])
    assert "Fuera: K1" in found["reply"]["text"]


def test_somebody_elses_history_does_not_count(explained: Any) -> None:
    earlier = {"text": "qué inútiles son", "ago": "2d", "client": "+50760000002"}
    found = explained(text=RUDE, client="+50760000001", history=[earlier])
    assert found["outcome"]["before"]["points"] == 0


def test_the_time_decides_the_context(explained: Any) -> None:
    assert explained(text="hola", at="2026-03-01T10:05:00-05:00")["context"] == ["out_of_hours"]
    assert explained(text="hola", at=AT)["context"] == []


def test_personal_data_is_shown_masked(explained: Any) -> None:
    found = explained(text="mi tarjeta es 4111 1111 1111 1111")
    assert "4111" not in json.dumps(found)
    assert "payment_card" in found["message"]["text"]


def test_an_e_mail_and_a_call_are_taken_as_classify_takes_them(explained: Any) -> None:
    mail = explained(subject="Guía 88231", body="Buenos días,\n…", **{"from": "a@b.c", "cc": ["d@e.f"]})
    assert (mail["message"]["channel"], mail["message"]["kind"]) == ("email", "email")
    turns = [{"speaker": "client", "start": 0, "end": 2, "text": "son unos ineptos"}]
    call = explained(turns=turns)
    assert (call["message"]["channel"], call["message"]["text"]) == ("phone", "client: son unos ineptos")


def test_staff_are_explained_too(explained: Any) -> None:
    found = explained(text="Claro, lo reviso.", direction="outbound", staff="Ana")
    assert (found["message"]["direction"], found["reply"]) == ("outbound", None)


def test_a_declared_language_helps_where_the_words_are_too_few(explained: Any) -> None:
    assert explained(text="ok", language="en")["tags"]["language"] == "en"


def test_people_read_the_same_in_tables(run: Run, pack: str) -> None:
    ran = run("explain", "--policy", pack, "--text", RUDE, "--at", AT)
    assert ran.code == 0
    shown = ("acme", "aggressive", "K1.rude", "is aggressive; 2 points", "0 before, 2 of 3", "Sea amable.")
    assert [words for words in shown if words not in ran.out] == []


def test_options_stand_before_what_the_message_says(run: Run, pack: str, tmp_path: Path) -> None:
    file = tmp_path / "message.json"
    file.write_text(json.dumps({"text": "hola", "channel": "telegram", "at": AT}), encoding="utf-8")
    arguments = ("explain", str(file), "--policy", pack, "--json", "--channel", "teams")
    assert json.loads(run(*arguments).out)["message"]["channel"] == "teams"


def test_standard_input_is_read_where_no_file_is_named(
    run: Run, pack: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    raw = io.BytesIO(json.dumps({"text": "hola"}).encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(raw))
    assert run("explain", "--policy", pack, "--json").code == 0


@pytest.mark.parametrize(
    ("message", "says"),
    [
        ("hola", "not one JSON object"),
        ('{"text": "a"}\n{"text": "b"}', "not one JSON object"),
        ("[]", "not one JSON object"),
        ("{}", "say what was written"),
        ('{"text": 4111111111111111}', "text: input should be a valid string"),
        ('{"text": "a", "body": "b"}', "not several of them"),
        ('{"text": "a", "loud": true}', "loud: extra inputs are not permitted"),
        ('{"text": "a", "at": "2026-03-02T10:05:00"}', "at:"),
        ('{"text": "a", "ago": "5m"}', "`ago` is for the messages of `history`"),
        ('{"text": "a", "history": [{"text": "b"}]}', "history 0: say when it was written"),
        (LATER, "after"),
    ],
)
def test_a_message_that_cannot_be_used_is_said_by_its_field(
    message: str, says: str, run: Run, pack: str, tmp_path: Path
) -> None:
    file = tmp_path / "message.json"
    file.write_text(message, encoding="utf-8")
    ran = run("explain", str(file), "--policy", pack)
    assert ran.code == 1
    assert says in ran.err
    assert "4111" not in ran.err


def test_every_refusal_has_its_words() -> None:
    assert WHY.keys() == set(Refusal)
