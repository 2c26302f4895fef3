"""What shall go wrong, and with which of the next calls."""

from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, RootModel

Call = Literal["messages", "block_users"]


class _Fault(BaseModel):
    """Meets the next `count` valid calls, of one user (a phone or a user id) where one is named."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    count: Annotated[int, Field(ge=1, le=100_000)] = 1
    user: str | None = None
    call: Call = "messages"


class Slow(_Fault):
    """The answer takes its time; the call is then carried out."""

    kind: Literal["slow"]
    seconds: Annotated[float, Field(gt=0, le=600)]


class Refuse(_Fault):
    """The call is refused with an error code."""

    kind: Literal["error"]
    code: Annotated[int, Field(ge=0)]
    http_status: Annotated[int, Field(ge=400, le=599)] | None = None


class NotJson(_Fault):
    """Something before the API answers, in HTML."""

    kind: Literal["html"]
    http_status: Annotated[int, Field(ge=400, le=599)] = 503


class LoseAnswer(_Fault):
    """The call is carried out; the connection closes before the answer."""

    kind: Literal["lose_answer"]


class LoseRequest(_Fault):
    """The connection closes before the call is carried out."""

    kind: Literal["lose_request"]


class FailLater(_Fault):
    """The message is accepted; its status is `failed` with this code."""

    kind: Literal["fail_later"]
    code: Annotated[int, Field(ge=0)] = 131026


class WithholdStatuses(_Fault):
    """The message is accepted; no status is ever reported."""

    kind: Literal["withhold_statuses"]


Fault = Slow | Refuse | NotJson | LoseAnswer | LoseRequest | FailLater | WithholdStatuses


class FaultRequest(RootModel[Annotated[Fault, Field(discriminator="kind")]]):
    """A fault as it is ordered."""


class Faults:
    """Faults that still wait for their calls, in the order in which they were ordered."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Fault, int]] = []

    def order(self, fault: Fault) -> None:
        self._waiting.append((fault, fault.count))

    def take(self, call: Call, users: Iterable[str]) -> Fault | None:
        """Return the first fault that this call meets, one time less of it left."""
        named = set(users)
        for place, (fault, left) in enumerate(self._waiting):
            if fault.call == call and (fault.user is None or fault.user in named):
                self._waiting[place : place + 1] = [(fault, left - 1)] if left > 1 else []
                return fault
        return None

    def waiting(self) -> list[dict[str, object]]:
        return [fault.model_dump() | {"count": left} for fault, left in self._waiting]

    def clear(self) -> None:
        self._waiting.clear()
