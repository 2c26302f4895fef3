"""Events on the topic `commands`: what people and timers ask of sanctions."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared.events.base import Event, Instant
from shared.tags import Channel
from shared.words import CommandName


class CommandRequestedV1(Event):
    """A command, settled into the client's ledger like a message.

    Which fields a command needs is said in `services/sanctions/README.md`; one that lacks what it
    needs is settled as refused.
    """

    type: Literal["command.requested.v1"] = "command.requested.v1"
    name: CommandName
    by: Annotated[str, Field(min_length=1, max_length=200)]
    reason: Annotated[str, Field(max_length=2000)] = ""
    received_at: Instant
    channel: Channel | None = None
    until: Instant | None = None
    """`disable`: when the restriction ends by itself. None: until a person restores."""
    target: str | None = None
    """The id of the infraction (or its message), call, review or appeal that it speaks of."""
    verdict: Literal["restore", "keep", "accept", "reject"] | None = None
    """`complete_call`: restore or keep. `decide_appeal`: accept or reject."""


COMMAND: TypeAdapter[CommandRequestedV1] = TypeAdapter(CommandRequestedV1)
