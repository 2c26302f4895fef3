"""The questions that the model answers, and which messages each is learned from."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from services.classifier.training.corpus import Message
from shared.tags import Direction, Flag, Intent, Language


@dataclass(frozen=True)
class Head:
    """One column of the model: whom it is learned from, and which of them have the tag."""

    name: str
    learns_from: Callable[[Message], bool]
    has: Callable[[Message], bool]


def _inbound(message: Message) -> bool:
    return message.direction is Direction.INBOUND


def _outbound(message: Message) -> bool:
    return message.direction is Direction.OUTBOUND


def _any(_message: Message) -> bool:
    return True


def _intent(intent: Intent) -> Head:
    return Head(f"intent:{intent}", _inbound, lambda message: message.intent is intent)


def _language(language: Language) -> Head:
    return Head(f"language:{language}", _any, lambda message: message.language is language)


def _flag(flag: Flag, prefix: str, learns_from: Callable[[Message], bool]) -> Head:
    return Head(f"{prefix}:{flag}", learns_from, lambda message: flag in message.flags)


LEARNED_CLIENT_FLAGS: Final = (Flag.URGENT, Flag.AGGRESSIVE, Flag.IMPATIENT, Flag.UNCLEAR)
LEARNED_STAFF_FLAGS: Final = (
    Flag.AGGRESSIVE,
    Flag.HANDLES_REQUEST,
    Flag.REDIRECTS,
    Flag.IDENTIFIES,
    Flag.UNCORDIAL,
    Flag.INFORMAL,
    Flag.PERSONAL_CHAT,
)

HEADS: Final[Sequence[Head]] = (
    *map(_intent, Intent),
    *(_flag(flag, "client", _inbound) for flag in LEARNED_CLIENT_FLAGS),
    # Hostility reads the same whoever writes it: staff's is learned from both sides.
    _flag(Flag.AGGRESSIVE, "staff", _any),
    *(_flag(flag, "staff", _outbound) for flag in LEARNED_STAFF_FLAGS[1:-1]),
    Head(
        f"staff:{Flag.PERSONAL_CHAT}",
        _any,
        lambda message: Flag.PERSONAL_CHAT in message.flags or message.intent is Intent.PERSONAL_CHAT,
    ),
    *map(_language, Language),
)
