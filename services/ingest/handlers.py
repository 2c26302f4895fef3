"""Ingest's consumers: what is read, by which group, for which use case."""

from collections.abc import Sequence

from faststream.kafka import KafkaBroker

from services.ingest.archive import Archive, ArchiveBatch, EraseBatch
from services.ingest.settings import IngestSettings
from shared.clock import Clock
from shared.events.messages import MESSAGE
from shared.events.outcomes import OUTCOME
from shared.kafka.producer import Publisher
from shared.kafka.topics import topic_name
from shared.kafka.worker import BatchWorker, WorkerOptions, decoder


def build_workers(
    broker: KafkaBroker, archive: Archive, publisher: Publisher, clock: Clock, settings: IngestSettings
) -> Sequence[BatchWorker]:
    """Return the archive's consumer and the one that obeys erasures."""

    def options(group: str) -> WorkerOptions:
        return WorkerOptions(
            group=f"etiqueta.ingest.{group}",
            max_records=settings.etiqueta_batch_records,
            quarantine_run=settings.etiqueta_quarantine_run,
            instance=settings.instance("ingest", group),
        )

    return [
        BatchWorker(
            broker,
            {topic_name("messages"): decoder(MESSAGE)},
            ArchiveBatch(archive, clock),
            publisher,
            options("archive"),
        ),
        BatchWorker(
            broker,
            {topic_name("outcomes"): decoder(OUTCOME)},
            EraseBatch(archive),
            publisher,
            options("erasure"),
        ),
    ]
