"""The WhatsApp Cloud API's contract for blocking users, as pure functions of requests and answers.

Source: Meta, "Block Users API". Synchronous, per business number; only who wrote in the last 24 hours
can be blocked, and a mixed result is HTTP 400 with both lists beside the error.
"""

import json
from collections.abc import Mapping
from typing import Any, Final

from services.responder.domain.delivery import Accepted, Answer, Job, Rejected, TryAgain
from services.responder.domain.whatsapp import answer_of_code
from shared.words import Refusal

_AGAIN: Final = frozenset({139102, 139103})
"""A concurrent change of the list; the provider says to ask again."""
_SEE_THE_LISTS: Final = 139100


def block_body(job: Job) -> dict[str, Any]:
    """Return the body of the call, the same for blocking and unblocking."""
    address = job.route.address
    user = {"user": address.phone} if address.phone else {"user_id": address.user_id or ""}
    return {"messaging_product": "whatsapp", "block_users": [user]}


def read_block_answer(status: int, raw: bytes) -> Answer:
    """Return what an answer means for the one user of the call: both lists are read, whatever the status."""
    body = _object(_json(raw))
    lists = _object(body.get("block_users"))
    if lists.get("added_users") or lists.get("removed_users"):
        return Accepted("")
    code = _failure(lists)
    if code is None:
        told = _object(body.get("error")).get("code")
        code = told if isinstance(told, int) else None
    if code in _AGAIN:
        return TryAgain(f"code {code}", "job")
    if code is not None and code != _SEE_THE_LISTS:
        return answer_of_code(code, status)
    if 200 <= status < 300:
        return Accepted("")
    if status == 429 or status >= 500:
        return TryAgain(f"HTTP {status}", "job")
    return Rejected(Refusal.SEND_FAILED, f"http_{status}" if code is None else str(code))


def _failure(lists: Mapping[str, Any]) -> int | None:
    """Return the code of the first user that failed: there is one user in the call."""
    failed = lists.get("failed_users")
    first = _object(failed[0] if isinstance(failed, list) and failed else None)
    errors = first.get("errors")
    code = _object(errors[0] if isinstance(errors, list) and errors else None).get("code")
    return code if isinstance(code, int) else None


def _json(raw: bytes) -> object:
    try:
        found: object = json.loads(raw)
    except ValueError:
        return None
    return found


def _object(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}
