"""What could not be handled is kept with everything that a replay needs, and without a word in its notes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.kafka.quarantine import PREFIX, Failure, FailureKind, noted, quarantined, restored
from shared.kafka.records import Outgoing
from tests.component.shared.consumer import record
from tests.support.builders_core import MODERATE

FAILURE = FailureKind.UNREADABLE


def kept(value: bytes | None = b"raw", **more: Any) -> Outgoing:
    return quarantined(Failure(record(value, 7, partition=3, **more), FAILURE, "type: missing"), "group")


def as_read(outgoing: Outgoing) -> object:
    """Return the record as a consumer of the quarantine reads it."""
    return record(
        outgoing.value, 0, outgoing.topic, key=outgoing.key or None, headers=tuple(outgoing.headers)
    )


def test_the_record_stays_and_says_where_it_stood_and_why_it_is_here() -> None:
    found = kept()
    assert (found.topic, found.key, found.value) == ("etiqueta.messages.quarantine", b"acme:client-1", b"raw")
    assert dict(noted(as_read(found))) == {
        "kind": "unreadable",
        "reason": "type: missing",
        "group": "group",
        "topic": "etiqueta.messages",
        "partition": "3",
        "offset": "7",
        "timestamp_ms": "1700000000000",
        "key": "bytes",
    }
    assert found.headers[0] == ("traceparent", b"00-trace")


@pytest.mark.parametrize(("key", "value"), [(None, b"x"), (b"k", None), (None, None)])
def test_a_record_without_key_or_value_can_be_kept(key: bytes | None, value: bytes | None) -> None:
    found = kept(value, key=key)
    assert (found.key, found.value) == (key or b"", value or b"")
    assert dict(noted(as_read(found)))["key"] == ("null" if key is None else "bytes")


@MODERATE
@given(
    value=st.binary(max_size=20),
    headers=st.lists(
        st.tuples(st.sampled_from(["a", "ce_id", "traceparent"]), st.binary(max_size=5)), max_size=4
    ),
)
def test_a_replay_gives_the_very_record_back(value: bytes, headers: list[tuple[str, bytes]]) -> None:
    original = record(value, 7, headers=tuple(headers))
    once = quarantined(Failure(original, FAILURE, "why"), "group")
    back = restored(as_read(once))
    assert (back.topic, back.key, back.value) == (original.topic, original.key, original.value)
    assert list(back.headers) == headers


@pytest.mark.parametrize(("key", "value"), [(None, b"x"), (b"k", None), (None, None), (b"", b"")])
def test_a_replay_tells_nothing_from_empty(key: bytes | None, value: bytes | None) -> None:
    back = restored(as_read(kept(value, key=key)))
    assert (back.null_key, back.null_value) == (key is None, value is None)


def test_a_record_that_comes_back_to_quarantine_has_the_notes_of_its_last_failure_only() -> None:
    again = quarantined(Failure(as_read(kept()), FailureKind.DEFECT, "KeyError"), "other")
    names = [name for name, _ in again.headers if name.startswith(PREFIX)]
    assert len(names) == len(set(names))
    assert dict(noted(as_read(again)))["reason"] == "KeyError"


def test_a_raw_body_does_not_say_which_topic_it_is_for() -> None:
    with pytest.raises(KeyError):
        restored(record(b"raw", 0))
