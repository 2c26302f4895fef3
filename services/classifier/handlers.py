"""The classifier's consumer: messages in, decisions out."""

from faststream.kafka import KafkaBroker

from services.classifier.settings import ClassifierSettings
from services.classifier.usecase import DecideBatch
from shared.events.messages import MESSAGE
from shared.kafka.producer import Publisher
from shared.kafka.topics import topic_name
from shared.kafka.worker import BatchWorker, WorkerOptions, decoder


def build_worker(
    broker: KafkaBroker, decide: DecideBatch, publisher: Publisher, settings: ClassifierSettings
) -> BatchWorker:
    """Return the consumer."""
    return BatchWorker(
        broker,
        {topic_name("messages"): decoder(MESSAGE)},
        decide,
        publisher,
        WorkerOptions(
            group="etiqueta.classifier",
            max_records=settings.etiqueta_batch_records,
            quarantine_run=settings.etiqueta_quarantine_run,
            instance=settings.instance("classifier", "messages"),
        ),
    )
