"""Sanctions' consumer: decisions and commands, one group, so that one process owns a client."""

from faststream.kafka import KafkaBroker

from services.sanctions.settings import SanctionsSettings
from services.sanctions.usecase import SettleBatch
from shared.events.commands import COMMAND
from shared.events.decisions import DECISION
from shared.kafka.producer import Publisher
from shared.kafka.topics import topic_name
from shared.kafka.worker import BatchWorker, WorkerOptions, decoder


def build_worker(
    broker: KafkaBroker, settle: SettleBatch, publisher: Publisher, settings: SanctionsSettings
) -> BatchWorker:
    """Return the consumer."""
    return BatchWorker(
        broker,
        {topic_name("decisions"): decoder(DECISION), topic_name("commands"): decoder(COMMAND)},
        settle,
        publisher,
        WorkerOptions(
            group="etiqueta.sanctions",
            max_records=settings.etiqueta_batch_records,
            quarantine_run=settings.etiqueta_quarantine_run,
            instance=settings.instance("sanctions", "ledger"),
        ),
    )
