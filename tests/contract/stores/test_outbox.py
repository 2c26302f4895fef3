"""The contract of `Outbox`: jobs kept, taken back, given back, forgotten; accounts stopped."""

from datetime import timedelta

import pytest

from services.responder.domain.delivery import JobState
from shared.ids import TenantId
from tests.contract.stores.backends import Backend
from tests.contract.stores.full import full_job, unfilled
from tests.support.builders_core import ACCOUNT, CLIENT, NOW, OTHER_CLIENT, TENANT, job, later

WALL = later(days=200)
"""The wall clock is not the script's."""
CLIENT_KEY = (TENANT, CLIENT)


async def test_a_job_comes_back_as_it_was_kept(backend: Backend) -> None:
    kept = full_job()
    assert set(unfilled(kept)) == {"state", "lease", "lease_until"}
    await backend.outbox().add([kept])
    assert await backend.outbox().waiting([CLIENT_KEY]) == {CLIENT_KEY: [kept]}


async def test_a_claimed_job_comes_back_as_it_was_claimed(backend: Backend) -> None:
    await backend.outbox().add([full_job().model_copy(update={"superseded": False})])
    wall = WALL + timedelta(microseconds=123_456)
    (claimed,) = await backend.outbox().claim(later(minutes=1), wall, 10)
    assert await backend.outbox().waiting([CLIENT_KEY]) == {CLIENT_KEY: [claimed]}
    assert type(claimed).model_validate_json(claimed.model_dump_json()) == claimed


async def test_the_first_job_of_a_reply_stays(backend: Backend) -> None:
    outbox = backend.outbox()
    await outbox.add([job("r1", text="first")])
    await outbox.add([job("r1", text="second"), job("r2", text="new")])
    found = (await backend.outbox().waiting([CLIENT_KEY]))[CLIENT_KEY]
    assert sorted((one.reply, one.text) for one in found) == [("r1", "first"), ("r2", "new")]


async def test_waiting_answers_for_every_client_that_is_asked_for(backend: Backend) -> None:
    other, elsewhere = (TENANT, OTHER_CLIENT), (TenantId("other"), CLIENT)
    await backend.outbox().add([job("r1"), job("r2", client=OTHER_CLIENT)])
    found = await backend.outbox().waiting([other, elsewhere])
    assert [one.reply for one in found[other]] == ["r2"]
    assert list(found[elsewhere]) == []
    assert set(found) == {other, elsewhere}


async def test_nothing_to_add_and_nobody_to_ask_for_are_no_error(backend: Backend) -> None:
    await backend.outbox().add([])
    assert await backend.outbox().waiting([]) == {}


async def test_a_postponed_job_is_claimed_later_and_keeps_attempts_and_place(
    backend: Backend,
) -> None:
    outbox = backend.outbox()
    await outbox.add([job("r1")])
    (claimed,) = await outbox.claim(NOW, WALL, 10)
    await backend.outbox().postpone(claimed, later(4))
    assert await outbox.claim(later(3.999), WALL, 10) == []
    (again,) = await outbox.claim(later(4), WALL, 10)
    assert (again.attempts, again.not_before, again.due_at) == (2, later(4), NOW)
    assert again.lease != claimed.lease


async def test_whoever_lost_the_lease_postpones_nothing(backend: Backend) -> None:
    outbox = backend.outbox()
    await outbox.add([job("r1")])
    (lost,) = await outbox.claim(NOW, WALL, 10)
    await outbox.postpone(lost, NOW)
    (held,) = await backend.outbox().claim(NOW, WALL, 10)
    await outbox.postpone(lost, later(hours=1))
    assert await outbox.waiting([CLIENT_KEY]) == {CLIENT_KEY: [held]}


async def test_postponing_a_forgotten_job_brings_it_not_back(backend: Backend) -> None:
    outbox = backend.outbox()
    await outbox.add([job("r1")])
    (claimed,) = await outbox.claim(NOW, WALL, 10)
    await outbox.remove("r1")
    await outbox.postpone(claimed, NOW)
    assert await outbox.waiting([CLIENT_KEY]) == {CLIENT_KEY: []}


