"""What must hold of every installation after a script, whatever went wrong on the way.

Nothing lost, nothing counted twice, one order per client, at most one reply: read from the topics, the
collections and the provider's own list, and compared with what `tests/support/model.py` computes.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from aiokafka.structs import ConsumerRecord

from services.sanctions.domain.standing import Standing, rebuild
from shared.events.outcomes import OUTCOME, Settled
from shared.mongo.documents import own_fields
from tests.support.model import Expected, expected
from tests.support.script import Said
from tests.support.world import World

Document = dict[str, Any]


async def check_all(world: World, said: Sequence[Said], *, in_flight: int = 0) -> None:
    """Check a script from its webhooks to its replies; call it when the line is idle.

    `in_flight` is how many deliveries may have been under way when a responder was killed.
    """
    clients = expected(said)
    messages = check_archive(world, said)
    check_decisions(world, messages, await world.topic("decisions"))
    check_ledger(world, clients, messages, await world.topic("outcomes"))
    check_standings(world, clients, messages)
    await check_replies(world, clients, messages, in_flight=in_flight)


def check_archive(world: World, said: Sequence[Said]) -> dict[str, Document]:
    """Every message once; returns the archived documents by the provider's id."""
    references = [one.reference for one in said]
    found = list(world.db.messages.find({"provider_id": {"$in": references}}))
    assert Counter(one["provider_id"] for one in found) == Counter(set(references))
    return {one["provider_id"]: one for one in found}


def check_decisions(world: World, messages: dict[str, Document], published: Sequence[ConsumerRecord]) -> None:
    """One decision a message, the same one however often it was published."""
    ids = {one["_id"] for one in messages.values()}
    stored = {one["_id"]: one["event_id"] for one in world.db.decisions.find({"_id": {"$in": list(ids)}})}
    assert stored.keys() == ids
    mine = [(record, value) for record, value in _events(published) if value["message"] in ids]
    _one_content_each(mine)
    assert {value["message"]: value["event_id"] for _, value in mine} == stored


def check_ledger(
    world: World,
    clients: dict[str, Expected],
    messages: dict[str, Document],
    published: Sequence[ConsumerRecord],
) -> None:
    """A client's outcomes are numbered without a gap, in the order of the messages, here and on the topic."""
    events = _events(published)
    for one in clients.values():
        order = [messages[reference]["_id"] for reference in one.order]
        ledger = _ledger(world, messages[one.order[0]])
        assert [entry["seq"] for entry in ledger] == list(range(1, len(ledger) + 1))
        settled = [entry["message"] for entry in ledger if "message" in entry]
        assert settled == order
        mine = [(record, value) for record, value in events if value["client"] == ledger[0]["client"]]
        _one_content_each(mine)
        assert _firsts(value["seq"] for _, value in mine) == [entry["seq"] for entry in ledger]


def check_standings(world: World, clients: dict[str, Expected], messages: dict[str, Document]) -> None:
    """Points, restrictions and calls are the model's; what is stored is what the ledger adds up to."""
    for one in clients.values():
        message = messages[one.order[0]]
        ledger = _ledger(world, message)
        kept = world.db.standings.find_one({"tenant": world.tenant, "client": message["client"]})
        counted = {
            fact["message"]: fact["points"]
            for entry in ledger
            for fact in entry["facts"]
            if fact["fact"] == "infraction_recorded" and fact["points"]
        }
        assert counted == {messages[reference]["_id"]: points for reference, points in one.counted.items()}
        assert ledger[-1]["after"]["points"] == one.points
        assert kept["disabled"] == (["whatsapp"] if one.disabled else [])
        calls = list(world.db.calls.find({"client": message["client"], "state": "open"}))
        assert len(calls) == int(one.disabled)
        check_rebuild(world, message["client"])


def check_rebuild(world: World, client: str) -> None:
    """Folding the whole ledger gives the standing as it is stored."""
    kept = world.db.standings.find_one({"tenant": world.tenant, "client": client})
    found = world.db.outcomes.find({"tenant": world.tenant, "client": client}).sort("seq", 1)
    ledger: list[Settled] = [OUTCOME.validate_python(own_fields(one)) for one in found]
    assert rebuild(ledger[0].tenant, ledger[0].client, ledger) == Standing.model_validate(kept)


async def check_replies(
    world: World,
    clients: dict[str, Expected],
    messages: dict[str, Document],
    *,
    in_flight: int = 0,
) -> None:
    """Every answer once at most, in order; what did not arrive was in flight at a death, and is `unknown`."""
    lost: list[Document] = []
    for phone, one in clients.items():
        sent = [delivered.reply for delivered in await world.sandbox.accepted(phone)]
        assert not [reply for reply, times in Counter(sent).items() if times > 1], "said twice"
        client = messages[one.order[0]]["client"]
        replies = {reply["message"]: reply for reply in world.db.replies.find({"client": client})}
        answered = [messages[reference]["_id"] for reference in one.answered]
        assert set(replies) - {None} == set(answered)
        wanted = [replies[message]["_id"] for message in answered]
        assert sent == [reply for reply in wanted if reply in set(sent)], "said out of order"
        lost += [reply for reply in replies.values() if reply["_id"] in set(wanted) - set(sent)]
        languages = {reply["language"] for reply in replies.values()}
        assert len(languages) <= 1
    assert {reply["state"] for reply in lost} <= {"unknown"}, "lost, and nobody knows"
    assert len(lost) <= in_flight, f"{len(lost)} replies never reached the provider"


def _ledger(world: World, message: Document) -> list[Document]:
    query = {"tenant": world.tenant, "client": message["client"]}
    return list(world.db.outcomes.find(query).sort("seq", 1))


def _events(records: Sequence[ConsumerRecord]) -> list[tuple[ConsumerRecord, Document]]:
    """Return the events among the records; what a test put there to poison the topic is none."""
    read = [(record, _json(record.value)) for record in records]
    return [(record, value) for record, value in read if isinstance(value, dict) and "event_id" in value]


def _json(value: bytes | None) -> object:
    try:
        return json.loads(value or b"")
    except ValueError:
        return None


def _one_content_each(events: Sequence[tuple[ConsumerRecord, Document]]) -> None:
    """A record that was published again has the same id, the same bytes and the same partition."""
    seen: dict[str, set[tuple[bytes, int]]] = defaultdict(set)
    for record, value in events:
        seen[value["event_id"]].add((record.value, record.partition))
    assert not [event for event, contents in seen.items() if len(contents) > 1]


def _firsts(numbers: Iterable[int]) -> list[int]:
    """Return the numbers without those that come again."""
    return list(dict.fromkeys(numbers))
