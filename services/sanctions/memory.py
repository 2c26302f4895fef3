"""The ledger in memory: for rehearsals, and the fake that the contract suite holds to the real one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from services.sanctions.domain.standing import Standing, rebuild
from services.sanctions.ports import ClientKey
from services.sanctions.tasks import CallsWithdrawn, TaskState, first_openings, task_changes
from shared.errors import Transient
from shared.events.base import Address
from shared.events.outcomes import Settled


class MemoryLedger:
    """A ledger that forgets when the process ends."""

    def __init__(self) -> None:
        self.outcomes: dict[str, Settled] = {}
        self.saved: dict[ClientKey, Standing] = {}
        self.tasks: dict[str, TaskState] = {}

    async def settled(self, causes: Collection[str]) -> Mapping[str, Settled]:
        return {cause: self.outcomes[cause] for cause in causes if cause in self.outcomes}

    async def standings(self, clients: Collection[ClientKey]) -> Mapping[ClientKey, Standing]:
        return {client: rebuild(*client, self._of(client)) for client in clients}

    async def append(self, outcomes: Sequence[Settled]) -> None:
        taken = {(known.tenant, known.client, known.seq) for known in self.outcomes.values()}
        for outcome in outcomes:
            place = (outcome.tenant, outcome.client, outcome.seq)
            if outcome.cause in self.outcomes or place in taken:
                raise Transient("another process has settled this client meanwhile")
            self.outcomes[outcome.cause] = outcome
            taken.add(place)

    async def save(self, standings: Collection[Standing], outcomes: Sequence[Settled]) -> None:
        for standing in standings:
            key = (standing.tenant, standing.client)
            if key not in self.saved or self.saved[key].seq < standing.seq:
                self.saved[key] = standing
        self._change_tasks(outcomes)
        for client, seq in first_openings(outcomes).items():
            self._change_tasks([later for later in self._of(client) if later.seq > seq])

    def _change_tasks(self, outcomes: Sequence[Settled]) -> None:
        for change in task_changes(outcomes):
            if isinstance(change, CallsWithdrawn):
                self._withdraw(change)
            elif change.on_open or change.id in self.tasks:
                self.tasks[change.id] = change.applied_to(self.tasks.get(change.id))

    async def erase(self, client: ClientKey, before_seq: int) -> None:
        for known in self._of(client):
            if known.seq < before_seq:
                self.outcomes[known.cause] = _forgotten(known)

    def _withdraw(self, change: CallsWithdrawn) -> None:
        for identity, task in self.tasks.items():
            if change.concerns(task):
                self.tasks[identity] = TaskState(task.kind, {**task.fields, **change.on_close})

    async def due(self, now: datetime) -> Sequence[Standing]:
        return [one for one in self.saved.values() if (at := one.wake_at()) is not None and at <= now]

    def _of(self, client: ClientKey) -> list[Settled]:
        found = [known for known in self.outcomes.values() if (known.tenant, known.client) == client]
        return sorted(found, key=lambda known: known.seq)


def _forgotten(outcome: Settled) -> Settled:
    route = outcome.route and outcome.route.model_copy(update={"address": Address()})
    say = tuple(
        one.model_copy(update={"values": {name: v for name, v in one.values.items() if name != "excerpt"}})
        for one in outcome.say
    )
    return outcome.model_copy(update={"route": route, "say": say})
