"""Decisions and histories in memory: for rehearsals, and the fakes of the contract suite."""

from collections.abc import Collection, Mapping, Sequence

from services.classifier.domain.history import History
from services.classifier.ports import ClientKey
from shared.errors import Transient
from shared.events.decisions import MessageDecidedV1
from shared.ids import MessageId


class MemoryDecisions:
    """Decisions that the process forgets when it ends."""

    def __init__(self) -> None:
        self.decisions: dict[MessageId, MessageDecidedV1] = {}

    async def of(self, messages: Collection[MessageId]) -> Mapping[MessageId, MessageDecidedV1]:
        return {message: self.decisions[message] for message in messages if message in self.decisions}

    async def add(self, decisions: Sequence[MessageDecidedV1]) -> None:
        taken = [decision for decision in decisions if decision.message in self.decisions]
        for decision in decisions:
            self.decisions.setdefault(decision.message, decision)
        if taken:
            raise Transient("another process has decided a message meanwhile")


class MemoryHistories:
    """Histories that the process forgets when it ends."""

    def __init__(self) -> None:
        self.histories: dict[ClientKey, History] = {}

    async def of(self, clients: Collection[ClientKey]) -> Mapping[ClientKey, History]:
        return {
            client: self.histories.get(client, History(tenant=client[0], client=client[1]))
            for client in clients
        }

    async def save(self, histories: Collection[History]) -> None:
        for history in histories:
            key = (history.tenant, history.client)
            known = self.histories.get(key)
            if (known.revision if known else 0) != history.revision:
                raise Transient("another process has written this conversation meanwhile")
            self.histories[key] = history.model_copy(update={"revision": history.revision + 1})
