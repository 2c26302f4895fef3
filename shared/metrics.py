"""Every metric that the services share; labels never hold what a message says or who wrote it."""

from typing import Final

from prometheus_client import Counter, Gauge, Histogram

RECORDS: Final = Counter(
    "etiqueta_records", "Records settled, by result: handled, unreadable, defect", ("group", "result")
)
BATCH_SECONDS: Final = Histogram(
    "etiqueta_batch_seconds", "From decoding a batch to its acknowledged publication", ("group",)
)
BATCH_FAILURES: Final = Counter("etiqueta_batch_failures", "Batches rewound to be tried again", ("group",))
CONSUMER_HALTED: Final = Gauge(
    "etiqueta_consumer_halted", "1: stopped because too many records in a row failed", ("group",)
)
CONSUMER_LAG: Final = Gauge(
    "etiqueta_consumer_lag_records", "Records not yet settled on the assigned partitions", ("group",)
)
READY: Final = Gauge("etiqueta_ready", "1: the service takes work", ("service",))
