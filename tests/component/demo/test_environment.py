"""What the processes of a local installation are told."""

import stat
from pathlib import Path

import pytest

from deploy.local.environment import ACCOUNTS, NUMBER, TENANT, Installation, Ports, Secrets, variable_of_port
from shared.accounts import read_accounts
from shared.ids import TenantId
from shared.localstack.errors import StateUnreadable
from shared.localstack.stack import Addresses

STACK = Addresses(kafka="127.0.0.1:29092", mongodb="mongodb://127.0.0.1:27017/")


def installation(secrets: Secrets | None = None) -> Installation:
    return Installation(STACK, Ports(), secrets or Secrets.made(), clock="events")


def test_what_a_shell_holds_of_another_installation_does_not_leak_in() -> None:
    shell = {
        "PATH": "/bin",
        "ETIQUETA_CLOCK": "wall",
        "ETIQUETA_LOG_LEVEL": "DEBUG",
        "ETIQUETA_INSTANCE": "pod-0",
        "INGEST_IN_FLIGHT": "1",
        "RESPONDER_WHATSAPP_URL": "https://graph.facebook.com",
        "META_ACCESS_TOKEN": "a real one",
        "KAFKA_BOOTSTRAP_SERVERS": "production:9092",
    }
    told = installation().environment(shell)
    assert told["PATH"] == "/bin"
    assert told["ETIQUETA_LOG_LEVEL"] == "DEBUG"
    assert told["ETIQUETA_CLOCK"] == "events"
    assert told["RESPONDER_WHATSAPP_URL"] == "http://127.0.0.1:9400"
    assert told["KAFKA_BOOTSTRAP_SERVERS"] == STACK.kafka
    assert told["META_ACCESS_TOKEN"] != "a real one"
    assert not {"ETIQUETA_INSTANCE", "INGEST_IN_FLIGHT"} & set(told)


def test_changes_are_laid_over_everything() -> None:
    told = installation().environment({}, RESPONDER_POLL_SECONDS="0.05")
    assert told["RESPONDER_POLL_SECONDS"] == "0.05"


def test_the_accounts_file_finds_each_of_its_secrets_there() -> None:
    accounts = read_accounts(ACCOUNTS, installation().environment({}))
    account = accounts.account("whatsapp", NUMBER.phone_number_id)
    assert account is not None
    assert account.tenant == TENANT
    assert TenantId(TENANT) in accounts.tenants


def test_two_installations_share_no_secret() -> None:
    one, other = Secrets.made().variables(), Secrets.made().variables()
    assert not set(one.values()) & set(other.values())
    assert len(set(one.values())) == 5


def test_secrets_are_not_printed() -> None:
    secrets = Secrets.made()
    assert not [value for value in secrets.variables().values() if value in repr(installation(secrets))]


def test_kept_secrets_are_the_same_again_and_only_their_owner_reads_them(tmp_path: Path) -> None:
    path = tmp_path / "up" / "secrets.json"
    first = Secrets.kept(path)
    assert Secrets.kept(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("text", ["", "[]", '{"client_key": "k"}', '{"other": "k"}'])
def test_a_damaged_file_of_secrets_is_told_of_and_not_replaced(tmp_path: Path, text: str) -> None:
    path = tmp_path / "secrets.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StateUnreadable, match=r"secrets\.json"):
        Secrets.kept(path)
    assert path.read_text(encoding="utf-8") == text


def test_each_service_is_told_its_port() -> None:
    told = installation().environment({})
    assert {told[variable_of_port(name)] for name in ("ingest", "classifier", "sanctions", "responder")} == {
        "8081",
        "8082",
        "8083",
        "8084",
    }
