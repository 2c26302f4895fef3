"""A publisher that is not connected says so; it never waits for ever."""

import pytest

from shared.errors import Transient
from shared.kafka.producer import KafkaPublisher
from shared.kafka.records import Outgoing


async def test_before_the_start_nothing_can_be_published() -> None:
    publisher = KafkaPublisher("nowhere:9092", client="test")
    assert not publisher.usable
    with pytest.raises(Transient, match="not connected"):
        await publisher.publish([Outgoing("t", b"k", b"v")])


async def test_nothing_to_publish_is_published_at_once() -> None:
    await KafkaPublisher("nowhere:9092", client="test").publish([])


async def test_stopping_what_never_started_is_no_failure() -> None:
    await KafkaPublisher("nowhere:9092", client="test").stop()
