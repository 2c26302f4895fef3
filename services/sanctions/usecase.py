"""Settling a batch: what was settled before goes out again, the rest is settled in order and kept."""

from collections.abc import Mapping, Sequence

import structlog

from services.sanctions.domain.commands import settle_command
from services.sanctions.domain.messages import settle
from services.sanctions.domain.standing import Standing, fold
from services.sanctions.domain.terms import Terms
from services.sanctions.ports import ClientKey, Ledger
from services.sanctions.terms import no_terms, terms_of
from shared.clock import Clock
from shared.events.commands import CommandRequestedV1
from shared.events.decisions import MessageDecidedV1
from shared.events.outcomes import Settled
from shared.kafka.records import Delivered, outgoing
from shared.kafka.worker import Defect, Handled
from shared.policy.source import PackSource
from shared.words import Fact

_log = structlog.get_logger(__name__)

Cause = MessageDecidedV1 | CommandRequestedV1


class SettleBatch:
    """The use case of the consumer: decisions and commands in, outcomes out."""

    def __init__(self, ledger: Ledger, packs: PackSource, clock: Clock) -> None:
        self._ledger = ledger
        self._packs = packs
        self._clock = clock

    async def __call__(self, batch: Sequence[Delivered[Cause]]) -> Handled:
        """Store, then return what is to be published; the worker publishes and commits."""
        known = dict(await self._ledger.settled([record.event.event_id for record in batch]))
        fresh = [record for record in batch if record.event.event_id not in known]
        terms = await self._terms(fresh)
        loaded = await self._ledger.standings({_client(record.event) for record in batch})
        standings, settled, defects = _settle_in_order(fresh, loaded, terms)
        await self._ledger.append(settled)
        again = [known[record.event.event_id] for record in batch if record.event.event_id in known]
        await self._ledger.save(standings.values(), [*again, *settled])
        for outcome in (*again, *settled):
            if any(fact.fact is Fact.PERSON_ERASED for fact in outcome.facts):
                await self._ledger.erase((outcome.tenant, outcome.client), outcome.seq)
        known |= {outcome.cause: outcome for outcome in settled}
        for record in batch:
            self._clock.observe(record.event.occurred_at)
        _log.info(
            "batch_settled", records=len(batch), settled=len(settled), again=len(again), defects=len(defects)
        )
        return Handled(
            publish=[
                outgoing("sanctions", "outcomes", known[record.event.event_id], record.traceparent)
                for record in batch
                if record.event.event_id in known
            ],
            defects=defects,
        )

    async def _terms(self, records: Sequence[Delivered[Cause]]) -> Mapping[str, Terms]:
        """Return, by record, the terms of the pack that judged it; commands go by the active pack."""
        terms: dict[str, Terms] = {}
        for record in records:
            event = record.event
            if isinstance(event, MessageDecidedV1):
                terms[event.event_id] = terms_of(await self._packs.version(event.tenant, event.pack))
            else:
                active = self._packs.active(event.tenant)
                terms[event.event_id] = terms_of(active) if active else no_terms(event.tenant)
        return terms


def _client(event: Cause) -> ClientKey:
    return event.tenant, event.client


def _settle_in_order(
    records: Sequence[Delivered[Cause]],
    standings: Mapping[ClientKey, Standing],
    terms: Mapping[str, Terms],
) -> tuple[dict[ClientKey, Standing], list[Settled], list[Defect]]:
    """Settle record by record; one that makes the pure core raise is a defect and costs no other."""
    now = dict(standings)
    settled: dict[str, Settled] = {}
    defects: list[Defect] = []
    for record in records:
        event, client = record.event, _client(record.event)
        if event.event_id in settled:
            continue  # delivered twice within one batch
        try:
            outcome = _settle_one(event, now[client], terms[event.event_id])
            now[client] = fold(now[client], outcome)
        except Exception as error:  # noqa: BLE001 - out of the pure core: the record's fault for ever
            defects.append(Defect(record, type(error).__name__))
        else:
            settled[event.event_id] = outcome
    return now, list(settled.values()), defects


def _settle_one(event: Cause, standing: Standing, terms: Terms) -> Settled:
    if isinstance(event, MessageDecidedV1):
        return settle(event, standing, terms)
    return settle_command(event, standing, terms)
