"""The contract of `Replies`: the first one stands, changes are guarded, throttle slots are held and freed."""

import asyncio
from datetime import timedelta

import pytest

from services.responder.domain.plan import Slot
from services.responder.domain.replies import Reply
from shared.errors import Transient
from shared.events.base import Address
from shared.ids import ClientId, TenantId
from shared.words import Matter, ReplyState
from tests.contract.stores.backends import Backend
from tests.contract.stores.full import AT, full_reply, unfilled
from tests.support.builders_core import CLIENT, NOW, OTHER_CLIENT, ROUTE, TENANT, later, reply

KEY = (TENANT, CLIENT)
LONG_AGO = NOW - timedelta(days=1)


def slot(identity: str = "r1", matter: Matter = Matter.WARNING, client: ClientId = CLIENT) -> Slot:
    return Slot(tenant=TENANT, client=client, matter=matter, reply=identity, at=AT)


async def held(backend: Backend) -> dict[Matter, Slot]:
    return dict((await backend.replies().known([KEY], LONG_AGO))[KEY].slots)


async def test_a_reply_comes_back_as_it_was_kept(backend: Backend) -> None:
    kept = full_reply()
    assert unfilled(kept) == []
    await backend.replies().add([kept], [])
    assert await backend.replies().of([kept.id, "unknown"]) == {kept.id: kept}
    assert await backend.replies().by_provider_id("wamid.1") == kept


async def test_a_suppressed_reply_without_route_or_words_comes_back(backend: Backend) -> None:
    bare = reply(route=None, text=None, message=None, due_at=None, matters=(), state=ReplyState.SUPPRESSED)
    await backend.replies().add([bare], [])
    assert await backend.replies().of([bare.id]) == {bare.id: bare}


async def test_a_provider_id_that_nobody_has_is_nobodys(backend: Backend) -> None:
    await backend.replies().add([reply("r1")], [])
    assert await backend.replies().by_provider_id("wamid.unknown") is None


async def test_the_first_reply_stays_and_the_callers_is_transient(backend: Backend) -> None:
    await backend.replies().add([first := reply("r1", text="first")], [])
    with pytest.raises(Transient):
        await backend.replies().add([reply("r1", text="second"), new := reply("r2")], [])
    assert await backend.replies().of(["r1", "r2"]) == {"r1": first, "r2": new}


async def test_one_id_twice_in_one_call_is_transient_too(backend: Backend) -> None:
    with pytest.raises(Transient):
        await backend.replies().add([first := reply("r1", text="first"), reply("r1", text="second")], [])
    assert await backend.replies().of(["r1"]) == {"r1": first}


async def test_nothing_to_add_is_no_error(backend: Backend) -> None:
    await backend.replies().add([], [])
    assert await backend.replies().known([], NOW) == {}
    assert await backend.replies().of([]) == {}


async def test_slots_are_held_by_client_and_matter(backend: Backend) -> None:
    mine = [slot("r1"), slot("r1", Matter.REDIRECT)]
    await backend.replies().add([reply("r1")], [*mine, slot("r2", client=OTHER_CLIENT)])
    assert await held(backend) == {one.matter: one for one in mine}


async def test_a_slot_goes_to_whoever_takes_it_last(backend: Backend) -> None:
    await backend.replies().add([reply("r1")], [slot("r1")])
    await backend.replies().add([reply("r2")], [slot("r2")])
    assert await held(backend) == {Matter.WARNING: slot("r2")}


async def test_slots_are_taken_even_when_a_reply_is_there_already(backend: Backend) -> None:
    """A crash between the two leaves slots that the same reply, planned again, finds to be its own."""
    await backend.replies().add([reply("r1")], [])
    with pytest.raises(Transient):
        await backend.replies().add([reply("r1")], [slot("r1")])
    assert await held(backend) == {Matter.WARNING: slot("r1")}


async def test_releasing_frees_the_slots_that_the_reply_still_holds(backend: Backend) -> None:
    await backend.replies().add([reply("r1")], [slot("r1"), slot("r1", Matter.REDIRECT)])
    await backend.replies().add([reply("r2")], [slot("r2")])
    await backend.replies().release("r1")
    await backend.replies().release("r1")
    assert await held(backend) == {Matter.WARNING: slot("r2")}


