"""A consumer that settles by hand: committed after the work, rewound together, one bad record alone."""

import asyncio
from collections.abc import Sequence

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaConnectionError

from shared.errors import Transient
from shared.kafka.records import Delivered
from shared.kafka.worker import Defect, Handled
from shared.metrics import BATCH_FAILURES, CONSUMER_HALTED, RECORDS
from tests.component.shared.consumer import TOPICS, Reading, Word, log_of, told, word

PLACE = TopicPartition(TOPICS[0], 0)
ABC = log_of(word("a"), word("b"), word("c"))


def counted(result: str) -> float:
    return float(RECORDS.labels(group="group", result=result)._value.get())


async def test_what_was_handled_is_published_and_then_committed() -> None:
    reading = Reading(ABC)
    committed_at_publish: list[object] = []
    reading.publisher.on_publish = lambda _: committed_at_publish.append(dict(reading.consumer.committed))
    await reading.run()
    assert (reading.handled, reading.published()) == (["a", "b", "c"], ["a", "b", "c"])
    assert committed_at_publish == [{}]
    assert reading.consumer.committed == reading.worker.settled == {PLACE: 3}


async def test_each_partitions_offset_is_committed_as_the_next_one_to_read() -> None:
    log = log_of(word("a"), word("b")) | log_of(word("x"), topic=TOPICS[1], partition=4)
    reading = Reading(log)
    await reading.run()
    assert reading.consumer.committed == {PLACE: 2, TopicPartition(TOPICS[1], 4): 1}


async def test_the_trace_and_the_place_come_with_each_record() -> None:
    seen: list[tuple[str, int, bytes | None]] = []

    async def handle(batch: Sequence[Delivered[Word]]) -> Handled:
        seen.extend((one.at.topic, one.at.offset, one.traceparent) for one in batch)
        return Handled()

    await Reading(ABC, handle).run()
    assert seen == [(TOPICS[0], offset, b"00-trace") for offset in range(3)]


@pytest.mark.parametrize("bad", [b"", b"{", b"[]", b'{"word": 5}', b"\xff", None])
async def test_one_record_that_cannot_be_read_costs_no_neighbour(bad: bytes | None) -> None:
    before = counted("unreadable"), counted("handled")
    reading = Reading(log_of(word("a"), bad, word("c")))
    await reading.run()
    assert (reading.published(), reading.consumer.committed) == (["a", "c"], {PLACE: 3})
    (kept,) = reading.quarantined()
    assert (kept.value, kept.key) == (bad or b"", b"acme:client-1")
    assert (counted("unreadable"), counted("handled")) == (before[0] + 1, before[1] + 2)


async def test_a_decoder_that_raises_anything_else_costs_no_neighbour_either() -> None:
    reading = Reading(ABC)
    decode = reading.worker._decoders[TOPICS[0]]

    def fragile(value: bytes) -> object:
        if b"b" in value:
            raise OverflowError("secret")
        return decode(value)

    reading.worker._decoders = {TOPICS[0]: fragile}
    await reading.run()
    assert reading.published() == ["a", "c"]
    headers = dict(reading.quarantined()[0].headers)
    assert (headers["etiqueta_q_kind"], headers["etiqueta_q_reason"]) == (b"defect", b"OverflowError")


async def test_a_defect_is_quarantined_with_its_reason_and_place_and_without_its_words() -> None:
    async def handle(batch: Sequence[Delivered[Word]]) -> Handled:
        return Handled(
            publish=[told(one.event.word) for one in batch if one.event.word != "b"],
            defects=[Defect(one, "KeyError") for one in batch if one.event.word == "b"],
        )

    reading = Reading(ABC, handle)
    await reading.run()
    (kept,) = reading.quarantined()
    headers = dict(kept.headers)
    assert (reading.published(), kept.topic) == (["a", "c"], f"{TOPICS[0]}.quarantine")
    assert (headers["etiqueta_q_kind"], headers["etiqueta_q_reason"]) == (b"defect", b"KeyError")
    assert (headers["etiqueta_q_offset"], headers["etiqueta_q_group"]) == (b"1", b"group")
    assert reading.consumer.committed == {PLACE: 3}


async def test_a_transient_failure_rewinds_every_partition_and_the_batch_comes_again() -> None:
    log = log_of(word("a"), word("b")) | log_of(word("x"), topic=TOPICS[1])
    attempts: list[list[str]] = []

    async def handle(batch: Sequence[Delivered[Word]]) -> Handled:
        attempts.append([one.event.word for one in batch])
        if len(attempts) < 3:
            raise Transient("MongoDB: away")
        return Handled()

    before = BATCH_FAILURES.labels(group="group")._value.get()
    reading = Reading(log, handle)
    await reading.run()
    assert [sorted(attempt) for attempt in attempts] == [["a", "b", "x"]] * 3
    assert reading.consumer.committed == {PLACE: 2, TopicPartition(TOPICS[1], 0): 1}
    assert BATCH_FAILURES.labels(group="group")._value.get() == before + 2


async def test_a_log_that_does_not_acknowledge_rewinds_what_is_stored_already() -> None:
    reading = Reading(ABC)
    reading.publisher.away = True
    await reading.assigned()
    await reading.turn()
    assert reading.consumer.committed == {}
    reading.publisher.away = False
    await reading.run()
    assert (reading.handled, reading.published()) == (["a", "b", "c"] * 2, ["a", "b", "c"])


async def test_health_tells_a_failure_until_the_next_success() -> None:
    reading = Reading(ABC)
    reading.publisher.away = True
    await reading.assigned()
    await reading.turn()
    await reading.turn()
    health = reading.worker.health
    assert (health.consecutive_failures, health.last_error) == (2, "Kafka did not acknowledge")
    reading.publisher.away = False
    await reading.turn()
    assert (health.consecutive_failures, health.last_error) == (0, None)


