"""Whose turn it is, where several scripts share one clock that never goes back."""

import asyncio
from datetime import datetime


class Turns:
    """Lets whoever stands at the earliest time go on, once everybody waits; so time only moves forward.

    A player holds its turn until it asks for the next one or leaves.
    """

    def __init__(self, players: int) -> None:
        self._playing = players
        self._waiting: list[tuple[datetime, int, asyncio.Future[None]]] = []
        self._asked = 0

    async def take(self, at: datetime) -> None:
        """Wait until nobody stands before `at`."""
        self._asked += 1
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((at, self._asked, turn))
        self._next()
        await turn

    def leave(self) -> None:
        """Play no more; whoever waits need not wait for this one."""
        self._playing -= 1
        self._next()

    def _next(self) -> None:
        self._waiting = [one for one in self._waiting if not one[2].done()]
        if self._waiting and len(self._waiting) >= self._playing:
            first = min(self._waiting, key=lambda one: one[:2])
            self._waiting.remove(first)
            first[2].set_result(None)
