"""Records that cannot be handled, between good ones, on every topic that a service reads."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import pytest

from shared.kafka.quarantine import noted, restored
from shared.kafka.topics import topic_name
from tests.support.checks import check_all
from tests.support.eventually import eventually
from tests.support.records import put_raw
from tests.support.script import mixed
from tests.support.world import GROUPS, PARTITIONS, SERVICES, World

SECRET: Final = "palabras que nadie debe leer"
MANY: Final = {"ETIQUETA_QUARANTINE_RUN": "1000"}
Raw = tuple[bytes | None, bytes | None, Sequence[tuple[str, bytes | None]]]
Restored = tuple[bytes | None, bytes | None, tuple[tuple[str, bytes | None], ...]]
POISON: Final[Mapping[str, Raw]] = {
    "not JSON": (b"key", b'{"type": "message.received.v1", "text": "' + SECRET.encode(), []),
    "not an object": (b"key", f'["{SECRET}"]'.encode(), []),
    "of an unknown type": (b"key", f'{{"type": "{SECRET}.v9", "text": "{SECRET}"}}'.encode(), []),
    "no value": (b"key", None, [("ce_type", b"message.received.v1")]),
    "no key": (None, b"{}", []),
    "neither": (None, None, []),
    "empty": (b"", b"", []),
    "not UTF-8": (b"\xff\xfe", b"\xff\xfe\xfd", [("ce_id", b"\xff\xfe")]),
    "headers without a value": (b"key", b"{", [("traceparent", None), ("x", None), ("x", b"\x80")]),
}
IN_A_ROW: Final[Sequence[Raw]] = [(b"key", f"{number}".encode(), []) for number in range(6)]
READERS: Final = {
    noun: [group for groups in GROUPS.values() for group, nouns in groups.items() if noun in nouns]
    for noun in ("messages", "decisions", "commands", "outcomes", "receipts")
}


async def test_poison_is_quarantined_with_all_that_a_replay_needs_and_costs_its_neighbours_nothing(
    world: World,
) -> None:
    await world.left_alone()
    member = await world.started(*SERVICES)
    said = mixed(clients=6, messages=6, start=datetime.now(UTC) - timedelta(minutes=10), seed=61)
    await world.say(said[:18])
    await world.idle()
    for noun in READERS:
        for partition in range(PARTITIONS):
            await put_raw(world.kafka, topic_name(noun), list(POISON.values()), partition=partition)
    await world.say(said[18:])
    await world.idle()
    await check_all(world, said)

    planted = {as_restored(raw) for raw in POISON.values()}
    of_another_test = {as_restored(raw) for raw in IN_A_ROW}
    for noun, groups in READERS.items():
        everything = await world.topic(f"{noun}.quarantine")
        held = [one for one in everything if content(one) not in of_another_test]
        whence = Counter((notes(one)["group"], notes(one)["partition"], content(one)) for one in held)
        expected = {
            (group, str(partition), poison)
            for group in groups
            for partition in range(PARTITIONS)
            for poison in planted
        }
        assert whence == Counter(expected), noun
        for one in held:
            told = notes(one)
            assert told["kind"] == "unreadable"
            assert told["reason"]
            assert SECRET not in str(told)
        await stands_where_it_says(world, noun, held)
    for service in SERVICES:
        assert await member.health(service) == (200, "")
    assert SECRET not in member.process.text()
    assert await member.process.terminated() == 0


def as_restored(raw: Raw) -> Restored:
    key, value, headers = raw
    return key, value, tuple(headers)


def notes(record: Any) -> dict[str, str]:
    return dict(noted(record))


def content(record: Any) -> Restored:
    """What a replay would put back: key, value and headers."""
    back = restored(record)
    key = None if back.null_key else back.key
    return key, None if back.null_value else back.value, tuple(back.headers)


async def stands_where_it_says(world: World, noun: str, held: list[Any]) -> None:
    """The coordinates of a quarantined record lead to its original."""
    originals = {(one.partition, one.offset): one for one in await world.topic(noun)}
    for one in held:
        told = notes(one)
        original = originals[int(told["partition"]), int(told["offset"])]
        assert told["topic"] == original.topic
        assert told["timestamp_ms"] == str(original.timestamp)
        assert content(one) == (original.key, original.value, tuple(original.headers))


async def test_too_much_poison_in_a_row_stops_the_consumer_and_not_the_records(world: World) -> None:
    said = mixed(clients=4, messages=4, start=datetime.now(UTC) - timedelta(minutes=10), seed=62)
    await world.left_alone()
    upstream = await world.started("ingest", environment=MANY)
    victim = await world.started("classifier", environment={"ETIQUETA_QUARANTINE_RUN": "3"})
    await world.say(said[:8])
    await put_raw(world.kafka, topic_name("messages"), IN_A_ROW, partition=0)
    await world.say(said[8:])

    reason = await victim.unready("classifier")
    assert "in a row could not be handled on etiqueta.messages/0" in reason
    assert await victim.metric("classifier", "etiqueta_consumer_halted") == 1
    assert victim.process.lines("consumer_halted")
    assert (await victim.health("classifier", "live"))[0] == 200
    assert await victim.process.terminated() == 0

    rest = await world.started("classifier", "sanctions", "responder", environment=MANY)
    await world.idle()
    await check_all(world, said)

    async def quarantined() -> None:
        held = await world.topic("messages.quarantine")
        mine = {one.value for one in held if notes(one)["group"] == "etiqueta.classifier"}
        assert {value for _, value, _ in IN_A_ROW} <= mine

    await eventually(quarantined)
    for member in (rest, upstream):
        assert await member.process.terminated() == 0


@pytest.mark.parametrize("name", ["non-UTF-8", "null"])
async def test_a_good_record_with_headers_that_nobody_can_read_is_handled(world: World, name: str) -> None:
    await world.left_alone()
    member = await world.started(*SERVICES)
    said = mixed(clients=1, messages=2, start=datetime.now(UTC) - timedelta(minutes=10), seed=63)
    await world.say(said)
    await world.idle()
    held = len(await world.topic("messages.quarantine"))
    reference = said[0].reference.encode()
    good = next(one for one in await world.topic("messages") if reference in (one.value or b""))
    bad = b"\xff\xfe" if name == "non-UTF-8" else None
    headers = [("traceparent", bad), ("ce_id", bad)]
    await put_raw(
        world.kafka, topic_name("messages"), [(good.key, good.value, headers)], partition=good.partition
    )
    await world.idle()
    await check_all(world, said)
    assert len(await world.topic("messages.quarantine")) == held
    assert await member.process.terminated() == 0
