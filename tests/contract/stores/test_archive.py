"""The contract of `Archive`: written once each, and an erased person stays erased. Only the real one is."""

import asyncio
from datetime import datetime
from typing import Any

import pytest

from services.ingest.domain import AnyMessage
from shared.events.base import Address
from shared.events.messages import ContentKind, Email, MessageDeletedV1, MessageReactedV1, Turn
from shared.ids import ClientId
from shared.mongo.store import Document
from shared.tags import Direction
from tests.contract.stores.backends import MongoBackend
from tests.contract.stores.full import AT, ROUTE
from tests.support.builders_core import CLIENT, NOW, OTHER_CLIENT, TENANT, later, received, settled

pytestmark = pytest.mark.integration

KEY = f"{TENANT}:{CLIENT}"
WORDS = ("hola", "+50760000001", "ana@client.example", "US.1", "un asunto", "dicho", "😀")
MOVED = ROUTE.model_copy(update={"account": "2", "address": Address(phone="+50760000002")})


def wordy(message: str, at: datetime = AT, **more: Any) -> AnyMessage:
    """Return a message with words and addresses wherever there may be some."""
    return received(
        message,
        at,
        route=ROUTE,
        text="hola",
        email=Email(subject="un asunto", copies=2),
        turns=(Turn(speaker="client", start=0.5, end=1.5, text="dicho"),),
        kind=ContentKind.EMAIL,
        **more,
    )


def about(original: str, model: type[MessageDeletedV1 | MessageReactedV1], at: datetime, **more: Any) -> Any:
    base = received(f"about-{original}", at, route=ROUTE).model_dump(exclude={"type", "kind", "text"})
    return model.model_validate(base | {"original": original} | more)


async def message(mongo: MongoBackend, identity: str) -> Document:
    return (await mongo.documents("messages"))[identity]


async def erase(mongo: MongoBackend, at: datetime) -> None:
    await mongo.archive().erase(TENANT, CLIENT, settled("erase", at))


async def worded(mongo: MongoBackend, client: ClientId = CLIENT) -> set[str]:
    """Return the ids of the client's documents that still hold any word or address."""
    everything = (await mongo.documents("messages")) | (await mongo.documents("clients"))
    return {
        name
        for name, found in everything.items()
        if found["client"] == client and any(word in repr(found) for word in WORDS)
    }


async def reached(mongo: MongoBackend) -> Document:
    return (await mongo.documents("clients"))[KEY]


async def test_a_message_is_archived_with_all_it_says(mongo: MongoBackend) -> None:
    event = wordy("m1")
    await mongo.archive().keep([event])
    found = await message(mongo, "m1")
    assert type(event).model_validate(found) == event
    local = (found["local_date"], found["local_hour"])
    assert local == ("2026-03-02", 10), "the tenant's own time, not UTC"


async def test_archiving_again_changes_nothing(mongo: MongoBackend) -> None:
    events = [wordy("m1"), wordy("m2", later(1), client=OTHER_CLIENT)]
    await mongo.archive().keep(events)
    before = (await mongo.documents("messages"), await mongo.documents("clients"))
    await mongo.archive().keep([*events[::-1], wordy("m1", later(5)).model_copy(update={"text": "otra"})][:2])
    assert (await mongo.documents("messages"), await mongo.documents("clients")) == before


async def test_the_first_text_of_a_message_stays(mongo: MongoBackend) -> None:
    await mongo.archive().keep([received("m1", text="first")])
    await mongo.archive().keep([received("m1", text="second"), received("m2", text="new")])
    assert [(await message(mongo, name))["text"] for name in ("m1", "m2")] == ["first", "new"]


async def test_nothing_to_archive_is_no_error(mongo: MongoBackend) -> None:
    await mongo.archive().keep([])
    assert await mongo.documents("messages") == {}


async def test_a_deleted_message_is_marked_and_its_words_stay(mongo: MongoBackend) -> None:
    await mongo.archive().keep([wordy("m1"), about("m1", MessageDeletedV1, later(5))])
    found = await message(mongo, "m1")
    assert (found["deleted_at"], found["text"]) == (later(5), "hola")


