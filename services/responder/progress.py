"""How replies come on: every change stored under a guard before anybody is told."""

from datetime import datetime

from services.responder.domain.delivery import Job
from services.responder.domain.replies import Reply
from services.responder.ports import Replies
from shared.events.outcomes import Refused
from shared.events.receipts import DeliveryUpdatedV1
from shared.words import Effect, Refusal, ReplyState

_FREES_THE_SLOT = frozenset({ReplyState.FAILED, ReplyState.SUPPRESSED})


class Progress:
    """Changes replies; a final failure frees the slots that the reply held."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    async def fold(self, reply: Reply, receipt: DeliveryUpdatedV1, state: ReplyState) -> Reply:
        """Return the reply after a provider's status."""
        refused = (_refused(reply, Refusal.SEND_FAILED),) if state is ReplyState.FAILED else ()
        after = reply.reached(
            state,
            receipt.occurred_at,
            provider_id=receipt.provider_id,
            error_code=receipt.error_code,
            refused=refused,
        )
        return await self._change(reply, after)

    async def reach(
        self,
        job: Job,
        state: ReplyState,
        at: datetime,
        *,
        provider_id: str | None = None,
        error_code: str | None = None,
        refusal: Refusal | None = None,
    ) -> Reply | None:
        """Return the reply after what its delivery came to; None when nobody knows it."""
        reply = await self.of(job)
        if reply is None:
            return None
        refused = () if refusal is None else (_refused(reply, refusal),)
        after = reply.reached(state, at, provider_id=provider_id, error_code=error_code, refused=refused)
        return await self._change(reply, after)

    async def of(self, job: Job) -> Reply | None:
        """Return the reply that a job delivers."""
        return (await self._replies.of([job.reply])).get(job.reply)

    async def suppress_superseded(self, job: Job, at: datetime) -> Reply | None:
        """Take back a reply that still waits."""
        return await self.reach(job, ReplyState.SUPPRESSED, at, refusal=Refusal.SUPERSEDED)

    async def _change(self, before: Reply, after: Reply) -> Reply:
        if after != before:
            await self._replies.change(before, after)
        if after.state in _FREES_THE_SLOT:
            await self._replies.release(after.id)
        return after


def _refused(reply: Reply, reason: Refusal) -> Refused:
    matter = reply.matters[0] if reply.matters else None
    return Refused(effect=Effect.REPLY, reason=reason, matter=matter)
