"""Deciding batches: each message once, in its client's order, whatever the batches look like."""

import itertools
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.history import History
from services.classifier.memory import MemoryDecisions, MemoryHistories
from services.classifier.tagging.samples import ChatSample, Sample
from services.classifier.usecase import AnyMessage, DecideBatch
from shared.errors import Transient
from shared.events.decisions import DECISION, Evidence, InfractionEffect, MessageDecidedV1, Tags
from shared.events.messages import ContentKind, MessageDeletedV1, MessageReactedV1
from shared.ids import ClientId, TenantId
from shared.kafka.worker import Handled
from shared.policy.source import FixedPacks
from shared.tags import Context, Flag, Intent, Language
from tests.support.builders_core import (
    CLIENT,
    MODERATE,
    OTHER_CLIENT,
    ROUTE,
    FixedClock,
    delivered,
    later,
    quiet_logs,
    received,
)
from tests.unit.policy.small_pack import pack

PACK = pack()
RUDE = "inútil"


class WordTagger:
    """Calls rude what has the word in it, and everything a point query; keeps what it was given."""

    def __init__(self) -> None:
        self.batches: list[list[Sample]] = []

    def tag(self, samples: Sequence[Sample]) -> Sequence[Tags]:
        self.batches.append(list(samples))
        return [self._one(sample) for sample in samples]

    @staticmethod
    def _one(sample: Sample) -> Tags:
        text = sample.text if isinstance(sample, ChatSample) else ""
        at = text.find(RUDE)
        return Tags(
            language=Language.ES,
            intent=Intent.POINT_QUERY,
            flags=() if at < 0 else (Flag.AGGRESSIVE,),
            confidence={Flag.AGGRESSIVE: 0.9},
            evidence=() if at < 0 else (Evidence(tag="aggressive", start=at, end=at + len(RUDE)),),
        )


class Batches:
    """The use case over stores in memory."""

    def __init__(self) -> None:
        self.decisions, self.histories = MemoryDecisions(), MemoryHistories()
        self.tagger, self.clock = WordTagger(), FixedClock()
        packs = FixedPacks(PACK)
        self.decide = DecideBatch(self.decisions, self.histories, packs, self.tagger, self.clock)

    async def __call__(self, *messages: AnyMessage) -> Handled:
        return await self.decide([delivered(message, offset) for offset, message in enumerate(messages)])


@pytest.fixture
def batches() -> Batches:
    return Batches()


def decisions(handled: Handled) -> list[MessageDecidedV1]:
    return [DECISION.validate_json(record.value) for record in handled.publish]


def counted_for(decision: MessageDecidedV1) -> list[str]:
    return [effect.burst for effect in decision.effects if isinstance(effect, InfractionEffect)]


async def test_the_last_fragment_carries_the_whole_request(batches: Batches) -> None:
    one, two, three = decisions(
        await batches(
            received("m1", later(0), text="oye"),
            received("m2", later(5), text=RUDE),
            received("m3", later(9), text="y ya"),
        )
    )
    assert [counted_for(one), counted_for(two), counted_for(three)] == [[], ["m1"], ["m1"]]
    assert three.tags.evidence[0].message == "m2"
    assert Context.FRAGMENTED in three.context


async def test_a_redelivery_publishes_the_first_decision_and_tags_nothing(batches: Batches) -> None:
    first = await batches(received("m1", text=RUDE))
    histories = dict(batches.histories.histories)
    again = await batches(received("m1", text="otra cosa"))
    assert again.publish[0].value == first.publish[0].value
    assert batches.histories.histories == histories
    assert len(batches.tagger.batches) == 1


async def test_a_message_that_comes_twice_in_one_batch_is_decided_once(batches: Batches) -> None:
    handled = await batches(received("m1"), received("m1"))
    assert len(handled.publish) == 2
    assert len(batches.decisions.decisions) == 1


async def test_what_was_deleted_or_reacted_to_is_not_decided_about(batches: Batches) -> None:
    fields = received("m1").model_dump() | {"route": ROUTE, "original": "m0"}
    events = [
        model.model_validate({name: value for name, value in fields.items() if name != "type"})
        for model in (MessageDeletedV1, MessageReactedV1)
    ]
    assert (await batches(*events)).publish == []


