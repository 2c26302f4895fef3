"""Events on the topic `receipts`: what providers report about our own messages and accounts."""

from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from shared.events.base import Event, Instant


class _Receipt(Event):
    received_at: Instant
    provider: str
    account: str


class DeliveryUpdatedV1(_Receipt):
    """How far one of our messages has come, in the provider's words."""

    type: Literal["delivery.updated.v1"] = "delivery.updated.v1"
    provider_id: str
    reply: str | None = None
    """Our own id, where the provider returns it with each status."""
    status: str
    error_code: str | None = None


class MessageEchoedV1(_Receipt):
    """The provider returned a message that we sent ourselves."""

    type: Literal["message.echoed.v1"] = "message.echoed.v1"
    provider_id: str


class AccountChangedV1(_Receipt):
    """Something happened to one of the company's accounts; `client` is the account itself."""

    type: Literal["account.changed.v1"] = "account.changed.v1"
    change: str
    until: Instant | None = None


Receipt = DeliveryUpdatedV1 | MessageEchoedV1 | AccountChangedV1
RECEIPT: TypeAdapter[Receipt] = TypeAdapter(Annotated[Receipt, Field(discriminator="type")])
