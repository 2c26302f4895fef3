"""Commands that reach Kafka and the store: what they do there, and what they say when nobody is there."""

import asyncio
import json
import sys
from typing import Any, Final

import pytest

from shared.kafka.topics import topic_name
from tests.support.eventually import eventually
from tests.support.processes import ROOT
from tests.support.records import put_raw
from tests.support.world import World, free_port

POISON: Final = b'{"type": "message.received.v1", "text": "4111 1111 1111 1111"}'


async def etiqueta(world: World, *arguments: str) -> tuple[int, str, str]:
    """Run the command as people do; returns its exit code, its output, and what it said beside it."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "services.cli", *arguments),
        cwd=ROOT,
        env=world.environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


async def held(world: World) -> list[dict[str, Any]]:
    code, out, err = await etiqueta(world, "quarantine", "list", "--json")
    assert code == 0, err
    found: list[dict[str, Any]] = json.loads(out)["records"]
    return found


@pytest.mark.timeout(300)
async def test_what_is_in_quarantine_is_listed_shown_replayed_and_dropped(world: World) -> None:
    code, out, _ = await etiqueta(world, "topics", "provision", "--json")
    assert (code, json.loads(out)) == (0, {"created": []})
    assert await held(world) == []

    classifier = await world.started("classifier")
    await put_raw(world.kafka, topic_name("messages"), [(b"puerto:c1", POISON, [])], partition=1)

    async def quarantined() -> dict[str, Any]:
        (one,) = await held(world)
        return one

    first = await eventually(quarantined, every_seconds=0.5, passing_over=(AssertionError, ValueError))
    assert first["kind"] == "unreadable"
    assert "4111" not in json.dumps(first)

    code, out, _ = await etiqueta(world, "quarantine", "show", first["record"])
    assert (code, "4111" in out) == (0, False)
    code, out, _ = await etiqueta(world, "quarantine", "show", first["record"], "--raw")
    assert (code, "4111" in out) == (0, True)

    code, out, _ = await etiqueta(world, "quarantine", "replay", first["record"])
    assert (code, out.strip()) == (0, "1 replayed")

    async def back_again() -> dict[str, Any]:
        (one,) = await held(world)
        assert one["record"] != first["record"]
        return one

    again = await eventually(back_again, every_seconds=0.5, passing_over=(AssertionError, ValueError))
    code, _, err = await etiqueta(world, "quarantine", "drop", first["record"])
    assert (code, err.strip()) == (
        1,
        f"etiqueta: {first['record']} is not in quarantine. `etiqueta quarantine list` shows what is.",
    )
    code, out, _ = await etiqueta(world, "quarantine", "drop", "--all")
    assert (code, out.strip(), await held(world)) == (0, "1 dropped", [])
    assert again["topic"] == topic_name("messages")
    assert await classifier.process.terminated() == 0


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("quarantine", "list", "--kafka", "127.0.0.1:{port}"), "no Kafka at 127.0.0.1:{port}"),
        (("topics", "provision", "--kafka", "127.0.0.1:{port}"), "topics could not be created"),
        (("standings", "rebuild", "--mongodb", "mongodb://127.0.0.1:{port}"), "MongoDB: "),
    ],
)
async def test_nobody_there_is_a_sentence_and_exit_code_1(
    arguments: tuple[str, ...], says: str, world: World
) -> None:
    port = str(free_port())
    code, out, err = await etiqueta(world, *(one.format(port=port) for one in arguments))
    assert (code, out) == (1, "")
    assert err.startswith(f"etiqueta: {says.format(port=port)}")
    assert len(err.splitlines()) == 1


async def test_standings_are_folded_anew(world: World) -> None:
    code, out, _ = await etiqueta(world, "standings", "rebuild", "--json")
    assert (code, json.loads(out)) == (0, {"clients": 0, "differing": 0, "written": True})
