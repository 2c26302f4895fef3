"""When a client's identifiers change: system messages and the field `user_id_update`.

Source: Meta "system messages webhooks reference", "Business-scoped user IDs".
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from services.ingest.providers.base import Kind, Misfit, Party, ProviderEvent, Reading, UnreadableItem
from services.ingest.providers.reading import Json, identifier, instant, mapping, phone, term, words
from services.ingest.providers.whatsapp.change import Change
from services.ingest.providers.whatsapp.parties import party

_NEW_DEVICE: Final = frozenset({"customer_identity_changed", "user_identity_changed"})
# Meta's sentence ends with both ids; the client's own name stands before them, so only the end counts.
_FROM_TO: Final = re.compile(r"changed from (\S+) to (\S+)\s*$")


def read_system(change: Change, item: Json, path: str) -> Iterator[Reading]:
    """Read a message of type `system`: no contacts, maybe no `from`; new ids in `system`."""
    found = identifier(item.get("id"))
    if found is None:
        yield UnreadableItem(path, Misfit.NO_ID)
        return
    system = mapping(item.get("system"))
    subtype = term(system.get("type"))
    base = ProviderEvent(
        kind=Kind.IDENTITY_CHANGE,
        id=found,
        timestamp=instant(item.get("timestamp")),
        account=change.account,
        business_account=change.business_account,
        subtype=subtype,
    )
    old, new = _old(item, system), _new(system)
    if new.known:
        yield replace(base, old=old, new=new)
    elif subtype in _NEW_DEVICE and old.known:
        same = change.contacts.complete(old)  # another device key, the same identifiers
        yield replace(base, old=same, new=same)
    else:
        yield replace(base, kind=Kind.IGNORED)


def read_user_id_update(change: Change, item: Json, path: str) -> Iterator[Reading]:
    """Read one of `user_id_update[]`: the previous and the current user id.

    Its phone number, where it has one, is the current one.
    """
    users, parents = mapping(item.get("user_id")), mapping(item.get("parent_user_id"))
    old, new = (
        Party(bsuid=identifier(users.get(side)), parent_bsuid=identifier(parents.get(side)))
        for side in ("previous", "current")
    )
    new = replace(new, phone=phone(item.get("wa_id")))
    if not new.bsuid and not new.parent_bsuid:
        yield UnreadableItem(path, Misfit.NO_PARTY)
        return
    yield replace(change.without_id(Kind.IDENTITY_CHANGE, item), subtype=change.field, old=old, new=new)


def _new(system: Json) -> Party:
    new = party(system, "wa_id", "user_id", "parent_user_id")
    return replace(new, phone=new.phone or phone(system.get("new_wa_id")))


def _old(item: Json, system: Json) -> Party:
    old = party(item, "from", "from_user_id", "from_parent_user_id")
    current = identifier(system.get("user_id"))
    previous = identifier(system.get("previous_user_id")) or _told(system, current)
    sent_as = old.bsuid if old.bsuid != current else None
    return replace(old, phone=old.phone or phone(system.get("customer")), bsuid=previous or sent_as)


def _told(system: Json, current: str | None) -> str | None:
    """Return the previous user id from the sentence, the only place that may name it."""
    match = _FROM_TO.search(words(system.get("body")) or "")
    if match is None or current is None or match[2] != current:
        return None
    return identifier(match[1])
