"""The chats that a business had before it was connected: imported, never judged, never answered.

Source: Meta's "history" webhook reference.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from services.ingest.providers.base import Kind, Party, ProviderEvent, Reading
from services.ingest.providers.reading import Json, each, mapping, phone, term
from services.ingest.providers.whatsapp.account import read_error
from services.ingest.providers.whatsapp.change import Change
from services.ingest.providers.whatsapp.messages import Author, read_written, recipient, sender
from services.ingest.providers.whatsapp.parties import contact
from shared.tags import Direction


def read_chunk(change: Change, chunk: Json, path: str) -> Iterator[Reading]:
    """Read one of `history[]`: threads of messages, or the error that the owner shares none."""
    yield from each(chunk, "errors", path, partial(read_error, change))
    yield from each(chunk, "threads", path, partial(_read_thread, change))


def _read_thread(change: Change, thread: Json, path: str) -> Iterator[Reading]:
    named = contact(mapping(thread.get("context")))
    client = change.contacts.complete(replace(named, phone=named.phone or phone(thread.get("id"))))
    yield from each(thread, "messages", path, partial(_read_old, change, client))


def _read_old(change: Change, client: Party, item: Json, path: str) -> Iterator[Reading]:
    context = mapping(item.get("history_context"))
    ours = context.get("from_me") is True or change.is_own(item.get("from"))
    direction = Direction.OUTBOUND if ours else Direction.INBOUND
    named = recipient(change, item) if ours else sender(change, item)
    author = Author(Kind.HISTORY, direction, named if named.known else client)
    status = term(context.get("status"))
    for reading in read_written(change, item, path, author):
        if isinstance(reading, ProviderEvent) and status:
            yield replace(reading, status=status.lower())
        else:
            yield reading


def read_old_media(change: Change, item: Json, path: str) -> Iterator[Reading]:
    """Read one of `messages[]` under the field `history`.

    It brings the file that an earlier chunk only announced, under the same id.
    """
    for reading in _read_old(change, Party(), item, path):
        if isinstance(reading, ProviderEvent):
            yield replace(reading, discriminator="media")
        else:
            yield reading
