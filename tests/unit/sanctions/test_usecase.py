"""Settling a batch: each cause once, in order, and what was settled before goes out again."""

from collections.abc import Sequence

import pytest

from services.sanctions.memory import MemoryLedger
from services.sanctions.usecase import SettleBatch
from shared.errors import Transient
from shared.events.commands import CommandRequestedV1
from shared.events.decisions import MessageDecidedV1
from shared.events.outcomes import OUTCOME, CommandSettledV1, Settled
from shared.ids import ClientId, TenantId
from shared.kafka.records import Delivered, Outgoing
from shared.kafka.worker import Handled
from shared.policy.source import FixedPacks
from shared.tags import Channel
from shared.words import CommandName, CommandState, Fact
from tests.support.builders_core import (
    CLIENT,
    NOW,
    OTHER_CLIENT,
    TENANT,
    FixedClock,
    command,
    decided,
    delivered,
    infraction,
    later,
)
from tests.unit.policy.small_pack import pack

PACK = pack()
KEY = (TENANT, CLIENT)


class Batches:
    """The use case over a ledger in memory."""

    def __init__(self) -> None:
        self.ledger = MemoryLedger()
        self.clock = FixedClock()
        self.settle = SettleBatch(self.ledger, FixedPacks(PACK), self.clock)

    async def __call__(self, *causes: MessageDecidedV1 | CommandRequestedV1) -> Handled:
        return await self.settle([delivered(cause, offset) for offset, cause in enumerate(causes)])


@pytest.fixture
def batches() -> Batches:
    return Batches()


def bad(message: str, *, client: ClientId = CLIENT, minutes: float = 0) -> MessageDecidedV1:
    effect = infraction("K1.rude", burst=message)
    return decided(message, later(minutes=minutes), effect, pack=PACK.hash, client=client)


def outcomes(records: Sequence[Outgoing]) -> list[Settled]:
    return [OUTCOME.validate_json(record.value) for record in records]


async def test_a_batch_is_settled_in_its_order_with_one_seq_per_client(batches: Batches) -> None:
    handled = await batches(bad("m1"), bad("x1", client=OTHER_CLIENT), bad("m2"))
    settled = outcomes(handled.publish)
    assert [(one.client, one.seq) for one in settled] == [(CLIENT, 1), (OTHER_CLIENT, 1), (CLIENT, 2)]
    assert [one.after.points for one in settled] == [2, 2, 4]


async def test_a_redelivery_publishes_the_first_outcome_and_writes_nothing(batches: Batches) -> None:
    first = await batches(bad("m1"))
    kept = dict(batches.ledger.outcomes)
    again = await batches(bad("m1", minutes=5), bad("m2"))
    assert again.publish[0].value == first.publish[0].value
    assert len(batches.ledger.outcomes) == len(kept) + 1


async def test_a_cause_that_comes_twice_in_one_batch_is_settled_once_and_published_twice(
    batches: Batches,
) -> None:
    handled = await batches(bad("m1"), bad("m1"))
    settled = outcomes(handled.publish)
    assert [one.seq for one in settled] == [1, 1]
    assert len(batches.ledger.outcomes) == 1


async def test_a_record_that_makes_the_core_raise_costs_no_other(batches: Batches) -> None:
    broken = bad("m1").model_copy(update={"occurred_at": None})
    handled = await batches(broken, bad("m2"), bad("x1", client=OTHER_CLIENT))
    assert [(defect.record.event.message, defect.error) for defect in handled.defects] == [
        ("m1", "TypeError")
    ]
    assert [one.seq for one in outcomes(handled.publish)] == [1, 1]


async def test_a_crash_after_the_ledger_and_before_the_standing_is_made_good_by_the_redelivery(
    batches: Batches,
) -> None:
    await batches(bad("m1"), bad("m2"))
    standing = dict(batches.ledger.saved)
    batches.ledger.saved.clear()
    batches.ledger.tasks.clear()
    await batches(bad("m1"), bad("m2"))
    assert batches.ledger.saved == standing
    assert [state.fields["state"] for state in batches.ledger.tasks.values()] == ["open"]


async def test_a_decision_goes_by_the_pack_that_judged_it(batches: Batches) -> None:
    with pytest.raises(Transient):
        await batches(bad("m1").model_copy(update={"pack": "another"}))
    assert batches.ledger.outcomes == {}


async def test_a_command_goes_by_the_active_pack_and_without_one_by_none(batches: Batches) -> None:
    asked = command(CommandName.DISABLE)
    stranger = command(CommandName.DISABLE, identity="c2", tenant=TenantId("nobody"))
    mine, theirs = outcomes((await batches(asked, stranger)).publish)
    assert (mine.policy, mine.pack) == ("acme", PACK.hash)
    assert (theirs.policy, theirs.pack, theirs.say) == ("nobody", "", ())


async def test_points_of_one_tenants_client_are_not_those_of_anothers(batches: Batches) -> None:
    await batches(bad("m1"))
    theirs = command(CommandName.WAIVE, identity="c2", target="m1", tenant=TenantId("other"))
    (outcome,) = outcomes((await batches(theirs)).publish)
    assert isinstance(outcome, CommandSettledV1)
    assert outcome.state is CommandState.REFUSED


async def test_the_clock_learns_the_events_times(batches: Batches) -> None:
    await batches(bad("m1"), bad("m2", minutes=3))
    assert batches.clock.observed == [NOW, later(minutes=3)]


async def test_the_trace_goes_on(batches: Batches) -> None:
    handled = await batches.settle([Delivered(bad("m1"), delivered(None).at, b"00-trace")])
    assert dict(handled.publish[0].headers)["traceparent"] == b"00-trace"


async def test_a_restore_withdraws_the_call_that_nobody_needs_any_more(batches: Batches) -> None:
    await batches(bad("m1"), bad("m2"))
    await batches(command(CommandName.RESTORE, later(hours=1)))
    await batches(bad("m1"), bad("m2"))  # comes again, and opens nothing again
    (task,) = batches.ledger.tasks.values()
    assert (task.kind, task.fields["state"], task.fields["verdict"]) == ("calls", "closed", "withdrawn")
    assert task.fields["closed_by"] == "supervisor"


async def test_a_call_of_a_later_restriction_stays_open_when_the_restore_comes_again(
    batches: Batches,
) -> None:
    restore = command(CommandName.RESTORE, later(hours=1))
    await batches(bad("m1"), bad("m2"), restore)
    await batches(bad("m3", minutes=90), bad("m4", minutes=91))
    await batches(restore)
    states = [state.fields["state"] for state in batches.ledger.tasks.values()]
    assert states == ["closed", "open"]


async def test_a_restore_of_one_channel_leaves_the_calls_about_another(batches: Batches) -> None:
    await batches(
        command(CommandName.DISABLE, identity="c1", channel=Channel.TELEGRAM),
        bad("m1"),
        bad("m2"),
        command(CommandName.RESTORE, later(hours=1), channel=Channel.TELEGRAM),
    )
    channels = {state.fields["channel"]: state.fields["state"] for state in batches.ledger.tasks.values()}
    assert channels == {Channel.TELEGRAM: "closed", Channel.WHATSAPP: "open"}


async def test_an_erasure_is_told_to_all_and_takes_no_points(batches: Batches) -> None:
    await batches(bad("m1"))
    (outcome,) = outcomes((await batches(command(CommandName.ERASE))).publish)
    assert [fact.fact for fact in outcome.facts] == [Fact.PERSON_ERASED]
    assert outcome.after.points == 2
