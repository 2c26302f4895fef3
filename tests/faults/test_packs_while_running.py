"""Packs that change while services run: one with an error never becomes active, and the log says why."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.support.eventually import eventually
from tests.support.processes import ROOT
from tests.support.script import Tone, conversation
from tests.support.world import SERVICES, Member, World, put_pack

PACK: Final = ROOT / "tests" / "support" / "policies" / "puerto.yaml"


async def rude_message(world: World) -> Mapping[str, Any]:
    """Let a new client be rude; returns the outcome."""
    (said,) = conversation([Tone.RUDE], datetime.now(UTC) - timedelta(minutes=1))
    await world.say([said])

    def settled() -> Mapping[str, Any]:
        message = world.db.messages.find_one({"provider_id": said.reference})
        assert message
        outcome: Mapping[str, Any] | None = world.db.outcomes.find_one({"message": message["_id"]})
        assert outcome
        return outcome

    return await eventually(settled)


async def logged(member: Member, event: str, times: int = 1) -> list[dict[str, Any]]:
    def lines() -> list[dict[str, Any]]:
        found = member.process.lines(event)
        assert len(found) >= times
        return found

    return await eventually(lines)


async def test_a_pack_with_an_error_leaves_the_old_one_and_the_log_says_why(world: World) -> None:
    member = await world.started(*SERVICES)
    before = await rude_message(world)

    put_pack(world.policies, PACK, {"infraction: rude": "infraction: rudeness", "limit: 5": "limit: 9"})
    refused = await logged(member, "policy_refused", times=len(SERVICES))
    assert all("puerto.yaml" in line["problem"] and "rudeness" in line["problem"] for line in refused)
    meanwhile = await rude_message(world)
    assert (meanwhile["pack"], meanwhile["after"]["limit"]) == (before["pack"], 5)
    assert meanwhile["after"]["points"] == 2
    for service in SERVICES:
        assert await member.health(service) == (200, "")

    put_pack(world.policies, PACK, {"limit: 5": "limit: 9"})
    await logged(member, "policy_active", times=len(SERVICES))
    after = await rude_message(world)
    assert after["pack"] != before["pack"]
    assert after["after"]["limit"] == 9
    assert {before["pack"], after["pack"]} <= {one["_id"] for one in world.db.policies.find()}
    assert await member.process.terminated() == 0


async def test_a_service_does_not_start_on_a_pack_with_an_error(world: World) -> None:
    put_pack(world.policies, PACK, {"flags_any: aggressive": "flags_any: agressive"})
    member = world.start("classifier")
    assert await member.process.ended() == 1
    assert "puerto.yaml" in member.process.text()
    assert "agressive" in member.process.text()
    assert "Traceback" not in member.process.text()
    put_pack(world.policies, PACK, {})
