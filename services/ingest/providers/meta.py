"""How Meta proves that a request is its own, and how an endpoint is subscribed: one for all its products.

Source: Meta "Create a webhook endpoint" (the same for WhatsApp, Messenger and Instagram).
"""

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from typing import Final

from services.ingest.providers.reading import header

SIGNATURE_HEADER: Final = "X-Hub-Signature-256"


def signature(secret: str, raw: bytes) -> str:
    """Return the header's value for a body: HMAC-SHA256 with the app secret over the raw bytes."""
    return f"sha256={hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()}"


def verify_signature(headers: Mapping[str, str], raw: bytes, *, secrets: Sequence[str]) -> bool:
    """Whether any of `secrets` (two during a rotation) signed exactly these bytes.

    Compared as bytes: the `str` form of `compare_digest` raises on a non-ASCII header. An empty
    secret signs nothing. Every secret is tried, so the time tells nothing about which one fits.
    """
    given = (header(headers, SIGNATURE_HEADER) or "").encode("utf-8", "surrogatepass")
    valid = False
    for secret in secrets:
        fits = hmac.compare_digest(given, signature(secret, raw).encode())
        valid = valid or (fits and bool(secret))
    return valid


def subscription_challenge(query: Mapping[str, str], verify_token: str) -> str | None:
    """Return the challenge that the verification GET wants back (200, text/plain); None means 403."""
    expected, given = verify_token.encode(), query.get("hub.verify_token", "")
    same = hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected)
    if not (same and expected and query.get("hub.mode") == "subscribe"):
        return None
    return query.get("hub.challenge")
