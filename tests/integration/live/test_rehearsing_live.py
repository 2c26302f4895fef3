"""`etiqueta rehearse --live`: a running stack gives what the line in one process gives."""

import asyncio
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final
from xml.etree import ElementTree as ET

import pytest

from services.line.live.rehearsal import LiveResult, Play, rehearse_live
from services.line.live.stack import Where
from services.line.rehearse_cli import load_plays, play_all
from shared.errors import UserError
from shared.rehearsal.report import diff
from tests.support.processes import ROOT
from tests.support.world import SECRETS, SERVICES, World

HERE: Final = Path(__file__).parent
SCRIPTS: Final = HERE / "muelle.rehearsal.yaml"
SCRIPTED: Final = {"ETIQUETA_CLOCK": "events"}
VARIANT: Final = "a variant of the policy cannot be played on a stack that judges by the policy"

pytestmark = [
    pytest.mark.world(pack=HERE / "muelle.yaml"),
    pytest.mark.timeout(400),
]


def where(world: World, **changes: object) -> Where:
    known = Where(
        ingest=f"http://127.0.0.1:{world.environment['INGEST_HTTP_PORT']}",
        sanctions=f"http://127.0.0.1:{world.environment['SANCTIONS_HTTP_PORT']}",
        api_key=SECRETS["TEST_API_KEY"],
        kafka=world.kafka,
        mongodb=world.stack.addresses.mongodb,
        database=world.database,
        wait_seconds=60,
    )
    return replace(known, **changes)  # type: ignore[arg-type]


async def live(world: World, plays: Sequence[Play], **changes: object) -> tuple[LiveResult, list[str]]:
    notes: list[str] = []
    result = await rehearse_live(plays, where(world, **changes), notes.append, lambda _: None)
    return result, notes


def differences(result: LiveResult) -> str:
    return "\n".join(diff(one) for one in result.played)


async def test_a_running_stack_gives_what_one_process_gives(world: World) -> None:
    plays = load_plays(SCRIPTS, world.policies)
    alone = await play_all(plays)
    assert [one.name for one in alone if not one.passed] == []
    services = await world.started(*SERVICES, environment=SCRIPTED)

    first, notes = await live(world, plays)
    assert differences(first).strip() == ""
    assert [one.compared for one in first.played] == [one.compared for one in alone if one.name != VARIANT]
    assert [one.rehearsal.name for one in first.not_played] == [VARIANT]
    assert notes == []

    # Its clock has gone past all of them now.
    again, notes = await live(world, plays)
    assert differences(again).strip() == ""
    assert len(notes) == 1
    assert "days later" in notes[0]

    assert await world.sandbox.accepted() == [], "nothing that a rehearsal says reaches anybody"
    await _through_the_command(world)
    assert await services.process.terminated() == 0


async def _through_the_command(world: World) -> None:
    """One that does not hold: exit code 1, a diff, a report for CI systems."""
    wrong = world.folder / "wrong.rehearsal.yaml"
    script = SCRIPTS.read_text(encoding="utf-8").split("\n---\n")[3]
    wrong.write_text(script.replace("¿Qué necesita?", "Nada"), encoding="utf-8")
    report = world.folder / "junit.xml"
    asked = where(world)
    environment = world.environment | {
        "ETIQUETA_INGEST_URL": asked.ingest,
        "ETIQUETA_SANCTIONS_URL": asked.sanctions,
        "KEY": asked.api_key,
    }
    command = ["-m", "services.cli", "rehearse", "--live", str(wrong), "--junit", str(report)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, *command, "--api-key-env", "KEY", "--wait-seconds", "60"),
        cwd=ROOT,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode == 1, err.decode()
    assert "- expected  Nada" in out.decode()
    (suite,) = ET.parse(report).getroot()  # noqa: S314 - our own file
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")


async def test_what_is_away_or_refuses_is_said_in_a_sentence(world: World) -> None:
    plays = load_plays(SCRIPTS, world.policies)
    services = await world.started(*SERVICES, environment={"ETIQUETA_CLOCK": "wall"})
    with pytest.raises(UserError, match="Start them with ETIQUETA_CLOCK=events"):
        await live(world, plays)
    with pytest.raises(UserError, match="API key required"):
        await live(world, plays, api_key="another")
    other = load_plays(ROOT / "deploy/policies/trackingpremium.rehearsal.yaml", ROOT / "deploy/policies")
    with pytest.raises(UserError, match="none of these rehearsals is for that one"):
        await live(world, other[:1])
    assert await services.process.terminated() == 0
    with pytest.raises(UserError, match=r"sanctions at .* does not answer"):
        await live(world, plays)


async def test_a_stack_that_does_not_settle_is_not_waited_for_for_ever(world: World) -> None:
    plays = load_plays(SCRIPTS, world.policies)
    services = await world.started("ingest", "sanctions", "responder", environment=SCRIPTED)
    with pytest.raises(
        UserError, match=r"has not settled within 2 s: etiqueta\.classifier is 1 records behind"
    ):
        await live(world, plays, wait_seconds=2)
    assert await services.process.terminated() == 0
