"""The contract of forgetting: words and addresses go, now and whenever they come; the rest stays."""

import asyncio

import pytest

from services.classifier.domain.history import Entry, History
from shared.errors import Transient
from shared.events.base import Address
from shared.events.decisions import Evidence, MessageDecidedV1, Tags
from shared.events.messages import ContentKind
from shared.events.outcomes import CommandSettledV1, FactRecord
from shared.ids import ClientId, MessageId
from shared.mongo.store import Document
from shared.tags import Direction, Flag, Language
from shared.words import CommandName, CommandState, Fact, ReplyState
from tests.contract.stores.backends import Backend, MongoBackend
from tests.support.builders_core import (
    CLIENT,
    NOW,
    OTHER_CLIENT,
    ROUTE,
    TENANT,
    decided,
    later,
    paragraph,
    received,
    reply,
    settled,
)

KEY, OTHER = (TENANT, CLIENT), (TENANT, OTHER_CLIENT)
INSULT = Evidence(tag=Flag.AGGRESSIVE, start=9, end=16, excerpt="ineptos")
RUDE = Tags(
    language=Language.ES, flags=(Flag.AGGRESSIVE,), confidence={"aggressive": 0.9}, evidence=(INSULT, INSULT)
)


def rude(message: str, minutes: float = 0, client: ClientId = CLIENT) -> MessageDecidedV1:
    return decided(message, later(minutes=minutes), client=client, tags=RUDE)


def words_of(decision: MessageDecidedV1) -> tuple[list[str], Address]:
    return [one.excerpt for one in decision.tags.evidence], decision.route.address


async def test_a_decision_loses_its_words_and_its_address_and_nothing_else(backend: Backend) -> None:
    kept = rude("m1")
    await backend.decisions().add([kept])
    await backend.decisions().erase(TENANT, CLIENT, NOW)
    found = (await backend.decisions().of([MessageId("m1")]))[MessageId("m1")]
    assert words_of(found) == (["", ""], Address())
    spans = [(one.tag, one.start, one.end) for one in found.tags.evidence]
    assert spans == [(Flag.AGGRESSIVE, 9, 16)] * 2
    assert found.model_copy(update={"tags": kept.tags, "route": kept.route}) == kept


async def test_a_decision_that_comes_after_the_erasure_of_its_message_comes_without_words(
    backend: Backend,
) -> None:
    await backend.decisions().erase(TENANT, CLIENT, later(minutes=5))
    await backend.decisions().add([rude("m1", minutes=5), rude("m2", minutes=6)])
    found = await backend.decisions().of([MessageId("m1"), MessageId("m2")])
    assert words_of(found[MessageId("m1")]) == (["", ""], Address())
    assert words_of(found[MessageId("m2")]) == (["ineptos", "ineptos"], ROUTE.address)


async def test_nobody_else_is_forgotten(backend: Backend) -> None:
    other = rude("m2", client=OTHER_CLIENT)
    await backend.decisions().add([rude("m1"), other])
    await backend.decisions().erase(TENANT, CLIENT, later(hours=1))
    assert (await backend.decisions().of([MessageId("m2")]))[MessageId("m2")] == other


def conversation(*minutes: float, revision: int = 0) -> History:
    entries = tuple(
        Entry(
            message=MessageId(f"m{minute}"),
            at=later(minutes=minute),
            direction=Direction.INBOUND,
            kind=ContentKind.TEXT,
            length=4,
            text="hola",
            digest="d",
        )
        for minute in minutes
    )
    return History(tenant=TENANT, client=CLIENT, revision=revision, entries=entries)


async def test_a_conversation_loses_its_texts_until_the_erasure(backend: Backend) -> None:
    await backend.histories().save([conversation(0, 1, 2)])
    await backend.histories().erase(TENANT, CLIENT, later(minutes=1))
    found = (await backend.histories().of([KEY]))[KEY]
    assert [entry.text for entry in found.entries] == [None, None, "hola"]
    assert [entry.length for entry in found.entries] == [4, 4, 4]


async def test_whoever_read_a_conversation_before_its_erasure_loses_the_race(backend: Backend) -> None:
    await backend.histories().save([conversation(0)])
    read = (await backend.histories().of([KEY]))[KEY]
    await backend.histories().erase(TENANT, CLIENT, NOW)
    with pytest.raises(Transient):
        await backend.histories().save([read])
    await backend.histories().save([conversation(0, 1, revision=read.revision + 1)])
    found = (await backend.histories().of([KEY]))[KEY]
    assert [entry.text for entry in found.entries] == [None, "hola"]


