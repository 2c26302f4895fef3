"""The contract of the tasks beside the ledger: open, closed, withdrawn, however often and late it is told."""

import random
from typing import Any, Final

import pytest

from services.sanctions.domain.standing import rebuild
from services.sanctions.tasks import task_changes
from shared.events.outcomes import FactRecord, MessageSettledV1
from shared.ids import ClientId, TenantId
from shared.tags import Channel
from shared.words import Fact
from tests.contract.stores.backends import Backend, MongoBackend, Tasks
from tests.contract.stores.full import full_message_outcome
from tests.support.builders_core import CLIENT, NOW, OTHER_CLIENT, TENANT, later, settled

OPENED: Final = {
    "calls": (Fact.CALL_REQUESTED, Fact.CALL_COMPLETED),
    "reviews": (Fact.REVIEW_OPENED, Fact.REVIEW_CLOSED),
    "appeals": (Fact.APPEAL_OPENED, Fact.APPEAL_CLOSED),
}
KINDS: Final = tuple(OPENED)


def fact(name: Fact, identity: str = "t1", **more: Any) -> FactRecord:
    filled = {
        "about": "i1",
        "channel": Channel.WHATSAPP,
        "clause": "P5",
        "due_at": later(hours=4),
        "key": "k1",
        "message": "m1",
        "rule": "P5.aggressive",
    }
    return FactRecord.model_validate({"fact": name, "id": identity, "at": NOW} | filled | more)


def outcome(seq: int, *facts: FactRecord, client: ClientId = CLIENT) -> MessageSettledV1:
    return settled(f"d{seq}-{client}", later(seq), seq=seq, client=client, facts=facts)


def called(seq: int, identity: str, **more: Any) -> MessageSettledV1:
    return outcome(seq, fact(Fact.CALL_REQUESTED, identity, **more))


def restored(seq: int, **more: Any) -> MessageSettledV1:
    return outcome(seq, fact(Fact.CHANNEL_RESTORED, f"f{seq}", **more))


async def save(backend: Backend, ledger: list[MessageSettledV1], *told: MessageSettledV1) -> Tasks:
    """Save what is told beside the standing that the whole ledger gives."""
    standing = rebuild(ledger[0].tenant, ledger[0].client, ledger)
    await backend.ledger().save([standing], told)
    return await backend.tasks()


async def states(backend: Backend) -> dict[str, tuple[str, str | None]]:
    return {
        name: (fields["state"], fields.get("verdict"))
        for name, (_, fields) in (await backend.tasks()).items()
    }


@pytest.mark.parametrize("kind", KINDS)
async def test_a_task_is_open_with_all_that_is_known_of_it(backend: Backend, kind: str) -> None:
    opening = next(one for one in full_message_outcome().facts if one.fact is OPENED[kind][0])
    ledger = [settled("d1", NOW, seq=1, facts=(opening,))]
    await backend.ledger().append(ledger)
    tasks = await save(backend, ledger, *ledger)
    assert tasks == {
        opening.id: (
            kind,
            {
                "state": "open",
                "tenant": TENANT,
                "client": CLIENT,
                "opened_at": opening.at,
                "opened_by": opening.by,
                "seq": 1,
                "cause": "d1",
                **opening.model_dump(
                    include={"channel", "clause", "rule", "points", "message", "about", "due_at", "assignee"}
                ),
                "reason": opening.reason,
            },
        )
    }


@pytest.mark.parametrize("kind", KINDS)
async def test_a_task_is_closed_once_and_says_by_whom_and_how(backend: Backend, kind: str) -> None:
    opens, closes = OPENED[kind]
    closing = fact(closes, by="boss", reason="spoken", verdict="keep", at=later(9))
    ledger = [outcome(1, fact(opens)), outcome(2, closing)]
    await backend.ledger().append(ledger)
    await save(backend, ledger[:1], ledger[0])
    ((found_kind, fields),) = (await save(backend, ledger, ledger[1])).values()
    closed = {"state": "closed", "closed_at": later(9), "closed_by": "boss", "verdict": "keep"}
    assert found_kind == kind
    assert fields.items() >= (closed | {"closing_reason": "spoken", "closing_cause": ledger[1].cause}).items()


@pytest.mark.parametrize("kind", KINDS)
async def test_opening_again_opens_nothing_that_was_closed(backend: Backend, kind: str) -> None:
    opens, closes = OPENED[kind]
    ledger = [outcome(1, fact(opens)), outcome(2, fact(closes, verdict="keep"))]
    await backend.ledger().append(ledger)
    once = await save(backend, ledger, *ledger)
    assert await save(backend, ledger, ledger[0]) == once
    assert await save(backend, ledger, *ledger, *ledger) == once


