"""The classifier's composition root: the only place of the service that opens a connection."""

from services.classifier.erasure import EraseBatch
from services.classifier.handlers import build_eraser, build_worker
from services.classifier.mongo import MongoDecisions, MongoHistories
from services.classifier.settings import ClassifierSettings
from services.classifier.tagging.tagger import load_tagger
from services.classifier.usecase import DecideBatch
from shared.clock import clock_named
from shared.kafka.producer import KafkaPublisher
from shared.mongo.documents import Zones
from shared.mongo.policies import stored_packs
from shared.mongo.store import Store
from shared.service import Service, kafka_broker, say_missing


def build_app(settings: ClassifierSettings) -> Service:
    """Return the service, wired; raises `UserError` for packs that cannot be used."""
    store = Store(settings.mongodb_uri.get_secret_value(), settings.mongodb_database)
    packs = stored_packs(store, settings.etiqueta_policies)
    publisher = KafkaPublisher(
        settings.kafka_bootstrap_servers,
        client="etiqueta-classifier",
        timeout_seconds=settings.classifier_publish_seconds,
    )
    zones = Zones(packs)
    decisions, histories = MongoDecisions(store, zones), MongoHistories(store, zones)
    broker = kafka_broker(settings, "classifier")
    decide = DecideBatch(decisions, histories, packs, load_tagger(), clock_named(settings.etiqueta_clock))

    async def prepare() -> None:
        await packs.declare()
        say_missing("classifier", [*await decisions.declare(), *await histories.declare()])

    return Service(
        name="classifier",
        settings=settings,
        port=settings.classifier_http_port,
        store=store,
        publisher=publisher,
        broker=broker,
        prepare=prepare,
        workers=[
            build_worker(broker, decide, publisher, settings),
            build_eraser(broker, EraseBatch(decisions, histories), publisher, settings),
        ],
        tasks=[packs.watch],
    )
