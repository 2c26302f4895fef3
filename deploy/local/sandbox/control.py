"""The sandbox's own endpoints: play the client, order faults, set the clock, see what was accepted."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from deploy.local.sandbox.commands import PHONE, USER_ID
from deploy.local.sandbox.faults import FaultRequest
from deploy.local.sandbox.service import Service, service_of
from deploy.local.sandbox.state import Accepted
from deploy.local.sandbox.webhooks import Client, Number, Stamp, delivery, text
from shared.http.problems import Problem
from shared.http.requests import parse_body


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Inbound(_Body):
    """A client writes: opens the window; with `text` the webhook is sent too."""

    phone: Annotated[str, Field(pattern=PHONE)] | None = None
    user_id: Annotated[str, Field(pattern=USER_ID)] | None = None
    name: str = "Cliente"
    username: str | None = None
    phone_number_id: str | None = None
    at: AwareDatetime | None = None
    id: str | None = None
    text: Annotated[str, Field(min_length=1, max_length=4096)] | None = None


class ClockSetting(_Body):
    """The time to stand at; null for the machine's clock."""

    now: AwareDatetime | None


async def health(request: Request) -> Response:
    """GET /health."""
    del request
    return JSONResponse({"status": "ok"})


async def inbound(request: Request) -> Response:
    """POST /sandbox/inbound: what the client wrote; 409 for a client whom the number has blocked."""
    service = service_of(request)
    told = parse_body(Inbound, await request.body())
    if told.phone is None and told.user_id is None:
        raise Problem(422, "Nobody wrote", "Name the client by phone or user_id.")
    number = _number(service, told.phone_number_id)
    if service.sandbox.conversation(number, told.phone, told.user_id).blocked:
        raise Problem(409, "Blocked", "This client is blocked: nothing they write arrives.")
    at = told.at or service.sandbox.clock.now()
    client = Client(told.phone, told.user_id, told.name, told.username)
    service.sandbox.client_wrote(number, client, at)
    stamp = Stamp(told.id or service.sandbox.new_id(), at)
    if told.text is not None:
        service.webhooks.send(number, delivery(number, [text(client, stamp, told.text)]))
    return JSONResponse({"id": stamp.id, "at": _iso(at), "sent": told.text is not None})


def _number(service: Service, phone_number_id: str | None) -> Number:
    number = service.number(phone_number_id)
    if number is None:
        raise Problem(404, "Unknown number", f"No business number has the id {phone_number_id}.")
    return number


async def faults(request: Request) -> Response:
    """GET lists what still waits; POST orders one; DELETE takes all back."""
    waiting = service_of(request).sandbox.faults
    if request.method == "POST":
        waiting.order(parse_body(FaultRequest, await request.body()).root)
    elif request.method == "DELETE":
        waiting.clear()
    return JSONResponse({"faults": waiting.waiting()}, 201 if request.method == "POST" else 200)


async def clock(request: Request) -> Response:
    """GET tells the time; POST sets it."""
    time = service_of(request).sandbox.clock
    if request.method == "POST":
        time.set(parse_body(ClockSetting, await request.body()).now)
    return JSONResponse({"now": _iso(time.now())})


async def accepted(request: Request) -> Response:
    """GET /sandbox/messages: what was accepted, in order; `?user=` for one address."""
    user = request.query_params.get("user")
    listed = service_of(request).sandbox.accepted
    chosen = [message for message in listed if user in {None, message.command.to, message.command.recipient}]
    return JSONResponse({"messages": [_shown(message) for message in chosen]})


def _shown(message: Accepted) -> dict[str, Any]:
    command = message.command
    return {
        "id": message.id,
        "phone_number_id": message.number.phone_number_id,
        "to": command.to,
        "recipient": command.recipient,
        "body": command.text.body,
        "preview_url": command.text.preview_url,
        "reply_to": command.context.message_id if command.context else None,
        "biz_opaque_callback_data": command.biz_opaque_callback_data,
        "accepted_at": _iso(message.accepted_at),
        "statuses": [{"status": word, "at": _iso(at)} for word, at in message.statuses],
    }


async def overview(request: Request) -> Response:
    """GET /sandbox tells how things stand; DELETE forgets everything and stops what is under way."""
    service = service_of(request)
    if request.method == "DELETE":
        await service.webhooks.forget()
        service.sandbox.reset()
    sandbox = service.sandbox
    blocked = [person for number in service.settings.numbers for person in sandbox.blocked(number)]
    return JSONResponse(
        {
            "now": _iso(sandbox.clock.now()),
            "window": sandbox.window.value,
            "messages": len(sandbox.accepted),
            "read_marks": sandbox.read_marks,
            "blocked": [person.phone or person.user_id for person in blocked],
            "faults": len(sandbox.faults.waiting()),
            "webhooks_pending": service.webhooks.pending,
            "webhooks_undelivered": service.webhooks.undelivered,
        }
    )


def _iso(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
