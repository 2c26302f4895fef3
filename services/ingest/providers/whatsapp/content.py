"""What a WhatsApp message is made of: its type, its words, its files (`messages[].type`).

Source: Meta's "messages" webhook references; facebook/openapi `business-messaging-api_v23.0.yaml`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from services.ingest.providers.base import Attachment
from services.ingest.providers.reading import Json, identifier, mapping, term, words

UNKNOWN: Final = "unknown"
MEDIA: Final = frozenset({"image", "video", "document", "audio", "sticker"})
WORDLESS: Final = frozenset({"location", "contacts", "media_placeholder"})


@dataclass(frozen=True, slots=True)
class Content:
    """The part of an event that a message's type decides."""

    content_type: str
    subtype: str | None = None
    text: str | None = None
    attachments: tuple[Attachment, ...] = ()
    payload: str | None = None


def read_content(message: Json) -> Content:
    """Return what a message says. A type that nobody knows is kept as `unknown`, its name beside it."""
    named = term(message.get("type"))
    found = named or next((known for known in _READERS if known in message), None)
    if found is None:
        return Content(UNKNOWN)
    reader = _READERS.get(found)
    if reader is None:
        return Content(UNKNOWN, subtype=None if found == UNKNOWN else found)
    return reader(found, mapping(message.get(found)))


def _text(kind: str, body: Json) -> Content:
    return Content(kind, text=words(body.get("body")))


def _media(kind: str, body: Json) -> Content:
    attachment = Attachment(
        type=kind,
        id=identifier(body.get("id")),
        mime=identifier(body.get("mime_type")),
        voice=body.get("voice") is True,
        name=words(body.get("filename")),
    )
    return Content(kind, text=words(body.get("caption")), attachments=(attachment,) if body else ())


def _wordless(kind: str, body: Json) -> Content:
    del body  # places and address cards are other people's data: nothing of them is taken in
    return Content(kind)


def _button(kind: str, body: Json) -> Content:
    return Content(kind, text=words(body.get("text")), payload=words(body.get("payload")))


def _order(kind: str, body: Json) -> Content:
    return Content(kind, text=words(body.get("text")))


def _unsupported(kind: str, body: Json) -> Content:
    return Content(kind, subtype=term(body.get("type")))


def _interactive(kind: str, body: Json) -> Content:
    """Return a tapped button or list row, or a filled form; the inner object can be missing."""
    inner = term(body.get("type")) or next((name for name in _INNER if name in body), None)
    if inner is None:
        return Content(kind)
    reply = mapping(body.get(inner))
    words_field, payload_field = _INNER.get(inner, ("", ""))
    return Content(
        f"{kind}.{inner}",
        text=words(reply.get(words_field)) or words(mapping(body.get("body")).get("text")),
        payload=words(reply.get(payload_field)),
    )


# Inner type: the field of the words, the field of the payload. A form's answers are a string of
# JSON that may be invalid, so it stays a string; a permission is not words.
_INNER: Final[Mapping[str, tuple[str, str]]] = {
    "button_reply": ("title", "id"),
    "list_reply": ("title", "id"),
    "nfm_reply": ("", "response_json"),
    "call_permission_reply": ("", "response"),
}

_READERS: Final[Mapping[str, Callable[[str, Json], Content]]] = {
    "text": _text,
    **dict.fromkeys(sorted(MEDIA), _media),
    "interactive": _interactive,
    "button": _button,
    "order": _order,
    "unsupported": _unsupported,
    **dict.fromkeys(sorted(WORDLESS), _wordless),
}
