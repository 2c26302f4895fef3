"""The closed lists: every word that effects, facts, refusals, commands and replies may use on the wire."""

from enum import StrEnum


class Effect(StrEnum):
    """What a decision intends."""

    REPLY = "reply"
    REDIRECT = "redirect"
    INFRACTION = "infraction"
    FINDING = "finding"
    NOTIFY = "notify"
    ROUTE = "route"
    REVIEW = "review"


class Fact(StrEnum):
    """What an outcome made true."""

    INFRACTION_RECORDED = "infraction_recorded"
    INFRACTION_WAIVED = "infraction_waived"
    FINDING_RECORDED = "finding_recorded"
    CHANNEL_DISABLED = "channel_disabled"
    CHANNEL_RESTORED = "channel_restored"
    CALL_REQUESTED = "call_requested"
    CALL_COMPLETED = "call_completed"
    REVIEW_OPENED = "review_opened"
    REVIEW_CLOSED = "review_closed"
    APPEAL_OPENED = "appeal_opened"
    APPEAL_CLOSED = "appeal_closed"
    ATTENTION_REQUESTED = "attention_requested"
    PERSON_ERASED = "person_erased"


class Refusal(StrEnum):
    """Why an intended effect did not happen."""

    SHADOW = "shadow"
    LENIENT = "lenient"
    THROTTLED = "throttled"
    SUPERSEDED = "superseded"
    STAFF_ACTIVE = "staff_active"
    CHANNEL_DISABLED = "channel_disabled"
    WINDOW_CLOSED = "window_closed"
    PROVIDER_BLOCKED = "provider_blocked"
    STALE = "stale"
    LATE = "late"
    LOOP = "loop"
    AUTO_REPLY = "auto_reply"
    LOW_CONFIDENCE = "low_confidence"
    ALREADY_COUNTED = "already_counted"
    OUTRANKED = "outranked"
    UNKNOWN_ADDRESS = "unknown_address"
    SEND_FAILED = "send_failed"
    SEND_UNKNOWN = "send_unknown"


class CommandName(StrEnum):
    """What a person or a timer may ask of sanctions."""

    WAIVE = "waive"
    DISABLE = "disable"
    RESTORE = "restore"
    COMPLETE_CALL = "complete_call"
    CONFIRM_REVIEW = "confirm_review"
    DISMISS_REVIEW = "dismiss_review"
    APPEAL = "appeal"
    DECIDE_APPEAL = "decide_appeal"
    REQUEST_ATTENTION = "request_attention"
    ERASE = "erase"
    TICK = "tick"


class CommandState(StrEnum):
    """How a command was settled."""

    APPLIED = "applied"
    REFUSED = "refused"


class ReplyState(StrEnum):
    """How far a reply has come."""

    REQUESTED = "requested"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    FAILED = "failed"
    SUPPRESSED = "suppressed"
    UNKNOWN = "unknown"


class Mode(StrEnum):
    """What a rule is allowed to do."""

    ENFORCE = "enforce"
    REVIEW = "review"
    SHADOW = "shadow"


class Matter(StrEnum):
    """What a paragraph of a reply is about, in the order in which paragraphs are said."""

    HOTLINE = "hotline"
    RESTRICTION = "restriction"
    WARNING = "warning"
    SENSITIVE = "sensitive"
    REDIRECT = "redirect"
    HOURS = "hours"
    GUIDANCE = "guidance"
    STANDARD = "standard"


MATTERS: tuple[Matter, ...] = tuple(Matter)
