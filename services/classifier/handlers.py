"""The classifier's consumers: messages in, decisions out; and outcomes, for the erasures among them."""

from faststream.kafka import KafkaBroker

from services.classifier.erasure import EraseBatch
from services.classifier.settings import ClassifierSettings
from services.classifier.usecase import DecideBatch
from shared.events.messages import MESSAGE
from shared.events.outcomes import OUTCOME
from shared.kafka.producer import Publisher
from shared.kafka.topics import topic_name
from shared.kafka.worker import BatchWorker, WorkerOptions, decoder


def build_eraser(
    broker: KafkaBroker, erase: EraseBatch, publisher: Publisher, settings: ClassifierSettings
) -> BatchWorker:
    """Return the consumer that obeys erasures: a group of its own, since nothing else reads outcomes."""
    return BatchWorker(
        broker,
        {topic_name("outcomes"): decoder(OUTCOME)},
        erase,
        publisher,
        WorkerOptions(
            group="etiqueta.classifier.erasure",
            max_records=settings.etiqueta_batch_records,
            quarantine_run=settings.etiqueta_quarantine_run,
            instance=settings.instance("classifier", "erasure"),
        ),
    )


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
