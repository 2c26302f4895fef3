"""W3C trace context: the one header that ties an HTTP request to all that follows from it."""

import re
import secrets
from typing import Final

_TRACEPARENT: Final = re.compile(r"[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")


def traceparent(given: str | None) -> bytes:
    """Return the caller's trace context where it is well formed, else the start of a new one."""
    if given is not None and _TRACEPARENT.fullmatch(given):
        return given.encode()
    return f"00-{secrets.token_hex(16)}-{secrets.token_hex(8)}-01".encode()