async def test_texts_of_different_clients_are_tagged_at_once(batches: Batches) -> None:
    await batches(
        received("m1"),
        received("x1", client=OTHER_CLIENT),
        received("m2", later(1)),
        received("m3", later(90)),
    )
    assert [len(batch) for batch in batches.tagger.batches] == [2, 2, 1]


async def test_media_without_words_asks_nothing_of_the_tagger(batches: Batches) -> None:
    handled = await batches(received("m1", kind=ContentKind.IMAGE, text=None))
    assert batches.tagger.batches == []
    assert decisions(handled)[0].tags.intent is None


async def test_a_record_that_makes_the_core_raise_costs_no_other(batches: Batches) -> None:
    broken = received("m1").model_copy(update={"event_id": "m1", "correlation_id": 5})
    handled = await batches(broken, received("x1", client=OTHER_CLIENT), received("m2", later(1)))
    assert [(defect.record.event.message_id, defect.error) for defect in handled.defects] == [
        ("m1", "ValidationError")
    ]
    assert [one.message for one in decisions(handled)] == ["x1", "m2"]


async def test_a_tenant_without_an_active_policy_waits_for_one(batches: Batches) -> None:
    with pytest.raises(Transient, match="no active policy"):
        await batches(received("m1").model_copy(update={"tenant": TenantId("nobody")}))
    assert batches.decisions.decisions == {}


async def test_a_crash_between_the_decisions_and_the_histories_is_made_good(batches: Batches) -> None:
    await batches(received("m1", text="oye"), received("m2", later(5)))
    kept = dict(batches.histories.histories)
    batches.histories.histories.clear()
    await batches(received("m1", text="oye"), received("m2", later(5)))
    assert batches.histories.histories == kept


async def test_a_lost_race_for_a_history_is_the_moments_fault(batches: Batches) -> None:
    class Racing(MemoryHistories):
        async def save(self, histories: object) -> None:
            del histories
            raise Transient("another process")

    racing = DecideBatch(batches.decisions, Racing(), FixedPacks(PACK), batches.tagger, batches.clock)
    with pytest.raises(Transient):
        await racing([delivered(received("m1"))])


async def test_the_clock_learns_the_messages_times(batches: Batches) -> None:
    await batches(received("m1"), received("m2", later(7)))
    assert batches.clock.observed == [later(), later(7)]


MESSAGES = st.lists(
    st.tuples(
        st.sampled_from([CLIENT, OTHER_CLIENT]),
        st.integers(0, 200),
        st.sampled_from(["hola", RUDE, "¿y mi guía?"]),
        st.sampled_from([None, "m0", "m1"]),
    ),
    min_size=1,
    max_size=8,
)


@pytest.mark.slow
@MODERATE
@given(drawn=MESSAGES, cuts=st.sets(st.integers(1, 7)), again=st.booleans())
async def test_the_borders_of_batches_and_redeliveries_decide_nothing(
    drawn: list[tuple[ClientId, int, str, str | None]], cuts: set[int], again: bool
) -> None:
    """One batch, or any number of them, some delivered twice: the same decisions and histories."""
    messages = [
        received(f"m{number}", later(seconds), text=text, client=client, edits=edits if number > 1 else None)
        for number, (client, seconds, text, edits) in enumerate(drawn)
    ]
    at_once, in_parts = Batches(), Batches()
    borders = [0, *sorted(cut for cut in cuts if cut < len(messages)), len(messages)]
    with quiet_logs():
        await at_once(*messages)
        for start, end in itertools.pairwise(borders):
            await in_parts(*messages[start:end])
            if again:
                await in_parts(*messages[start:end])
    assert in_parts.decisions.decisions == at_once.decisions.decisions
    assert entries(in_parts) == entries(at_once)


def entries(batches: Batches) -> dict[object, object]:
    """Return the conversations, whatever number of writes they took."""
    known: dict[tuple[TenantId, ClientId], History] = batches.histories.histories
    return {client: history.entries for client, history in known.items()}
