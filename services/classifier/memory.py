"""Decisions and histories in memory: for rehearsals, and the fakes of the contract suite."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from services.classifier.domain.history import History
from services.classifier.ports import ClientKey
from shared.errors import Transient
from shared.events.base import Address
from shared.events.decisions import MessageDecidedV1
from shared.ids import ClientId, MessageId, TenantId


class MemoryDecisions:
    """Decisions that the process forgets when it ends."""

    def __init__(self) -> None:
        self.decisions: dict[MessageId, MessageDecidedV1] = {}
        self._erased: dict[ClientKey, datetime] = {}

    async def of(self, messages: Collection[MessageId]) -> Mapping[MessageId, MessageDecidedV1]:
        return {message: self.decisions[message] for message in messages if message in self.decisions}

    async def add(self, decisions: Sequence[MessageDecidedV1]) -> None:
        taken = False
        for decision in decisions:
            taken = taken or decision.message in self.decisions
            self.decisions.setdefault(decision.message, decision)
        self._forget()
        if taken:
            raise Transient("another process has decided a message meanwhile")

    async def erase(self, tenant: TenantId, client: ClientId, erased_at: datetime) -> None:
        self._erased[tenant, client] = erased_at
        self._forget()

    def _forget(self) -> None:
        for message, decision in self.decisions.items():
            erased_at = self._erased.get((decision.tenant, decision.client))
            if erased_at is not None and decision.received_at <= erased_at:
                self.decisions[message] = _forgotten(decision)


def _forgotten(decision: MessageDecidedV1) -> MessageDecidedV1:
    evidence = tuple(one.model_copy(update={"excerpt": ""}) for one in decision.tags.evidence)
    return decision.model_copy(
        update={
            "route": decision.route.model_copy(update={"address": Address()}),
            "tags": decision.tags.model_copy(update={"evidence": evidence}),
        }
    )


class MemoryHistories:
    """Histories that the process forgets when it ends."""

    def __init__(self) -> None:
        self.histories: dict[ClientKey, History] = {}
        self._erased: dict[ClientKey, datetime] = {}

    async def of(self, clients: Collection[ClientKey]) -> Mapping[ClientKey, History]:
        return {
            client: self.histories.get(client, History(tenant=client[0], client=client[1]))
            for client in clients
        }

    async def save(self, histories: Collection[History]) -> None:
        lost = False
        for history in histories:
            key = (history.tenant, history.client)
            known = self.histories.get(key)
            if (known.revision if known else 0) != history.revision:
                lost = True
                continue
            self.histories[key] = history.model_copy(update={"revision": history.revision + 1})
            self._forget(key)
        if lost:
            raise Transient("another process has written a conversation meanwhile")

    async def erase(self, tenant: TenantId, client: ClientId, erased_at: datetime) -> None:
        self._erased[tenant, client] = erased_at
        self._forget((tenant, client))

    def _forget(self, client: ClientKey) -> None:
        history, erased_at = self.histories.get(client), self._erased.get(client)
        if history is None or erased_at is None:
            return
        entries = tuple(
            one.model_copy(update={"text": None}) if one.at <= erased_at else one for one in history.entries
        )
        if entries != history.entries:
            update = {"entries": entries, "revision": history.revision + 1}
            self.histories[client] = history.model_copy(update=update)
