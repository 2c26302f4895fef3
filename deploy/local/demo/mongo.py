"""What the day left in MongoDB, as it is shown and counted."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Final

from tenacity import AsyncRetrying, RetryError, retry_if_result, stop_after_delay, wait_fixed

from deploy.local.demo.failure import DayStopped
from deploy.local.demo.queries import Query
from deploy.local.demo.watch import PATIENCE_SECONDS
from deploy.local.environment import TENANT
from shared.ids import ClientId, MessageId
from shared.mongo.store import Document, Store, transient_failures
from shared.words import ReplyState

_POLL_SECONDS: Final = 0.02
_LEDGERS: Final = ("messages", "decisions", "outcomes", "replies")
COLLECTIONS: Final = (
    *_LEDGERS,
    *("clients", "contexts", "standings", "calls", "reviews", "appeals"),
    *("commands", "outbox", "throttles"),
)
"""All that hold anything about clients."""


class DayStore:
    """Reads; it writes nothing."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def text_of(self, message: MessageId) -> str | None:
        """Return what was written, as it is kept; raises `DayStopped` when it does not come.

        The archive is written beside the line, so it may be a moment behind.
        """
        retrying = AsyncRetrying(
            retry=retry_if_result(lambda found: found is None),
            wait=wait_fixed(_POLL_SECONDS),
            stop=stop_after_delay(PATIENCE_SECONDS),
        )
        try:
            found: Document = await retrying(self._message, message)
        except RetryError:
            raise DayStopped("the message did not come into the archive.") from None
        text: str | None = found["text"]
        return text

    async def _message(self, message: MessageId) -> Document | None:
        async with transient_failures():
            return await self._store.collection("messages").find_one({"_id": message}, {"text": 1})

    async def kept_of(self, client: ClientId) -> Mapping[str, int]:
        """Return how many documents of each kind are kept about a client."""
        return {name: await self.count(name, {"client": client}) for name in _LEDGERS}

    async def count(self, collection: str, query: Mapping[str, Any]) -> int:
        async with transient_failures():
            return int(await self._store.collection(collection).count_documents(dict(query)))

    async def replies_in(self, state: ReplyState) -> Sequence[str]:
        """Return the ids of the replies that have come to `state`."""
        query = {"tenant": TENANT, "state": state.value}
        async with transient_failures():
            found = self._store.collection("replies").find(query, {"_id": 1})
            return [str(document["_id"]) async for document in found]

    async def run(self, query: Query) -> Sequence[Document]:
        """Return the documents that a query of the demo gives."""
        async with transient_failures():
            cursor = self._store.collection(query.collection).aggregate(list(query.pipeline))
            return [document async for document in cursor]

    async def everything(self) -> AsyncIterator[tuple[str, str]]:
        """Yield each document about clients as text, with its collection."""
        for name in COLLECTIONS:
            async with transient_failures():
                async for document in self._store.collection(name).find({}):
                    yield name, str(document)
