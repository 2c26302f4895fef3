"""Whose accounts and API keys are whose: values, wherever they were read from."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field

from shared.ids import TenantId
from shared.tags import Channel


@dataclass(frozen=True, slots=True)
class Tenant:
    """A company; its key makes client ids that nobody else can compute."""

    id: TenantId
    client_key: bytes = field(repr=False)
    api_keys: tuple[str, ...] = field(repr=False, default=())


@dataclass(frozen=True, slots=True)
class Account:
    """One account of a company at a provider."""

    provider: str
    account: str
    channel: Channel
    tenant: TenantId
    app_secret: str = field(repr=False)
    verify_token: str = field(repr=False)
    access_token: str = field(repr=False)
    staff: str | None = None
    """Who of the staff owns it, where one person does."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """Every tenant and account that this installation serves."""

    tenants: Mapping[TenantId, Tenant]
    accounts: Mapping[tuple[str, str], Account]

    def account(self, provider: str, account: str) -> Account | None:
        return self.accounts.get((provider, account))

    def tenant_of_key(self, api_key: str) -> Tenant | None:
        """Return whose API key this is; every key is compared, in constant time."""
        given = api_key.encode()
        owner: Tenant | None = None
        for tenant in self.tenants.values():
            for known in tenant.api_keys:
                if hmac.compare_digest(given, known.encode()):
                    owner = tenant
        return owner
