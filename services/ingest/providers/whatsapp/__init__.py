"""The WhatsApp Cloud API's webhooks."""

from collections.abc import Mapping, Sequence
from typing import Final

from services.ingest.providers import meta
from services.ingest.providers.base import (
    NO_HEADERS,
    NOBODY,
    Kind,
    OwnAccounts,
    ParseResult,
    ProviderEvent,
    UnreadableItem,
)
from services.ingest.providers.reading import load_object
from services.ingest.providers.whatsapp.envelope import read_body


class WhatsApp:
    """Reads the webhooks of the WhatsApp Cloud API."""

    name: Final = "whatsapp"

    def verify_signature(self, headers: Mapping[str, str], raw: bytes, *, secrets: Sequence[str]) -> bool:
        """Whether any of the app's secrets signed exactly these bytes."""
        return meta.verify_signature(headers, raw, secrets=secrets)

    def parse(
        self, raw: bytes, *, headers: Mapping[str, str] = NO_HEADERS, own: OwnAccounts = NOBODY
    ) -> ParseResult:
        """Return every event of the body: identity changes first, the rest as it stands there.

        The messages of a batch may already come from the identity that the same batch announces.
        `own` may name further numbers of the business; the body names the one it is about.
        Raises `Unreadable` for a body that is not a JSON object.
        """
        del headers  # the body is JSON whatever the content type says
        readings = list(read_body(load_object(raw), own))
        events = [reading for reading in readings if isinstance(reading, ProviderEvent)]
        events.sort(key=lambda event: event.kind is not Kind.IDENTITY_CHANGE)
        unreadable = [reading for reading in readings if isinstance(reading, UnreadableItem)]
        return ParseResult(tuple(events), tuple(unreadable))
