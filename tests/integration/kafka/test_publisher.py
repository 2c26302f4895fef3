"""The publisher on real Kafka: routed as every other producer routes, acknowledged or said to be not."""

import asyncio

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.structs import TopicPartition

import shared.kafka.producer
from shared.errors import Transient
from shared.kafka.producer import KafkaPublisher
from shared.kafka.records import Outgoing
from shared.localstack.stack import LocalStack
from tests.support.kit import Kit, by_key, numbered
from tests.support.records import read_topic
from tests.support.world import free_port


async def test_a_key_goes_to_the_partition_where_other_producers_put_it(kit: Kit) -> None:
    events = numbered(keys=30, each=1)
    await kit.put(events)
    producer = AIOKafkaProducer(bootstrap_servers=kit.kafka)
    await producer.start()
    try:
        places = {
            event.key: (await producer.send_and_wait(kit.inputs[0], b"", key=event.key.encode())).partition
            for event in events
        }
    finally:
        await producer.stop()
    ours = {
        one.key.decode(): one.partition for one in await read_topic(kit.kafka, kit.inputs[0]) if one.value
    }
    assert ours == places


async def test_headers_keys_and_bytes_arrive_as_they_were_sent_in_their_order(kit: Kit) -> None:
    headers = [("ce_id", b"1"), ("ce_id", b"2"), ("raw", b"\xff\x00")]
    await kit.publisher.publish(
        [Outgoing(kit.output, b"k", f"{number}".encode(), headers) for number in range(50)]
    )
    found = await read_topic(kit.kafka, kit.output)
    assert [one.value for one in found] == [f"{number}".encode() for number in range(50)]
    assert {(one.key, one.headers) for one in found} == {(b"k", tuple(headers))}


async def test_more_than_one_batch_holds_is_sent_in_several_in_order(kit: Kit) -> None:
    events = numbered(keys=2, each=3)
    big = [
        Outgoing(kit.output, event.key.encode(), event.model_dump_json().encode() + b" " * 900_000)
        for event in events
    ]
    await kit.publisher.publish(big)
    assert by_key(await kit.out()) == {"key-0": [0, 1, 2], "key-1": [0, 1, 2]}


async def test_without_a_broker_the_start_is_a_transient_failure() -> None:
    publisher = KafkaPublisher(f"127.0.0.1:{free_port()}", client="nobody", timeout_seconds=1)
    with pytest.raises(Transient):
        await publisher.start()
    assert not publisher.usable
    await publisher.stop()


async def test_a_broker_that_says_nothing_is_a_transient_failure_and_the_next_send_works(
    stack: LocalStack, kit: Kit
) -> None:
    publisher = KafkaPublisher(kit.kafka, client="patient", timeout_seconds=0.5)
    await publisher.start()
    await publisher.publish([event.outgoing(kit.output) for event in numbered(keys=1, each=1)])
    await asyncio.to_thread(stack.kafka.pause)
    try:
        with pytest.raises(Transient):
            await publisher.publish([event.outgoing(kit.output) for event in numbered(1, 1, start=1)])
        assert not await publisher.answers(0.5)
    finally:
        await asyncio.to_thread(stack.kafka.resume)
    publisher._timeout_seconds = 30
    await publisher.publish([event.outgoing(kit.output) for event in numbered(1, 1, start=2)])
    assert publisher.usable
    # What was given up may have arrived all the same: derived ids make it count once.
    assert by_key(await kit.out())["key-0"] in ([0, 1, 2], [0, 2])
    await publisher.stop()


async def _refused(kit: Kit, client: str) -> KafkaPublisher:
    """A publisher that skipped a number, as aiokafka does with a batch that it numbered and gave up."""
    publisher = KafkaPublisher(kit.kafka, client=client)
    await publisher.start()
    await publisher.publish([event.outgoing(kit.output) for event in numbered(keys=4, each=1)])
    producer = publisher._producer
    assert producer is not None
    for partition in await producer.partitions_for(kit.output):
        producer._txn_manager.increment_sequence_number(TopicPartition(kit.output, partition), 1)
    return publisher


async def _published_in_the_end(publisher: KafkaPublisher, records: list[Outgoing]) -> None:
    for _ in range(50):
        try:
            return await publisher.publish(records)
        except Transient:
            await asyncio.sleep(0.1)
    raise AssertionError("the producer was not replaced within five seconds")


async def test_a_producer_that_the_broker_refuses_for_a_skipped_number_is_replaced_once(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = await _refused(kit, "skipping")
    refused, connected = publisher._producer, publisher._connected
    fresh: list[AIOKafkaProducer] = []

    async def counted() -> AIOKafkaProducer:
        fresh.append(await connected())
        return fresh[-1]

    monkeypatch.setattr(publisher, "_connected", counted)
    second = [event.outgoing(kit.output) for event in numbered(4, 1, start=1)]
    told = await asyncio.gather(*(publisher.publish(second) for _ in range(3)), return_exceptions=True)
    assert any(isinstance(one, Transient) and "OutOfOrderSequenceNumber" in str(one) for one in told)
    await _published_in_the_end(publisher, [event.outgoing(kit.output) for event in numbered(4, 1, start=2)])
    assert publisher.usable
    found = by_key(await kit.out())
    assert all(numbers[0] == 0 and numbers[-1] == 2 for numbers in found.values())
    assert publisher._replacement is not None
    await publisher._replacement
    assert fresh == [publisher._producer]
    assert refused is not None
    assert refused._closed
    await publisher.stop()
    assert fresh[0]._closed


async def test_a_publisher_stopped_while_its_producer_is_replaced_stays_stopped(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = await _refused(kit, "leaving")

    async def never() -> AIOKafkaProducer:
        await asyncio.Event().wait()
        raise AssertionError

    monkeypatch.setattr(publisher, "_connected", never)
    with pytest.raises(Transient):
        await publisher.publish([event.outgoing(kit.output) for event in numbered(1, 1, start=1)])
    await publisher.stop()
    assert not publisher.usable
    assert publisher._replacement is not None
    assert publisher._replacement.cancelled()


async def test_a_replacement_that_finds_no_broker_is_begun_again_by_the_next_that_is_refused(
    kit: Kit, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = await _refused(kit, "twice")
    monkeypatch.setattr(publisher, "_servers", f"127.0.0.1:{free_port()}")
    third = [event.outgoing(kit.output) for event in numbered(1, 1, start=1)]
    with pytest.raises(Transient):
        await publisher.publish(third)
    assert publisher._replacement is not None
    await publisher._replacement
    monkeypatch.setattr(publisher, "_servers", kit.kafka)
    await _published_in_the_end(publisher, third)
    await publisher.stop()


async def test_a_start_that_is_cancelled_closes_what_it_had_begun(monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[AIOKafkaProducer] = []
    close = shared.kafka.producer._close

    async def noted(producer: AIOKafkaProducer) -> None:
        await close(producer)
        closed.append(producer)

    async def silent(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(1)
        writer.close()

    monkeypatch.setattr(shared.kafka.producer, "_close", noted)
    async with await asyncio.start_server(silent, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        publisher = KafkaPublisher(f"127.0.0.1:{port}", client="cancelled")
        starting = asyncio.create_task(publisher.start())
        await asyncio.sleep(0.2)
        starting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await starting
    assert [producer._closed for producer in closed] == [True]
    assert not publisher.usable
