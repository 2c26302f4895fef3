"""The replies of one batch in the making: planned in order, superseded within it, nothing stored yet."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from services.responder.domain.delivery import Job, job_of, superseded
from services.responder.domain.plan import Known, Planned, Slot, plan, reply_id
from services.responder.domain.replies import Reply
from services.responder.ports import ClientKey
from services.responder.progress import refused_for
from shared.events.base import Route
from shared.events.outcomes import MessageSettledV1, Settled
from shared.kafka.records import Delivered
from shared.kafka.worker import Defect
from shared.policy.pack import CompiledPack
from shared.tags import Direction
from shared.words import Refusal, ReplyState


def client_of(event: Settled) -> ClientKey:
    return event.tenant, event.client


def is_inbound(outcome: Settled) -> bool:
    """Whether the client wrote: what the client writes supersedes guidance that waits."""
    return isinstance(outcome, MessageSettledV1) and outcome.direction is Direction.INBOUND


class Planning:
    """One batch: what is known of its clients, and what their outcomes come to."""

    def __init__(
        self,
        known: Mapping[str, Reply],
        clients: Mapping[ClientKey, Known],
        packs: Mapping[str, CompiledPack],
    ) -> None:
        self._replies = dict(known)
        self._clients = dict(clients)
        self._packs = packs
        self._planned: dict[str, Planned] = {}
        self.defects: list[Defect] = []

    def take(self, record: Delivered[Settled], now: datetime) -> None:
        """Plan the reply to one outcome, unless it has one; a record that raises costs no other."""
        outcome = record.event
        if is_inbound(outcome):
            self._supersede(outcome, now)
        if not outcome.say or reply_id(outcome) in self._replies:
            return
        client = client_of(outcome)
        try:
            planned = plan(outcome, self._clients[client], self._packs[outcome.event_id], now)
        except Exception as error:  # noqa: BLE001 - out of the pure core: the record's fault for ever
            self.defects.append(Defect(record, type(error).__name__))
            return
        if planned is not None:
            self._planned[planned.reply.id] = planned
            self._replies[planned.reply.id] = planned.reply
            self._clients[client] = _after(self._clients[client], planned)

    def _supersede(self, outcome: Settled, now: datetime) -> None:
        """Take back guidance of this very batch: the client had gone on writing before it was due."""
        client = client_of(outcome)
        mine = [one.reply for one in self._planned.values() if (one.reply.tenant, one.reply.client) == client]
        jobs = [job for reply in mine if (job := self._job(reply)) is not None]
        for job in superseded(jobs, outcome.occurred_at, outcome.seq):
            reply = self._replies[job.reply]
            refused = (refused_for(reply, Refusal.SUPERSEDED),)
            taken_back = reply.reached(ReplyState.SUPPRESSED, now, refused=refused)
            self._planned[reply.id] = Planned(taken_back)
            self._replies[reply.id] = taken_back
            self._clients[client] = _without(self._clients[client], taken_back)

    def _job(self, reply: Reply) -> Job | None:
        if reply.state is not ReplyState.REQUESTED:
            return None
        return job_of(reply, self._clients[reply.tenant, reply.client].last_inbound_at)

    def reply_to(self, outcome: Settled) -> Reply | None:
        return self._replies.get(reply_id(outcome))

    def route_of(self, outcome: Settled) -> Route | None:
        """Return how the client is reached: from where they wrote, now or last."""
        return outcome.route or self._clients[client_of(outcome)].route

    def fresh(self) -> Sequence[Reply]:
        """Return the replies that are not stored yet."""
        return [planned.reply for planned in self._planned.values()]

    def slots(self) -> Sequence[Slot]:
        return [slot for planned in self._planned.values() for slot in planned.slots]

    def jobs(self, outcomes: Iterable[Settled]) -> Sequence[Job]:
        """Return the jobs of the batch's replies that still wait: after a crash they may be missing."""
        replies = [reply for one in outcomes if (reply := self.reply_to(one)) is not None]
        return [job for reply in replies if (job := self._job(reply)) is not None]


def _after(known: Known, planned: Planned) -> Known:
    """What the client's next outcome in the same batch is planned with."""
    said = planned.reply.state is ReplyState.REQUESTED
    return Known(
        slots={**known.slots, **{slot.matter: slot for slot in planned.slots}},
        recent=[*known.recent, planned.reply.occurred_at] if said else known.recent,
        route=known.route,
        last_inbound_at=known.last_inbound_at,
    )


def _without(known: Known, reply: Reply) -> Known:
    """The slots of a reply that is taken back are free again."""
    return Known(
        slots={matter: slot for matter, slot in known.slots.items() if slot.reply != reply.id},
        recent=[at for at in known.recent if at != reply.occurred_at],
        route=known.route,
        last_inbound_at=known.last_inbound_at,
    )
