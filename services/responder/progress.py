"""How replies come on: every change stored under a guard before anybody is told."""

from dataclasses import dataclass
from datetime import datetime

from services.responder.domain.delivery import Job
from services.responder.domain.replies import Reply
from services.responder.ports import Replies
from shared.errors import Transient
from shared.events.outcomes import Refused
from shared.events.receipts import DeliveryUpdatedV1
from shared.words import Effect, Refusal, ReplyState

_ATTEMPTS = 3
_FREES_THE_SLOT = frozenset({ReplyState.FAILED, ReplyState.SUPPRESSED})


@dataclass(frozen=True, slots=True)
class _News:
    """What was heard of a reply."""

    state: ReplyState
    at: datetime
    provider_id: str | None
    error_code: str | None
    refusal: Refusal | None

    def told_to(self, reply: Reply) -> Reply:
        refused = () if self.refusal is None else (refused_for(reply, self.refusal),)
        return reply.reached(
            self.state,
            self.at,
            provider_id=self.provider_id,
            error_code=self.error_code,
            refused=refused,
        )


class Progress:
    """Changes replies; a final failure frees the slots that the reply held."""

    def __init__(self, replies: Replies) -> None:
        self._replies = replies

    async def fold(self, reply: Reply, receipt: DeliveryUpdatedV1, state: ReplyState) -> Reply:
        """Return the reply after a provider's status."""
        refusal = Refusal.SEND_FAILED if state is ReplyState.FAILED else None
        return (
            await self._reach(
                reply.id,
                _News(state, receipt.occurred_at, receipt.provider_id, receipt.error_code, refusal),
            )
            or reply
        )

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
        return await self._reach(job.reply, _News(state, at, provider_id, error_code, refusal))

    async def _reach(self, identity: str, news: _News) -> Reply | None:
        """Read, change, write under a guard; whoever lost a race reads again."""
        for attempt in range(_ATTEMPTS):
            reply = (await self._replies.of([identity])).get(identity)
            if reply is None:
                return None
            try:
                return await self._change(reply, news.told_to(reply))
            except Transient:
                if attempt == _ATTEMPTS - 1:
                    raise
        return None

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


def refused_for(reply: Reply, reason: Refusal) -> Refused:
    """Return why a reply did not go out."""
    matter = reply.matters[0] if reply.matters else None
    return Refused(effect=Effect.REPLY, reason=reason, matter=matter)
