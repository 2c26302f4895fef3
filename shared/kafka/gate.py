"""The gate between a rebalance and the batch in flight."""

import asyncio
from collections.abc import Collection

from aiokafka import ConsumerRebalanceListener, TopicPartition


class Gate(ConsumerRebalanceListener):  # type: ignore[misc]
    """A rebalance waits for the batch in flight and its commit; a batch fetched before it is dropped."""

    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.closed = True
        self.assigned: frozenset[TopicPartition] = frozenset()

    async def on_partitions_revoked(self, revoked: Collection[TopicPartition]) -> None:
        del revoked
        self.closed = True
        async with self.lock:
            self.assigned = frozenset()

    async def on_partitions_assigned(self, assigned: Collection[TopicPartition]) -> None:
        self.assigned = frozenset(assigned)
        self.closed = False
