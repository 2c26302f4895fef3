"""One change of a WhatsApp webhook and what all its items share."""

from dataclasses import dataclass
from datetime import datetime

from services.ingest.providers.base import Kind, OwnAccounts, ProviderEvent
from services.ingest.providers.reading import Json, fingerprint, identifier, instant, mapping, phone, term
from services.ingest.providers.whatsapp.parties import Contacts, same_line


@dataclass(frozen=True, slots=True)
class Change:
    """`entry[].changes[]`: a field's name, its value, and where it stands in the body."""

    field: str | None
    value: Json
    path: str
    account: str | None
    business_account: str | None
    told_at: datetime | None
    """`entry.time`, which only account-level fields carry."""
    contacts: Contacts
    own_lines: frozenset[str]

    @classmethod
    def of(cls, change: Json, path: str, entry: Json, own: OwnAccounts) -> "Change":
        value = mapping(change.get("value"))
        metadata = mapping(value.get("metadata"))
        numbers = (*own, metadata.get("display_phone_number"))
        return cls(
            field=term(change.get("field")),
            value=value,
            path=path,
            account=identifier(metadata.get("phone_number_id")),
            business_account=identifier(entry.get("id")),
            told_at=instant(entry.get("time")),
            contacts=Contacts.of(value),
            own_lines=frozenset(same_line(found) for number in numbers if (found := phone(number))),
        )

    def is_own(self, number: object) -> bool:
        """Whether a `from` or `to` is the business itself."""
        found = phone(number)
        return found is not None and same_line(found) in self.own_lines

    def without_id(self, kind: Kind, item: Json) -> ProviderEvent:
        """Return an event for an item that has no id of its own.

        Its content tells it apart, so a redelivery gives the same event again.
        """
        return ProviderEvent(
            kind=kind,
            timestamp=instant(item.get("timestamp")) or self.told_at,
            account=self.account,
            business_account=self.business_account,
            discriminator=fingerprint(self.field, self.told_at and self.told_at.isoformat(), item),
        )
