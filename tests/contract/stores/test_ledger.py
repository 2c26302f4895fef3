"""The contract of `Ledger`: append-only, no gap, first one stands; what is folded from it is never behind."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from services.sanctions.domain.standing import Standing, rebuild
from shared.errors import Transient
from shared.events.outcomes import FactRecord, MessageSettledV1, Settled
from shared.ids import ClientId, TenantId
from shared.tags import Channel
from shared.words import Fact
from tests.contract.stores.backends import Backend, MongoBackend
from tests.contract.stores.full import (
    full_command_outcome,
    full_message_outcome,
    full_standing,
    unfilled,
)
from tests.support.builders_core import CLIENT, NOW, OTHER_CLIENT, TENANT, later, settled

KEY, OTHER = (TENANT, CLIENT), (TENANT, OTHER_CLIENT)


def disabled(seq: int, until: datetime | None, client: ClientId = CLIENT) -> MessageSettledV1:
    fact = FactRecord(fact=Fact.CHANNEL_DISABLED, id=f"f{seq}", at=NOW, channel=Channel.WHATSAPP, until=until)
    return settled(f"d{seq}-{client}", NOW, seq=seq, client=client, facts=(fact,))


def restored(seq: int) -> MessageSettledV1:
    fact = FactRecord(fact=Fact.CHANNEL_RESTORED, id=f"f{seq}", at=NOW, channel=Channel.WHATSAPP)
    return settled(f"d{seq}", NOW, seq=seq, facts=(fact,))


def after(ledger: Sequence[MessageSettledV1]) -> Standing:
    return rebuild(ledger[0].tenant, ledger[0].client, ledger)


async def standing(backend: Backend) -> Standing:
    return (await backend.ledger().standings([KEY]))[KEY]


async def test_outcomes_come_back_as_they_were_settled(backend: Backend) -> None:
    outcomes: list[Settled] = [full_message_outcome(), full_command_outcome()]
    assert [unfilled(one) for one in outcomes] == [[], []]
    assert [unfilled(fact) for fact in outcomes[0].facts] == [[]] * len(Fact)
    await backend.ledger().append(outcomes)
    found = await backend.ledger().settled(["d1", "c1", "unknown"])
    assert found == {one.cause: one for one in outcomes}


async def test_a_standing_folded_from_every_fact_comes_back_equal(backend: Backend) -> None:
    outcomes: list[Settled] = [full_message_outcome(), full_command_outcome()]
    await backend.ledger().append(outcomes)
    expected = rebuild(*KEY, outcomes)
    await backend.ledger().save([expected], outcomes)
    assert await standing(backend) == expected


async def test_a_new_client_stands_at_zero(backend: Backend) -> None:
    await backend.ledger().append([settled("d1", seq=1)])
    elsewhere = (TenantId("other"), CLIENT)
    found = await backend.ledger().standings([OTHER, elsewhere])
    assert found == {key: Standing(tenant=key[0], client=key[1]) for key in (OTHER, elsewhere)}


async def test_nothing_to_settle_is_no_error(backend: Backend) -> None:
    ledger = backend.ledger()
    await ledger.append([])
    await ledger.save([], [])
    assert await ledger.settled([]) == {}
    assert await ledger.standings([]) == {}


async def test_a_crash_before_the_save_loses_nothing_of_the_standing(backend: Backend) -> None:
    first, second, third = disabled(1, None), restored(2), disabled(3, later(60))
    await backend.ledger().append([first])
    await backend.ledger().save([after([first])], [first])
    await backend.ledger().append([second, third])
    assert await standing(backend) == after([first, second, third])
    await backend.ledger().save([after([first, second, third])], [second, third])
    assert await standing(backend) == after([first, second, third])


async def test_a_cause_is_settled_once(backend: Backend) -> None:
    first = settled("d1", seq=1)
    await backend.ledger().append([first])
    with pytest.raises(Transient):
        await backend.ledger().append([settled("d1", later(1), seq=2)])
    assert await backend.ledger().settled(["d1"]) == {"d1": first}
    assert (await standing(backend)).seq == 1


async def test_a_place_in_the_ledger_is_taken_once(backend: Backend) -> None:
    await backend.ledger().append([settled("d1", seq=1)])
    with pytest.raises(Transient):
        await backend.ledger().append([settled("d2", seq=1)])
    assert set(await backend.ledger().settled(["d1", "d2"])) == {"d1"}
    await backend.ledger().append([settled("d2", seq=1, client=OTHER_CLIENT)])
    await backend.ledger().append([settled("d3", seq=1, tenant=TenantId("other"))])


async def test_what_comes_after_a_lost_place_is_not_appended(backend: Backend) -> None:
    await backend.ledger().append([settled("d1", seq=1)])
    with pytest.raises(Transient):
        await backend.ledger().append(
            [
                settled("e1", seq=1, client=OTHER_CLIENT),
                settled("d2", seq=1),
                settled("d3", seq=2),
                settled("e2", seq=2, client=OTHER_CLIENT),
            ]
        )
    assert set(await backend.ledger().settled(["d1", "e1", "d2", "d3", "e2"])) == {"d1", "e1"}
    found = await backend.ledger().standings([KEY, OTHER])
    assert {key: one.seq for key, one in found.items()} == {KEY: 1, OTHER: 1}


async def test_batches_that_race_leave_no_gap(backend: Backend) -> None:
    batches = [[settled(f"d{seq}-{who}", seq=seq) for seq in range(1, 6)] for who in range(4)]
    came = await asyncio.gather(
        *(backend.ledger().append(batch) for batch in batches), return_exceptions=True
    )
    assert {type(error) for error in came if error is not None} == {Transient}
    causes = [one.cause for batch in batches for one in batch]
    places = sorted(one.seq for one in (await backend.ledger().settled(causes)).values())
    assert places == list(range(1, len(places) + 1))
    assert (await standing(backend)).seq == len(places)


async def test_whoever_lost_a_race_settles_after_the_winner(backend: Backend) -> None:
    async def settle(who: int) -> None:
        ledger = backend.ledger()
        for place in range(5):
            while True:
                seq = (await ledger.standings([KEY]))[KEY].seq + 1
                outcome = settled(f"d{place}-{who}", seq=seq)
                try:
                    await ledger.append([outcome])
                except Transient:
                    continue
                now = (await ledger.standings([KEY]))[KEY]
                await ledger.save([now], [outcome])
                break

    async with asyncio.timeout(60):
        await asyncio.gather(*(settle(who) for who in range(3)))
    assert (await standing(backend)).seq == 15


async def test_an_older_standing_never_replaces_a_newer(backend: Backend) -> None:
    ledger = [disabled(1, later(60)), restored(2)]
    await backend.ledger().append(ledger)
    await backend.ledger().save([after(ledger)], ledger)
    await backend.ledger().save([after(ledger[:1])], ledger[:1])
    assert await standing(backend) == after(ledger)
    assert await backend.ledger().due(later(days=1)) == []


async def test_standings_saved_in_a_race_end_at_the_newest(backend: Backend) -> None:
    ledger = [disabled(seq, later(seq)) for seq in range(1, 7)]
    await backend.ledger().append(ledger)
    await asyncio.gather(
        *(backend.ledger().save([after(ledger[:seq])], ledger[seq - 1 : seq]) for seq in (3, 6, 1, 5, 2, 4))
    )
    assert list(await backend.ledger().due(later(days=1))) == [after(ledger)]


async def test_one_standing_that_is_older_keeps_no_other_from_being_saved(backend: Backend) -> None:
    mine, others = [disabled(1, later(1)), restored(2)], [disabled(1, later(1), OTHER_CLIENT)]
    await backend.ledger().append([*mine, *others])
    await backend.ledger().save([after(mine)], mine)
    await backend.ledger().save([after(mine[:1]), after(others)], [*mine[:1], *others])
    assert list(await backend.ledger().due(later(days=1))) == [after(others)]


async def test_a_restriction_is_due_when_it_ends_and_not_before(backend: Backend) -> None:
    outcomes = [disabled(1, later(60)), disabled(1, None, OTHER_CLIENT)]
    await backend.ledger().append(outcomes)
    await backend.ledger().save([after([one]) for one in outcomes], outcomes)
    assert list(await backend.ledger().due(later(59.999))) == []
    assert list(await backend.ledger().due(later(60))) == [after(outcomes[:1])]


@pytest.mark.integration
async def test_a_full_standing_comes_back_as_it_was_saved(mongo: MongoBackend) -> None:
    kept = full_standing()
    assert unfilled(kept) == []
    await mongo.ledger().save([kept], ())
    assert await mongo.ledger().standings([KEY]) == {KEY: kept}


@pytest.mark.integration
async def test_a_rebuild_tells_a_spoiled_standing_and_puts_it_right(mongo: MongoBackend) -> None:
    ledger = [disabled(1, later(60)), restored(2)]
    await mongo.ledger().append(ledger)
    spoiled = after(ledger).model_copy(update={"closed": ("never-there",)})
    await mongo.ledger().save([spoiled], ())
    assert await mongo.ledger().rebuilt(KEY) == (spoiled, after(ledger))
    await mongo.ledger().replace(after(ledger))
    assert await mongo.ledger().rebuilt(KEY) == (after(ledger), after(ledger))


@pytest.mark.integration
async def test_a_rebuild_leaves_a_ledger_that_has_gone_on_alone(mongo: MongoBackend) -> None:
    ledger = [disabled(1, later(60)), restored(2)]
    await mongo.ledger().append(ledger)
    await mongo.ledger().save([after(ledger)], ())
    await mongo.ledger().replace(after(ledger[:1]))
    assert (await mongo.ledger().rebuilt(KEY))[0] == after(ledger)


@pytest.mark.integration
async def test_every_client_of_the_ledger_is_told_once(mongo: MongoBackend) -> None:
    await mongo.ledger().append([settled("d1", seq=1), settled("d2", seq=2)])
    await mongo.ledger().append([settled("d3", seq=1, client=OTHER_CLIENT)])
    assert [client async for client in mongo.ledger().clients()] == [KEY, OTHER]


@pytest.mark.integration
async def test_outcomes_are_forgotten_by_the_clock_of_the_wall(mongo: MongoBackend) -> None:
    await mongo.ledger().append([settled("d1", NOW - timedelta(days=20_000), seq=1)])
    (document,) = (await mongo.documents("outcomes")).values()
    assert document["expires_at"] > datetime.now(tz=document["expires_at"].tzinfo)