async def test_a_client_is_reached_where_the_newest_message_came_from(mongo: MongoBackend) -> None:
    await mongo.archive().keep([received("m1", NOW, route=ROUTE)])
    await mongo.archive().keep([received("m3", later(3), route=MOVED)])
    outbound = received("m4", later(4), route=MOVED, direction=Direction.OUTBOUND)
    await mongo.archive().keep([outbound])
    found = await reached(mongo)
    assert found["route"] == MOVED.model_dump()
    assert (found["first_seen_at"], found["last_inbound_at"], found["last_outbound_at"]) == (
        NOW,
        later(3),
        later(4),
    )


@pytest.mark.parametrize("known", [True, False], ids=["a replay", "a late one"])
async def test_an_older_message_moves_no_client_back(mongo: MongoBackend, known: bool) -> None:
    old = received("m1", NOW, route=ROUTE)
    if known:
        await mongo.archive().keep([old])
    await mongo.archive().keep([received("m3", later(3), route=MOVED)])
    await mongo.archive().keep([old])
    found = await reached(mongo)
    assert (found["route"], found["last_inbound_at"]) == (MOVED.model_dump(), later(3))


async def test_an_erased_persons_words_and_addresses_go_and_the_rest_stays(mongo: MongoBackend) -> None:
    reaction = about("m1", MessageReactedV1, later(1), emoji="😀")
    await mongo.archive().keep([wordy("m1"), reaction, wordy("m2", client=OTHER_CLIENT)])
    await erase(mongo, later(10))
    assert await worded(mongo) == set()
    assert await worded(mongo, OTHER_CLIENT) == {"m2", f"{TENANT}:{OTHER_CLIENT}"}
    found = await message(mongo, "m1")
    kept = wordy("m1")
    assert (found["occurred_at"], found["provider_id"]) == (kept.occurred_at, kept.provider_id)


async def test_an_erasure_of_a_person_who_never_wrote_is_remembered(mongo: MongoBackend) -> None:
    await erase(mongo, later(10))
    await mongo.archive().keep([wordy("m1")])
    assert await worded(mongo) == set()
    assert (await message(mongo, "m1"))["occurred_at"] == wordy("m1").occurred_at


async def test_a_replay_resurrects_nobody(mongo: MongoBackend) -> None:
    await mongo.archive().keep(events := [wordy("m1"), wordy("m2", later(1))])
    await erase(mongo, later(10))
    await mongo.archive().keep(events)
    await mongo.store().collection("messages").delete_many({})  # as their retention would
    await mongo.archive().keep(events)
    assert await worded(mongo) == set()
    assert "route" not in await reached(mongo)


async def test_whoever_writes_after_the_erasure_is_a_client_like_any_other(mongo: MongoBackend) -> None:
    await mongo.archive().keep([wordy("m1")])
    await erase(mongo, later(10))
    await mongo.archive().keep([wordy("m2", later(11))])
    assert await worded(mongo) == {"m2", KEY}
    assert (await reached(mongo))["route"] == ROUTE.model_dump()


@pytest.mark.parametrize("together", [True, False])
async def test_what_was_written_before_the_erasure_stays_gone_though_the_person_writes_again(
    mongo: MongoBackend, together: bool
) -> None:
    await erase(mongo, later(10))
    old, new = wordy("m1"), wordy("m2", later(11))
    if together:
        await mongo.archive().keep([old, new])
    else:
        await mongo.archive().keep([new])
        await mongo.archive().keep([old])
    assert await worded(mongo) == {"m2", KEY}


async def test_an_erasure_told_again_takes_nothing_of_what_came_after(mongo: MongoBackend) -> None:
    await erase(mongo, later(10))
    await mongo.archive().keep([wordy("m2", later(11))])
    await erase(mongo, later(10))
    assert await worded(mongo) == {"m2", KEY}
    assert (await reached(mongo))["route"] == ROUTE.model_dump()


async def test_an_older_erasure_takes_the_newer_one_not_back(mongo: MongoBackend) -> None:
    await erase(mongo, later(10))
    await erase(mongo, later(5))
    await mongo.archive().keep([wordy("m1", later(7))])
    assert await worded(mongo) == set()


async def test_an_erasure_and_an_archiving_that_race_leave_no_words(mongo: MongoBackend) -> None:
    for turn in range(6):
        late = [wordy(f"m{turn}-{number}") for number in range(4)]
        came = await asyncio.gather(
            mongo.archive().keep(late), erase(mongo, later(10 + turn)), return_exceptions=True
        )
        if came[0] is not None:  # a lost race is told again
            await mongo.archive().keep(late)
        assert await worded(mongo) == set()
        assert len(await mongo.documents("messages")) == 4 * (turn + 1)
