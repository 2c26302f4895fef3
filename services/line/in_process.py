"""The four services in one process, on topics and stores in memory, with the clock of a script.

The very use cases that run on Kafka and MongoDB: only the edges differ. Beside `services/cli.py` the
one module that may know all four.
"""

from dataclasses import dataclass, field
from datetime import datetime

from services.classifier.memory import MemoryDecisions, MemoryHistories
from services.classifier.tagging.samples import Tagger
from services.classifier.usecase import DecideBatch
from services.ingest.api import API_PROVIDER, MessageIn, TurnIn, Who
from services.ingest.api import to_event as posted
from services.ingest.domain import AnyMessage, Origin, client_of, to_message
from services.ingest.providers.base import Kind, Party, ProviderEvent
from services.responder.deliver import Deliver
from services.responder.memory import MemoryOutbox, MemoryReplies, MemorySender
from services.responder.progress import Progress
from services.responder.usecase import RespondBatch
from services.sanctions.memory import MemoryLedger
from services.sanctions.requests import Timers
from services.sanctions.usecase import SettleBatch
from shared.clock import EventClock
from shared.events.base import Address, to_instant
from shared.events.commands import COMMAND, CommandRequestedV1
from shared.events.decisions import DECISION
from shared.events.messages import MESSAGE, ContentKind
from shared.events.outcomes import OUTCOME, StandingView
from shared.events.replies import REPLY
from shared.ids import EventId, TenantId, derived_id, message_id
from shared.kafka.pipe import Pipe
from shared.kafka.records import Outgoing, outgoing
from shared.kafka.topics import topic_name
from shared.kafka.worker import decoder
from shared.phones import is_e164
from shared.policy.pack import CompiledPack
from shared.policy.source import FixedPacks
from shared.rehearsal import Happened, Order, Utterance
from shared.tags import Direction
from shared.tenants import Account, Tenant

_ACCOUNT = "rehearsal"


@dataclass(slots=True)
class _Stores:
    decisions: MemoryDecisions = field(default_factory=MemoryDecisions)
    histories: MemoryHistories = field(default_factory=MemoryHistories)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    replies: MemoryReplies = field(default_factory=MemoryReplies)
    outbox: MemoryOutbox = field(default_factory=MemoryOutbox)

    def texts(self) -> tuple[str, ...]:
        """Everything that is stored, as text."""
        kept = (
            *self.decisions.decisions.values(),
            *self.histories.histories.values(),
            *self.ledger.outcomes.values(),
            *self.replies.replies.values(),
            *self.outbox.jobs.values(),
        )
        return tuple(one.model_dump_json() for one in kept)


