"""The provider's refusals: code, sentence, HTTP status, and the one form of their body.

Source: Meta "Error codes". Rate limits come as 400; decide on the code, never on the HTTP status.
"""

from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Known:
    """One documented error."""

    message: str
    http_status: int = 400
    details: str | None = None


CODES: Final[dict[int, Known]] = {
    0: Known("AuthException", 401),
    1: Known("API Unknown", 500),
    2: Known("API Service", 503),
    3: Known("API Method", 500),
    4: Known("API Too Many Calls"),
    10: Known("Permission Denied", 403),
    100: Known("Invalid parameter"),
    190: Known("Error validating access token: Session has expired.", 401),
    368: Known("Temporarily blocked for policies violations", 403),
    2500: Known("Unknown path components"),
    80007: Known("Rate limit issues"),
    130429: Known("Rate limit hit", details="Cloud API message throughput has been reached."),
    130472: Known("User's number is part of an experiment"),
    130497: Known("Business account is restricted from messaging users in this country.", 403),
    131000: Known("Something went wrong", 500),
    131005: Known("Access denied", 403),
    131008: Known("Required parameter is missing"),
    131009: Known("Parameter value is not valid"),
    131016: Known("Service unavailable", 503),
    131021: Known("Recipient cannot be sender", details="Sender and recipient phone number is the same."),
    131026: Known("Message undeliverable", details="Message Undeliverable."),
    131031: Known("Business Account locked", 403),
    131042: Known("Business eligibility payment issue"),
    131045: Known("Incorrect certificate", 500),
    131047: Known(
        "Re-engagement message",
        details="More than 24 hours have passed since the recipient last replied to the sender number.",
    ),
    131048: Known("Spam rate limit hit"),
    131049: Known("This message was not delivered to maintain healthy ecosystem engagement."),
    131050: Known("User has stopped marketing messages"),
    131051: Known("Unsupported message type"),
    131053: Known("Media upload error"),
    131056: Known(
        "(Business Account, Consumer Account) pair rate limit hit",
        details=(
            "Message failed to send because there were too many messages sent from this phone number"
            " to the same phone number in a short period of time."
        ),
    ),
    131057: Known("Account in maintenance mode", 500),
    131064: Known("Quality limit hit"),
    133004: Known("Server Temporarily Unavailable", 503),
    133010: Known("Phone number Not Registered"),
    135000: Known("Generic user error"),
    139100: Known(
        "Failed to block/unblock users",
        details="Failed to block some users, see the block_users response list for details",
    ),
    139101: Known("Blocklist limit reached"),
    139102: Known("Blocklist concurrent update"),
    139103: Known("Internal error", 500),
}

_WITHOUT_NUMBER: Final = frozenset({0, 190})  # the sentence of a bad token stands alone


class GraphError(Exception):
    """A refusal. `http_status` overrides the documented one; `details` the documented sentence."""

    def __init__(self, code: int, details: str | None = None, http_status: int | None = None) -> None:
        known = CODES.get(code, Known("Unknown error"))
        super().__init__(f"{code} {known.message}")
        self.code = code
        self.message = known.message
        self.details = details or known.details
        self.http_status = http_status or known.http_status

    def body(self, trace_id: str, *, product: bool = True) -> dict[str, Any]:
        """Return the answer's body; `product` adds `messaging_product` beside the details."""
        error: dict[str, Any] = {"message": self.sentence, "type": "OAuthException", "code": self.code}
        if self.details is not None:
            data = {"messaging_product": "whatsapp"} if product else {}
            error["error_data"] = data | {"details": self.details}
        return {"error": error | {"fbtrace_id": trace_id}}

    @property
    def sentence(self) -> str:
        return self.message if self.code in _WITHOUT_NUMBER else f"(#{self.code}) {self.message}"

    def in_status(self) -> dict[str, Any]:
        """Return the form in which `statuses[].errors` tells it."""
        told: dict[str, Any] = {"code": self.code, "title": self.message, "message": self.message}
        return told | ({"error_data": {"details": self.details}} if self.details else {})
