"""The responder's consumer: outcomes and receipts, one group, so that one process owns a client."""

from faststream.kafka import KafkaBroker

from services.responder.settings import ResponderSettings
from services.responder.usecase import RespondBatch
from shared.events.outcomes import OUTCOME
from shared.events.receipts import RECEIPT
from shared.kafka.producer import Publisher
from shared.kafka.topics import topic_name
from shared.kafka.worker import BatchWorker, WorkerOptions, decoder


def build_worker(
    broker: KafkaBroker, respond: RespondBatch, publisher: Publisher, settings: ResponderSettings
) -> BatchWorker:
    """Return the consumer."""
    return BatchWorker(
        broker,
        {topic_name("outcomes"): decoder(OUTCOME), topic_name("receipts"): decoder(RECEIPT)},
        respond,
        publisher,
        WorkerOptions(
            group="etiqueta.responder",
            max_records=settings.etiqueta_batch_records,
            quarantine_run=settings.etiqueta_quarantine_run,
            instance=settings.instance("responder", "outcomes"),
        ),
    )
