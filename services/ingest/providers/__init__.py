"""Every provider whose requests ingest can read, by the name in its webhook's address."""

from collections.abc import Mapping
from typing import Final

from services.ingest.providers.base import Provider
from services.ingest.providers.whatsapp import WhatsApp

PROVIDERS: Final[Mapping[str, Provider]] = {
    parser.name: parser
    for parser in (
        # Another provider is one more line here, once its parser passes its contract cases.
        WhatsApp(),
    )
}
