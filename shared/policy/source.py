"""Where compiled packs come from: the active one of a tenant, or the very version a record names."""

from typing import Protocol

from shared.errors import Transient
from shared.ids import PackHash, TenantId
from shared.policy.pack import CompiledPack


class PackSource(Protocol):
    """Packs by tenant, and by the hash that judged a record."""

    def active(self, tenant: TenantId) -> CompiledPack | None:
        """Return the pack that judges new messages of this tenant."""

    async def version(self, tenant: TenantId, pack: PackHash) -> CompiledPack:
        """Return the pack of that hash; raises `Transient` while nobody has stored it yet."""


class FixedPacks:
    """Packs that never change while the process lives: for rehearsals and tests."""

    def __init__(self, *packs: CompiledPack) -> None:
        self._by_hash = {pack.hash: pack for pack in packs}
        self._active = {TenantId(pack.tenant): pack for pack in packs}

    def active(self, tenant: TenantId) -> CompiledPack | None:
        return self._active.get(tenant)

    async def version(self, tenant: TenantId, pack: PackHash) -> CompiledPack:
        del tenant
        if pack not in self._by_hash:
            raise Transient(f"the policy pack {pack[:12]} is not known")
        return self._by_hash[pack]
