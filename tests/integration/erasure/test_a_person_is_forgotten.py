"""A person is erased: no service keeps a word or an address, and a replay brings none back."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.ids import client_id
from shared.kafka.topics import topic_name
from tests.support.script import Said, new_phone, new_reference
from tests.support.world import GROUPS, PARTITIONS, SECRETS, SERVICES, World

WORDS: Final = ("inútiles", "idiotas")
TEXT: Final = "Ustedes son unos inútiles y unos idiotas, no sé para qué les pago"


def said(phone: str, at: datetime) -> Said:
    return Said(phone, new_reference(), at.replace(microsecond=0), TEXT)


def kept_of(world: World, phone: str) -> str:
    """Return all that is kept of a client, and all that names the number, as text."""
    client = client_id(SECRETS["TEST_CLIENT_KEY"].encode(), f"tel:{phone}")
    documents = [
        json.dumps(document, default=str, ensure_ascii=False)
        for name in world.db.list_collection_names()
        for document in world.db[name].find()
    ]
    return "\n".join(one for one in documents if client in one or phone in one)


async def points_of(world: World, phone: str) -> int:
    answer = await world.api("GET", f"/v1/clients/{phone}/standing")
    points: int = answer.json()["standing"]["points"]
    return points


async def erase(world: World, phone: str) -> None:
    body = {"name": "erase", "phone": phone, "by": "data protection officer"}
    answer = await world.api("POST", "/v1/commands", json=body)
    assert answer.status_code == 202, answer.text


@pytest.mark.timeout(300)
async def test_a_person_is_forgotten_everywhere_and_stays_so(world: World) -> None:
    services = await world.started(*SERVICES)
    ana, beto, now = new_phone(), new_phone(), datetime.now(UTC)
    await world.say(
        [said(ana, now - timedelta(minutes=2)), said(ana, now - timedelta(minutes=1)), said(beto, now)]
    )
    await world.idle()
    known = kept_of(world, ana)
    assert ana in known
    assert all(word in known for word in WORDS[:1])
    points = await points_of(world, ana)
    assert points == 4

    await erase(world, ana)
    await world.idle()
    forgotten(world, ana)
    assert all(found in kept_of(world, beto) for found in (beto, WORDS[0]))
    assert await points_of(world, ana) == points

    # Everything is played again, as after consumers have lost their offsets.
    assert await services.process.terminated() == 0
    for groups in GROUPS.values():
        await from_the_beginning(world, groups)
    again = await world.started(*SERVICES)
    await world.idle()
    forgotten(world, ana)
    assert await points_of(world, ana) == points
    assert await again.process.terminated() == 0


def forgotten(world: World, phone: str) -> None:
    found = kept_of(world, phone)
    assert found, "what was decided stays"
    assert phone not in found
    assert [word for word in WORDS if word in found] == []


async def from_the_beginning(world: World, groups: Mapping[str, Sequence[str]]) -> None:
    """Commit offset 0 for groups whose members have all left."""
    for group, nouns in groups.items():
        places = {TopicPartition(topic_name(noun), number) for noun in nouns for number in range(PARTITIONS)}
        consumer = AIOKafkaConsumer(
            *{place.topic for place in places},
            bootstrap_servers=world.kafka,
            group_id=group,
            enable_auto_commit=False,
        )
        await consumer.start()
        try:
            assert consumer.assignment() == places, f"{group} has other members"
            await consumer.commit(dict.fromkeys(places, 0))
        finally:
            await consumer.stop()