async def test_what_went_out_lately_is_known_and_what_was_suppressed_is_not(backend: Backend) -> None:
    await backend.replies().add(
        [
            reply("r0", later(-0.001)),
            reply("r1", NOW),
            reply("r2", later(1)),
            reply("r3", later(2), state=ReplyState.SUPPRESSED),
            reply("r4", later(3), client=OTHER_CLIENT),
            reply("r5", later(4), tenant=TenantId("other")),
        ],
        [],
    )
    elsewhere = (TenantId("other"), OTHER_CLIENT)
    known = await backend.replies().known([KEY, elsewhere], NOW)
    assert sorted(known[KEY].recent) == [NOW, later(1)]
    assert list(known[elsewhere].recent) == []


async def test_where_the_client_last_wrote_from_is_known(backend: Backend) -> None:
    moved = ROUTE.model_copy(update={"address": Address(phone="+50760000002")})
    await backend.wrote(KEY, ROUTE, NOW)
    await backend.wrote(KEY, moved, later(1))
    known = await backend.replies().known([KEY, (TENANT, OTHER_CLIENT)], NOW)
    assert (known[KEY].route, known[KEY].last_inbound_at) == (moved, later(1))
    stranger = known[TENANT, OTHER_CLIENT]
    assert (stranger.route, stranger.last_inbound_at, dict(stranger.slots)) == (None, None, {})


async def test_a_change_replaces_the_reply(backend: Backend) -> None:
    await backend.replies().add([before := reply("r1")], [])
    after = before.reached(ReplyState.SENT, AT, provider_id="wamid.1")
    await backend.replies().change(before, Reply.model_validate(after.model_dump()))
    assert await backend.replies().of(["r1"]) == {"r1": Reply.model_validate(after.model_dump())}


async def test_a_change_of_what_has_changed_meanwhile_is_transient(backend: Backend) -> None:
    await backend.replies().add([before := reply("r1")], [])
    sent = before.reached(ReplyState.SENT, later(1), provider_id="wamid.1")
    await backend.replies().change(before, sent)
    for late in (ReplyState.FAILED, ReplyState.SENT):
        with pytest.raises(Transient):
            await backend.replies().change(before, before.reached(late, later(2)))
    assert await backend.replies().of(["r1"]) == {"r1": sent}


async def test_a_change_that_lowers_nothing_counts_as_one(backend: Backend) -> None:
    """`sent` told after `read` is noted: whoever knew the reply without it has lost the race."""
    await backend.replies().add([before := reply("r1")], [])
    await backend.replies().change(before, read := before.reached(ReplyState.READ, later(2)))
    await backend.replies().change(read, noted := read.reached(ReplyState.SENT, later(3)))
    assert noted.state is ReplyState.READ
    with pytest.raises(Transient):
        await backend.replies().change(read, read.reached(ReplyState.DELIVERED, later(4)))


async def test_a_change_of_an_unknown_reply_is_transient(backend: Backend) -> None:
    before = reply("r1")
    with pytest.raises(Transient):
        await backend.replies().change(before, before.reached(ReplyState.SENT, NOW))
    assert await backend.replies().of(["r1"]) == {}


async def test_of_changes_that_race_one_wins_and_the_others_are_transient(backend: Backend) -> None:
    await backend.replies().add([before := reply("r1")], [])
    rivals = [before.reached(state, later(1)) for state in (ReplyState.SENT, ReplyState.FAILED) for _ in "12"]
    came = await asyncio.gather(
        *(backend.replies().change(before, after) for after in rivals), return_exceptions=True
    )
    (winner,) = [after for after, error in zip(rivals, came, strict=True) if error is None]
    assert [type(error) for error in came if error is not None] == [Transient] * 3
    assert await backend.replies().of(["r1"]) == {"r1": winner}


async def test_of_plans_that_race_one_wins_and_the_others_are_transient(backend: Backend) -> None:
    rivals = [reply("r1", text=f"by {number}") for number in range(4)]
    came = await asyncio.gather(
        *(backend.replies().add([one], [slot("r1")]) for one in rivals), return_exceptions=True
    )
    (winner,) = [one for one, error in zip(rivals, came, strict=True) if error is None]
    assert [type(error) for error in came if error is not None] == [Transient] * 3
    assert await backend.replies().of(["r1"]) == {"r1": winner}
    assert await held(backend) == {Matter.WARNING: slot("r1")}
