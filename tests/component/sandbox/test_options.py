"""Wrong use of the sandbox's command is told in a sentence before anything is opened."""

import pytest
import typer
from typer.testing import CliRunner

from deploy.local.sandbox.__main__ import main

APP = typer.Typer()
APP.command()(main)
SECRETS = {"META_APP_SECRET": "s", "META_ACCESS_TOKEN": "t"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--number", "abc"], "PHONE_NUMBER_ID=DIGITS"),
        (["--number", "800000000000001=551100000001", "--number", "1=2"], "PHONE_NUMBER_ID=DIGITS"),
        (["--statuses", "sent,seen"], "only these are reported"),
        (["--webhook-url", "project:9000"], "whole address"),
        (["--app-secret-env", "NOT_SET_ANYWHERE"], "NOT_SET_ANYWHERE is not set"),
        (["--access-token-env", "NOT_SET_ANYWHERE"], "NOT_SET_ANYWHERE is not set"),
        (["--window", "ajar"], "--window"),
        (["--port", "70000"], "--port"),
    ],
)
def test_wrong_use_is_exit_2_and_says_what_is_wrong(options: list[str], said: str) -> None:
    result = CliRunner().invoke(APP, options, env=SECRETS)
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())


def test_an_empty_secret_is_none() -> None:
    result = CliRunner().invoke(APP, [], env=SECRETS | {"META_APP_SECRET": ""})
    assert result.exit_code == 2
