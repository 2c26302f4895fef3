"""Deciding a batch: what was decided before goes out again, the rest is tagged and judged in order."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from itertools import zip_longest

import structlog

from services.classifier.domain.conversation import Conversation, converse, entry_of, judged, samples_of
from services.classifier.domain.decide import decide, windows_of
from services.classifier.domain.history import History
from services.classifier.ports import ClientKey, Decisions, Histories
from services.classifier.tagging.samples import Sample, Tagger
from shared.clock import Clock
from shared.errors import Transient
from shared.events.decisions import MessageDecidedV1, Tags
from shared.events.messages import MessageDeletedV1, MessageReactedV1, Words
from shared.ids import MessageId
from shared.kafka.records import Delivered, Outgoing, outgoing
from shared.kafka.worker import Defect, Handled
from shared.policy.pack import CompiledPack
from shared.policy.source import PackSource

_log = structlog.get_logger(__name__)

AnyMessage = Words | MessageDeletedV1 | MessageReactedV1
Record = Delivered[Words]


class DecideBatch:
    """The use case of the consumer: messages in, decisions out."""

    def __init__(
        self, decisions: Decisions, histories: Histories, packs: PackSource, tagger: Tagger, clock: Clock
    ) -> None:
        self._decisions = decisions
        self._histories = histories
        self._packs = packs
        self._tagger = tagger
        self._clock = clock

    async def __call__(self, batch: Sequence[Delivered[AnyMessage]]) -> Handled:
        """Store, then return what is to be published; the worker publishes and commits."""
        records = list(_words(batch))
        before = await self._decisions.of([record.event.message_id for record in records])
        histories = await self._histories.of({_client(record.event) for record in records})
        work = _Work(self._tagger, self._pack, dict(before), dict(histories))
        for wave in _waves(records):
            work.decide(wave)
        fresh = [work.decided[message] for message in work.decided if message not in before]
        await self._decisions.add(fresh)
        await self._histories.save([h for client, h in work.histories.items() if h != histories[client]])
        for record in records:
            self._clock.observe(record.event.occurred_at)
        _log.info(
            "batch_decided",
            records=len(batch),
            decided=len(fresh),
            again=len(before),
            defects=len(work.defects),
        )
        return Handled(publish=[_published(record, work) for record in work.done], defects=work.defects)

    def _pack(self, message: Words) -> CompiledPack:
        pack = self._packs.active(message.tenant)
        if pack is None:
            raise Transient(f"the tenant {message.tenant} has no active policy")
        return pack


class _Work:
    """One batch in the making: nothing outside it changes until it is stored."""

    def __init__(
        self,
        tagger: Tagger,
        pack_of: Callable[[Words], CompiledPack],
        decided: dict[MessageId, MessageDecidedV1],
        histories: dict[ClientKey, History],
    ) -> None:
        self._tagger = tagger
        self._pack_of = pack_of
        self.decided = decided
        self.histories = histories
        self.defects: list[Defect] = []
        self.done: list[Record] = []

    def decide(self, wave: Sequence[Record]) -> None:
        """Decide at most one message of each client; all of the wave's texts are tagged at once."""
        fresh = [record for record in wave if record.event.message_id not in self.decided]
        packs = {record.event.message_id: self._pack_of(record.event) for record in wave}
        conversations = {
            record.event.message_id: self._conversation(record.event, packs[record.event.message_id])
            for record in wave
        }
        tagged = self._tag([(r.event, conversations[r.event.message_id]) for r in fresh])
        for record in wave:
            message = record.event
            pack = packs[message.message_id]
            conversation = conversations[message.message_id]
            if message.message_id not in self.decided:
                tags = tagged[message.message_id]
                if not self._decide_one(record, conversation, tags, pack):
                    continue
            self._remember(message, conversation.first, pack)
            self.done.append(record)

    def _conversation(self, message: Words, pack: CompiledPack) -> Conversation:
        history = self.histories[_client(message)]
        return converse(message, history, windows_of(pack), pack.languages[0])

    def _tag(self, items: Sequence[tuple[Words, Conversation]]) -> dict[MessageId, Sequence[Tags]]:
        samples: list[Sample] = []
        spans: list[tuple[MessageId, int, int]] = []
        for message, conversation in items:
            own = samples_of(message, conversation)
            spans.append((message.message_id, len(samples), len(samples) + len(own)))
            samples += own
        tags = self._tagger.tag(samples) if samples else ()
        return {message: tags[start:end] for message, start, end in spans}

    def _decide_one(
        self, record: Record, conversation: Conversation, tags: Sequence[Tags], pack: CompiledPack
    ) -> bool:
        message = record.event
        try:
            decision = decide(message, conversation, judged(message, conversation, tags), pack)
        except Exception as error:  # noqa: BLE001 - out of the pure core: the record's fault for ever
            self.defects.append(Defect(record, type(error).__name__))
            return False
        self.decided[message.message_id] = decision
        return True

    def _remember(self, message: Words, first: MessageId, pack: CompiledPack) -> None:
        entry = entry_of(message, self.decided[message.message_id], first)
        text_kept = timedelta(seconds=pack.windows.burst_seconds)
        history = self.histories[_client(message)]
        self.histories[_client(message)] = history.united([entry], text_kept)


def _client(message: Words) -> ClientKey:
    return message.tenant, message.client


def _words(batch: Sequence[Delivered[AnyMessage]]) -> Iterator[Record]:
    """What was deleted or reacted to is archived by ingest; there is nothing to decide about it."""
    for record in batch:
        event = record.event
        if not isinstance(event, MessageDeletedV1 | MessageReactedV1):
            yield Delivered(event, record.at, record.traceparent)


def _waves(records: Sequence[Record]) -> Iterator[Sequence[Record]]:
    """Yield the first record of each client, then the second…: order where it matters, batches where not."""
    by_client: dict[ClientKey, list[Record]] = defaultdict(list)
    for record in records:
        by_client[_client(record.event)].append(record)
    for wave in zip_longest(*by_client.values()):
        yield [record for record in wave if record is not None]


def _published(record: Record, work: _Work) -> Outgoing:
    decision = work.decided[record.event.message_id]
    return outgoing("classifier", "decisions", decision, record.traceparent)
