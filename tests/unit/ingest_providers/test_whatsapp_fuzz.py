"""Whatever a request holds, the parser tells it or says where it could not; neighbours survive."""

import contextlib
import json
import re
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.ingest.providers.base import Kind, ParseResult
from services.ingest.providers.render import as_line
from services.ingest.providers.whatsapp import WhatsApp
from shared.errors import Unreadable
from tests.unit.ingest_providers.strategies import BODIES, JSON, LIKE_A_WEBHOOK, mutated

MANY = settings(max_examples=50, deadline=None)
PATH = re.compile(r"([a-z_]+(\[\d+\])?(\.|$))*")


def parse(body: object) -> ParseResult:
    """Parse, and check what holds for every result."""
    raw = json.dumps(body).encode()
    result = WhatsApp().parse(raw)
    for event in result.events:
        orjson.dumps(as_line(event))
        assert event.timestamp is None or event.timestamp.tzinfo is not None
        for party in (event.sender, event.recipient):
            assert party is None or party.phone is None or re.fullmatch(r"\+[0-9]{5,20}", party.phone)
    assert all(PATH.fullmatch(item.path) for item in result.unreadable)
    assert WhatsApp().parse(raw) == result
    return result


def message(number: int) -> dict[str, Any]:
    return {
        "from": "5511900000001",
        "id": f"wamid.GOOD{number}",
        "timestamp": str(1778000000 + number),
        "type": "text",
        "text": {"body": f"good {number}"},
    }


def envelope(*values: object) -> dict[str, Any]:
    changes = [{"field": "messages", "value": value} for value in values]
    return {"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}


def good_texts(result: ParseResult) -> list[str | None]:
    return [event.text for event in result.events if (event.id or "").startswith("wamid.GOOD")]


@pytest.mark.slow
@given(raw=st.binary(max_size=200))
def test_any_bytes_are_parsed_or_refused(raw: bytes) -> None:
    with contextlib.suppress(Unreadable):
        WhatsApp().parse(raw)


@pytest.mark.slow
@MANY
@given(body=st.dictionaries(st.text(max_size=10), JSON, max_size=4))
def test_any_object_is_parsed(body: dict[str, Any]) -> None:
    parse(body)


@pytest.mark.slow
@MANY
@given(
    value=LIKE_A_WEBHOOK, field=st.sampled_from([None, "messages", "calls", "history", "account_update", "x"])
)
def test_any_value_in_the_words_of_a_webhook_is_parsed(value: object, field: str | None) -> None:
    parse({"entry": [{"changes": [{"field": field, "value": value}]}]})


@pytest.mark.slow
@MANY
@given(data=st.data())
def test_a_damaged_case_is_parsed_and_its_neighbour_survives(data: st.DataObject) -> None:
    damaged = data.draw(mutated(data.draw(st.sampled_from(BODIES))))
    entries = damaged.get("entry") if isinstance(damaged, dict) else None
    broken = entries if isinstance(entries, list) else [damaged]
    body = envelope({"messages": [message(1)]})
    body["entry"] = [*body["entry"], *broken, *envelope({"messages": [message(2)]})["entry"]]
    assert good_texts(parse(body)) == ["good 1", "good 2"]


@pytest.mark.slow
@MANY
@given(
    broken=st.lists(st.one_of(JSON, LIKE_A_WEBHOOK, mutated(message(0))), min_size=1, max_size=4),
    contacts=JSON,
)
def test_broken_messages_do_not_cost_their_neighbours(broken: list[object], contacts: object) -> None:
    between = [item for number, item in enumerate(broken, start=2) for item in (item, message(number))]
    result = parse(envelope({"contacts": contacts, "messages": [message(1), *between]}))
    expected = [f"good {number}" for number in range(1, len(broken) + 2)]
    assert [text for text in good_texts(result) if text in expected] == expected


@pytest.mark.slow
@MANY
@given(
    arrays=st.dictionaries(
        st.sampled_from(["statuses", "calls", "message_echoes", "errors", "history", "user_id_update"]),
        JSON | st.lists(LIKE_A_WEBHOOK, max_size=3),
    )
)
def test_other_arrays_do_not_cost_the_messages(arrays: dict[str, object]) -> None:
    assert good_texts(parse(envelope(arrays | {"messages": [message(1)]}))) == ["good 1"]


@pytest.mark.slow
@MANY
@given(data=st.data())
def test_identity_changes_come_before_everything_else(data: st.DataObject) -> None:
    bodies = data.draw(st.lists(st.sampled_from(BODIES), min_size=1, max_size=6))
    entries = [entry for body in bodies for entry in body.get("entry") or []]
    kinds = [event.kind for event in parse({"entry": entries}).events]
    changes = kinds.count(Kind.IDENTITY_CHANGE)
    assert all(kind is Kind.IDENTITY_CHANGE for kind in kinds[:changes])
