"""What the sandbox knows: conversations, accepted messages, blocks; and what it decides about them."""

import base64
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from deploy.local.sandbox.clock import SandboxClock
from deploy.local.sandbox.commands import SendText
from deploy.local.sandbox.errors import GraphError
from deploy.local.sandbox.faults import Faults
from deploy.local.sandbox.limits import Conversation, Throughput
from deploy.local.sandbox.webhooks import Client, Number

BLOCKLIST_LIMIT: Final = 64_000


class WindowMode(StrEnum):
    """Whether the 24 hour window is looked at."""

    STRICT = "strict"
    OPEN = "open"


@dataclass(slots=True)
class Accepted:
    """A message that was accepted, and the statuses reported of it since."""

    id: str
    number: Number
    command: SendText
    client: Client
    accepted_at: datetime
    statuses: list[tuple[str, datetime]] = field(default_factory=list)


class Sandbox:
    """All that changes while the sandbox runs."""

    def __init__(self, clock: SandboxClock, run: str, window: WindowMode = WindowMode.STRICT) -> None:
        self.clock = clock
        self.window = window
        self.faults = Faults()
        self._run = run
        self._made = 0  # never reset: an id that came twice would be taken for a redelivery
        self.reset()

    def reset(self) -> None:
        """Forget everything but the ids that were given out."""
        self.clock.set(None)
        self.faults.clear()
        self.accepted: list[Accepted] = []
        self.read_marks: list[str] = []
        self._conversations: dict[tuple[str, str], Conversation] = {}
        self._throughput: dict[str, Throughput] = {}

    def new_id(self, prefix: str = "wamid") -> str:
        self._made += 1
        unique = base64.b64encode(f"{self._run}{self._made:09d}".encode()).decode()
        return f"{prefix}.{unique}"

    def trace_id(self) -> str:
        self._made += 1
        return f"A{self._run}{self._made:09d}"

    def conversation(self, number: Number, phone: str | None, user_id: str | None = None) -> Conversation:
        """Return the conversation with whoever has this phone or user id; both together join them."""
        names = [name for name in (user_id, phone) if name]
        keys = [(number.phone_number_id, name) for name in names]
        known = next((self._conversations[key] for key in keys if key in self._conversations), None)
        found = known or Conversation()
        found.phone, found.user_id = phone or found.phone, user_id or found.user_id
        for key in keys:
            self._conversations[key] = found
        return found

    def client_wrote(self, number: Number, client: Client, at: datetime) -> None:
        """Open the window of 24 hours for this client."""
        self.conversation(number, client.phone, client.user_id).wrote(at)

    def accept(self, number: Number, command: SendText, now_seconds: float) -> Accepted:
        """Accept a message, or raise the `GraphError` that the provider would answer."""
        now = self.clock.now()
        conversation = self._of(number, command)
        throughput = self._throughput.setdefault(number.phone_number_id, Throughput())
        if command.to == f"+{number.display_phone_number}":
            raise GraphError(131021)
        if not throughput.allows(now_seconds):
            raise GraphError(130429)
        if conversation.blocked:
            raise GraphError(131026)
        if not self._may_answer(conversation, now):
            raise GraphError(131047)
        if not conversation.pair_rate.allows(now):
            raise GraphError(131056)
        throughput.spend(now_seconds)
        conversation.pair_rate.spend(now)
        client = Client(command.to, None if command.to else command.recipient)
        accepted = Accepted(self.new_id(), number, command, client, now)
        self.accepted.append(accepted)
        return accepted

    def _of(self, number: Number, command: SendText) -> Conversation:
        return self.conversation(number, command.to, None if command.to else command.recipient)

    def _may_answer(self, conversation: Conversation, now: datetime) -> bool:
        return self.window is WindowMode.OPEN or conversation.window_open(now)

    def names_of(self, number: Number, address: str) -> tuple[str, ...]:
        """Return every name that whoever has this address is known by."""
        found = self._conversations.get((number.phone_number_id, address), Conversation())
        return tuple(name for name in (address, found.phone, found.user_id) if name)

    def block(self, number: Number, address: str) -> None:
        """Block one user, or raise why not: only who wrote within 24 hours can be blocked."""
        conversation = self._at(number, address)
        if address == f"+{number.display_phone_number}":
            raise GraphError(131021)
        if not self._may_answer(conversation, self.clock.now()):
            raise GraphError(131047, "User has not messaged in the last 24 hours")
        if len(self.blocked(number)) >= BLOCKLIST_LIMIT:
            raise GraphError(139101)
        conversation.blocked = True

    def unblock(self, number: Number, address: str) -> None:
        """Unblock one user; there is no limit of time for it."""
        self._at(number, address).blocked = False

    def blocked(self, number: Number) -> list[Conversation]:
        """Return the blocked users of a number, each once, in the order in which they were met."""
        met = {id(c): c for (owner, _), c in self._conversations.items() if owner == number.phone_number_id}
        return [conversation for conversation in met.values() if conversation.blocked]

    def _at(self, number: Number, address: str) -> Conversation:
        by_phone = address.startswith("+")
        return self.conversation(number, address if by_phone else None, None if by_phone else address)
