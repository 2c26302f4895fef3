"""What may be asked of the provider, validated as strictly as it does.

Source: Meta "Sending messages", "Mark messages as read", "Block Users API".
"""

from typing import Annotated, Any, Final, Literal, TypeVar

import orjson
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from deploy.local.sandbox.errors import GraphError

M = TypeVar("M", bound=BaseModel)

PHONE: Final = r"^\+[1-9][0-9]{7,14}$"
USER_ID: Final = r"^[A-Z]{2}\.(ENT\.)?[A-Za-z0-9]{1,128}$"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)


class Text(_Strict):
    """Words; a link in them is previewed only when asked for."""

    body: Annotated[str, Field(min_length=1, max_length=4096)]
    preview_url: bool = False


class Context(_Strict):
    """The message that is answered."""

    message_id: Annotated[str, Field(min_length=1)]


class SendText(_Strict):
    """A text to one person, by phone (written with a plus sign) or by user id; the phone wins."""

    messaging_product: Literal["whatsapp"]
    recipient_type: Literal["individual"] = "individual"
    to: Annotated[str, Field(pattern=PHONE)] | None = None
    recipient: Annotated[str, Field(pattern=USER_ID)] | None = None
    type: Literal["text"] = "text"
    text: Text
    context: Context | None = None
    biz_opaque_callback_data: Annotated[str, Field(max_length=512)] | None = None

    @model_validator(mode="after")
    def _somebody(self) -> "SendText":
        if self.to is None and self.recipient is None:
            raise GraphError(131008, "The parameter to or recipient is required.")
        return self

    @property
    def address(self) -> str:
        return self.to or self.recipient or ""


class Typing(_Strict):
    """The typing indicator beside a read mark."""

    type: Literal["text"]


class MarkRead(_Strict):
    """A read mark on a client's message."""

    messaging_product: Literal["whatsapp"]
    status: Literal["read"]
    message_id: Annotated[str, Field(min_length=1)]
    typing_indicator: Typing | None = None


class BlockedUser(_Strict):
    """Somebody by phone or wa_id (`user`), or by user id; the phone wins."""

    user: Annotated[str, Field(pattern=r"^\+?[1-9][0-9]{7,14}$")] | None = None
    user_id: Annotated[str, Field(pattern=USER_ID)] | None = None

    @model_validator(mode="after")
    def _somebody(self) -> "BlockedUser":
        if self.user is None and self.user_id is None:
            raise GraphError(131008, "The parameter block_users[].user is required.")
        return self

    @property
    def given(self) -> str:
        return self.user or self.user_id or ""

    @property
    def address(self) -> str:
        return f"+{self.user.removeprefix('+')}" if self.user else self.given


class BlockUsers(_Strict):
    """People to block or unblock."""

    messaging_product: Literal["whatsapp"]
    block_users: Annotated[list[BlockedUser], Field(min_length=1, max_length=1000)]


def read_message_command(raw: bytes, content_type: str) -> SendText | MarkRead:
    """Return what a POST to `/messages` asks; raises `GraphError` as the provider would answer."""
    fields = _parameters(raw, content_type)
    if "status" in fields:
        return _validated(MarkRead, fields)
    kind = fields.get("type", "text")
    if kind != "text":
        raise GraphError(131051 if isinstance(kind, str) else 131009, "Only the type text is sent here.")
    return _validated(SendText, fields)


def read_block_command(raw: bytes, content_type: str) -> BlockUsers:
    """Return whom a request to `/block_users` is about; raises `GraphError`."""
    return _validated(BlockUsers, _parameters(raw, content_type))


def _parameters(raw: bytes, content_type: str) -> dict[str, Any]:
    """Return the fields of a JSON body. One that is none has no parameters, so the first is missing."""
    fields: object = None
    if content_type.partition(";")[0].strip().lower() == "application/json":
        try:
            fields = orjson.loads(raw)
        except orjson.JSONDecodeError:
            fields = None
    if not isinstance(fields, dict) or "messaging_product" not in fields:
        raise GraphError(100, "The parameter messaging_product is required.")
    return fields


def _validated(model: type[M], fields: dict[str, Any]) -> M:
    try:
        return model.model_validate(fields)
    except ValidationError as error:
        problems = error.errors(include_input=False, include_url=False, include_context=True)
        unexpected = [problem for problem in problems if problem["type"] == "extra_forbidden"]
        raise _refusal(dict((unexpected or problems)[0])) from None


def _refusal(problem: dict[str, Any]) -> GraphError:
    path = ".".join(str(part) for part in problem["loc"])
    match problem["type"]:
        case "extra_forbidden":
            return GraphError(100, f'Unexpected key "{path}".')
        case "missing":
            return GraphError(131008, f"The parameter {path} is required.")
        case "string_too_long":
            longest = problem["ctx"]["max_length"]
            return GraphError(100, f"Param {path} must be at most {longest} characters long.")
        case _:
            return GraphError(131009, f"Param {path} is not valid: {problem['msg']}.")
