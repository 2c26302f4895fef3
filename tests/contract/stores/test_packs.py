"""The contract of `StoredPacks`: what judged a record can be read for ever, by any service."""

import asyncio
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from shared.errors import Transient
from shared.ids import PackHash, TenantId
from shared.mongo.policies import StoredPacks, stored_packs
from shared.policy.problems import PolicyErrors
from shared.policy.source import FixedPacks
from tests.contract.stores.backends import MongoBackend
from tests.support.builders_core import TENANT
from tests.unit.policy.small_pack import SMALL, changed, pack

pytestmark = pytest.mark.integration
STRICTER = ("limit: 3", "limit: 2")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write(tmp_path, SMALL)
    return tmp_path


def write(folder: Path, source: str) -> None:
    (folder / "acme.yaml").write_text(source, encoding="utf-8")


async def declared(mongo: MongoBackend, folder: Path) -> StoredPacks:
    packs = stored_packs(mongo.store(), folder)
    await packs.declare()
    return packs


async def test_an_active_pack_is_known_once_it_is_stored(mongo: MongoBackend, folder: Path) -> None:
    packs = stored_packs(mongo.store(), folder)
    assert packs.active(TENANT) is None
    await packs.declare()
    await packs.declare()
    assert packs.active(TENANT) == pack()
    assert packs.active(TenantId("other")) is None
    assert await packs.version(TENANT, pack().hash) == pack()
    assert list(await mongo.documents("policies")) == [pack().hash]


async def test_another_service_reads_the_version_that_judged_a_record(
    mongo: MongoBackend, folder: Path
) -> None:
    await declared(mongo, folder)
    write(folder, changed(STRICTER))
    later = await declared(mongo, folder)
    before = await later.version(TENANT, pack().hash)
    assert (before.limit, later.active(TENANT)) == (3, pack(STRICTER))
    assert before.source == SMALL
    assert before.hash == pack().hash


async def test_a_version_that_nobody_has_stored_yet_is_transient(mongo: MongoBackend, folder: Path) -> None:
    packs, fixed = await declared(mongo, folder), FixedPacks(pack())
    for source in (packs, fixed):
        with pytest.raises(Transient):
            await source.version(TENANT, PackHash("0" * 64))
    with pytest.raises(Transient):
        await packs.version(TENANT, pack(STRICTER).hash)
    write(folder, changed(STRICTER))
    await declared(mongo, folder)
    assert await packs.version(TENANT, pack(STRICTER).hash) == pack(STRICTER)


async def test_a_version_of_another_tenant_is_not_told(mongo: MongoBackend, folder: Path) -> None:
    await declared(mongo, folder)
    write(folder, changed(STRICTER))
    later = await declared(mongo, folder)
    with pytest.raises(Transient):
        await later.version(TenantId("other"), pack().hash)


async def test_the_first_text_of_a_hash_stays(mongo: MongoBackend, folder: Path) -> None:
    await declared(mongo, folder)
    write(folder, f"# a remark changes no rule\n{SMALL}")
    await declared(mongo, folder)
    assert [one["source"] for one in (await mongo.documents("policies")).values()] == [SMALL]


async def test_a_changed_pack_is_active_after_a_reload_and_a_spoiled_one_is_not(
    mongo: MongoBackend, folder: Path
) -> None:
    packs = await declared(mongo, folder)
    write(folder, changed(STRICTER))
    await packs.reload()
    assert packs.active(TENANT) == pack(STRICTER)
    write(folder, changed(("limit: 3", "limit: none at all")))
    await packs.reload()
    assert packs.active(TENANT) == pack(STRICTER)
    assert set(await mongo.documents("policies")) == {pack().hash, pack(STRICTER).hash}


async def test_services_that_start_together_store_a_pack_once(mongo: MongoBackend, folder: Path) -> None:
    both = await asyncio.gather(*(declared(mongo, folder) for _ in range(4)))
    assert [one.active(TENANT) for one in both] == [pack()] * 4
    assert list(await mongo.documents("policies")) == [pack().hash]


async def test_a_stored_text_that_was_tampered_with_is_refused(mongo: MongoBackend, folder: Path) -> None:
    await declared(mongo, folder)
    await mongo.store().collection("policies").update_one({}, {"$set": {"source": changed(STRICTER)}})
    write(folder, changed(STRICTER))
    later = await declared(mongo, folder)
    with pytest.raises(PolicyErrors):
        await later.version(TENANT, pack().hash)


async def test_a_pack_that_stays_broken_is_said_once_and_again_when_it_breaks_again(
    mongo: MongoBackend, folder: Path
) -> None:
    packs = await declared(mongo, folder)
    said: list[int] = []
    for source in ("tenant: acme", "tenant: acme", SMALL, "tenant: acme"):
        write(folder, source)
        with capture_logs() as logs:
            await packs.reload()
        said.append(sum(log["event"] == "policy_refused" for log in logs))
    first, *rest = said
    assert first
    assert rest == [0, 0, first]


async def test_a_version_of_another_tenant_is_not_told_either_once_it_is_known(
    mongo: MongoBackend, folder: Path
) -> None:
    packs = await declared(mongo, folder)
    assert await packs.version(TENANT, pack().hash) == pack()
    with pytest.raises(Transient):
        await packs.version(TenantId("other"), pack().hash)
