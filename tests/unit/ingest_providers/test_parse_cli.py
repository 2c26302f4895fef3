"""`etiqueta parse`: lines out, one sentence for a mistake, no content on standard error."""

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from services.ingest.parse_cli import parse

APP = typer.Typer()
APP.command()(parse)

MESSAGE = {"from": "5511900000001", "id": "wamid.A", "timestamp": "1778000000", "text": {"body": "olá"}}


def body(*messages: object) -> bytes:
    return json.dumps({"entry": [{"changes": [{"value": {"messages": messages}}]}]}).encode()


def run(*arguments: str, stdin: bytes = b"") -> Result:
    return CliRunner().invoke(APP, list(arguments), input=stdin)


def test_each_event_is_one_line_of_json() -> None:
    result = run("whatsapp", stdin=body(MESSAGE, MESSAGE | {"id": "wamid.B"}))
    assert result.exit_code == 0
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(line["id"], line["text"]) for line in lines] == [("wamid.A", "olá"), ("wamid.B", "olá")]
    assert result.stderr == ""


@pytest.mark.parametrize("extra", [(), ("-",)])
def test_standard_input_is_read_when_no_file_is_named(extra: tuple[str, ...]) -> None:
    assert len(run("whatsapp", *extra, stdin=body(MESSAGE)).stdout.splitlines()) == 1


def test_a_file_is_read_byte_for_byte(tmp_path: Path) -> None:
    (tmp_path / "request.json").write_bytes(body(MESSAGE | {"text": {"body": "a\r\nb"}}))
    result = run("whatsapp", str(tmp_path / "request.json"))
    assert json.loads(result.stdout)["text"] == "a\r\nb"


def test_a_body_that_cannot_be_read_is_one_sentence_and_exit_1() -> None:
    result = run("whatsapp", stdin=b'{"text":"segredo')
    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.splitlines() == ["etiqueta parse: The body is not JSON (it breaks at character 8)."]


def test_parts_that_cannot_be_read_are_named_without_their_content() -> None:
    broken = {"from": "5511900000001", "text": {"body": "segredo"}}
    result = run("whatsapp", stdin=body("segredo", MESSAGE, broken))
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 1
    assert "segredo" not in result.stderr
    assert result.stderr.splitlines() == [
        "etiqueta parse: 2 parts could not be read:",
        "  entry[0].changes[0].value.messages[0]: not an object",
        "  entry[0].changes[0].value.messages[2]: no id",
    ]


@pytest.mark.parametrize(
    "arguments",
    [
        ("telegram",),
        ("whatsapp", "no-such-file"),
        ("whatsapp", "--own", "no-such-file"),
        ("whatsapp", "--header", "nocolon"),
        ("whatsapp", "--header", ": value"),
        ("whatsapp", "--unknown"),
        (),
    ],
)
def test_wrong_use_is_exit_2_without_a_stack_trace(arguments: tuple[str, ...]) -> None:
    result = run(*arguments, stdin=body(MESSAGE))
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Usage:" in result.stderr
    assert "Traceback" not in result.stderr


def test_a_provider_without_a_parser_is_told_with_those_that_have_one() -> None:
    assert "no parser for 'telegram'. Known:" in run("telegram").stderr


@pytest.mark.parametrize(
    "written",
    [
        '{"whatsapp": {"numbers": ["+55 11 90000-0001"]}}',
        "[5511900000001]",
        '"5511900000001"',
        "# ours\n5511900000001  # the shop\n",
    ],
)
def test_the_companys_own_numbers_are_read_as_json_or_lines(tmp_path: Path, written: str) -> None:
    own = tmp_path / "own"
    own.write_text(written, encoding="utf-8")
    sent = body(MESSAGE | {"to": "5511900000002"})
    assert json.loads(run("whatsapp", stdin=sent).stdout)["kind"] == "message"
    assert json.loads(run("whatsapp", "--own", str(own), stdin=sent).stdout)["kind"] == "echo"


def test_own_numbers_that_are_no_text_are_wrong_use(tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.write_bytes(b"\xff\xfe\xff")
    assert run("whatsapp", "--own", str(own), stdin=body(MESSAGE)).exit_code == 2


def test_headers_and_content_type_are_taken_as_the_request_had_them() -> None:
    options = (
        "--content-type",
        "application/json",
        "--header",
        "X-Hub-Signature-256: sha256=0",
        "--header",
        "A: b",
    )
    assert run("whatsapp", *options, stdin=body(MESSAGE)).exit_code == 0
