"""Sanctions' composition root: the only place of the service that opens a connection."""

from services.sanctions.handlers import build_worker
from services.sanctions.http import SanctionsHttp
from services.sanctions.mongo import MongoLedger, MongoRequests
from services.sanctions.requests import RequestCommand, Timers
from services.sanctions.settings import SanctionsSettings
from services.sanctions.usecase import SettleBatch
from shared.accounts import read_accounts
from shared.clock import clock_named
from shared.kafka.producer import KafkaPublisher
from shared.mongo.documents import Zones
from shared.mongo.policies import stored_packs
from shared.mongo.store import Store
from shared.service import Service, kafka_broker, say_missing


def build_app(settings: SanctionsSettings) -> Service:
    """Return the service, wired; raises `UserError` for accounts or packs that cannot be used."""
    accounts = read_accounts(settings.etiqueta_accounts)
    store = Store(settings.mongodb_uri.get_secret_value(), settings.mongodb_database)
    packs = stored_packs(store, settings.etiqueta_policies)
    publisher = KafkaPublisher(
        settings.kafka_bootstrap_servers,
        client="etiqueta-sanctions",
        timeout_seconds=settings.sanctions_publish_seconds,
    )
    ledger, requests = MongoLedger(store, Zones(packs)), MongoRequests(store)
    clock = clock_named(settings.etiqueta_clock)
    broker = kafka_broker(settings, "sanctions")
    http = SanctionsHttp(
        ledger,
        requests,
        RequestCommand(requests, publisher, clock),
        accounts,
        clock,
        settings.sanctions_body_bytes,
    )

    async def prepare() -> None:
        await packs.declare()
        say_missing("sanctions", [*await ledger.declare(), *await requests.declare()])

    return Service(
        name="sanctions",
        settings=settings,
        port=settings.sanctions_http_port,
        store=store,
        publisher=publisher,
        broker=broker,
        prepare=prepare,
        routes=http.routes(),
        workers=[build_worker(broker, SettleBatch(ledger, packs, clock), publisher, settings)],
        tasks=[packs.watch, Timers(ledger, publisher, clock, settings.sanctions_timer_seconds).run],
    )
