"""Delivering what is due: claimed, sent once, settled; at most once, and it says so."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import assert_never

import structlog

from services.responder.blocking import Blocking
from services.responder.domain.delivery import (
    Accepted,
    Action,
    Answer,
    Job,
    Lost,
    Rejected,
    TryAgain,
    pause_after,
    why_not_now,
)
from services.responder.domain.replies import Reply, changed
from services.responder.metrics import SENDS
from services.responder.ports import Outbox, Sender
from services.responder.progress import Progress
from shared.clock import Clock, wall_now
from shared.errors import Transient
from shared.events.base import to_instant
from shared.kafka.producer import Publisher
from shared.kafka.records import outgoing
from shared.words import Refusal, ReplyState

_log = structlog.get_logger(__name__)
_AT_ONCE = 20
_GRACE = timedelta(seconds=1)


class Deliver:
    """The delivery task. Store, then publish, then forget the job: a crash between them repeats no call."""

    def __init__(
        self,
        outbox: Outbox,
        progress: Progress,
        senders: Mapping[str, Sender],
        publisher: Publisher,
        clock: Clock,
        poll_seconds: float = 0.2,
        blocking: Blocking | None = None,
    ) -> None:
        self._outbox = outbox
        self._progress = progress
        self._senders = senders
        self._publisher = publisher
        self._clock = clock
        self._poll_seconds = poll_seconds
        self._blocking = blocking

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until told to stop; a store or broker that is away is met again later."""
        while not stop.is_set():
            try:
                busy = await self.look()
            except Transient as error:
                _log.warning("delivery_waits", error=str(error))
                busy = False
            if not busy:
                try:
                    await asyncio.wait_for(stop.wait(), self._poll_seconds)
                except TimeoutError:
                    continue

    async def look(self) -> bool:
        """Deliver what is due now, side by side; return whether there was anything."""
        await self._give_up_expired()
        now = to_instant(self._clock.now())
        jobs = await self._outbox.claim(now, wall_now(), _AT_ONCE)
        results = await asyncio.gather(*(self._deliver(job, now) for job in jobs), return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result
        return bool(jobs)

    async def _deliver(self, job: Job, now: datetime) -> None:
        if job.action is not Action.SAY and self._blocking is not None:
            await self._blocking.carry_out(job, now)
            return
        reply = await self._progress.of(job)
        if reply is not None and reply.state is not ReplyState.REQUESTED:
            # A redelivered outcome has put the job back while it was being sent, or it was superseded.
            await self._tell_again(job, reply)
            return
        refusal = why_not_now(job, now)
        if refusal is not None:
            await self._settle(job, ReplyState.SUPPRESSED, now, refusal=refusal)
            return
        sender = self._senders.get(job.route.provider)
        if sender is None:
            # An integrator's own channel: the words are on the topic, and delivering is theirs.
            await self._outbox.remove(job.reply)
            return
        answer = await sender.send(job)
        SENDS.labels(provider=job.route.provider, answer=type(answer).__name__.lower()).inc()
        await self._answered(job, answer, to_instant(self._clock.now()))

    async def _answered(self, job: Job, answer: Answer, now: datetime) -> None:
        match answer:
            case Accepted():
                if self._blocking is not None:
                    await self._blocking.after(job, now)
                await self._settle(job, ReplyState.SENT, now, provider_id=answer.provider_id)
            case Lost():
                _log.warning("send_lost", reply=job.reply, why=answer.why)
                await self._settle(job, ReplyState.UNKNOWN, now, refusal=Refusal.SEND_UNKNOWN)
            case Rejected():
                await self._rejected(job, answer, now)
            case TryAgain():
                await self._again(job, answer, now)
            case _:
                assert_never(answer)

    async def _rejected(self, job: Job, answer: Rejected, now: datetime) -> None:
        if answer.stops_account is not None:
            account = job.route.account
            _log.error("account_stopped", account=account, code=answer.error_code)
            until = now + answer.stops_account
            await self._outbox.stop_account(job.tenant, account, until, answer.error_code)
        await self._settle(job, ReplyState.FAILED, now, refusal=answer.refusal, error_code=answer.error_code)

    async def _again(self, job: Job, answer: TryAgain, now: datetime) -> None:
        pause = pause_after(answer, job.attempts)
        if pause is None:
            await self._settle(
                job, ReplyState.FAILED, now, refusal=Refusal.SEND_FAILED, error_code=answer.why
            )
            return
        if answer.scope == "account":
            await self._outbox.stop_account(job.tenant, job.route.account, now + pause, answer.why)
        _log.info("send_again", reply=job.reply, why=answer.why, pause_seconds=pause.total_seconds())
        await self._outbox.postpone(job, now + pause)

    async def _settle(
        self,
        job: Job,
        state: ReplyState,
        now: datetime,
        *,
        provider_id: str | None = None,
        error_code: str | None = None,
        refusal: Refusal | None = None,
    ) -> None:
        reply = await self._progress.reach(
            job, state, now, provider_id=provider_id, error_code=error_code, refusal=refusal
        )
        await self._tell(reply, state)
        await self._outbox.remove(job.reply)

    async def _tell(self, reply: Reply | None, state: ReplyState) -> None:
        event = None if reply is None else changed(reply, state)
        if event is not None:
            await self._publisher.publish([outgoing("responder", "replies", event)])

    async def _give_up_expired(self) -> None:
        """A lease that ran out while sending: whether the request left is not known, so never again.

        What the reply already came to is told once more: the crash may have come before the telling.
        """
        for job in await self._outbox.expired(wall_now() - _GRACE):
            if job.action is not Action.SAY:
                # Blocking twice does no more than once.
                await self._outbox.postpone(job, to_instant(self._clock.now()))
                continue
            reply = await self._progress.of(job)
            if reply is None or reply.state is ReplyState.REQUESTED:
                now = to_instant(self._clock.now())
                await self._settle(job, ReplyState.UNKNOWN, now, refusal=Refusal.SEND_UNKNOWN)
            else:
                await self._tell_again(job, reply)

    async def _tell_again(self, job: Job, reply: Reply) -> None:
        """Tell what the reply came to first, and forget the job: nothing is left to be sent."""
        await self._tell(reply, reply.steps[1].state)
        await self._outbox.remove(job.reply)
