"""The archive's consumers: what was accepted is kept, and who is erased is erased."""

from collections.abc import Sequence

from services.ingest.archive import ArchiveBatch, EraseBatch
from services.ingest.domain import AnyMessage
from shared.events.outcomes import FactRecord, Settled
from shared.ids import ClientId, TenantId
from shared.words import Fact
from tests.support.builders_core import CLIENT, NOW, TENANT, FixedClock, delivered, later, received, settled


class ListArchive:
    """An archive that keeps what it was given, in order."""

    def __init__(self) -> None:
        self.kept: list[AnyMessage] = []
        self.erased: list[tuple[TenantId, ClientId, str]] = []

    async def keep(self, events: Sequence[AnyMessage]) -> None:
        self.kept += events

    async def erase(self, tenant: TenantId, client: ClientId, event: Settled) -> None:
        self.erased.append((tenant, client, event.cause))


async def test_a_batch_is_kept_whole_and_publishes_nothing() -> None:
    archive, clock = ListArchive(), FixedClock()
    batch = [delivered(received("m1")), delivered(received("m2", later(5)), 1)]
    handled = await ArchiveBatch(archive, clock)(batch)
    assert [event.event_id for event in archive.kept] == ["m1", "m2"]
    assert (handled.publish, handled.defects, clock.observed) == ((), (), [NOW, later(5)])


async def test_only_who_is_erased_is_erased() -> None:
    archive = ListArchive()
    erased = FactRecord(fact=Fact.PERSON_ERASED, id="e1", at=NOW)
    noted = FactRecord(fact=Fact.FINDING_RECORDED, id="f1", at=NOW)
    await EraseBatch(archive)(
        [
            delivered(settled("d1", facts=(noted,))),
            delivered(settled("d2", facts=(erased,))),
            delivered(settled("d3")),
        ]
    )
    assert archive.erased == [(TENANT, CLIENT, "d2")]
