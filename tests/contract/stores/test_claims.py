"""The contract of `Outbox.claim`: oldest first, one a client, nothing twice, nobody kept waiting."""

import asyncio

from services.responder.domain.delivery import Action, Job, JobState
from services.responder.ports import Outbox
from shared.ids import ClientId, TenantId
from tests.contract.stores.backends import Backend
from tests.support.builders_core import CLIENT, NOW, OTHER_CLIENT, ROUTE, TENANT, job, later

WALL = later(days=200)


def of_client(number: int, count: int) -> list[Job]:
    client = ClientId(f"client-{number}")
    return [job(f"r-{number}-{place}", client=client, due_at=later(place)) for place in range(count)]


async def test_a_claim_says_that_the_job_is_being_sent(backend: Backend) -> None:
    await backend.outbox().add([kept := job("r1")])
    (claimed,) = await backend.outbox().claim(NOW, WALL, 10)
    leased = {"state", "attempts", "lease", "lease_until"}
    assert claimed.model_dump(exclude=leased) == kept.model_dump(exclude=leased)
    assert (claimed.state, claimed.attempts) == (JobState.SENDING, 1)
    assert claimed.lease


async def test_what_is_not_due_is_not_claimed(backend: Backend) -> None:
    await backend.outbox().add([job("r1", due_at=later(0.001))])
    assert await backend.outbox().claim(NOW, WALL, 10) == []
    assert len(await backend.outbox().claim(later(0.001), WALL, 10)) == 1


async def test_the_oldest_due_jobs_go_first_and_ids_break_ties(backend: Backend) -> None:
    order = [("r4", 0), ("r1", 1), ("r2", 1), ("r3", 2)]
    jobs = [job(name, client=ClientId(f"of-{name}"), due_at=later(seconds)) for name, seconds in order]
    await backend.outbox().add(jobs[::-1])
    claimed = [await backend.outbox().claim(later(10), WALL, limit) for limit in (3, 3)]
    assert [[one.reply for one in some] for some in claimed] == [["r4", "r1", "r2"], ["r3"]]


async def test_a_client_has_one_job_under_way_and_its_oldest_first(backend: Backend) -> None:
    outbox = backend.outbox()
    await outbox.add(of_client(1, 3)[::-1])
    seen: list[str] = []
    for _ in range(3):
        (claimed,) = await outbox.claim(later(10), WALL, 10)
        assert await backend.outbox().claim(later(10), WALL, 10) == []
        await outbox.remove(claimed.reply)
        seen.append(claimed.reply)
    assert seen == ["r-1-0", "r-1-1", "r-1-2"]


async def test_jobs_due_in_the_same_second_go_in_the_ledgers_order(backend: Backend) -> None:
    outbox = backend.outbox()
    await outbox.add([job("r1", seq=12), job("r2", seq=9)])
    (claimed,) = await outbox.claim(NOW, WALL, 10)
    assert claimed.reply == "r2"


async def test_a_client_waits_for_the_job_that_is_tried_again_and_no_other_client_does(
    backend: Backend,
) -> None:
    outbox = backend.outbox()
    await outbox.add([*of_client(1, 3), job("r2", client=OTHER_CLIENT, due_at=later(5))])
    (first,) = await outbox.claim(later(0), WALL, 10)
    await outbox.postpone(first, later(10))
    assert [one.reply for one in await backend.outbox().claim(later(9), WALL, 10)] == ["r2"]
    assert [one.reply for one in await backend.outbox().claim(later(10), WALL, 10)] == [first.reply]


async def test_a_block_that_is_tried_again_holds_nothing_up_and_waits_itself(backend: Backend) -> None:
    outbox = backend.outbox()
    await outbox.add([job("b1", action=Action.BLOCK), job("r1", due_at=later(1))])
    (block,) = await outbox.claim(NOW, WALL, 10)
    await outbox.postpone(block, later(10))
    (said,) = await backend.outbox().claim(later(9), WALL, 10)
    assert said.reply == "r1"
    await outbox.remove("r1")
    assert await backend.outbox().claim(later(9), WALL, 10) == []
    assert [one.reply for one in await backend.outbox().claim(later(10), WALL, 10)] == ["b1"]


async def test_one_client_of_two_tenants_is_two_clients(backend: Backend) -> None:
    await backend.outbox().add([job("r1"), job("r2", tenant=TenantId("other"))])
    assert len(await backend.outbox().claim(NOW, WALL, 10)) == 2


async def test_many_jobs_of_one_client_keep_no_other_waiting(backend: Backend) -> None:
    await backend.outbox().add([*of_client(1, 30), job("r2", client=OTHER_CLIENT, due_at=later(60))])
    claimed = await backend.outbox().claim(later(60), WALL, 2)
    assert [one.reply for one in claimed] == ["r-1-0", "r2"]


async def test_a_client_whose_job_is_under_way_keeps_no_other_waiting(backend: Backend) -> None:
    outbox = backend.outbox()
    await outbox.add([*of_client(1, 30), job("r2", client=OTHER_CLIENT, due_at=later(60))])
    assert [one.reply for one in await outbox.claim(later(60), WALL, 1)] == ["r-1-0"]
    assert [one.reply for one in await outbox.claim(later(60), WALL, 1)] == ["r2"]


async def test_a_stopped_account_keeps_no_other_waiting(backend: Backend) -> None:
    other = ROUTE.model_copy(update={"account": "800000000000002"})
    waiting = [job(f"r{n}", client=ClientId(f"client-{n}"), due_at=later(n)) for n in range(30)]
    await backend.outbox().add([*waiting, job("s1", client=CLIENT, route=other, due_at=later(60))])
    await backend.outbox().stop_account(TENANT, ROUTE.account, later(hours=1), "131048")
    assert [one.reply for one in await backend.outbox().claim(later(60), WALL, 1)] == ["s1"]


async def test_claimers_that_race_never_have_one_job_twice_nor_two_of_a_client(backend: Backend) -> None:
    clients, each = 4, 6
    await backend.outbox().add([one for number in range(clients) for one in of_client(number, each)])
    sent: list[Job] = []
    under_way: set[ClientId] = set()

    async def send(outbox: Outbox) -> None:
        while len(sent) < clients * each:
            await asyncio.sleep(0)  # a store in memory answers without giving way
            for claimed in await outbox.claim(later(60), WALL, 2):
                assert claimed.client not in under_way, "two jobs of one client are being sent"
                under_way.add(claimed.client)
                sent.append(claimed)
                await asyncio.sleep(0)
                under_way.remove(claimed.client)
                await outbox.remove(claimed.reply)

    async with asyncio.timeout(60), asyncio.TaskGroup() as senders:
        for _ in range(4):
            senders.create_task(send(backend.outbox()))
    places = [(one.client, one.due_at) for one in sorted(sent, key=lambda one: one.client)]
    assert places == sorted(places)
    assert {one.attempts for one in sent} == {1}


async def test_a_claim_and_a_taking_back_that_race_agree(backend: Backend) -> None:
    jobs = [job(f"r{n}", client=ClientId(f"client-{n}"), delayed=True) for n in range(8)]
    await backend.outbox().add(jobs)
    first, second = backend.outbox(), backend.outbox()
    claimed, taken_back = await asyncio.gather(
        first.claim(NOW, WALL, 8), asyncio.gather(*(second.supersede(one) for one in jobs))
    )
    told = {one.reply: one.superseded for one in claimed}
    assert told == {one.reply: back for one, back in zip(jobs, taken_back, strict=True)}
