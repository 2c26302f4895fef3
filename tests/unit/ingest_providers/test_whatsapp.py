"""What the WhatsApp parser promises beyond the contract cases."""

import json
from typing import Any

import pytest

from services.ingest.providers import PROVIDERS
from services.ingest.providers.base import Kind, Misfit, Party, ProviderEvent
from services.ingest.providers.whatsapp import WhatsApp
from shared.tags import Direction

PHONE = "5511900000001"


def text(id_: str, body: str = "oi", **rest: object) -> dict[str, Any]:
    content = {"type": "text", "text": {"body": body}}
    return {"from": PHONE, "id": id_, "timestamp": "1778000000", **content, **rest}


def parse(value: dict[str, Any], field: str = "messages", **keywords: Any) -> tuple[ProviderEvent, ...]:
    value = {"metadata": {"display_phone_number": "551100000001", "phone_number_id": "8001"}, **value}
    entry = {"id": "9001", "time": 1778000100, "changes": [{"field": field, "value": value}]}
    body = {"object": "whatsapp_business_account", "entry": [entry]}
    return WhatsApp().parse(json.dumps(body).encode(), **keywords).events


def test_the_registry_finds_it_by_the_name_in_its_address() -> None:
    assert PROVIDERS["whatsapp"].name == "whatsapp"


def test_every_event_names_its_account_and_its_business_account() -> None:
    (event,) = parse({"messages": [text("a")]})
    assert (event.account, event.business_account) == ("8001", "9001")


def test_an_event_shows_no_personal_data_in_its_representation() -> None:
    (event,) = parse({"messages": [text("a", "meu cartão é 4111 1111 1111 1111")]})
    assert PHONE not in repr(event)
    assert "4111" not in repr(event)


def test_another_number_of_the_company_is_staff_when_it_is_named() -> None:
    written = {"messages": [text("a", to="5511900000002")]}
    assert [event.kind for event in parse(written)] == [Kind.MESSAGE]
    (event,) = parse(written, own=frozenset({PHONE}))
    assert (event.kind, event.direction) == (Kind.ECHO, Direction.OUTBOUND)
    assert event.recipient == Party(phone="+5511900000002")


def test_an_echo_to_nobody_is_told_as_unreadable() -> None:
    raw = json.dumps({"entry": [{"changes": [{"value": {"message_echoes": [{"id": "a"}]}}]}]}).encode()
    result = WhatsApp().parse(raw)
    assert result.events == ()
    assert [item.reason for item in result.unreadable] == [Misfit.NO_PARTY]


def test_statuses_of_one_message_are_told_apart_by_status_and_participant() -> None:
    status = {"id": "a", "recipient_id": "G", "recipient_type": "group"}
    events = parse(
        {
            "statuses": [
                status | {"status": "sent"},
                status | {"status": "read", "recipient_participant_id": "5511900000001"},
                status | {"status": "read", "recipient_participant_id": "5511900000002"},
            ]
        }
    )
    assert len({event.discriminator for event in events}) == 3


def test_a_status_has_the_same_discriminator_whether_it_comes_alone_or_with_contacts() -> None:
    status = {"id": "a", "status": "read", "recipient_id": "G", "recipient_type": "group"}
    alone: dict[str, Any] = {"statuses": [status | {"recipient_participant_id": PHONE}]}
    joined = alone | {"contacts": [{"wa_id": PHONE, "user_id": "BR.1"}]}
    assert parse(alone)[0].discriminator == parse(joined)[0].discriminator


def test_what_begins_and_what_ends_a_call_are_two_events() -> None:
    call = {"id": "wacid.a", "from": PHONE, "direction": "USER_INITIATED"}
    events = parse({"calls": [call | {"event": "connect"}, call | {"event": "terminate"}]}, "calls")
    assert len({event.discriminator for event in events}) == 2


def test_an_account_event_at_another_time_is_another_event() -> None:
    value = {"event": "ACCOUNT_VIOLATION"}
    (first,) = parse(value, "account_update")
    (again,) = parse(value, "account_update")
    later = {"id": "9001", "time": 1778009999, "changes": [{"field": "account_update", "value": value}]}
    (other,) = WhatsApp().parse(json.dumps({"entry": [later]}).encode()).events
    assert first.discriminator == again.discriminator
    assert first.discriminator != other.discriminator


def test_history_never_looks_like_a_message() -> None:
    thread = {"id": PHONE, "messages": [text("a"), text("b", type="edit"), text("c", type="revoke")]}
    events = parse({"history": [{"threads": [thread]}]}, "history")
    assert [event.kind for event in events] == [Kind.HISTORY] * 3
    assert all(event.history for event in events)


def test_an_old_file_is_told_apart_from_its_announcement() -> None:
    announced = parse({"history": [{"threads": [{"id": PHONE, "messages": [text("a")]}]}]}, "history")
    followed = parse({"messages": [text("a")]}, "history")
    assert announced[0].id == followed[0].id
    assert announced[0].discriminator != followed[0].discriminator


@pytest.mark.parametrize("field", ["text", "image", "interactive", "order", "button", "edit", "reaction"])
def test_content_of_another_sort_than_announced_never_raises(field: str) -> None:
    contents: list[object] = [None, [], "x", 7, {"x": {"y": []}}]
    for content in contents:
        assert len(parse({"messages": [text("a") | {"type": field, field: content}]})) == 1
