"""What the text classifier is given, and the interface that every classifier keeps."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from shared.events.decisions import Tags
from shared.events.messages import Turn
from shared.tags import Direction, Language


@dataclass(frozen=True, slots=True)
class ChatSample:
    """A chat message, masked; `hint` is the language to fall back on when the text is too short."""

    text: str
    direction: Direction = Direction.INBOUND
    hint: Language | None = None


@dataclass(frozen=True, slots=True)
class EmailSample:
    """An e-mail, masked; `copies` counts the people in copy."""

    subject: str
    body: str
    copies: int = 0
    direction: Direction = Direction.INBOUND
    hint: Language | None = None


@dataclass(frozen=True, slots=True)
class CallSample:
    """A call's transcript, masked."""

    turns: Sequence[Turn]
    direction: Direction = Direction.INBOUND
    hint: Language | None = None


Sample = ChatSample | EmailSample | CallSample


class Tagger(Protocol):
    """Tags samples in batches: one answer for each, in order, whatever the text; it never raises."""

    def tag(self, samples: Sequence[Sample]) -> Sequence[Tags]: ...
