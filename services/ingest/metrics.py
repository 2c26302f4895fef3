"""What ingest counts."""

from typing import Final

from prometheus_client import Counter

REQUESTS: Final = Counter("etiqueta_ingest_requests", "Webhook requests accepted", ("provider",))
EVENTS: Final = Counter("etiqueta_ingest_events", "Events read, by the provider's kind", ("provider", "kind"))
UNPARSED: Final = Counter(
    "etiqueta_ingest_unparsed", "Requests kept raw because something in them could not be read", ("provider",)
)
