"""Ids: each is derived from its cause, so that the same cause gives the same id on every delivery."""

import hashlib
import hmac
from typing import Final, NewType
from uuid import UUID, uuid5

TenantId = NewType("TenantId", str)
ClientId = NewType("ClientId", str)
MessageId = NewType("MessageId", str)
EventId = NewType("EventId", str)
PackHash = NewType("PackHash", str)

NAMESPACE: Final = UUID("5b0a4ff2-6a53-5b63-9c1f-0d6ab8b0e7a1")
_SEPARATOR: Final = "\x1f"  # cannot stand in a tenant's name or a provider's id


def derived_id(*cause: str) -> str:
    """Return the id of whatever `cause` names, part by part."""
    return str(uuid5(NAMESPACE, _SEPARATOR.join(cause)))


def message_id(
    tenant: TenantId, provider: str, account: str, kind: str, provider_id: str, discriminator: str
) -> MessageId:
    """Return the id of one provider event; a redelivery in any batch has the same six parts."""
    return MessageId(derived_id("message", tenant, provider, account, kind, provider_id, discriminator))


def consequence_id(cause: str, kind: str) -> EventId:
    """Return the id of what `cause` led to: the same on every redelivery."""
    return EventId(derived_id(kind, cause))


def client_id(tenant_key: bytes, address: str) -> ClientId:
    """Return who `address` (already normalised) is for one tenant.

    Keyed, so that what analysts keep after an erasure cannot be reversed by trying all numbers.
    """
    digest = hmac.new(tenant_key, address.encode(), hashlib.sha256).hexdigest()
    return ClientId(digest[:32])


def topic_key(tenant: TenantId, client: ClientId) -> bytes:
    """Return the key that every topic uses: one order per client."""
    return f"{tenant}:{client}".encode()
