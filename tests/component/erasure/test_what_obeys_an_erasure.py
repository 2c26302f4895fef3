"""Obeying erasures: each service forgets a person's words in its own way, and counts stay."""

from datetime import datetime

import pytest

from services.classifier.erasure import EraseBatch
from services.classifier.memory import MemoryDecisions, MemoryHistories
from services.responder.domain.plan import reply_id
from services.responder.memory import MemoryOutbox, MemoryReplies
from services.responder.usecase import RespondBatch
from services.sanctions.domain.standing import rebuild
from services.sanctions.memory import MemoryLedger
from services.sanctions.usecase import SettleBatch
from shared.events.base import Address
from shared.events.commands import CommandRequestedV1
from shared.events.decisions import Evidence, MessageDecidedV1, Tags
from shared.events.outcomes import CommandSettledV1, FactRecord, MessageSettledV1
from shared.events.replies import REPLY
from shared.ids import MessageId
from shared.policy.source import FixedPacks
from shared.tags import Flag, Language
from shared.words import CommandName, CommandState, Fact, Matter, Refusal, ReplyState
from tests.support.builders_core import (
    CLIENT,
    NOW,
    TENANT,
    FixedClock,
    command,
    decided,
    delivered,
    infraction,
    later,
    paragraph,
    saying,
    settled,
)
from tests.unit.policy.small_pack import pack

PACK = pack()
KEY = (TENANT, CLIENT)
RUDE = Tags(
    language=Language.ES,
    flags=(Flag.AGGRESSIVE,),
    confidence={"aggressive": 0.9},
    evidence=(Evidence(tag=Flag.AGGRESSIVE, start=0, end=7, excerpt="ineptos"),),
)


def rude(message: str, at: datetime = NOW) -> MessageDecidedV1:
    effects = (saying("kind", rule="K1.rude"), infraction("K1.rude", burst=message))
    return decided(message, at, *effects, pack=PACK.hash, tags=RUDE)


def erased(seq: int, at: datetime) -> CommandSettledV1:
    fact = FactRecord(fact=Fact.PERSON_ERASED, id="e1", at=at, by="officer")
    fields = settled("c1", at, seq=seq, pack=PACK.hash).model_dump(exclude={"type", "message", "direction"})
    more = {"name": CommandName.ERASE, "state": CommandState.APPLIED, "by": "officer", "facts": (fact,)}
    return CommandSettledV1.model_validate(fields | more)


async def test_the_classifier_forgets_whom_an_outcome_says_to_forget() -> None:
    decisions, histories = MemoryDecisions(), MemoryHistories()
    await decisions.add([rude("m1")])
    erase = EraseBatch(decisions, histories)
    await erase([delivered(settled("d1")), delivered(erased(2, later(minutes=1)))])
    found = decisions.decisions[MessageId("m1")]
    assert (found.tags.evidence[0].excerpt, found.route.address) == ("", Address())
    assert found.tags.flags == (Flag.AGGRESSIVE,)


async def test_the_classifier_takes_no_other_outcome_for_an_erasure() -> None:
    decisions = MemoryDecisions()
    await decisions.add([kept := rude("m1")])
    await EraseBatch(decisions)([delivered(settled("d1")), delivered(settled("d2", seq=2))])
    assert decisions.decisions == {"m1": kept}


class Answers:
    """The responder over stores in memory."""

    def __init__(self) -> None:
        self.replies, self.outbox = MemoryReplies(), MemoryOutbox()
        packs = FixedPacks(PACK)
        self._respond = RespondBatch(self.replies, self.outbox, packs, FixedClock(later(minutes=1)))

    async def __call__(self, *outcomes: MessageSettledV1 | CommandSettledV1) -> list[str]:
        batch = [delivered(one, offset) for offset, one in enumerate(outcomes)]
        handled = await self._respond(batch)
        return [REPLY.validate_json(record.value).type for record in handled.publish]


@pytest.fixture
def answers() -> Answers:
    return Answers()


def outcome(cause: str, seq: int, minutes: float, *, delay_seconds: int = 0) -> MessageSettledV1:
    said = paragraph("ask", Matter.GUIDANCE, delay_seconds=delay_seconds)
    return settled(cause, later(minutes=minutes), said, seq=seq, pack=PACK.hash)