class InProcessLine:
    """The line that `etiqueta rehearse` plays on; `shared.rehearsal.Line` says what it promises."""

    def __init__(self, pack: CompiledPack, tagger: Tagger, start: datetime) -> None:
        self._tenant = Tenant(TenantId(pack.tenant), client_key=b"rehearsal")
        self._clock = EventClock(start)
        self._pipe = Pipe()
        self._stores = _Stores()
        self._seen = 0
        stores, packs, clock = self._stores, FixedPacks(pack), self._clock
        decide = DecideBatch(stores.decisions, stores.histories, packs, tagger, clock)
        settle = SettleBatch(stores.ledger, packs, clock)
        respond = RespondBatch(stores.replies, stores.outbox, packs, clock)
        self._pipe.read(topic_name("messages"), decoder(MESSAGE), decide)
        self._pipe.read(topic_name("decisions"), decoder(DECISION), settle)
        self._pipe.read(topic_name("commands"), decoder(COMMAND), settle)
        self._pipe.read(topic_name("outcomes"), decoder(OUTCOME), respond)
        senders = {provider: MemorySender() for provider in ("whatsapp", API_PROVIDER)}
        progress = Progress(stores.replies)
        self._deliver = Deliver(stores.outbox, progress, senders, self._pipe, clock)
        self._timers = Timers(stores.ledger, self._pipe, clock, every_seconds=1)

    async def say(self, utterance: Utterance, at: datetime) -> Happened:
        """Let a message arrive at `at`."""
        self._clock.observe(at)
        message = self._message(utterance, to_instant(at)).model_copy(update=_declared(utterance))
        if message.direction is Direction.INBOUND:
            client = (message.tenant, message.client)
            self._stores.replies.routes[client] = (message.route, message.occurred_at)
        await self._pipe.publish([outgoing("ingest", "messages", message)])
        return await self._settled()

    async def command(self, order: Order, at: datetime) -> Happened:
        """Let a person command at `at`."""
        self._clock.observe(at)
        identity = EventId(derived_id("command", self._tenant.id, order.reference))
        command = CommandRequestedV1(
            event_id=identity,
            tenant=self._tenant.id,
            client=client_of(self._tenant, _address(order.client)),
            correlation_id=identity,
            occurred_at=at,
            received_at=at,
            name=order.name,
            by=order.by,
            reason=order.reason,
            channel=order.channel,
            until=order.until,
            target=order.target,
            verdict=order.verdict,
        )
        await self._pipe.publish([outgoing("sanctions", "commands", command)])
        return await self._settled()

    async def advance(self, to: datetime) -> Happened:
        """Let time pass, timers and waiting replies included, until `to`."""
        while (at := self._next_due(to)) is not None:
            self._clock.observe(at)
            await self._timers.look()
            await self._run()
        self._clock.observe(to)
        return await self._settled()

    async def standing(self, client: str) -> StandingView:
        """Return where the client stands at the line's present time."""
        key = (self._tenant.id, client_of(self._tenant, _address(client)))
        return (await self._stores.ledger.standings([key]))[key].view(self._clock.now())

    def _next_due(self, to: datetime) -> datetime | None:
        now = self._clock.now()
        wakes = [standing.wake_at() for standing in self._stores.ledger.saved.values()]
        times = [job.not_before or job.due_at for job in self._stores.outbox.jobs.values()]
        times += [at for at in wakes if at is not None]
        return min((at for at in times if now < at <= to), default=None)

    async def _run(self) -> None:
        await self._pipe.run()
        while await self._deliver.look():
            await self._pipe.run()

    async def _settled(self) -> Happened:
        await self._timers.look()
        await self._run()
        fresh = self._pipe.published[self._seen :]
        self._seen = len(self._pipe.published)
        return Happened(
            decisions=tuple(DECISION.validate_json(one.value) for one in _of("decisions", fresh)),
            outcomes=tuple(OUTCOME.validate_json(one.value) for one in _of("outcomes", fresh)),
            replies=tuple(REPLY.validate_json(one.value) for one in _of("replies", fresh)),
            haystack=(*(one.value.decode() for one in fresh), *self._stores.texts()),
        )

    def _message(self, utterance: Utterance, received_at: datetime) -> AnyMessage:
        if utterance.kind in {ContentKind.EMAIL, ContentKind.CALL}:
            return self._posted(utterance, received_at)
        account = Account(
            provider="whatsapp",
            account=_ACCOUNT,
            channel=utterance.channel,
            tenant=self._tenant.id,
            app_secret="",
            verify_token="",
            access_token="",
            staff=utterance.staff,
        )
        message = to_message(_event(utterance), Origin(account, self._tenant, received_at))
        if message is None:
            raise ValueError(f"{utterance.reference} is no message")
        return message

    def _posted(self, utterance: Utterance, received_at: datetime) -> AnyMessage:
        address = _address(utterance.client)
        message = MessageIn(
            id=utterance.reference,
            channel=utterance.channel,
            account=_ACCOUNT,
            client=Who(**address.model_dump()),
            direction=utterance.direction,
            kind=utterance.kind,
            text=utterance.text,
            subject=utterance.subject or "",
            copies=utterance.copies,
            turns=tuple(TurnIn(**turn.model_dump()) for turn in utterance.turns),
            sent_at=utterance.written_at,
            staff=utterance.staff,
        )
        identity = message_id(self._tenant.id, API_PROVIDER, _ACCOUNT, "message", utterance.reference, "")
        return posted(message, self._tenant, API_PROVIDER, identity, received_at)


def _declared(utterance: Utterance) -> dict[str, object]:
    """What an integrator may say of a message beside what the provider tells."""
    return {} if utterance.language is None else {"language": utterance.language}


def _event(utterance: Utterance) -> ProviderEvent:
    """Return the message as a provider would have told it."""
    address = _address(utterance.client)
    party = Party(phone=address.phone, bsuid=address.user_id or address.email)
    inbound = utterance.direction is Direction.INBOUND
    calls = utterance.kind is ContentKind.VOICE_CALL
    return ProviderEvent(
        kind=_kind(utterance),
        direction=utterance.direction,
        id=utterance.reference,
        timestamp=utterance.written_at,
        account=_ACCOUNT,
        sender=party if inbound else None,
        recipient=None if inbound else party,
        content_type=None if calls else utterance.kind.value,
        text=utterance.text or None,
        target_id=utterance.edits,
    )


def _kind(utterance: Utterance) -> Kind:
    if utterance.edits is not None:
        return Kind.EDIT
    if utterance.kind is ContentKind.VOICE_CALL:
        return Kind.CALL
    if utterance.auto_reply:
        return Kind.AUTO_REPLY
    return Kind.MESSAGE if utterance.direction is Direction.INBOUND else Kind.ECHO


def _address(client: str) -> Address:
    if is_e164(client):
        return Address(phone=client)
    return Address(email=client) if "@" in client else Address(user_id=client)


def _of(noun: str, records: list[Outgoing]) -> list[Outgoing]:
    return [record for record in records if record.topic == topic_name(noun)]