@pytest.mark.parametrize("kind", KINDS)
async def test_a_task_that_is_told_of_after_it_was_closed_is_closed(backend: Backend, kind: str) -> None:
    """A crash between append and save; another process settles the closing before the opening comes again."""
    opens, closes = OPENED[kind]
    ledger = [outcome(1, fact(opens)), outcome(2, fact(closes, verdict="keep")), outcome(3)]
    await backend.ledger().append(ledger[:1])
    await backend.ledger().append(ledger[1:2])
    await save(backend, ledger[:2], ledger[1])
    await backend.ledger().append(ledger[2:])
    await save(backend, ledger, ledger[0], ledger[2])
    assert await states(backend) == {"t1": ("closed", "keep")}


async def test_a_call_that_is_told_of_after_it_was_withdrawn_is_withdrawn(backend: Backend) -> None:
    ledger = [called(1, "t1"), restored(2)]
    await backend.ledger().append(ledger)
    await save(backend, ledger, ledger[1])
    await save(backend, ledger, ledger[0])
    assert await states(backend) == {"t1": ("closed", "withdrawn")}


async def test_closing_what_nobody_opened_makes_no_task(backend: Backend) -> None:
    ledger = [outcome(1, *(fact(closes, "never") for _, closes in OPENED.values()))]
    await backend.ledger().append(ledger)
    assert await save(backend, ledger, *ledger) == {}


async def test_a_restored_channel_withdraws_its_open_calls_and_no_other(backend: Backend) -> None:
    ledger = [
        called(1, "mine"),
        called(2, "by-mail", channel=Channel.EMAIL),
        outcome(3, fact(Fact.REVIEW_OPENED, "review")),
        called(4, "made"),
        outcome(5, fact(Fact.CALL_COMPLETED, "made", verdict="keep")),
        restored(6),
    ]
    others = called(1, "others")
    elsewhere = settled(
        "x1", seq=1, tenant=TenantId("other"), facts=(fact(Fact.CALL_REQUESTED, "elsewhere"),)
    )
    others = others.model_copy(update={"client": OTHER_CLIENT, "cause": "o1", "event_id": "o1"})
    await backend.ledger().append([others, elsewhere, *ledger])
    await backend.ledger().save([], [others, elsewhere])
    await save(backend, ledger, *ledger)
    assert await states(backend) == {
        "mine": ("closed", "withdrawn"),
        "by-mail": ("open", None),
        "review": ("open", None),
        "made": ("closed", "keep"),
        "others": ("open", None),
        "elsewhere": ("open", None),
    }


async def test_withdrawing_again_leaves_later_calls_alone(backend: Backend) -> None:
    ledger = [called(1, "t1"), restored(2), called(3, "t3")]
    await backend.ledger().append(ledger)
    once = await save(backend, ledger, *ledger)
    assert await save(backend, ledger, ledger[1]) == once
    assert await states(backend) == {"t1": ("closed", "withdrawn"), "t3": ("open", None)}


@pytest.mark.parametrize("seed", range(6))
async def test_tasks_come_to_the_same_in_any_repetition(backend: Backend, seed: int) -> None:
    ledger = [
        called(1, "t1"),
        outcome(2, fact(Fact.REVIEW_OPENED, "r2"), fact(Fact.APPEAL_OPENED, "a2")),
        restored(3),
        called(4, "t4"),
        outcome(5, fact(Fact.CALL_COMPLETED, "t4", verdict="restore"), fact(Fact.CHANNEL_RESTORED, "f5")),
        outcome(6, fact(Fact.REVIEW_CLOSED, "r2", verdict="dismissed")),
        called(7, "t7"),
    ]
    await backend.ledger().append(ledger)
    chance = random.Random(seed)
    await save(backend, ledger, *chance.sample(ledger, k=chance.randint(1, len(ledger))))
    for _ in range(3):
        await save(backend, ledger, *chance.choices(ledger, k=3))
    await save(backend, ledger, *(one for one in ledger if any(task_changes([one]))))
    assert await states(backend) == {
        "t1": ("closed", "withdrawn"),
        "r2": ("closed", "dismissed"),
        "a2": ("open", None),
        "t4": ("closed", "restore"),
        "t7": ("open", None),
    }


@pytest.mark.integration
async def test_only_open_tasks_of_the_client_are_told(mongo: MongoBackend) -> None:
    ledger = [called(1, "t1"), restored(2), called(3, "t3"), outcome(4, fact(Fact.REVIEW_OPENED, "r4"))]
    await mongo.ledger().append(ledger)
    await save(mongo, ledger, *ledger)
    told = await mongo.ledger().tasks_of((TENANT, CLIENT))
    assert {kind: [one["_id"] for one in found] for kind, found in told.items()} == {
        "calls": ["t3"],
        "reviews": ["r4"],
        "appeals": [],
    }
    nobody = await mongo.ledger().tasks_of((TENANT, OTHER_CLIENT))
    assert {kind: list(found) for kind, found in nobody.items()} == {kind: [] for kind in KINDS}
