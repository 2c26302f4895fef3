"""Topics inside one process: the same handlers, no broker. For rehearsals and tests of the whole line."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from shared.errors import EtiquetaError
from shared.kafka.records import Coordinates, Delivered, Outgoing
from shared.kafka.worker import Decode, Handle


class LineDefect(EtiquetaError):
    """A record that would be quarantined on a real topic: in a rehearsal that is a failure."""


@dataclass(slots=True)
class Pipe:
    """A publisher whose records go straight to the handlers of their topics, one by one, in order."""

    readers: dict[str, list[tuple[Decode, Handle]]] = field(default_factory=dict)
    published: list[Outgoing] = field(default_factory=list)
    """Everything that was ever published, in order."""
    _waiting: deque[Outgoing] = field(default_factory=deque)

    def read(self, topic: str, decode: Decode, handle: Handle) -> None:
        """Let `handle` have every record of `topic`."""
        self.readers.setdefault(topic, []).append((decode, handle))

    async def publish(self, records: Sequence[Outgoing]) -> None:
        self.published.extend(records)
        self._waiting.extend(records)

    async def run(self) -> None:
        """Handle records, and what they lead to, until there are none; raises `LineDefect`."""
        while self._waiting:
            record = self._waiting.popleft()
            for decode, handle in self.readers.get(record.topic, ()):
                at = Coordinates(record.topic, 0, len(self.published))
                handled = await handle([Delivered(decode(record.value), at)])
                for defect in handled.defects:
                    raise LineDefect(f"a record of {record.topic} raised {defect.error}")
                await self.publish(handled.publish)
