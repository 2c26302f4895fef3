"""The collection `policies`: every pack that was ever active, by its hash; and the packs of a service.

Inserted once, by whichever service activates a pack first, so that every record can be read with the
very rules that judged it.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import structlog

from shared.errors import Transient
from shared.ids import PackHash, TenantId
from shared.mongo.store import Document, Store, insert_new, transient_failures
from shared.policy.compile import from_document
from shared.policy.pack import CompiledPack
from shared.policy.packs import PackShelf
from shared.policy.problems import PolicyErrors, Problem

_log = structlog.get_logger(__name__)
_COLLECTION: Final = "policies"


class StoredPacks:
    """A shelf of packs, with every version behind it in the store."""

    def __init__(self, store: Store, shelf: PackShelf) -> None:
        self._policies = store.collection(_COLLECTION)
        self._store = store
        self._shelf = shelf
        self._versions: dict[PackHash, CompiledPack] = {}
        self._active: dict[TenantId, CompiledPack] = {}
        self._refused: tuple[Problem, ...] = ()

    async def declare(self) -> None:
        """Create the collection and store what is active; the active packs are known from here on."""
        await self._store.declare(_COLLECTION, [])
        await self._keep()

    def active(self, tenant: TenantId) -> CompiledPack | None:
        return self._active.get(tenant)

    async def version(self, tenant: TenantId, pack: PackHash) -> CompiledPack:
        if pack not in self._versions:
            async with transient_failures():
                document: Document | None = await self._policies.find_one({"_id": str(pack)})
            if document is None:
                raise Transient(f"the policy pack {pack[:12]} is not stored yet")
            self._versions[pack] = from_document(document)
        known = self._versions[pack]
        if known.tenant != tenant:
            raise Transient(f"the policy pack {pack[:12]} is not stored for this tenant")
        return known

    async def _keep(self) -> None:
        """Store packs before they judge anything; until then the ones before them stay active."""
        packs = [pack for pack in self._shelf.actives() if pack.hash not in self._versions]
        await insert_new(self._policies, [pack.to_document() for pack in packs])
        self._versions |= {pack.hash: pack for pack in packs}
        self._active = {pack.tenant: pack for pack in self._shelf.actives()}

    async def watch(self, stop: asyncio.Event, every_seconds: float = 2.0) -> None:
        """Take up changed packs until told to stop; one with an error leaves the old one in place."""
        while not stop.is_set():
            try:
                await asyncio.wait_for(stop.wait(), every_seconds)
            except TimeoutError:
                await self.reload()

    async def reload(self) -> None:
        """Look at the folder once; what does not compile leaves what is active in place."""
        reloaded = await asyncio.to_thread(self._shelf.reload)
        _say(problem for problem in reloaded.problems if problem not in self._refused)
        self._refused = reloaded.problems  # said once, and again when it comes back
        try:
            await self._keep()
        except Transient as error:
            _log.warning("policy_not_stored", error=str(error))
            return
        for pack in reloaded.activated:
            _log.info("policy_active", tenant=pack.tenant, pack=pack.hash[:12])


def _say(problems: Iterable[Problem]) -> None:
    for problem in problems:
        _log.error("policy_refused", problem=str(problem))


def stored_packs(store: Store, folder: Path) -> StoredPacks:
    """Return the packs of a folder; raises `UserError` when one of them cannot be used at all."""
    shelf = PackShelf(folder)
    problems = shelf.reload().problems
    if not shelf.actives():
        raise PolicyErrors(problems)
    _say(problems)
    return StoredPacks(store, shelf)
