"""Records: CloudEvents in binary mode, keyed by client, with the trace beside them."""

import pytest

from shared.kafka.records import coordinates, header, header_map, outgoing
from shared.kafka.topics import MAX_RECORD_BYTES, QUARANTINE, topic_name, topics
from tests.component.shared.consumer import record
from tests.support.builders_core import received


def test_an_event_is_a_cloudevent_in_binary_mode() -> None:
    message = received("m1")
    found = outgoing("ingest", "messages", message, b"00-trace")
    assert (found.topic, found.key) == ("etiqueta.messages", b"acme:client-1")
    assert found.value == message.model_dump_json().encode()
    assert header_map(found.headers) == {
        "ce_specversion": b"1.0",
        "ce_id": b"m1",
        "ce_source": b"/etiqueta/ingest",
        "ce_type": b"message.received.v1",
        "ce_subject": b"client-1",
        "ce_time": b"2026-03-02T15:00:00+00:00",
        "content-type": b"application/json",
        "traceparent": b"00-trace",
    }


def test_without_a_trace_none_is_made_up() -> None:
    assert "traceparent" not in header_map(outgoing("ingest", "messages", received()).headers)


def test_of_a_repeated_header_the_first_stands_and_null_is_absent() -> None:
    headers = (("a", None), ("a", b"1"), ("a", b"2"))
    assert header(record(b"", 0, headers=headers), "a") == b"1"
    assert header(record(b"", 0, headers=headers), "b") is None
    assert header_map([("a", b"1"), ("a", b"2")]) == {"a": b"1"}


def test_a_records_place_is_topic_partition_and_offset() -> None:
    found = coordinates(record(b"", 5, "t", 2))
    assert (found.topic, found.partition, found.offset) == ("t", 2, 5)


def test_all_topics_have_the_same_number_of_partitions() -> None:
    """One process owns a client on every topic that a group reads only if their partitions agree."""
    assert len({topic.partitions for topic in topics().values()}) == 1


def test_every_topic_that_is_consumed_has_a_quarantine_that_keeps_as_long() -> None:
    consumed = {"messages", "receipts", "decisions", "commands", "outcomes"}
    for noun in consumed:
        assert topics()[noun + QUARANTINE].keeps_days == topics()[noun].keeps_days
    assert {noun for noun in topics() if noun.endswith(QUARANTINE)} == {
        *(noun + QUARANTINE for noun in consumed),
        "webhooks.quarantine",
    }


def test_raw_bodies_are_kept_for_three_days() -> None:
    assert topics()["webhooks.quarantine"].keeps_days == 3


def test_a_topic_that_is_not_declared_has_no_name() -> None:
    with pytest.raises(KeyError):
        topic_name("gossip")
    assert MAX_RECORD_BYTES > 3 * 1024 * 1024
