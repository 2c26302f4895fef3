"""The way through a WhatsApp webhook: every item of every change of every entry.

Source: Meta "Webhooks", "messages webhook reference".
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Final

from services.ingest.providers.base import (
    Kind,
    Misfit,
    OwnAccounts,
    ProviderEvent,
    Reading,
    UnreadableItem,
)
from services.ingest.providers.reading import Json, each, fingerprint, term
from services.ingest.providers.whatsapp.account import (
    ACCOUNT_FIELDS,
    ignored,
    read_account,
    read_error,
    read_preference,
)
from services.ingest.providers.whatsapp.change import Change
from services.ingest.providers.whatsapp.history import read_chunk, read_old_media
from services.ingest.providers.whatsapp.identity import read_user_id_update
from services.ingest.providers.whatsapp.messages import read_echo, read_message
from services.ingest.providers.whatsapp.receipts import read_call, read_status

OBJECT: Final = "whatsapp_business_account"

ReadItem = Callable[[Change, Json, str], Iterable[Reading]]

# Echoes are tolerated under `messages`, as everything else is: the array says what its items are.
_CONVERSATION: Final[Mapping[str, ReadItem]] = {
    "user_id_update": read_user_id_update,
    "messages": read_message,
    "message_echoes": read_echo,
    "statuses": read_status,
    "calls": read_call,
    "history": read_chunk,
    "user_preferences": read_preference,
    "errors": read_error,
}
_HISTORY: Final[Mapping[str, ReadItem]] = {
    "history": read_chunk,
    "messages": read_old_media,
    "errors": read_error,
}
_ARRAYS_OF_FIELD: Final[Mapping[str | None, Mapping[str, ReadItem]]] = {
    None: _CONVERSATION,
    "messages": _CONVERSATION,
    "smb_message_echoes": _CONVERSATION,
    "message_echoes": _CONVERSATION,
    "calls": _CONVERSATION,
    "user_id_update": _CONVERSATION,
    "user_preferences": _CONVERSATION,
    "history": _HISTORY,
}
_AROUND_ITEMS: Final = frozenset({"messaging_product", "metadata", "contacts", *_CONVERSATION})


def read_body(body: Json, own: OwnAccounts) -> Iterator[Reading]:
    """Read a whole body.

    A bare change or value, as some of Meta's documents show them, is read as if it stood in an entry.
    """
    kind = term(body.get("object"))
    if kind is not None and kind != OBJECT:
        yield ProviderEvent(kind=Kind.IGNORED, subtype=kind, discriminator=fingerprint(body))
    elif "entry" in body or kind is not None:
        yield from each(body, "entry", "", partial(_read_entry, own))
    elif "changes" in body:
        yield from _read_entry(own, body, "")
    elif "value" in body:
        yield from _read_change(own, {}, body, "")
    elif _AROUND_ITEMS & body.keys():
        yield from _read_change(own, {}, {"value": body}, "")
    else:
        yield UnreadableItem("", Misfit.NO_ENTRY)


def _read_entry(own: OwnAccounts, entry: Json, path: str) -> Iterator[Reading]:
    yield from each(entry, "changes", path, partial(_read_change, own, entry))


def _read_change(own: OwnAccounts, entry: Json, item: Json, path: str) -> Iterator[Reading]:
    where = f"{path}.value".removeprefix(".")
    if not isinstance(item.get("value"), dict):
        yield UnreadableItem(where, Misfit.NOT_AN_OBJECT)
        return
    change = Change.of(item, where, entry, own)
    arrays = _ARRAYS_OF_FIELD.get(change.field)
    if change.field in ACCOUNT_FIELDS:
        yield from read_account(change)
    elif arrays is None:
        yield ignored(change)
    else:
        yield from _read_arrays(change, arrays)


def _read_arrays(change: Change, arrays: Mapping[str, ReadItem]) -> Iterator[Reading]:
    for name, read in arrays.items():
        yield from each(change.value, name, change.path, partial(read, change))
    if not arrays.keys() & change.value.keys() and change.value.keys() - _AROUND_ITEMS:
        yield ignored(change)
