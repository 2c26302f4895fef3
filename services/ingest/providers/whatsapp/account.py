"""What happens to the company's own accounts, and clients' marketing preferences.

Source: Meta's references of `account_update`, `account_alerts`, `phone_number_quality_update`,
`message_template_status_update`, `security`, `user_preferences`.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from services.ingest.providers.base import Kind, Misfit, Reading, Restriction, UnreadableItem
from services.ingest.providers.reading import Json, identifier, instant, integer, mapping, mappings, term
from services.ingest.providers.whatsapp.change import Change
from services.ingest.providers.whatsapp.messages import first_error
from services.ingest.providers.whatsapp.parties import contact

ACCOUNT_FIELDS: Final = frozenset(
    {
        "account_alerts",
        "account_review_update",
        "account_settings_update",
        "account_update",
        "business_capability_update",
        "business_status_update",
        "message_template_components_update",
        "message_template_quality_update",
        "message_template_status_update",
        "partner_solutions",
        "payment_configuration_update",
        "phone_number_name_update",
        "phone_number_quality_update",
        "security",
        "template_category_update",
    }
)


def read_account(change: Change) -> Iterator[Reading]:
    """Read an account-level field: `event` says what happened, or the field's name where it has none."""
    value = change.value
    alert = mapping(value.get("alert_info"))
    told = (value.get("event"), alert.get("alert_type"), value.get("decision"), change.field)
    yield replace(
        change.without_id(Kind.ACCOUNT, value),
        event=next((found for word in told if (found := term(word))), None),
        subtype=change.field,
        status=_ban_state(value),
        restrictions=tuple(_restrictions(value)),
    )


def _ban_state(value: Json) -> str | None:
    """Return `waba_ban_state`, which some documents show as a list."""
    state = mapping(value.get("ban_info")).get("waba_ban_state")
    return term(state[0] if isinstance(state, list) and state else state)


def _restrictions(value: Json) -> Iterator[Restriction]:
    for item in mappings(value.get("restriction_info")):
        if kind := term(item.get("restriction_type")):
            yield Restriction(kind, instant(item.get("expiration")))


def read_preference(change: Change, item: Json, path: str) -> Iterator[Reading]:
    """Read one of `user_preferences[]`: `status` is `stop` or `resume`, `subtype` what it is about."""
    choice = term(item.get("value"))
    client = change.contacts.complete(contact(item))
    if choice is None or not client.known:
        yield UnreadableItem(path, Misfit.NO_STATUS if choice is None else Misfit.NO_PARTY)
        return
    yield replace(
        change.without_id(Kind.ACCOUNT, item),
        sender=client,
        event="user_preferences",
        subtype=term(item.get("category")),
        status=choice.lower(),
    )


def read_error(change: Change, item: Json, path: str) -> Iterator[Reading]:
    """Read one of `errors[]` of a value or a history: the provider could not do something."""
    del path
    yield replace(
        change.without_id(Kind.ERROR, item), error_code=integer(item.get("code")), subtype=change.field
    )


def ignored(change: Change) -> Reading:
    """Return a change that nobody here needs, so that it is counted."""
    return replace(
        change.without_id(Kind.IGNORED, change.value),
        id=identifier(change.value.get("id")),
        subtype=change.field,
        error_code=first_error(change.value),
    )