async def test_a_waiting_job_is_superseded_and_told_at_once(backend: Backend) -> None:
    outbox = backend.outbox()
    guidance = job("r1", delayed=True, due_at=later(minutes=5), not_before=later(minutes=9))
    await outbox.add([guidance])
    assert await outbox.supersede(guidance)
    assert await backend.outbox().supersede(guidance)
    (claimed,) = await outbox.claim(NOW, WALL, 10)
    assert (claimed.superseded, claimed.due_at, claimed.text) == (True, NOW, guidance.text)


async def test_a_job_that_is_being_sent_is_not_superseded(backend: Backend) -> None:
    outbox = backend.outbox()
    await outbox.add([waiting := job("r1")])
    (claimed,) = await outbox.claim(NOW, WALL, 10)
    assert not await backend.outbox().supersede(waiting)
    assert await outbox.waiting([CLIENT_KEY]) == {CLIENT_KEY: [claimed]}


async def test_a_forgotten_job_is_not_superseded(backend: Backend) -> None:
    assert not await backend.outbox().supersede(job("r1"))


async def test_a_job_is_forgotten_once_and_for_all(backend: Backend) -> None:
    outbox = backend.outbox()
    await outbox.add([job("r1"), job("r2", client=OTHER_CLIENT)])
    await outbox.remove("r1")
    await backend.outbox().remove("r1")
    assert [one.reply for one in await outbox.claim(NOW, WALL, 10)] == ["r2"]


@pytest.mark.parametrize(("ago", "gone"), [(timedelta(seconds=60), True), (timedelta(seconds=59), False)])
async def test_a_lease_lasts_a_minute_of_the_wall_clock(backend: Backend, ago: timedelta, gone: bool) -> None:
    outbox = backend.outbox()
    await outbox.add([job("r1"), job("r2", client=OTHER_CLIENT, due_at=later(hours=1))])
    (claimed,) = await outbox.claim(NOW, WALL, 10)
    assert claimed.lease_until == WALL + timedelta(seconds=60)
    assert list(await backend.outbox().expired(WALL + ago)) == ([claimed] if gone else [])


async def test_a_job_whose_lease_ran_out_is_never_claimed_again(backend: Backend) -> None:
    outbox = backend.outbox()
    await outbox.add([job("r1")])
    (claimed,) = await outbox.claim(NOW, WALL, 10)
    assert await outbox.claim(later(hours=1), WALL + timedelta(hours=1), 10) == []
    assert list(await outbox.expired(WALL + timedelta(hours=1))) == [claimed]
    await outbox.remove("r1")
    assert list(await outbox.expired(WALL + timedelta(hours=1))) == []


async def test_a_job_given_back_has_no_lease_to_run_out(backend: Backend) -> None:
    outbox = backend.outbox()
    await outbox.add([job("r1")])
    (claimed,) = await outbox.claim(NOW, WALL, 10)
    await outbox.postpone(claimed, later(4))
    assert list(await outbox.expired(WALL + timedelta(hours=1))) == []
    (waiting,) = (await outbox.waiting([CLIENT_KEY]))[CLIENT_KEY]
    assert (waiting.state, waiting.lease, waiting.lease_until) == (JobState.WAITING, None, None)


async def test_an_account_is_stopped_until_its_time_and_the_longest_stop_holds(backend: Backend) -> None:
    outbox = backend.outbox()
    await outbox.stop_account(TENANT, ACCOUNT, later(60), "131048")
    await backend.outbox().stop_account(TENANT, ACCOUNT, later(30), "130429")
    assert set(await outbox.stopped(later(59.999))) == {(TENANT, ACCOUNT)}
    assert set(await outbox.stopped(later(60))) == set()


async def test_a_stopped_account_sends_nothing_until_its_time(backend: Backend) -> None:
    outbox = backend.outbox()
    await outbox.add([job("r1")])
    await outbox.stop_account(TENANT, ACCOUNT, later(60), "131048")
    assert await backend.outbox().claim(later(59), WALL, 10) == []
    assert [one.reply for one in await outbox.claim(later(60), WALL, 10)] == ["r1"]


async def test_an_account_of_the_same_name_goes_on_for_another_tenant(backend: Backend) -> None:
    outbox = backend.outbox()
    await outbox.add([job("r1"), job("r2", tenant=TenantId("other"))])
    await outbox.stop_account(TENANT, ACCOUNT, later(60), "131048")
    assert [one.reply for one in await outbox.claim(NOW, WALL, 10)] == ["r2"]
