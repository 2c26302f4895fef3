"""What every event carries, and the pieces that several topics share."""

from datetime import UTC, datetime
from typing import Annotated, Final

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from shared.ids import ClientId, EventId, TenantId
from shared.phones import canonical
from shared.privacy.kinds import SensitiveKind
from shared.tags import Channel

_FIRST_YEAR: Final = 1970


def to_instant(at: datetime) -> datetime:
    """Return `at` in UTC and whole milliseconds: what MongoDB keeps, so that what is read back is equal.

    Raises `ValueError` for a time that no message can have, and that local calendars cannot hold.
    """
    try:
        at = at.astimezone(UTC)
    except OverflowError:
        raise ValueError("a time must lie between the years 1970 and 9999") from None
    if at.year < _FIRST_YEAR:
        raise ValueError("a time must lie between the years 1970 and 9999")
    return at.replace(microsecond=at.microsecond // 1000 * 1000)


Instant = Annotated[AwareDatetime, AfterValidator(to_instant)]


class Frozen(BaseModel):
    """A value. Readers ignore fields they do not know, so adding one is safe."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)


class Event(Frozen):
    """A fact about one client of one tenant."""

    event_id: EventId
    tenant: TenantId
    client: ClientId
    correlation_id: str
    """The id of the message or command that started it all."""
    occurred_at: Instant
    """What it means follows this time: the provider's, never after receipt."""


class Address(Frozen):
    """How a client is reached; the only part of an event that names a person."""

    phone: str | None = None
    """E.164 with its plus sign."""
    user_id: str | None = None
    """The provider's own id of the person (a business-scoped id at Meta)."""
    email: str | None = None

    def normalised(self) -> str:
        """Return the one form that identifies the person, stable across providers."""
        if self.phone:
            return f"tel:{canonical(self.phone)}"
        if self.email:
            return f"mailto:{self.email.casefold()}"
        return f"id:{self.user_id or ''}"


class MaskedSpan(Frozen):
    """Where the text was masked, in code points of the masked text."""

    kind: SensitiveKind
    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]


class Route(Frozen):
    """The conversation a message belongs to: what a reply needs in order to find its way back."""

    provider: str
    account: str
    """The company's own account at the provider (WhatsApp: the phone number id)."""
    channel: Channel
    address: Address
