"""A client's recent conversation: the last entries, united by id, and the burst a message belongs to."""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Final, Self

from shared.events.base import Frozen, Instant
from shared.events.messages import ContentKind
from shared.ids import ClientId, MessageId, TenantId
from shared.tags import Direction, Intent, Language

KEPT_ENTRIES: Final = 50


class Entry(Frozen):
    """One message of the conversation, as later messages see it."""

    message: MessageId
    at: Instant
    direction: Direction
    kind: ContentKind
    length: int = 0
    text: str | None = None
    """Masked, and only while a burst may still go on."""
    digest: str | None = None
    """Of the folded text: tells a repetition without keeping words."""
    intent: Intent | None = None
    language: Language | None = None
    burst: MessageId | None = None
    """The first message of the burst that it belongs to; None: it is the first itself."""

    @property
    def first_of_burst(self) -> MessageId:
        return self.burst or self.message

    @property
    def place(self) -> tuple[datetime, str]:
        """The order of a conversation: by the provider's time, then by id."""
        return self.at, self.message


class History(Frozen):
    """The last entries of one client; `revision` guards the write."""

    tenant: TenantId
    client: ClientId
    revision: int = 0
    entries: tuple[Entry, ...] = ()

    def united(self, entries: Iterable[Entry], text_kept: timedelta) -> Self:
        """Return the history with `entries`, the first of an id staying; adding twice changes nothing."""
        known = {entry.message: entry for entry in (*entries, *self.entries)}
        ordered = sorted(known.values(), key=lambda entry: entry.place)[-KEPT_ENTRIES:]
        if not ordered:
            return self
        oldest = ordered[-1].at - text_kept
        kept = tuple(
            entry if entry.at >= oldest or entry.text is None else entry.model_copy(update={"text": None})
            for entry in ordered
        )
        return self.model_copy(update={"entries": kept})

    def before(self, place: tuple[datetime, str]) -> Sequence[Entry]:
        """Return what came before that place of the conversation, oldest first."""
        return [entry for entry in self.entries if entry.place < place]

    def language(self, place: tuple[datetime, str]) -> Language | None:
        """Return the language that the client used last before that place."""
        return next(
            (
                entry.language
                for entry in reversed(self.before(place))
                if entry.direction is Direction.INBOUND and entry.language is not None
            ),
            None,
        )


def burst_before(entries: Sequence[Entry], at: datetime, window: timedelta) -> Sequence[Entry]:
    """Return the client's fragments that run up to `at` without a pause or a word of the staff."""
    burst: list[Entry] = []
    later = at
    for entry in reversed(entries):
        fragment = entry.direction is Direction.INBOUND and entry.kind is ContentKind.TEXT
        if not fragment or later - entry.at > window:
            break
        burst.insert(0, entry)
        later = entry.at
    return burst


def digest(text: str) -> str:
    """Return a short digest of the text without case, accents, spaces or punctuation."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(letter for letter in folded if letter.isalnum())
    return hashlib.sha256(letters.encode("utf-8", "surrogatepass")).hexdigest()[:16]