async def test_a_reply_that_waits_is_not_said_to_somebody_who_was_erased(answers: Answers) -> None:
    waiting = outcome("d1", 1, 0, delay_seconds=600)
    await answers(waiting)
    await answers(erased(2, later(minutes=1)))
    found = answers.replies.replies[reply_id(waiting)]
    assert (found.state, found.text) == (ReplyState.SUPPRESSED, None)
    assert [one.reason for one in found.refused] == [Refusal.UNKNOWN_ADDRESS]
    assert answers.outbox.jobs[found.id].superseded


async def test_an_erasure_within_a_batch_forgets_what_the_batch_has_planned(answers: Answers) -> None:
    first, later_one = outcome("d1", 1, 0), outcome("d3", 3, 20)
    await answers(first, erased(2, later(minutes=1)), later_one)
    texts = [answers.replies.replies[reply_id(one)].text for one in (first, later_one)]
    assert texts == [None, "¿Qué necesita?"]


async def test_the_same_batch_again_brings_no_words_back(answers: Answers) -> None:
    batch = (outcome("d1", 1, 0), erased(2, later(minutes=1)))
    first, again = await answers(*batch), await answers(*batch)
    assert (first, again) == (["reply.requested.v1"], ["reply.requested.v1", "reply.suppressed.v1"])
    reply = answers.replies.replies[reply_id(batch[0])]
    assert reply.text is None
    assert reply.route is not None
    assert reply.route.address == Address()


class Ledgers:
    """Sanctions over a ledger in memory."""

    def __init__(self) -> None:
        self.ledger = MemoryLedger()
        self.settle = SettleBatch(self.ledger, FixedPacks(PACK), FixedClock())

    async def __call__(self, *causes: MessageDecidedV1 | CommandRequestedV1) -> None:
        await self.settle([delivered(cause, offset) for offset, cause in enumerate(causes)])

    def of(self, decision: MessageDecidedV1) -> MessageSettledV1:
        found = self.ledger.outcomes[decision.event_id]
        assert isinstance(found, MessageSettledV1)
        return found


@pytest.fixture
def ledgers() -> Ledgers:
    return Ledgers()


async def test_the_ledger_forgets_the_words_and_keeps_what_counts(ledgers: Ledgers) -> None:
    counted = [rude("m1"), rude("m2", later(minutes=2))]
    await ledgers(*counted)
    assert "excerpt" in ledgers.of(counted[1]).say[0].values
    points = (await ledgers.ledger.standings([KEY]))[KEY].points_at(later(minutes=3))
    await ledgers(command(CommandName.ERASE, later(minutes=3)))
    assert [one.values.get("excerpt") for one in ledgers.of(counted[1]).say] == [None] * len(
        ledgers.of(counted[1]).say
    )
    assert ledgers.of(counted[0]).route == counted[0].route.model_copy(update={"address": Address()})
    standing = (await ledgers.ledger.standings([KEY]))[KEY]
    assert (standing.points_at(later(minutes=3)), standing.erased_at) == (points, later(minutes=3))
    assert points == 4


async def test_a_message_that_was_on_its_way_counts_and_is_not_answered(ledgers: Ledgers) -> None:
    before, after = rude("m1"), rude("m2", later(minutes=5))
    await ledgers(command(CommandName.ERASE, later(minutes=3)), before, after)
    assert (ledgers.of(before).route, ledgers.of(before).say) == (None, ())
    assert [fact.fact for fact in ledgers.of(before).facts] == [Fact.INFRACTION_RECORDED]
    assert ledgers.of(after).route == after.route
    assert ledgers.of(after).say


async def test_a_rebuild_after_an_erasure_gives_the_same_standing(ledgers: Ledgers) -> None:
    await ledgers(rude("m1"), command(CommandName.ERASE, later(minutes=3)), rude("m2", later(minutes=5)))
    ledger = sorted(ledgers.ledger.outcomes.values(), key=lambda one: one.seq)
    assert rebuild(*KEY, ledger) == ledgers.ledger.saved[KEY]


async def test_an_erasure_that_comes_again_is_obeyed_again(ledgers: Ledgers) -> None:
    """The crash may have come between the ledger's entry and the forgetting."""
    erase = command(CommandName.ERASE, later(minutes=3))
    await ledgers(first := rude("m1"), erase)
    ledgers.ledger.outcomes[first.event_id] = ledgers.of(first).model_copy(update={"route": first.route})
    await ledgers(erase)
    assert ledgers.of(first).route == first.route.model_copy(update={"address": Address()})
