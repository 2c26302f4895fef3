"""Planning a batch: outcomes become replies and jobs; receipts say how far replies have come."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from services.responder.domain.delivery import Job, job_of, superseded
from services.responder.domain.plan import Known, Planned, plan, reply_id
from services.responder.domain.receipts import state_told, stopped_until
from services.responder.domain.replies import Reply, changed
from services.responder.ports import ClientKey, Outbox, Replies
from services.responder.progress import Progress
from shared.clock import Clock
from shared.events.base import to_instant
from shared.events.outcomes import MessageSettledV1, Settled
from shared.events.receipts import AccountChangedV1, DeliveryUpdatedV1, MessageEchoedV1, Receipt
from shared.events.replies import ReplyChangedV1
from shared.kafka.records import Delivered, Outgoing, outgoing
from shared.kafka.worker import Defect, Handled
from shared.policy.pack import CompiledPack
from shared.policy.source import PackSource
from shared.tags import Direction
from shared.words import ReplyState

_log = structlog.get_logger(__name__)

News = Settled | Receipt


@dataclass(slots=True)
class _Work:
    """One batch in the making: nothing outside it changes until it is stored."""

    known: dict[str, Reply]
    clients: dict[ClientKey, Known]
    planned: list[Planned] = field(default_factory=list)
    defects: list[Defect] = field(default_factory=list)
    publish: list[Outgoing] = field(default_factory=list)


class RespondBatch:
    """The use case of the consumer: outcomes and receipts in, replies out."""

    def __init__(self, replies: Replies, outbox: Outbox, packs: PackSource, clock: Clock) -> None:
        self._replies = replies
        self._outbox = outbox
        self._packs = packs
        self._clock = clock
        self._progress = Progress(replies)

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
        await self._supersede([record.event for record in records])
        work = _Work(
            known=dict(await self._replies.of([reply_id(record.event) for record in records])),
            clients=dict(await self._replies.known({_client(record.event) for record in records})),
        )
        packs = await self._versions(records)
        for record in records:
            if (reply := work.known.get(reply_id(record.event))) is None:
                reply = self._plan_one(record, work, packs)
            if reply is not None:
                work.publish += _first_news(reply, record.traceparent)
        slots = [slot for planned in work.planned for slot in planned.slots]
        await self._replies.add([planned.reply for planned in work.planned], slots)
        await self._outbox.add(list(self._jobs(records, work)))
        return Handled(publish=work.publish, defects=work.defects)

    async def _versions(self, records: Sequence[Delivered[Settled]]) -> Mapping[str, CompiledPack]:
        packs: dict[str, CompiledPack] = {}
        for record in records:
            event = record.event
            if event.say:
                packs[event.event_id] = await self._packs.version(event.tenant, event.pack)
        return packs

    def _plan_one(
        self, record: Delivered[Settled], work: _Work, packs: Mapping[str, CompiledPack]
    ) -> Reply | None:
        """Plan one reply; one that makes the pure core raise is a defect and costs no other."""
        outcome = record.event
        if not outcome.say:
            return None
        client = _client(outcome)
        now = to_instant(self._clock.now())
        try:
            planned = plan(outcome, work.clients[client], packs[outcome.event_id], now)
        except Exception as error:  # noqa: BLE001 - out of the pure core: the record's fault for ever
            work.defects.append(Defect(record, type(error).__name__))
            return None
        if planned is None:
            return None
        work.planned.append(planned)
        work.known[planned.reply.id] = planned.reply
        work.clients[client] = _after(work.clients[client], planned)
        return planned.reply

    @staticmethod
    def _jobs(records: Sequence[Delivered[Settled]], work: _Work) -> Iterable[Job]:
        """The jobs of the batch's replies that still wait: after a crash they may be missing."""
        for record in records:
            reply = work.known.get(reply_id(record.event))
            if reply is not None and reply.state is ReplyState.REQUESTED:
                job = job_of(reply, work.clients[_client(record.event)].last_inbound_at)
                if job is not None:
                    yield job

    async def _supersede(self, outcomes: Sequence[Settled]) -> None:
        """Take back guidance that waits: the client has gone on writing.

        The slots are free at once; telling of it and forgetting the job is the delivery's task.
        """
        inbound = [one for one in outcomes if _is_inbound(one)]
        waiting = await self._outbox.waiting({_client(one) for one in inbound})
        for outcome in inbound:
            for job in superseded(waiting[_client(outcome)], outcome.occurred_at):
                await self._progress.suppress_superseded(job, to_instant(self._clock.now()))
                await self._outbox.supersede(job)

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


_RECEIPTS = DeliveryUpdatedV1 | AccountChangedV1 | MessageEchoedV1


def _outcomes(batch: Sequence[Delivered[News]]) -> Iterable[Delivered[Settled]]:
    for record in batch:
        event = record.event
        if not isinstance(event, _RECEIPTS):
            yield Delivered(event, record.at, record.traceparent)


def _client(event: Settled) -> ClientKey:
    return event.tenant, event.client


def _is_inbound(outcome: Settled) -> bool:
    return isinstance(outcome, MessageSettledV1) and outcome.direction is Direction.INBOUND


def _first_news(reply: Reply, trace: bytes | None) -> list[Outgoing]:
    """Return the event of how the reply began: requested, or suppressed at once."""
    first = changed(reply, reply.steps[0].state)
    return _published([first] if first is not None else [], trace)


def _published(events: Sequence[ReplyChangedV1], trace: bytes | None) -> list[Outgoing]:
    return [outgoing("responder", "replies", event, trace) for event in events]


def _after(known: Known, planned: Planned) -> Known:
    """What the client's next outcome in the same batch is planned with."""
    slots = {**known.slots, **{slot.matter: slot for slot in planned.slots}}
    said = planned.reply.state is ReplyState.REQUESTED
    return Known(
        slots=slots,
        recent=[*known.recent, planned.reply.occurred_at] if said else known.recent,
        route=known.route,
        last_inbound_at=known.last_inbound_at,
    )
