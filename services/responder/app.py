"""The responder's composition root: the only place of the service that opens a connection."""

from datetime import timedelta

from services.responder.blocking import Blocking
from services.responder.blocking_store import MongoBlockNotes
from services.responder.deliver import Deliver
from services.responder.handlers import build_worker
from services.responder.mongo import MongoOutbox, MongoReplies
from services.responder.progress import Progress
from services.responder.settings import ResponderSettings
from services.responder.usecase import RespondBatch
from services.responder.whatsapp import PROVIDER, WhatsAppSender, whatsapp_client
from shared.accounts import read_accounts
from shared.clock import clock_named
from shared.kafka.producer import KafkaPublisher
from shared.mongo.documents import Zones
from shared.mongo.policies import stored_packs
from shared.mongo.store import Store
from shared.service import Service, kafka_broker, say_missing


def build_app(settings: ResponderSettings) -> Service:
    """Return the service, wired; raises `UserError` for accounts or packs that cannot be used."""
    accounts = read_accounts(settings.etiqueta_accounts)
    store = Store(settings.mongodb_uri.get_secret_value(), settings.mongodb_database)
    packs = stored_packs(store, settings.etiqueta_policies)
    publisher = KafkaPublisher(
        settings.kafka_bootstrap_servers,
        client="etiqueta-responder",
        timeout_seconds=settings.responder_publish_seconds,
    )
    lease = timedelta(seconds=settings.responder_lease_seconds)
    replies, outbox = MongoReplies(store, Zones(packs)), MongoOutbox(store, lease)
    clock = clock_named(settings.etiqueta_clock)
    broker = kafka_broker(settings, "responder")
    client = whatsapp_client(settings.responder_whatsapp_url, settings.responder_send_seconds)
    sender = WhatsAppSender(client, accounts, settings.responder_whatsapp_version)
    blocking = Blocking(outbox, {PROVIDER: sender}, MongoBlockNotes(store))
    deliver = Deliver(
        outbox,
        Progress(replies),
        {PROVIDER: sender},
        publisher,
        clock,
        settings.responder_poll_seconds,
        blocking,
    )
    respond = RespondBatch(replies, outbox, packs, clock, blocking)

    async def prepare() -> None:
        await packs.declare()
        say_missing("responder", [*await replies.declare(), *await outbox.declare()])

    return Service(
        name="responder",
        settings=settings,
        port=settings.responder_http_port,
        store=store,
        publisher=publisher,
        broker=broker,
        prepare=prepare,
        workers=[build_worker(broker, respond, publisher, settings)],
        tasks=[packs.watch, deliver.run],
    )
