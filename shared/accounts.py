"""Which provider accounts and API keys belong to which tenant: the file `ETIQUETA_ACCOUNTS`.

Secrets stand in it only as names of variables or of mounted files::

    tenants:
      trackingpremium:
        client_key: {env: TRACKINGPREMIUM_CLIENT_KEY}
        api_keys: [{env: TRACKINGPREMIUM_API_KEY}]
    accounts:
      - provider: whatsapp
        account: "800000000000001"
        channel: whatsapp
        tenant: trackingpremium
        app_secret: {env: META_APP_SECRET}
        verify_token: {env: META_VERIFY_TOKEN}
        access_token: {env: META_ACCESS_TOKEN}
        staff: Central
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from shared.errors import UserError, locations
from shared.ids import TenantId
from shared.settings import secret
from shared.tags import Channel
from shared.tenants import Account, Accounts, Tenant


class _TenantEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    client_key: dict[str, str]
    api_keys: list[dict[str, str]] = []


class _AccountEntry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    provider: str
    account: str
    channel: Channel
    tenant: str
    app_secret: dict[str, str]
    verify_token: dict[str, str]
    access_token: dict[str, str]
    staff: str | None = None


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    tenants: dict[str, _TenantEntry]
    accounts: list[_AccountEntry] = []


def read_accounts(path: Path, environment: Mapping[str, str] | None = None) -> Accounts:
    """Read the file; raises `UserError` with file, place and what to do."""
    try:
        entries = _File.model_validate(YAML(typ="safe").load(path.read_text(encoding="utf-8")))
    except OSError as error:
        raise UserError(f"ETIQUETA_ACCOUNTS: {path} cannot be read ({error.strerror}).") from None
    except UnicodeDecodeError:
        raise UserError(f"ETIQUETA_ACCOUNTS: {path} is not UTF-8 text.") from None
    except YAMLError as error:
        line = getattr(getattr(error, "problem_mark", None), "line", 0) + 1
        raise UserError(f"{path}, line {line}: this is not YAML.") from None
    except ValidationError as error:
        raise UserError(f"{path}: {'; '.join(locations(error))}.") from None
    tenants = {TenantId(name): _tenant(name, entry, environment) for name, entry in entries.tenants.items()}
    accounts = [_account(entry, tenants, path, environment) for entry in entries.accounts]
    _each_once(path, [f"account {found.provider} {found.account}" for found in accounts])
    _no_key_of_two(path, tenants.values())
    return Accounts(tenants, {(found.provider, found.account): found for found in accounts})


def _each_once(path: Path, names: Sequence[str]) -> None:
    """Of two entries for one account the last would silently take the other tenant's messages."""
    for name in names:
        if names.count(name) > 1:
            raise UserError(f"{path}: {name} stands there twice. Keep one of the two.")


def _no_key_of_two(path: Path, tenants: Iterable[Tenant]) -> None:
    owners: dict[str, TenantId] = {}
    for tenant in tenants:
        for key in tenant.api_keys:
            first = owners.setdefault(key, tenant.id)
            if first != tenant.id:
                raise UserError(f"{path}: {first} and {tenant.id} have the same API key. Give each its own.")


def _tenant(name: str, entry: _TenantEntry, environment: Mapping[str, str] | None) -> Tenant:
    where = f"tenant {name}"
    return Tenant(
        id=TenantId(name),
        client_key=secret(entry.client_key, f"{where}, client_key", environment).encode(),
        api_keys=tuple(secret(key, f"{where}, api_keys", environment) for key in entry.api_keys),
    )


def _account(
    entry: _AccountEntry,
    tenants: Mapping[TenantId, Tenant],
    path: Path,
    environment: Mapping[str, str] | None,
) -> Account:
    where = f"account {entry.provider} {entry.account}"
    if entry.tenant not in tenants:
        raise UserError(f"{path}: {where} belongs to {entry.tenant}, which is not under tenants.")
    secrets: dict[str, Any] = {
        name: secret(getattr(entry, name), f"{where}, {name}", environment)
        for name in ("app_secret", "verify_token", "access_token")
    }
    return Account(
        provider=entry.provider,
        account=entry.account,
        channel=entry.channel,
        tenant=TenantId(entry.tenant),
        staff=entry.staff,
        **secrets,
    )