async def test_an_outcome_before_the_erasure_loses_its_words_and_its_address(backend: Backend) -> None:
    ledger = backend.ledger()
    said = paragraph("disabled", excerpt="ineptos", points=3)
    await ledger.append([settled("d1", NOW, said), settled("d2", NOW, seq=2, route=None), erasure(3)])
    await ledger.append([after := settled("d4", NOW, said, seq=4)])
    await ledger.erase(KEY, 3)
    found = await ledger.settled(["d1", "d2", "d4"])
    route, say = found["d1"].route, found["d1"].say
    assert route is not None
    assert (route.address, route.account) == (Address(), ROUTE.account)
    assert [one.values for one in say] == [{"points": 3}]
    assert found["d2"].route is None
    assert found["d4"] == after
    assert (await ledger.standings([KEY]))[KEY].erased_at == NOW


def erasure(seq: int) -> CommandSettledV1:
    outcome = settled(f"c{seq}", NOW, seq=seq, route=None)
    fact = FactRecord(fact=Fact.PERSON_ERASED, id="e1", at=NOW, by="officer")
    command = {"name": CommandName.ERASE, "state": CommandState.APPLIED, "by": "officer", "facts": (fact,)}
    fields = outcome.model_dump(exclude={"type", "message", "direction"})
    return CommandSettledV1.model_validate(fields | command)


async def test_replies_before_the_erasure_lose_their_words_and_addresses(backend: Backend) -> None:
    before, unreached, after = reply("r1", seq=1), reply("r2", seq=2, route=None), reply("r4", seq=4)
    await backend.replies().add([before, unreached, after], [])
    await backend.replies().erase(TENANT, CLIENT, 3)
    found = await backend.replies().of(["r1", "r2", "r4"])
    forgotten = ROUTE.model_copy(update={"address": Address()})
    assert found["r1"] == before.model_copy(update={"text": None, "route": forgotten})
    assert found["r2"] == unreached.model_copy(update={"text": None})
    assert found["r4"] == after


async def test_news_of_a_reply_that_was_read_before_the_erasure_brings_no_words_back(
    backend: Backend,
) -> None:
    read = reply("r1", seq=1)
    await backend.replies().add([read], [])
    await backend.replies().erase(TENANT, CLIENT, 2)
    await backend.replies().change(read, read.reached(ReplyState.SENT, NOW, provider_id="wamid.1"))
    found = (await backend.replies().of(["r1"]))["r1"]
    assert (found.state, found.provider_id, found.text) == (ReplyState.SENT, "wamid.1", None)
    assert found.route is not None
    assert found.route.address == Address()


# The archive has no other side: what ingest keeps is read by analysts alone.


async def archived(mongo: MongoBackend) -> dict[str, Document]:
    return await mongo.documents("messages")


async def test_the_archive_forgets_what_was_received_until_the_erasure(mongo: MongoBackend) -> None:
    archive = mongo.archive()
    await archive.keep([received("m1", NOW, text="hola"), received("m2", later(minutes=2), text="oi")])
    await archive.erase(TENANT, CLIENT, erasure(3))
    found = await archived(mongo)
    assert ("text" in found["m1"], "address" in found["m1"]["route"]) == (False, False)
    assert found["m1"]["occurred_at"] == NOW
    assert found["m2"]["text"] == "oi"


async def test_a_replay_among_new_messages_resurrects_nobody(mongo: MongoBackend) -> None:
    archive = mongo.archive()
    await archive.erase(TENANT, CLIENT, erasure(3))
    await archive.keep([received("m1", NOW, text="hola"), received("m2", later(minutes=2), text="oi")])
    await archive.keep([received("m0", later(minutes=-2), text="ola")])
    found = await archived(mongo)
    assert ["text" in found[name] for name in ("m0", "m1", "m2")] == [False, False, True]
    client = (await mongo.documents("clients"))[f"{TENANT}:{CLIENT}"]
    assert client["route"]["address"]["phone"] == ROUTE.address.phone
    assert client["erased_at"] == NOW


async def test_a_replay_alone_does_not_make_an_erased_person_reachable(mongo: MongoBackend) -> None:
    archive = mongo.archive()
    await archive.keep([received("m1", NOW)])
    await archive.erase(TENANT, CLIENT, erasure(3))
    await archive.keep([received("m0", later(minutes=-1))])
    assert "route" not in (await mongo.documents("clients"))[f"{TENANT}:{CLIENT}"]


async def test_archiving_and_erasing_at_once_leaves_no_words(mongo: MongoBackend) -> None:
    messages = [received(f"m{number}", NOW, text="hola") for number in range(20)]
    keeping = [mongo.archive().keep([one]) for one in messages]
    erasing = [mongo.archive().erase(TENANT, CLIENT, erasure(3)) for _ in range(2)]
    done = await asyncio.gather(*keeping[:10], *erasing, *keeping[10:], return_exceptions=True)
    lost = [error for error in done if error is not None]
    assert all(isinstance(error, Transient) for error in lost)
    assert [name for name, one in (await archived(mongo)).items() if "text" in one] == []


async def test_erasing_somebody_unknown_marks_them_all_the_same(mongo: MongoBackend) -> None:
    await mongo.archive().erase(*OTHER, erasure(3))
    marked = (await mongo.documents("clients"))[f"{TENANT}:{OTHER_CLIENT}"]
    assert marked["erased_at"] == NOW
