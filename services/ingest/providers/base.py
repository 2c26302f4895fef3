"""What a provider's request comes to: its events, what could not be read, and a parser's contract."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final, Protocol

from shared.tags import Direction


class Kind(StrEnum):
    """What sort of event it is; every provider's events are told with these."""

    MESSAGE = "message"
    """Words or media of a client; a tapped button too."""
    ECHO = "echo"
    """A person of the company wrote, outside our own sending."""
    OWN_ECHO = "own_echo"
    """The provider returned what we sent: not staff."""
    EDIT = "edit"
    DELETE = "delete"
    UNDELETE = "undelete"
    REACTION = "reaction"
    STATUS = "status"
    CALL = "call"
    IDENTITY_CHANGE = "identity_change"
    ACCOUNT = "account"
    AUTO_REPLY = "auto_reply"
    """A machine wrote: never answered."""
    HISTORY = "history"
    """An old message, imported: never answered, never judged, opens no window."""
    ERROR = "error"
    IGNORED = "ignored"
    """Known or not: stored and counted, nothing to do."""
    CLOUDEVENT = "cloudevent"
    STANDARD_WEBHOOK = "standard_webhook"


class Misfit(StrEnum):
    """Why an item could not be read; never what it held."""

    NOT_AN_OBJECT = "not an object"
    NOT_A_LIST = "not a list"
    NO_ID = "no id"
    NO_STATUS = "no status"
    NO_PARTY = "no phone number and no user id"
    NO_ENTRY = "no entry"


@dataclass(frozen=True, slots=True)
class Party:
    """A person as the provider names them; any of it may be withheld."""

    phone: str | None = field(default=None, repr=False)
    """E.164 digits with a plus sign, as received: never normalised between national forms."""
    bsuid: str | None = field(default=None, repr=False)
    """Meta's business-scoped user id."""
    parent_bsuid: str | None = field(default=None, repr=False)
    username: str | None = field(default=None, repr=False)
    """Without a leading @. It may change hands, so it identifies nobody."""

    @property
    def known(self) -> bool:
        """Whether anything here identifies the person."""
        return bool(self.phone or self.bsuid or self.parent_bsuid)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file of a message; its bytes are fetched from the provider by `id`."""

    type: str
    id: str | None = None
    mime: str | None = None
    voice: bool = False
    name: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Referral:
    """What a conversation came from: an advertisement, a post or a product, by its id alone."""

    type: str
    id: str


@dataclass(frozen=True, slots=True)
class Restriction:
    """A limit that the provider put on one of the company's accounts."""

    type: str
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProviderEvent:
    """One event in the provider's words, not yet masked.

    `text`, `payload` and the parties are personal data; the representation leaves them out.
    """

    kind: Kind
    direction: Direction | None = None
    id: str | None = None
    timestamp: datetime | None = None
    """Aware, UTC; None where the provider tells no time: then the time of receipt counts."""
    account: str | None = None
    """The company's own account (WhatsApp: the phone number id); None where the whole
    business account is meant, or where the request does not say."""
    business_account: str | None = None
    """What the account belongs to (WhatsApp: the business account, WABA)."""
    discriminator: str = field(default="", repr=False)
    """Tells apart events that share `kind` and `id`; may derive from personal data: never logged."""
    sender: Party | None = None
    recipient: Party | None = None
    old: Party | None = None
    """Before an identity change; `new` is after it."""
    new: Party | None = None
    content_type: str | None = None
    subtype: str | None = None
    """The provider's own word where `content_type` or `kind` is only a collective name."""
    text: str | None = field(default=None, repr=False)
    attachments: tuple[Attachment, ...] = ()
    payload: str | None = field(default=None, repr=False)
    """What a tapped button or a filled form carries; a form holds the client's own words."""
    emoji: str | None = None
    """None in a reaction: it was taken off."""
    target_id: str | None = None
    """The message that an edit, a deletion or a reaction speaks of."""
    reply_to: str | None = None
    conversation_id: str | None = None
    """Where it is not the client alone."""
    group: bool = False
    forwarded: bool = False
    """The words are not the writer's own."""
    frequently_forwarded: bool = False
    referral: Referral | None = None
    status: str | None = None
    event: str | None = None
    error_code: int | None = None
    opaque: str | None = None
    """What we put into the provider's callback field when sending (`biz_opaque_callback_data`)."""
    duration_seconds: int | None = None
    restrictions: tuple[Restriction, ...] = ()

    @property
    def history(self) -> bool:
        return self.kind is Kind.HISTORY


@dataclass(frozen=True, slots=True)
class UnreadableItem:
    """A part of a request that could not be read, by its place (`entry[0].changes[1]`)."""

    path: str
    reason: Misfit


Reading = ProviderEvent | UnreadableItem


@dataclass(frozen=True, slots=True)
class ParseResult:
    """All that one request holds; `events` in the order in which they are to be applied."""

    events: tuple[ProviderEvent, ...] = ()
    unreadable: tuple[UnreadableItem, ...] = ()


OwnAccounts = frozenset[str]
"""Numbers and ids that are the company's own at the provider."""

NO_HEADERS: Final[Mapping[str, str]] = MappingProxyType({})
NOBODY: Final[OwnAccounts] = frozenset()


class Provider(Protocol):
    """Reads one provider's requests; pure, so the same bytes give the same events."""

    @property
    def name(self) -> str: ...

    def verify_signature(self, headers: Mapping[str, str], raw: bytes, *, secrets: Sequence[str]) -> bool:
        """Whether any of `secrets` signed exactly these bytes. Never raises."""
        ...

    def parse(
        self, raw: bytes, *, headers: Mapping[str, str] = NO_HEADERS, own: OwnAccounts = NOBODY
    ) -> ParseResult:
        """Return everything in the body; raises `Unreadable` for a body that can never be parsed."""
        ...
