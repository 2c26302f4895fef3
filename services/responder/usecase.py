"""Planning a batch: outcomes become replies and jobs; receipts say how far replies have come."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import structlog

from services.responder.blocking import Blocking
from services.responder.domain.delivery import superseded
from services.responder.domain.plan import looks_back_to, reply_id
from services.responder.domain.receipts import state_told, stopped_until
from services.responder.domain.replies import Reply, changed
from services.responder.planning import Planning, client_of, is_inbound
from services.responder.ports import Outbox, Replies
from services.responder.progress import Progress
from shared.clock import Clock
from shared.events.base import to_instant
from shared.events.outcomes import Settled
from shared.events.receipts import AccountChangedV1, DeliveryUpdatedV1, MessageEchoedV1, Receipt
from shared.events.replies import ReplyChangedV1
from shared.kafka.records import Delivered, Outgoing, outgoing
from shared.kafka.worker import Handled
from shared.policy.pack import CompiledPack
from shared.policy.source import PackSource
from shared.words import Fact, Refusal, ReplyState

_log = structlog.get_logger(__name__)

News = Settled | Receipt
_RECEIPTS = DeliveryUpdatedV1 | AccountChangedV1 | MessageEchoedV1


class RespondBatch:
    """The use case of the consumer: outcomes and receipts in, replies out."""

    def __init__(
        self,
        replies: Replies,
        outbox: Outbox,
        packs: PackSource,
        clock: Clock,
        blocking: Blocking | None = None,
    ) -> None:
        self._replies = replies
        self._outbox = outbox
        self._packs = packs
        self._clock = clock
        self._progress = Progress(replies)
        self._blocking = blocking

    async def __call__(self, batch: Sequence[Delivered[News]]) -> Handled:
        """Store, then return what is to be published; the worker publishes and commits."""
        for record in batch:
            self._clock.observe(record.event.occurred_at)
        outcomes = list(_outcomes(batch))
        handled = await self._plan(outcomes)
        publish = list(handled.publish)
        for record in batch:
            if isinstance(record.event, _RECEIPTS):
                publish += await self._receipt(record.event, record.traceparent)
        _log.info("batch_answered", records=len(batch), outcomes=len(outcomes), defects=len(handled.defects))
        return Handled(publish=publish, defects=handled.defects)

    async def _plan(self, records: Sequence[Delivered[Settled]]) -> Handled:
        if not records:
            return Handled()
        outcomes = [record.event for record in records]
        await self._supersede(outcomes)
        planning = Planning(
            known=await self._replies.of([reply_id(outcome) for outcome in outcomes]),
            clients=await self._replies.known(
                {client_of(outcome) for outcome in outcomes}, looks_back_to(outcomes)
            ),
            packs=await self._versions(outcomes),
        )
        now = to_instant(self._clock.now())
        for record in records:
            planning.take(record, now)
        await self._replies.add(planning.fresh(), planning.slots())
        if self._blocking is not None:
            for outcome in outcomes:
                await self._blocking.lift(outcome, planning.route_of(outcome))
        await self._outbox.add(planning.jobs(outcomes))
        for outcome in outcomes:
            if any(fact.fact is Fact.PERSON_ERASED for fact in outcome.facts):
                await self._forget(outcome, now)
        publish = [
            news
            for record in records
            if (reply := planning.reply_to(record.event)) is not None
            for news in _published(_history(reply), record.traceparent)
        ]
        return Handled(publish=publish, defects=planning.defects)

    async def _versions(self, outcomes: Sequence[Settled]) -> Mapping[str, CompiledPack]:
        return {
            outcome.event_id: await self._packs.version(outcome.tenant, outcome.pack)
            for outcome in outcomes
            if outcome.say
        }

    async def _supersede(self, outcomes: Sequence[Settled]) -> None:
        """Take back stored guidance that waits: the client has gone on writing.

        The slots are free at once; telling of it and forgetting the job is the delivery's task.
        """
        inbound = [one for one in outcomes if is_inbound(one)]
        waiting = await self._outbox.waiting({client_of(one) for one in inbound})
        for outcome in inbound:
            for job in superseded(waiting[client_of(outcome)], outcome.occurred_at, outcome.seq):
                if await self._outbox.supersede(job):  # else it is being sent this very moment
                    await self._progress.suppress_superseded(job, to_instant(self._clock.now()))

    async def _forget(self, outcome: Settled, now: datetime) -> None:
        """Obey an erasure, in the order of the ledger: what waits is not said, what was said is forgotten.

        In this group and not in one of its own: every earlier outcome of the client is planned by now.
        """
        client = client_of(outcome)
        for job in (await self._outbox.waiting({client}))[client]:
            if job.seq < outcome.seq and await self._outbox.supersede(job):
                await self._progress.reach(job, ReplyState.SUPPRESSED, now, refusal=Refusal.UNKNOWN_ADDRESS)
        await self._replies.erase(*client, outcome.seq)

    async def _receipt(self, receipt: Receipt, trace: bytes | None) -> list[Outgoing]:
        match receipt:
            case DeliveryUpdatedV1():
                return _published(await self._delivery(receipt), trace)
            case AccountChangedV1():
                until = stopped_until(receipt)
                if until is not None:
                    await self._outbox.stop_account(receipt.tenant, receipt.account, until, receipt.change)
                    _log.error("account_stopped", account=receipt.account, change=receipt.change)
                return []
            case MessageEchoedV1():
                return []

    async def _delivery(self, receipt: DeliveryUpdatedV1) -> Sequence[ReplyChangedV1]:
        """Fold a status into its reply; one of a message that is not ours changes nothing."""
        state = state_told(receipt.status)
        if state is None:
            return []
        reply = None
        if receipt.reply is not None:
            reply = (await self._replies.of([receipt.reply])).get(receipt.reply)
        reply = reply or await self._replies.by_provider_id(receipt.provider_id)
        if reply is None or reply.tenant != receipt.tenant:
            return []
        after = await self._progress.fold(reply, receipt, state)
        if after.state is not ReplyState.UNKNOWN:
            await self._outbox.remove(after.id)
        return [event for event in [changed(after, state)] if event is not None]


def _outcomes(batch: Sequence[Delivered[News]]) -> Iterable[Delivered[Settled]]:
    for record in batch:
        event = record.event
        if not isinstance(event, _RECEIPTS):
            yield Delivered(event, record.at, record.traceparent)


def _history(reply: Reply) -> Sequence[ReplyChangedV1]:
    """Return what the reply's beginning has to tell: requested, and taken back within the batch."""
    told = [changed(reply, step.state) for step in reply.steps if step.state in _BEGINNINGS]
    return [event for event in told if event is not None]


_BEGINNINGS = frozenset({ReplyState.REQUESTED, ReplyState.SUPPRESSED})


def _published(events: Sequence[ReplyChangedV1], trace: bytes | None) -> list[Outgoing]:
    return [outgoing("responder", "replies", event, trace) for event in events]
