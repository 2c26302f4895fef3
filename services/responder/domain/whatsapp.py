"""The WhatsApp Cloud API's contract for sending text, as pure functions of requests and answers.

Sources: Meta, "Sending messages", "Error codes", "Throughput", "Business-scoped user IDs".
"""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final

from services.responder.domain.delivery import Accepted, Answer, Job, Lost, Rejected, TryAgain
from shared.words import Refusal

_TEMPORARY: Final = frozenset({1, 2, 131000, 131016, 133004})
_NUMBER_LIMIT: Final = frozenset({4, 80007, 130429})
_PAIR_RATE: Final = 131056
_MAINTENANCE: Final = 131057
_SPAM: Final = frozenset({131048, 131064})
_WINDOW_CLOSED: Final = 131047
_UNREACHABLE: Final = frozenset({131026, 131049, 130472, 131050})
_ACCOUNT: Final = frozenset(
    {0, 3, 10, 190, 131005, 368, 130497, 131031, 131042, 131045, 133010, *range(200, 300)}
)
_STOPPED: Final = timedelta(hours=1)
_NUMBER_PAUSE: Final = timedelta(seconds=5)
_MAINTENANCE_PAUSE: Final = timedelta(minutes=2)


def request_body(job: Job) -> dict[str, Any]:
    """Return the body of the call; our reply's id travels in the callback field and comes back."""
    body: dict[str, Any] = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "type": "text",
        "text": {"body": job.text, "preview_url": False},
        "biz_opaque_callback_data": job.reply,
    }
    address = job.route.address
    # With its plus sign: without it the business number's country code may be put before it.
    recipient = {"to": address.phone} if address.phone else {"recipient": address.user_id or ""}
    return {**body, **recipient}


def read_answer(status: int, raw: bytes) -> Answer:
    """Return what an answer means; decided on the error's code, not on the HTTP status."""
    body = _json(raw)
    error = body.get("error")
    if 200 <= status < 300 and not isinstance(error, Mapping):
        return _accepted(body)
    if not isinstance(error, Mapping) or not isinstance(error.get("code"), int):
        return TryAgain(f"HTTP {status} without a code", "job") if status >= 500 else _unreadable(status)
    return answer_of_code(int(error["code"]), status)


def _json(raw: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(raw)
    except ValueError:
        return {}
    return body if isinstance(body, Mapping) else {}


def _accepted(body: Mapping[str, Any]) -> Answer:
    """A success without an id was taken all the same: sending it again might say it twice."""
    messages = body.get("messages")
    first = messages[0] if isinstance(messages, list) and messages else None
    identity = first.get("id") if isinstance(first, Mapping) else None
    return Accepted(identity) if isinstance(identity, str) and identity else Lost("no id in the answer")


def _unreadable(status: int) -> Answer:
    if status == 429:
        return TryAgain("HTTP 429", "account", _NUMBER_PAUSE)
    return Rejected(Refusal.SEND_FAILED, f"http_{status}")


def answer_of_code(code: int, status: int) -> Answer:
    """Return what one of the provider's error codes means, for any of its calls."""
    if code == _PAIR_RATE:
        return TryAgain("pair rate", "client")
    if code in _NUMBER_LIMIT:
        return TryAgain("throughput", "account", _NUMBER_PAUSE)
    if code == _MAINTENANCE:
        return TryAgain("maintenance", "account", _MAINTENANCE_PAUSE)
    if code == _WINDOW_CLOSED:
        return Rejected(Refusal.WINDOW_CLOSED, str(code))
    if code in _SPAM | _ACCOUNT:
        return Rejected(Refusal.PROVIDER_BLOCKED, str(code), _STOPPED)
    if code in _UNREACHABLE:
        return Rejected(Refusal.SEND_FAILED, str(code))
    if code in _TEMPORARY or status >= 500:
        return TryAgain(f"code {code}", "job")
    return Rejected(Refusal.SEND_FAILED, str(code))
