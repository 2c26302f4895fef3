"""What the scripts of one live run share: the stack, its tenant, its pack, and the clock it stands at."""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from services.line.live.stack import LiveStack
from services.line.live.turns import Turns
from shared.errors import UserError
from shared.events.base import Instant
from shared.events.decisions import DECISION, MessageDecidedV1
from shared.events.messages import ContentKind
from shared.events.outcomes import OUTCOME
from shared.tags import Channel
from shared.words import CommandName

ACCOUNT: Final = "rehearsal"
"""No provider's account: what is said there is on the topics, and delivering it is nobody's."""


@dataclass(frozen=True, slots=True)
class Person:
    """A client of a script as the stack knows them."""

    phone: str | None
    email: str | None
    id: str

    @property
    def name(self) -> str:
        return self.phone or self.email or ""

    def who(self) -> dict[str, str]:
        return {"phone": self.phone} if self.phone else {"email": self.email or ""}


async def new_person(stack: LiveStack, written: str, number: int) -> Person:
    """Return somebody nobody has met, reached as `written` is: by e-mail, else by phone."""
    digits = f"{secrets.randbelow(10**8):08d}{number:04d}"
    email = f"rehearsal-{digits}@rehearsal.invalid" if "@" in written else None
    phone = None if email else f"+999{digits}"
    return Person(phone, email, (await stack.standing(phone or email or ""))["client"])


@dataclass(frozen=True, slots=True)
class Clocked:
    """How the stack stands before anything is played."""

    tenant: str
    policy: str
    pack: str
    """The hash of the pack that the stack judges by."""
    at: Instant
    """The latest time that ingest's or sanctions' clock tells."""


@dataclass(slots=True)
class Stage:
    """One live run."""

    stack: LiveStack
    run: str
    keeper: Person
    """Nobody: moves the clock where no client of a script does."""
    turns: Turns
    tenant: str = ""
    later: timedelta = timedelta()
    """By how much later everything is played than it is written."""
    _made: int = 0

    @property
    def reference(self) -> str:
        """A name that this run has not used yet."""
        return f"{self.run}-{self.number()}"

    def number(self) -> int:
        self._made += 1
        return self._made

    async def tick(self, person: Person, at: datetime | None) -> str:
        """Ask for a tick: what has ended by `at` ends, and all clocks stand there; returns its id."""
        body: dict[str, Any] = {"name": CommandName.TICK, "client": person.id, "by": "rehearsal"}
        body |= {} if at is None else {"at": at.isoformat()}
        command: str = (await self.stack.post("sanctions", "/v1/commands", body, self.reference))["id"]
        return command

    async def move(self, at: datetime) -> None:
        """Let every clock stand at `at`: the time at which a message that was delayed arrives."""
        await self._wordless(at)
        await self.tick(self.keeper, at)

    async def _wordless(self, at: datetime | None) -> str:
        """Let nobody send a sticker; returns the message's id."""
        body: dict[str, Any] = {"channel": Channel.WHATSAPP, "account": ACCOUNT, "client": self.keeper.who()}
        body |= {"kind": ContentKind.STICKER, "id": self.reference}
        body |= {} if at is None else {"sent_at": at.isoformat()}
        ids: list[str] = (await self.stack.post("ingest", "/v1/messages", body, body["id"]))["ids"]
        return ids[0]

    async def clocked(self) -> Clocked:
        """Ask the stack what time it is for it, and by which pack it judges."""
        message, command = await self._wordless(None), await self.tick(self.keeper, None)
        decision = await self._decided(message)
        ticks = (OUTCOME.validate_json(one.value) for one in self.stack.published if one.noun == "outcomes")
        at = next((one.occurred_at for one in ticks if one.cause == command), decision.received_at)
        latest = max(at, decision.received_at)
        return Clocked(decision.tenant, decision.policy, decision.pack, latest)

    async def require_events_clock(self, start: datetime) -> None:
        """Take the clock to `start`; raises `UserError` where it does not follow."""
        decision = await self._decided(await self._wordless(start))
        if decision.received_at != start:
            raise UserError(
                "The running services follow the machine's clock, and a script's week would take one. "
                "Start them with ETIQUETA_CLOCK=events."
            )

    async def _decided(self, message: str) -> MessageDecidedV1:
        await self.stack.settle([self.keeper.id], datetime.max.replace(tzinfo=UTC))
        found = (DECISION.validate_json(one.value) for one in self.stack.published if one.noun == "decisions")
        decision = next((one for one in found if one.message == message), None)
        if decision is None:
            raise UserError("The running stack took a message and decided nothing: see its quarantine.")
        return decision
