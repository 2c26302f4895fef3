"""Scripts side by side on one clock: nobody goes on while somebody else stands before them."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.line.live.turns import Turns
from tests.support.builders_core import MODERATE

START = datetime(2026, 3, 2, tzinfo=UTC)


async def play(turns: Turns, player: int, minutes: Sequence[int], seen: list[tuple[int, int]]) -> None:
    try:
        for minute in minutes:
            await turns.take(START + timedelta(minutes=minute))
            seen.append((minute, player))
            await asyncio.sleep(0)
    finally:
        turns.leave()


async def all_of(scripts: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    turns, seen = Turns(len(scripts)), list[tuple[int, int]]()
    playing = [play(turns, player, script, seen) for player, script in enumerate(scripts)]
    async with asyncio.timeout(10):
        await asyncio.gather(*playing)
    return seen


@MODERATE
@given(scripts=st.lists(st.lists(st.integers(0, 20), max_size=6).map(sorted), min_size=1, max_size=5))
async def test_time_only_moves_forward_and_everybody_comes_to_the_end(scripts: list[list[int]]) -> None:
    seen = await all_of(scripts)
    assert [minute for minute, _ in seen] == sorted(minute for script in scripts for minute in script)
    for player, script in enumerate(scripts):
        assert [minute for minute, who in seen if who == player] == script


async def test_whoever_leaves_early_holds_nobody_up() -> None:
    turns, seen = Turns(2), list[tuple[int, int]]()
    playing = asyncio.create_task(play(turns, 0, [5], seen))
    await asyncio.sleep(0)
    assert seen == []
    turns.leave()
    await playing
    assert seen == [(5, 0)]


async def test_whoever_gives_up_waiting_is_not_waited_for() -> None:
    turns, seen = Turns(2), list[tuple[int, int]]()
    late = asyncio.create_task(play(turns, 0, [9], seen))
    first = asyncio.create_task(turns.take(START))
    await asyncio.sleep(0)
    await asyncio.wait_for(first, 5)  # the earliest of two that wait
    giving_up = asyncio.create_task(play(turns, 1, [3], seen))
    giving_up.cancel()
    await asyncio.gather(giving_up, return_exceptions=True)
    turns.leave()
    await asyncio.wait_for(late, 5)
    assert seen == [(9, 0)]
