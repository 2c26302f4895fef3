"""Events as MongoDB documents, with the fields that analysts group by and the store forgets by."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import BaseModel

from shared.clock import wall_now
from shared.ids import TenantId
from shared.mongo.store import Document
from shared.policy.pack import Retention
from shared.policy.source import PackSource

SCHEMA_VERSION: Final = 1
_ADDED: Final = ("_id", "schema_version", "local_date", "local_hour", "expires_at")


def to_document(model: BaseModel, identity: str, at: datetime, zone: ZoneInfo) -> Document:
    """Return `model` as a document: `_id`, its own fields, the tenant's local date and hour of `at`."""
    local = at.astimezone(zone)
    return {
        "_id": identity,
        "schema_version": SCHEMA_VERSION,
        **model.model_dump(mode="python"),
        "local_date": local.date().isoformat(),
        "local_hour": local.hour,
    }


def expiring(document: Document, days: int) -> Document:
    """Return the document with the time after which it is forgotten: always by the wall clock.

    A script's own time (`ETIQUETA_CLOCK=events`) may lie years away, and the store would act on it.
    """
    return {**document, "expires_at": wall_now() + timedelta(days=days)}


def own_fields(document: Document) -> dict[str, Any]:
    """Return what of a document is the event's own."""
    return {name: value for name, value in document.items() if name not in _ADDED}


@dataclass(frozen=True, slots=True)
class Place:
    """What a tenant's pack says about documents: whose clock analysts read, and how long they are kept."""

    zone: ZoneInfo
    retention: Retention


class Zones:
    """The places of all tenants, by their active packs."""

    def __init__(self, packs: PackSource) -> None:
        self._packs = packs

    def of(self, tenant: TenantId) -> Place:
        pack = self._packs.active(tenant)
        return Place(ZoneInfo("UTC"), Retention()) if pack is None else Place(pack.zone, pack.retention)
