"""A long stream of conversations through the real line gives what the use cases give in one process.

And for those clients whose messages stand alone, what a model of a few lines says they should cost.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any, Final

import pytest

from services.classifier.tagging.tagger import load_tagger
from services.line.in_process import InProcessLine
from shared.policy.compile import load_pack
from shared.rehearsal import Order, Utterance
from shared.words import CommandName
from tests.support.model import Expected
from tests.support.processes import ROOT
from tests.support.script import LANGUAGES, WORDS, Said, Tone, bodies, new_phone, new_reference
from tests.support.world import SERVICES, World

# What depends on how quickly a message follows another is left out: guidance waits for nobody here.
pytestmark = pytest.mark.world(
    pack=ROOT / "deploy" / "policies" / "trackingpremium.yaml",
    changed={"guidance_delay_seconds: 20": "guidance_delay_seconds: 0"},
    ETIQUETA_CLOCK="events",
)

START: Final = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # a Monday, 10:00 in Panama
LIMIT: Final = 3
ALONE: Final = timedelta(seconds=65)  # beyond the pack's burst
OTHER_WORDS: Final = (
    "hola", "buenos días", "gracias", "oi, bom dia", "hello there", "oye", "una cosa", "la guía 88231",
    "¿Qué servicios ofrecen ustedes y cuáles son los horarios y los precios?",
    "Necesito abrir un caso, el sistema no me deja entrar desde ayer",
    "no funciona", "preciso de ajuda", "mi tarjeta es 4111 1111 1111 1111, cobren ahí",
    "confirmo que llegó el paquete 1203", "¿alguna novedad de mi reclamo 4411?", "ok", "?", "jajaja",
)  # fmt: skip
IDENTIFYING: Final = frozenset(
    {"event_id", "correlation_id", "cause", "id", "key", "about", "reply", "route", "received_at"}
)
"""What the two lines name differently; messages are compared by reference, clients by phone."""


@dataclass(frozen=True, slots=True)
class Stream:
    """What is said, in the order of time; who says only what the simple model knows."""

    said: Sequence[Said]
    simple: frozenset[str]


def stream(seed: int, clients: int = 20, each: int = 14) -> Stream:
    """Return conversations that span under half an hour, so that nothing is late or stale."""
    chance = random.Random(seed)
    said: list[Said] = []
    simple: set[str] = set()
    for place in range(clients):
        talk = _simple(chance, place, each) if place % 2 else _any(chance, each)
        said += talk
        if place % 2:
            simple.add(talk[0].phone)
    return Stream(sorted(said, key=lambda one: (one.at, one.phone)), frozenset(simple))


def _simple(chance: random.Random, place: int, each: int) -> list[Said]:
    language = LANGUAGES[place % len(LANGUAGES)]
    phone, at = new_phone(), START + timedelta(seconds=chance.randrange(60))
    said: list[Said] = []
    for number, tone in enumerate(chance.choices(list(Tone), (6, 1, 2), k=each)):
        words = WORDS[tone, language].format(number=70_000 + number)
        said.append(Said(phone, new_reference(), at, words, tone, language))
        at += ALONE + timedelta(seconds=chance.randrange(30))
    return said


def _any(chance: random.Random, each: int) -> list[Said]:
    """One whose fragments follow each other within seconds, or minutes later."""
    phone, at = new_phone(), START + timedelta(seconds=chance.randrange(120))
    said: list[Said] = []
    rude = [WORDS[tone, chance.choice(LANGUAGES)].format(number=1) for tone in Tone]
    for _ in range(each):
        at += timedelta(seconds=chance.choice((3, 8, 20, 70, 150, 300)) if said else 0)
        said.append(Said(phone, new_reference(), at, chance.choice((*OTHER_WORDS, *rude))))
        if at - START > timedelta(minutes=24):
            break
    return said


def by_client(said: Sequence[Said]) -> dict[str, list[Said]]:
    """Return each client's messages; no two of one client have the same time."""
    talks: dict[str, list[Said]] = {}
    for one in said:
        talks.setdefault(one.phone, []).append(one)
    assert all(before.at < after.at for talk in talks.values() for before, after in pairwise(talk))
    return talks


