"""Blocking clients at the provider: after the notice was taken, lifted when the channel comes back.

Off unless the pack says `restriction.provider_block`. Whatever becomes of it, the restriction is in the
ledger: a failure is noted and logged, and holds nothing up.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import structlog

from services.responder.domain.blocking import (
    BlockNote,
    BlockState,
    block_job,
    lifts,
    note_of,
    unblock_job,
)
from services.responder.domain.delivery import Accepted, Action, Answer, Job, Rejected, TryAgain, pause_after
from services.responder.metrics import BLOCKS
from services.responder.ports import ClientKey, Outbox
from shared.events.base import Route
from shared.events.outcomes import Settled

_log = structlog.get_logger(__name__)


class Blocker(Protocol):
    """One provider's way to block and to lift; doing it twice does no more than once."""

    async def set_blocked(self, job: Job) -> Answer:
        """Block or lift once, as the job says; never raises for what a provider may do."""


class BlockNotes(Protocol):
    """What became of each block; a note about something later in the ledger stays."""

    async def put(self, note: BlockNote) -> None: ...

    async def of(self, client: ClientKey) -> BlockNote | None:
        """Return the latest note about the client."""


class Blocking:
    """The use case, beside planning and delivery."""

    def __init__(self, outbox: Outbox, blockers: Mapping[str, Blocker], notes: BlockNotes) -> None:
        self._outbox = outbox
        self._blockers = blockers
        self._notes = notes

    async def after(self, notice: Job, now: datetime) -> None:
        """Ask for the block that an accepted notice tells of, if it tells of one."""
        if notice.blocks and notice.route.provider in self._blockers:
            job = block_job(notice, now)
            await self._notes.put(note_of(job, BlockState.WANTED, now))
            await self._outbox.add([job])

    async def lift(self, outcome: Settled, route: Route | None) -> None:
        """Ask for lifting a block where an outcome gives a channel back; one that waits is dropped."""
        if not lifts(outcome):
            return
        client = (outcome.tenant, outcome.client)
        for job in (await self._outbox.waiting({client}))[client]:
            if job.action is Action.BLOCK and job.seq < outcome.seq:
                await self._outbox.remove(job.reply)
        note = await self._notes.of(client)
        if note is None or note.seq >= outcome.seq or route is None or route.provider not in self._blockers:
            return
        if note.state in {BlockState.WANTED, BlockState.BLOCKED}:
            await self._outbox.add([unblock_job(outcome, route)])

    async def carry_out(self, job: Job, now: datetime) -> None:
        """Block or lift once, and note what came of it."""
        blocker = self._blockers.get(job.route.provider)
        if blocker is None:
            await self._outbox.remove(job.reply)
            return
        answer = await blocker.set_blocked(job)
        kind = type(answer).__name__.lower()
        BLOCKS.labels(provider=job.route.provider, action=job.action.value, answer=kind).inc()
        pause = pause_after(answer, job.attempts) if isinstance(answer, TryAgain) else None
        if pause is not None:
            await self._outbox.postpone(job, now + pause)
            return
        await self._notes.put(_noted(job, answer, now))
        await self._outbox.remove(job.reply)


def _noted(job: Job, answer: Answer, now: datetime) -> BlockNote:
    if isinstance(answer, Accepted):
        state = BlockState.BLOCKED if job.action is Action.BLOCK else BlockState.LIFTED
        return note_of(job, state, now)
    code = answer.error_code if isinstance(answer, Rejected) else answer.why
    _log.warning("provider_block_failed", job=job.reply, action=job.action.value, code=code)
    return note_of(job, BlockState.FAILED, now, code)
