"""Ingest's composition root: the only place of the service that opens a connection."""

from services.ingest.handlers import build_workers
from services.ingest.http import IngestHttp
from services.ingest.mongo import MongoArchive
from services.ingest.settings import IngestSettings
from services.ingest.usecase import Accept
from shared.accounts import read_accounts
from shared.clock import clock_named
from shared.kafka.producer import KafkaPublisher
from shared.mongo.documents import Zones
from shared.mongo.policies import stored_packs
from shared.mongo.store import Store
from shared.service import Service, kafka_broker, say_missing


def build_app(settings: IngestSettings) -> Service:
    """Return the service, wired; raises `UserError` for accounts or packs that cannot be used."""
    accounts = read_accounts(settings.etiqueta_accounts)
    store = Store(settings.mongodb_uri.get_secret_value(), settings.mongodb_database)
    packs = stored_packs(store, settings.etiqueta_policies)
    publisher = KafkaPublisher(
        settings.kafka_bootstrap_servers,
        client="etiqueta-ingest",
        timeout_seconds=settings.ingest_publish_seconds,
    )
    archive = MongoArchive(store, Zones(packs))
    clock = clock_named(settings.etiqueta_clock)
    broker = kafka_broker(settings, "ingest")
    accept = Accept(
        accounts,
        publisher,
        clock,
        timeout_seconds=settings.ingest_publish_seconds,
        in_flight=settings.ingest_in_flight,
    )

    async def prepare() -> None:
        await packs.declare()
        say_missing("ingest", await archive.declare())

    return Service(
        name="ingest",
        settings=settings,
        port=settings.ingest_http_port,
        store=store,
        publisher=publisher,
        broker=broker,
        prepare=prepare,
        routes=IngestHttp(accept, accounts, settings.ingest_body_bytes).routes(),
        workers=build_workers(broker, archive, publisher, clock, settings),
        tasks=[packs.watch],
        accepts_without_store=True,
    )
