"""The provider's own endpoints: messages, read marks, block list."""

from typing import Any, assert_never

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from deploy.local.sandbox.commands import (
    BlockUsers,
    MarkRead,
    SendText,
    read_block_command,
    read_message_command,
)
from deploy.local.sandbox.errors import GraphError
from deploy.local.sandbox.faults import (
    FailLater,
    Fault,
    LoseAnswer,
    LoseRequest,
    NotJson,
    Refuse,
    Slow,
    WithholdStatuses,
)
from deploy.local.sandbox.service import Service, service_of
from deploy.local.sandbox.state import Accepted
from deploy.local.sandbox.webhooks import Number


async def messages(request: Request) -> Response:
    """POST /{version}/{phone_number_id}/messages: accept a text or a read mark, or refuse."""
    service = service_of(request)
    number = service.authorised(request)
    command = read_message_command(await request.body(), request.headers.get("content-type", ""))
    if isinstance(command, MarkRead):
        service.sandbox.read_marks.append(command.message_id)
        return JSONResponse({"success": True})
    names = service.sandbox.names_of(number, command.address)
    fault = service.sandbox.faults.take("messages", names)
    instead = await _before(service, fault, request)
    if instead is not None:
        return instead
    accepted = service.sandbox.accept(number, command, service.seconds())
    _report(service, accepted, fault)
    if isinstance(fault, LoseAnswer):
        return _cut(service, request)
    return JSONResponse(_accepted(command, accepted))


async def _before(service: Service, fault: Fault | None, request: Request) -> Response | None:
    """Let go wrong what goes wrong before a call is carried out; None when it is carried out."""
    match fault:
        case Slow():
            await service.sleep(fault.seconds)
        case Refuse():
            raise GraphError(fault.code, http_status=fault.http_status)
        case NotJson():
            return HTMLResponse("<html>upstream unavailable</html>", status_code=fault.http_status)
        case LoseRequest():
            return _cut(service, request)
        case LoseAnswer() | FailLater() | WithholdStatuses() | None:
            pass
        case _:
            assert_never(fault)
    return None


def _cut(service: Service, request: Request) -> Response:
    service.connections.cut(request.scope)
    return Response()  # nobody hears it


def _report(service: Service, accepted: Accepted, fault: Fault | None) -> None:
    states: tuple[str | GraphError, ...] = service.settings.statuses
    if isinstance(fault, WithholdStatuses):
        return
    if isinstance(fault, FailLater):
        states = (GraphError(fault.code),)
    now = service.sandbox.clock.now
    service.webhooks.report(accepted, states, service.settings.status_pause_seconds, now)


def _accepted(command: SendText, accepted: Accepted) -> dict[str, Any]:
    contact = {"input": command.address}
    if command.to is not None:
        contact["wa_id"] = command.to.removeprefix("+")
    else:
        contact["user_id"] = command.address
    return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": accepted.id}]}


async def block_users(request: Request) -> Response:
    """GET, POST and DELETE /{version}/{phone_number_id}/block_users."""
    service = service_of(request)
    number = service.authorised(request)
    if request.method == "GET":
        return _block_list(service, number, request)
    command = read_block_command(await request.body(), request.headers.get("content-type", ""))
    names = [name for user in command.block_users for name in service.sandbox.names_of(number, user.address)]
    fault = service.sandbox.faults.take("block_users", names)
    instead = await _before(service, fault, request)
    if instead is not None:
        return instead
    answer = _blocked(service, number, command, unblock=request.method == "DELETE")
    return _cut(service, request) if isinstance(fault, LoseAnswer) else answer


def _blocked(service: Service, number: Number, command: BlockUsers, *, unblock: bool) -> Response:
    """Block or unblock each; a mixed result is a 400 with both lists beside the error."""
    done: list[dict[str, Any]] = []
    failed: list[dict[str, Any]] = []
    for user in command.block_users:
        named = {"input": user.given}
        named |= {"wa_id": user.address.removeprefix("+")} if user.user else {"user_id": user.given}
        try:
            (service.sandbox.unblock if unblock else service.sandbox.block)(number, user.address)
            done.append(named)
        except GraphError as error:
            failed.append(named | {"errors": [_in_list(error)]})
    lists = {"removed_users" if unblock else "added_users": done}
    body: dict[str, Any] = {"messaging_product": "whatsapp", "block_users": lists}
    if not failed:
        return JSONResponse(body)
    lists["failed_users"] = failed
    refusal = GraphError(139100)
    return JSONResponse(body | refusal.body(service.sandbox.trace_id(), product=False), refusal.http_status)


def _in_list(error: GraphError) -> dict[str, Any]:
    message = "Re-engagement required" if error.code == 131047 else error.message
    told: dict[str, Any] = {"message": message, "code": error.code}
    return told | ({"error_data": {"details": error.details}} if error.details else {})


def _block_list(service: Service, number: Number, request: Request) -> Response:
    """Answer one page; a cursor is the place in the list."""
    people = service.sandbox.blocked(number)
    limit, after = (_whole(request.query_params.get(name), name) for name in ("limit", "after"))
    begin = after or 0
    end = min(len(people), begin + (limit or 100))
    page = [
        {"wa_id": person.phone.removeprefix("+")} if person.phone else {"user_id": person.user_id}
        for person in people[begin:end]
    ]
    cursors = {"before": str(begin), "after": str(end)}
    paging: dict[str, Any] = {"cursors": cursors}
    if end < len(people):
        url = request.url.include_query_params(limit=limit or 100, after=end)
        paging["next"] = str(url)
    return JSONResponse({"data": [{"block_users": page}], "paging": paging})


def _whole(written: str | None, name: str) -> int | None:
    if written is None or written == "":
        return None
    if not written.isdecimal() or len(written) > 9:
        raise GraphError(100, f"Param {name} must be a whole number.")
    return int(written)


async def on_refusal(request: Request, error: Exception) -> Response:
    """Answer a refusal in the provider's form."""
    if not isinstance(error, GraphError):
        raise error
    return JSONResponse(error.body(service_of(request).sandbox.trace_id()), error.http_status)


async def on_unknown_path(request: Request, error: Exception) -> Response:
    """Answer a path or a method that is not there, as the provider does."""
    if not isinstance(error, HTTPException):
        raise error
    unknown = error.status_code == 404
    refusal = GraphError(
        2500 if unknown else 100,
        f"Unknown path components: {request.url.path}"
        if unknown
        else f"Unsupported {request.method} request.",
    )
    return await on_refusal(request, refusal)
