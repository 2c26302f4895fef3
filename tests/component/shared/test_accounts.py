"""`ETIQUETA_ACCOUNTS`: whose accounts and keys are whose; a mistake is told by its place."""

from pathlib import Path

import pytest

from shared.accounts import read_accounts
from shared.errors import UserError
from shared.ids import TenantId
from shared.tags import Channel

FILE = """\
tenants:
  acme:
    client_key: {env: CLIENT_KEY}
    api_keys: [{env: API_KEY}, {env: OLD_API_KEY}]
  other:
    client_key: {env: OTHER_CLIENT_KEY}
accounts:
  - provider: whatsapp
    account: "800000000000001"
    channel: whatsapp
    tenant: acme
    app_secret: {env: APP_SECRET}
    verify_token: {env: VERIFY}
    access_token: {env: ACCESS}
    staff: Central
"""
ENVIRONMENT = {
    "CLIENT_KEY": "s3cret-1",
    "OTHER_CLIENT_KEY": "s3cret-2",
    "API_KEY": "s3cret-3",
    "OLD_API_KEY": "s3cret-4",
    "APP_SECRET": "s3cret-5",
    "VERIFY": "s3cret-6",
    "ACCESS": "s3cret-7",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "accounts.yaml"


def written(path: Path, *changes: tuple[str, str]) -> Path:
    text = FILE
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")
    return path


def test_accounts_and_keys_are_read_and_secrets_are_never_shown(path: Path) -> None:
    accounts = read_accounts(written(path), ENVIRONMENT)
    account = accounts.account("whatsapp", "800000000000001")
    assert account is not None
    assert (account.tenant, account.channel, account.staff) == ("acme", Channel.WHATSAPP, "Central")
    assert (account.app_secret, account.verify_token, account.access_token) == (
        "s3cret-5",
        "s3cret-6",
        "s3cret-7",
    )
    assert accounts.tenants[TenantId("acme")].client_key == b"s3cret-1"
    assert "s3cret" not in repr(accounts)


@pytest.mark.parametrize(
    ("key", "tenant"), [("s3cret-3", "acme"), ("s3cret-4", "acme"), ("s3cret", None), ("", None), ("ñ", None)]
)
def test_a_key_is_its_tenants(path: Path, key: str, tenant: str | None) -> None:
    found = read_accounts(written(path), ENVIRONMENT).tenant_of_key(key)
    assert (found.id if found else None) == tenant


def test_an_unknown_account_is_nobodys(path: Path) -> None:
    accounts = read_accounts(written(path), ENVIRONMENT)
    assert accounts.account("telegram", "800000000000001") is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([("tenant: acme\n", "tenant: nobody\n")], "belongs to nobody, which is not under tenants"),
        ([("- provider: whatsapp\n    account", "- account")], "accounts.0.provider: missing"),
        ([("channel: whatsapp", "channel: pigeon")], "accounts.0.channel: enum"),
        ([('"800000000000001"', "800000000000001")], "accounts.0.account: string_type"),
        ([("staff: Central", "stuff: Central")], "accounts.0.stuff: extra_forbidden"),
        ([("{env: APP_SECRET}", "s3cret-5")], "accounts.0.app_secret: dict_type"),
        (
            [("{env: APP_SECRET}", "{enc: s3cret-5}")],
            "account whatsapp 800000000000001, app_secret: a secret",
        ),
        ([("{env: APP_SECRET}", "{env: MISSING}")], "the variable MISSING is not set or empty"),
        (
            [("client_key: {env: OTHER", "api_keys: [{env: API_KEY}]\n    client_key: {env: OTHER")],
            "same API key",
        ),
        ([("tenants:", "tenants: [")], "line"),
        ([(FILE, "")], "body"),
    ],
)
def test_a_mistake_is_told_by_its_place_and_without_a_secret(
    path: Path, changes: list[tuple[str, str]], said: str
) -> None:
    with pytest.raises(UserError) as caught:
        read_accounts(written(path, *changes), ENVIRONMENT)
    assert said in str(caught.value)
    assert str(path) in str(caught.value) or "MISSING" in said or "a secret" in said
    assert "s3cret" not in str(caught.value)


def test_an_account_that_stands_there_twice_is_a_mistake(path: Path) -> None:
    """The last would silently take the other's messages."""
    written(path)
    entry = FILE.partition("accounts:\n")[2].replace("tenant: acme", "tenant: other")
    path.write_text(FILE + entry, encoding="utf-8")
    with pytest.raises(UserError, match="account whatsapp 800000000000001 stands there twice"):
        read_accounts(path, ENVIRONMENT)


def test_a_file_that_is_not_there_or_not_text_is_told(path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_accounts(path, ENVIRONMENT)
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match="not UTF-8"):
        read_accounts(path, ENVIRONMENT)