async def test_an_unexpected_failure_is_rewound_too_and_told_by_its_type_alone() -> None:
    async def handle(_: Sequence[Delivered[Word]]) -> Handled:
        raise RuntimeError("secret")

    reading = Reading(ABC, handle)
    await reading.assigned()
    await reading.turn()
    assert reading.worker.health.last_error == "RuntimeError"
    assert (reading.consumer.committed, reading.consumer.positions[PLACE]) == ({}, 0)


async def test_pauses_grow_with_the_failures_and_stop_growing() -> None:
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    reading = Reading(ABC)
    reading.worker._options = reading.worker._options.__class__("group", backoff_seconds=(0.2, 1.0, 5.0))
    reading.worker._pause = pause  # type: ignore[method-assign]
    reading.publisher.away = True
    await reading.run(turns=5)
    assert pauses == [0.2, 1.0, 5.0, 5.0, 5.0]


async def test_draining_ends_a_pause_at_once() -> None:
    reading = Reading(ABC)
    reading.worker.drain()
    await asyncio.wait_for(reading.worker._pause(3600), 5)


async def test_too_many_bad_records_in_a_row_stop_the_consumer_and_nothing_is_lost() -> None:
    reading = Reading(log_of(word("a"), b"x", b"x", b"x", word("b")), batch=1)
    await reading.run()
    assert reading.worker.health.halted is not None
    assert "3 records in a row" in reading.worker.health.halted
    assert (reading.consumer.committed, reading.consumer.positions[PLACE]) == ({PLACE: 3}, 3)
    assert reading.consumer.paused == {PLACE}
    assert (len(reading.quarantined()), reading.published()) == (2, ["a"])
    assert CONSUMER_HALTED.labels(group="group")._value.get() == 1


async def test_a_halted_consumer_stays_halted_when_a_rebalance_gives_it_partitions_anew() -> None:
    reading = Reading(log_of(b"x", b"x", b"x", word("b")))
    await reading.run()
    reading.consumer.paused.clear()
    await reading.run()
    assert reading.consumer.paused == {PLACE}
    assert (reading.consumer.committed, reading.handled) == ({}, [])


async def test_a_good_record_ends_a_run_of_bad_ones() -> None:
    values = [b"x", b"x", word("a"), b"x", b"x", word("b")]
    reading = Reading(log_of(*values), batch=2)
    await reading.run()
    assert (reading.worker.health.halted, reading.consumer.committed) == (None, {PLACE: 6})


async def test_a_run_is_counted_for_each_partition_by_itself() -> None:
    log = log_of(b"x", b"x") | log_of(b"x", b"x", partition=1) | log_of(b"x", topic=TOPICS[1])
    reading = Reading(log)
    await reading.run()
    assert reading.worker.health.halted is None
    assert len(reading.quarantined()) == 5


async def test_a_run_is_not_counted_twice_when_its_batch_comes_again() -> None:
    reading = Reading(log_of(b"x", b"x", word("a")))
    reading.publisher.away = True
    await reading.assigned()
    await reading.turn()
    await reading.turn()
    reading.publisher.away = False
    await reading.run()
    assert reading.worker.health.halted is None


async def test_a_batch_fetched_before_a_rebalance_is_dropped() -> None:
    reading = Reading(ABC)
    assert await reading.turn()
    assert (reading.handled, reading.consumer.committed) == ([], {})


async def test_a_rebalance_waits_for_the_batch_in_flight_and_its_commit() -> None:
    started, go = asyncio.Event(), asyncio.Event()

    async def handle(_: Sequence[Delivered[Word]]) -> Handled:
        started.set()
        await go.wait()
        return Handled()

    reading = Reading(ABC, handle)
    await reading.assigned()
    settling = asyncio.create_task(reading.turn())
    await started.wait()
    revoking = asyncio.create_task(reading.worker.gate.on_partitions_revoked([PLACE]))
    await asyncio.sleep(0)
    assert not revoking.done()
    go.set()
    await asyncio.gather(settling, revoking)
    assert reading.consumer.committed == {PLACE: 3}
    assert (reading.worker.gate.closed, reading.worker.gate.assigned) == (True, frozenset())


@pytest.mark.parametrize("refusal", [CommitFailedError(), IllegalStateError()])
async def test_a_commit_that_is_refused_is_no_failure(refusal: Exception) -> None:
    """The partition is another's by now: it reads the batch again and finds it settled."""
    reading = Reading(ABC)
    reading.consumer.refuses = refusal
    await reading.assigned()
    await reading.turn()
    assert reading.worker.health.consecutive_failures == 0
    assert (reading.worker.settled, reading.consumer.positions[PLACE]) == ({}, 3)


async def test_a_broker_that_is_away_at_the_commit_brings_the_batch_again() -> None:
    reading = Reading(ABC)
    reading.consumer.refuses = KafkaConnectionError()
    await reading.assigned()
    await reading.turn()
    reading.consumer.refuses = None
    await reading.run()
    assert (reading.handled, reading.consumer.committed) == (["a", "b", "c"] * 2, {PLACE: 3})


async def test_a_rewind_that_is_refused_ends_the_batch_all_the_same() -> None:
    reading = Reading(ABC)

    def seek(partition: TopicPartition, offset: int) -> None:
        raise IllegalStateError

    reading.consumer.seek = seek  # type: ignore[method-assign]
    reading.publisher.away = True
    await reading.assigned()
    await reading.turn()
    assert reading.consumer.committed == {}


def test_the_subscriber_leaves_settling_to_the_worker() -> None:
    reading = Reading(ABC)
    assert (reading.worker.group, reading.worker.consumer) == ("group", reading.consumer)
