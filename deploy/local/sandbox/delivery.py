"""Sends webhooks to the project as the provider does: signed, in order per message, with retries."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import httpx

from deploy.local.sandbox.errors import GraphError
from deploy.local.sandbox.state import Accepted
from deploy.local.sandbox.webhooks import SIGNATURE_HEADER, Number, Stamp, delivery, sign, status

ATTEMPTS: Final = 8
FIRST_PAUSE_SECONDS: Final = 0.2
LONGEST_PAUSE_SECONDS: Final = 5.0

Sleep = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Where webhooks go and the app secret that signs them."""

    url: str
    """`{account}` in it stands for the phone number id."""
    secret: str = field(repr=False)

    def url_for(self, number: Number) -> str:
        return self.url.replace("{account}", number.phone_number_id)


class Webhooks:
    """Posts bodies in the background; any answer but 200 is tried again, at longer and longer pauses."""

    def __init__(
        self, http: httpx.AsyncClient, receiver: Receiver | None, sleep: Sleep = asyncio.sleep
    ) -> None:
        self._http = http
        self._receiver = receiver
        self._sleep = sleep
        self._tasks: set[asyncio.Task[None]] = set()
        self.undelivered = 0

    @property
    def pending(self) -> int:
        return len(self._tasks)

    def send(self, number: Number, raw: bytes) -> None:
        """Post one body about one business number."""
        self._begin(self._post(number, raw))

    def report(
        self,
        accepted: Accepted,
        states: Sequence[str | GraphError],
        pause_seconds: float,
        now: Callable[[], datetime],
    ) -> None:
        """Tell the states of one message, one after the other; an error is told as `failed`."""
        self._begin(self._report(accepted, states, pause_seconds, now))

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        while self._tasks:
            await asyncio.gather(*self._tasks)

    async def forget(self) -> None:
        """Stop what is under way."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        self.undelivered = 0

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _report(
        self,
        accepted: Accepted,
        states: Sequence[str | GraphError],
        pause_seconds: float,
        now: Callable[[], datetime],
    ) -> None:
        for state in states:
            await self._sleep(pause_seconds)
            word, error = ("failed", state.in_status()) if isinstance(state, GraphError) else (state, None)
            at = now()
            accepted.statuses.append((word, at))
            opaque = accepted.command.biz_opaque_callback_data
            item = status(accepted.client, Stamp(accepted.id, at), word, opaque=opaque, error=error)
            await self._post(accepted.number, delivery(accepted.number, [item]))

    async def _post(self, number: Number, raw: bytes) -> None:
        if self._receiver is None:
            return
        headers = {"Content-Type": "application/json", SIGNATURE_HEADER: sign(self._receiver.secret, raw)}
        url, pause_seconds = self._receiver.url_for(number), FIRST_PAUSE_SECONDS
        for attempt in range(ATTEMPTS):
            if attempt:
                await self._sleep(pause_seconds)
                pause_seconds = min(LONGEST_PAUSE_SECONDS, pause_seconds * 2)
            try:
                answer = await self._http.post(url, content=raw, headers=headers)
            except httpx.HTTPError:
                continue
            if answer.status_code == httpx.codes.OK:
                return
        self.undelivered += 1
