"""Playing rehearsals on a running stack: all of them side by side, on the one clock that it has."""

import asyncio
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from services.line.live.line import live_line
from services.line.live.shift import shift, span_of
from services.line.live.stack import Where, live_stack
from services.line.live.stage import Clocked, Stage, new_person
from services.line.live.turns import Turns
from shared.clock import monotonic_seconds
from shared.errors import UserError
from shared.events.base import to_instant
from shared.policy.pack import CompiledPack
from shared.rehearsal import Document, Played, rehearse

Play = tuple[Document, CompiledPack]
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class LiveResult:
    """What was played, and what this stack cannot play: a variant of its pack, or another one."""

    played: list[Played]
    not_played: list[Document]


async def rehearse_live(plays: Sequence[Play], where: Where, note: Say, progress: Say) -> LiveResult:
    """Play what this stack's pack judges; raises `UserError` where it cannot be played on.

    `note` is told what is done otherwise than it is written, `progress` how far it has come.
    """
    async with live_stack(where) as stack:
        keeper = await new_person(stack, "", 0)
        stage = Stage(stack, secrets.token_hex(4), keeper, Turns(1))
        clocked = await stage.clocked()
        fitting = [play for play in plays if play[1].hash == clocked.pack]
        if not fitting:
            raise UserError(
                f"The running stack judges {clocked.tenant} by the pack {clocked.pack[:12]} of "
                f"{clocked.policy}, and none of these rehearsals is for that one. Give both the same packs."
            )
        stage.tenant = clocked.tenant
        await _place(stage, fitting, clocked, note)
        stage.turns = Turns(len(fitting))
        played = await _play_all(fitting, stage, progress)
    return LiveResult(played, [document for document, pack in plays if pack.hash != clocked.pack])


async def _place(stage: Stage, plays: Sequence[Play], clocked: Clocked, note: Say) -> None:
    """Find where in time the scripts can be played, and take the stack's clock there."""
    later = shift([span_of(document, pack) for document, pack in plays], clocked.at)
    if later is None:
        raise UserError(
            f"The running stack's clock stands at {clocked.at:%Y-%m-%d}, and no later time has the calendar "
            "of these rehearsals. Start the services anew."
        )
    if later:
        note(f"The stack's clock stands at {clocked.at:%Y-%m-%d %H:%M} UTC: played {later.days} days later.")
    stage.later = later
    await stage.require_events_clock(min(to_instant(one.rehearsal.start) for one, _ in plays) + later)


async def _play_all(plays: Sequence[Play], stage: Stage, progress: Say) -> list[Played]:
    started = monotonic_seconds()
    done = 0

    async def play(document: Document) -> Played:
        nonlocal done
        async with live_line(stage, document.rehearsal.start) as line:
            played = await rehearse(document, line)
        done += 1
        progress(f"{done} of {len(plays)} played: {played.name}")
        return played

    tasks = [asyncio.create_task(play(document)) for document, _ in plays]
    try:
        played = await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    # Side by side: what one of them took is not known, only what all did.
    seconds = (monotonic_seconds() - started) / len(plays)
    return [replace(one, seconds=seconds) for one in played]
