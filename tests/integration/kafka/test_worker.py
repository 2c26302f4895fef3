"""The worker on real Kafka: what is handled is committed, what is not comes again, in order and once."""

from collections.abc import Sequence

from shared.errors import Transient
from shared.kafka.handling import Defect, Handled
from shared.kafka.quarantine import noted, restored
from shared.kafka.records import Delivered
from tests.support.eventually import eventually
from tests.support.kit import Kit, Numbered, by_key, came_out, numbered, running, settled
from tests.support.records import put_raw, read_topic

Batch = Sequence[Delivered[Numbered]]


async def test_what_was_handled_is_committed_and_not_read_again(kit: Kit) -> None:
    await kit.put(numbered(keys=5, each=4))
    async with running(kit) as member:
        await settled(kit, 20)
        assert sum(len(batch) for batch in member.handled) == 20
    await kit.put(numbered(keys=5, each=1, start=4))
    async with running(kit) as member:
        await settled(kit, 25)
        assert sum(len(batch) for batch in member.handled) == 5
    assert by_key(await kit.out()) == {f"key-{key}": list(range(5)) for key in range(5)}


async def test_a_transient_failure_brings_the_batch_back_on_every_partition_of_two_topics(kit: Kit) -> None:
    await kit.put(numbered(keys=8, each=3))
    await kit.put(numbered(keys=8, each=3), topic=1)
    attempts: list[int] = []

    async def fails_twice(batch: Batch) -> Handled:
        attempts.append(len(batch))
        if len(attempts) <= 2:
            assert not await kit.committed()
            raise Transient("the store is away")
        return Handled()

    async with running(kit, fails_twice) as member:
        await settled(kit, 48)
        assert member.worker.health.last_error is None
        assert member.worker.health.consecutive_failures == 0
    assert len(attempts) > 2
    assert {key: sorted(numbers) for key, numbers in by_key(await kit.out()).items()} == {
        f"key-{key}": [0, 0, 1, 1, 2, 2] for key in range(8)
    }


async def test_a_publication_that_fails_commits_nothing(kit: Kit) -> None:
    await kit.put(numbered(keys=3, each=2))
    real, failures = kit.publisher.publish, [Transient("Kafka did not acknowledge")] * 2

    async def flaky(records: Sequence[object]) -> None:
        if failures:
            assert not await kit.committed()
            raise failures.pop()
        await real(records)  # type: ignore[arg-type]

    async with running(kit) as member:
        member.worker._publisher.publish = flaky  # type: ignore[method-assign]
        await settled(kit, 6)
        kit.publisher.publish = real  # type: ignore[method-assign]
    assert not failures
    assert {key: sorted(set(found)) for key, found in by_key(await kit.out()).items()} == {
        f"key-{key}": [0, 1] for key in range(3)
    }


async def test_a_bad_record_amid_a_batch_is_put_aside_whole_and_its_neighbours_go_on(kit: Kit) -> None:
    good = Numbered(key="key", number=1).model_dump_json().encode()
    bad = [(b"k", b"{", [("h", b"\xff"), ("n", None)]), (None, None, []), (b"k", b"\xff\xfe", [])]
    await put_raw(kit.kafka, kit.inputs[0], [(b"key", good, []), *bad, (b"key", good, [])], partition=2)
    async with running(kit) as member:
        await settled(kit, 5)
        assert [len(batch) for batch in member.handled] == [2]
    held = await read_topic(kit.kafka, kit.inputs[0] + ".quarantine")
    places = {(dict(noted(one))["partition"], dict(noted(one))["offset"]) for one in held}
    assert places == {("2", "1"), ("2", "2"), ("2", "3")}
    back = [restored(one) for one in held]
    assert {(one.null_key or one.key, one.null_value or one.value, tuple(one.headers)) for one in back} == {
        (key is None or key, value is None or value, tuple(headers)) for key, value, headers in bad
    }


async def test_a_defect_is_put_aside_at_once_and_never_tried_again(kit: Kit) -> None:
    await kit.put(numbered(keys=1, each=5))
    seen: list[int] = []

    async def third_is_wrong(batch: Batch) -> Handled:
        seen.extend(one.event.number for one in batch)
        return Handled(defects=[Defect(one, "ZeroDivisionError") for one in batch if one.event.number == 2])

    async with running(kit, third_is_wrong):
        await settled(kit, 5)
    assert seen == [0, 1, 2, 3, 4]
    assert by_key(await kit.out()) == {"key-0": [0, 1, 3, 4]}
    (held,) = await read_topic(kit.kafka, kit.inputs[0] + ".quarantine")
    assert dict(noted(held)) | {"kind": "defect", "reason": "ZeroDivisionError"} == dict(noted(held))


async def test_too_many_in_a_row_halt_the_member_before_they_are_put_aside(kit: Kit) -> None:
    await put_raw(kit.kafka, kit.inputs[0], [(b"k", b"{", [])] * 5, partition=1)
    async with running(kit, quarantine_run=3) as member:
        await eventually(lambda: halted(member.worker.health.halted))
        await kit.put(numbered(keys=6, each=1))
        assert not await kit.committed()
        assert not await kit.out()
    async with running(kit, quarantine_run=10):
        await settled(kit, 11)
    assert len(await read_topic(kit.kafka, kit.inputs[0] + ".quarantine")) == 5
    assert len(await came_out(kit, 6)) == 6


def halted(why: str | None) -> None:
    assert why is not None
    assert "in a row" in why
