"""Placeholders: which names a paragraph may use, where each has a value, and what fills them."""

from collections.abc import Mapping
from string import Formatter
from typing import Final

from shared.policy.schema import LeftOpen

EXCERPT_CHARACTERS: Final = 160
"""Excerpts are cut to this."""
_LONG_VALUES: Final = {"clause": 180, "excerpt": EXCERPT_CHARACTERS, "hours": 200, "channels": 600}
_SHORT_VALUE: Final = 60
WHATSAPP_CHARACTERS: Final = 4096
"""The longest text that WhatsApp's API accepts in one message."""

ALWAYS: Final = frozenset({"company", "hours", "response_time", "channels"})
"""What the pack itself knows."""
OF_RULES: Final = frozenset({"clause"})
"""What the rule that says the paragraph knows."""
OF_NOTICES: Final[Mapping[str, frozenset[str]]] = {
    "standing": frozenset({"points", "limit"}),
    "disabled": frozenset({"points", "limit", "clause", "date", "excerpt", "call_due", "until"}),
    "disabled_by_person": frozenset({"date"}),
    "disabled_again": frozenset(),
    "restored": frozenset(),
}
"""What sanctions gives with each notice, in `Paragraph.values`.

`points`, `limit`: whole numbers. `clause`: its id. `date`, `call_due`, `until`: ISO 8601 with an
offset. `excerpt`: masked words of the message, possibly empty.
"""
EVERY_EVENT_VALUE: Final = frozenset().union(*OF_NOTICES.values())


class MalformedTemplate(ValueError):
    """A paragraph whose braces do not pair, or hold more than a name."""


def longest(text: str) -> int:
    """Return how many characters a paragraph may take once its placeholders are filled."""
    values = sum(_LONG_VALUES.get(name, _SHORT_VALUE) for name in placeholders(text))
    return len(text) + values


def placeholders(text: str) -> frozenset[str]:
    """Return the names in braces. Doubled braces are braces."""
    try:
        fields = [field[1:] for field in Formatter().parse(text) if field[1] is not None]
    except ValueError as error:
        raise MalformedTemplate(str(error).lower()) from None
    for name, specification, conversion in fields:
        if specification or conversion or not str(name).isidentifier():
            raise MalformedTemplate(f"`{{{name}}}` is more than a name")
    return frozenset(str(name) for name, _, _ in fields)


def pack_values(left_open: LeftOpen) -> frozenset[str]:
    """Return the placeholders that this pack can fill by itself."""
    limit = {"limit"} if left_open.limit is not None else set()
    return ALWAYS | frozenset(left_open.channels) | limit


def notice_values(notice: str, left_open: LeftOpen) -> frozenset[str]:
    """Return the placeholders that have a value in a notice."""
    values = set(OF_NOTICES[notice])
    if left_open.call is None:
        values.discard("call_due")
    if left_open.restriction is None or left_open.restriction.until_days is None:
        values.discard("until")
    return frozenset(values)
