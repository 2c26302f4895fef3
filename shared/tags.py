"""The tag vocabulary: what a message is. What a tag means for a client is the policy's business."""

from enum import StrEnum
from typing import Final


class Language(StrEnum):
    """The languages that Etiqueta reads and answers in."""

    PT_BR = "pt-BR"
    ES = "es"
    EN = "en"


class Direction(StrEnum):
    """Who wrote: `inbound` is the client, `outbound` the company's staff."""

    INBOUND = "inbound"
    OUTBOUND = "outbound"


class Channel(StrEnum):
    """Where a message was written or spoken."""

    WHATSAPP = "whatsapp"
    TELEGRAM = "telegram"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    TEAMS = "teams"
    EMAIL = "email"
    PHONE = "phone"


CHAT: Final = frozenset(set(Channel) - {Channel.EMAIL, Channel.PHONE})


class Intent(StrEnum):
    """The main purpose of a client's chat message: exactly one."""

    TICKET_REQUEST = "ticket_request"
    COMPLEX_ISSUE = "complex_issue"
    GENERAL_INQUIRY = "general_inquiry"
    POINT_QUERY = "point_query"
    FOLLOW_UP = "follow_up"
    DATA_CONFIRMATION = "data_confirmation"
    GREETING = "greeting"
    ACKNOWLEDGEMENT = "acknowledgement"
    PERSONAL_CHAT = "personal_chat"
    OTHER = "other"


class Flag(StrEnum):
    """What else is true of a chat message, from a client or from staff."""

    URGENT = "urgent"
    AGGRESSIVE = "aggressive"
    IMPATIENT = "impatient"
    SENSITIVE_DATA = "sensitive_data"
    UNCLEAR = "unclear"
    HANDLES_REQUEST = "handles_request"
    REDIRECTS = "redirects"
    IDENTIFIES = "identifies"
    UNCORDIAL = "uncordial"
    INFORMAL = "informal"
    PERSONAL_CHAT = "personal_chat"


CLIENT_FLAGS: Final = frozenset(
    {Flag.URGENT, Flag.AGGRESSIVE, Flag.IMPATIENT, Flag.SENSITIVE_DATA, Flag.UNCLEAR}
)
STAFF_FLAGS: Final = frozenset(
    {
        Flag.HANDLES_REQUEST,
        Flag.REDIRECTS,
        Flag.IDENTIFIES,
        Flag.UNCORDIAL,
        Flag.INFORMAL,
        Flag.PERSONAL_CHAT,
        Flag.SENSITIVE_DATA,
        Flag.AGGRESSIVE,
    }
)


class Finding(StrEnum):
    """What is true of an e-mail or of a call."""

    VAGUE_SUBJECT = "vague_subject"
    MISSING_GREETING = "missing_greeting"
    MISSING_CLOSING = "missing_closing"
    MISSING_SIGNATURE = "missing_signature"
    INFORMAL = "informal"
    SPELLING = "spelling"
    UNSPECIFIC = "unspecific"
    UNSTRUCTURED = "unstructured"
    AGGRESSIVE = "aggressive"
    IMPATIENT = "impatient"
    SENSITIVE_DATA = "sensitive_data"
    CC_EXPOSURE = "cc_exposure"
    UNIDENTIFIED = "unidentified"
    INTERRUPTS = "interrupts"
    AGITATED_TONE = "agitated_tone"
    RAMBLING = "rambling"
    NO_RECAP = "no_recap"


CALL_FINDINGS: Final = frozenset(
    {
        Finding.UNIDENTIFIED,
        Finding.INTERRUPTS,
        Finding.AGITATED_TONE,
        Finding.RAMBLING,
        Finding.NO_RECAP,
        Finding.AGGRESSIVE,
        Finding.SENSITIVE_DATA,
    }
)
EMAIL_FINDINGS: Final = frozenset(
    set(Finding)
    - {
        Finding.UNIDENTIFIED,
        Finding.INTERRUPTS,
        Finding.AGITATED_TONE,
        Finding.RAMBLING,
        Finding.NO_RECAP,
    }
)


class Context(StrEnum):
    """What time and history say about a message, not its text."""

    OUT_OF_HOURS = "out_of_hours"
    FRAGMENTED = "fragmented"
    REPEAT_PING = "repeat_ping"
    OVERDUE = "overdue"
    VOICE_CALL = "voice_call"
    STAFF_ACTIVE = "staff_active"
