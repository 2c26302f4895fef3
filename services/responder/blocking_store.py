"""Notes about blocks: in MongoDB, one document a client among `throttles`; and in memory."""

from services.responder.domain.blocking import BlockNote
from services.responder.ports import ClientKey
from shared.mongo.store import Store, insert_new, transient_failures


class MongoBlockNotes:
    """They stay as long as the block may: nothing else knows of it once the restriction is over."""

    def __init__(self, store: Store) -> None:
        self._throttles = store.collection("throttles")

    async def put(self, note: BlockNote) -> None:
        identity = _identity((note.tenant, note.client))
        fields = note.model_dump(mode="python")
        if not await insert_new(self._throttles, [{"_id": identity, **fields}]):
            return
        async with transient_failures():
            await self._throttles.update_one({"_id": identity, "seq": {"$lte": note.seq}}, {"$set": fields})

    async def of(self, client: ClientKey) -> BlockNote | None:
        async with transient_failures():
            document = await self._throttles.find_one({"_id": _identity(client)})
        return None if document is None else BlockNote.model_validate(document)


class MemoryBlockNotes:
    """Notes that the process forgets when it ends."""

    def __init__(self) -> None:
        self.notes: dict[ClientKey, BlockNote] = {}

    async def put(self, note: BlockNote) -> None:
        known = self.notes.get((note.tenant, note.client))
        if known is None or known.seq <= note.seq:
            self.notes[note.tenant, note.client] = note

    async def of(self, client: ClientKey) -> BlockNote | None:
        return self.notes.get(client)


def _identity(client: ClientKey) -> str:
    return f"block:{client[0]}:{client[1]}"
