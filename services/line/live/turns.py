"""Whose turn it is, where several scripts share one clock that never goes back."""

import asyncio
from datetime import datetime


class Turns:
    """Lets all who stand at the earliest time go on, once everybody waits; so time only moves forward.

    A player holds its turn until it asks for the next one or leaves.
    """

    def __init__(self, players: int) -> None:
        self._playing = players
        self._waiting: list[tuple[datetime, asyncio.Future[None]]] = []

    async def take(self, at: datetime) -> None:
        """Wait until nobody stands before `at`."""
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((at, turn))
        self._next()
        await turn

    def leave(self) -> None:
        """Play no more; whoever waits need not wait for this one."""
        self._playing -= 1
        self._next()

    def _next(self) -> None:
        self._waiting = [one for one in self._waiting if not one[1].done()]
        if not self._waiting or len(self._waiting) < self._playing:
            return
        earliest = min(at for at, _ in self._waiting)
        for at, turn in self._waiting:
            if at == earliest:
                turn.set_result(None)