async def test_the_real_line_gives_what_the_use_cases_give_and_the_simple_model_agrees(world: World) -> None:
    whole = stream(seed=71)
    half = len(whole.said) // 2
    halves, restored_at = (whole.said[:half], whole.said[half:]), whole.said[half - 1].at
    model = {phone: Expected(limit=LIMIT) for phone in by_client(whole.said)}
    for one in halves[0]:
        model[one.phone].hear(one)
    restored = sorted(phone for phone in whole.simple if model[phone].disabled)
    assert restored, "a stream in which nobody is disabled shows little"

    await world.started(*SERVICES)
    await world.sandbox.stands_at(START)  # a provider's statuses would put the line's clock forward
    await play(world, halves[0])
    for phone in restored:
        model[phone].be_restored()
        await restore(world, phone, restored_at)
    await world.idle()
    await play(world, halves[1])
    for one in halves[1]:
        model[one.phone].hear(one)

    line = InProcessLine(load_pack(next(world.policies.glob("*.yaml"))), load_tagger(), START)
    theirs = await rehearsed(line, halves, restored, restored_at)
    ours = await happened(world)
    assert sorted(ours.messages) == sorted(theirs.messages)
    for kind in ("decisions", "outcomes", "replies"):
        mine, other = getattr(ours, kind), getattr(theirs, kind)
        assert mine.keys() == other.keys(), kind
        for reference in mine:
            assert mine[reference] == other[reference], (kind, reference)
    assert whole.said[-1].at - START < timedelta(minutes=30)
    for phone, expected in model.items():
        standing = (await world.api("GET", f"/v1/clients/{phone}/standing")).json()["standing"]
        assert standing == (await line.standing(phone)).model_dump(mode="json")
        if phone in whole.simple:
            disabled = [one["channel"] for one in standing["channels"]]
            assert (standing["points"], disabled) == (expected.points, ["whatsapp"] * expected.disabled), (
                phone
            )


async def play(world: World, said: Sequence[Said]) -> None:
    """Post in the order of time, some webhooks twice; wait until all is settled."""
    for number, body in enumerate(bodies(said, (1, 2, 1, 3))):
        await world.post_until_taken(body)
        if number % 7 == 0:
            await world.post_until_taken(body)
    await world.idle()


async def restore(world: World, phone: str, at: datetime) -> None:
    body = {"name": "restore", "phone": phone, "by": "supervisor", "at": at.isoformat()}
    assert (await world.api("POST", "/v1/commands", json=body)).status_code == 202


@dataclass(frozen=True, slots=True)
class Happening:
    """What a line made of a stream, by the reference of each message; of commands by the client's phone."""

    messages: Sequence[str]
    decisions: Mapping[str, Any]
    outcomes: Mapping[str, Any]
    replies: Mapping[str, Any]


async def rehearsed(
    line: InProcessLine, halves: Sequence[Sequence[Said]], restored: Sequence[str], at: datetime
) -> Happening:
    """Return what the use cases make of it, one by one in one process."""
    found: list[Any] = []
    references: dict[str, str] = {}
    for number, said in enumerate(halves):
        for one in said:
            what = await line.say(Utterance(one.reference, one.phone, one.text, one.at), one.at)
            (decision,) = what.decisions
            references |= {decision.message: one.reference, decision.client: one.phone}
            found.append(what)
        if number == 0:
            for phone in restored:
                order = Order(f"restore {phone}", phone, CommandName.RESTORE, by="supervisor")
                found.append(await line.command(order, at))
    return _compared(
        references,
        [one.model_dump(mode="json") for what in found for one in what.decisions],
        [one.model_dump(mode="json") for what in found for one in what.outcomes],
        [one.model_dump(mode="json") for what in found for one in what.replies],
    )


async def happened(world: World) -> Happening:
    """Return what the services made of it, read from the topics; what came twice is there once."""
    references: dict[str, str] = {}
    for one in world.db.messages.find():
        references |= {one["_id"]: one["provider_id"], one["client"]: one["route"]["address"]["phone"]}

    async def events(noun: str) -> list[Any]:
        return [json.loads(value) for value in dict.fromkeys(one.value for one in await world.topic(noun))]

    return _compared(references, await events("decisions"), await events("outcomes"), await events("replies"))


def _compared(
    references: Mapping[str, str], decisions: Sequence[Any], outcomes: Sequence[Any], replies: Sequence[Any]
) -> Happening:
    first = [one for one in replies if one["type"] in {"reply.requested.v1", "reply.suppressed.v1"}]
    for one in first:
        del one["occurred_at"]  # by the clock of whoever planned it
    return Happening(
        messages=list(references.values()),
        decisions={references[one["message"]]: _plain(one, references) for one in decisions},
        outcomes={_name(one, references): _plain(one, references) for one in outcomes},
        replies={_name(one, references): _plain(one, references) for one in first},
    )


def _name(event: Mapping[str, Any], references: Mapping[str, str]) -> str:
    """Return the message's reference; of what a command led to, the client's phone."""
    return references[event.get("message") or event["client"]]


def _plain(value: Any, references: Mapping[str, str]) -> Any:
    """Return a value without what only identifies; messages and clients under the names of the script."""
    if isinstance(value, dict):
        return {key: _plain(inner, references) for key, inner in value.items() if key not in IDENTIFYING}
    if isinstance(value, list):
        return [_plain(inner, references) for inner in value]
    return references.get(value, value) if isinstance(value, str) else value
