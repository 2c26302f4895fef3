"""The decision on one message: a function of the message, its conversation, its tags and the pack."""

from datetime import timedelta

import pytest

from services.classifier.domain.conversation import Conversation
from services.classifier.domain.decide import decide, windows_of
from services.classifier.domain.history import Entry
from shared.events.decisions import InfractionEffect, SignalEffect, Tags
from shared.events.messages import ContentKind, Words
from shared.ids import MessageId, consequence_id
from shared.tags import Context, Direction, Flag, Intent, Language
from tests.support.builders_core import later, received
from tests.unit.policy.small_pack import pack

PACK = pack()


def alone(message: Words, *before: Entry) -> Conversation:
    return Conversation(before, (), Language.ES, message.original)


def rude(confidence: float = 0.9) -> Tags:
    return Tags(
        language=Language.ES,
        intent=Intent.POINT_QUERY,
        flags=(Flag.AGGRESSIVE,),
        confidence={Flag.AGGRESSIVE: confidence},
    )


def test_the_decision_carries_the_message_and_what_the_pack_says_of_it() -> None:
    message = received("m1", text="¡inútiles!", auto_reply=True, staff="Ana")
    decision = decide(message, alone(message), rude(), PACK)
    assert decision.event_id == consequence_id("m1", "decision")
    assert (decision.message, decision.original, decision.client) == ("m1", "m1", message.client)
    assert (decision.route, decision.received_at, decision.staff) == (
        message.route,
        message.received_at,
        "Ana",
    )
    assert decision.auto_reply
    assert (decision.policy, decision.pack) == ("acme", PACK.hash)
    assert [rule.clause for rule in decision.rules] == ["K1"]
    assert [effect.effect for effect in decision.effects] == ["reply", "infraction"]


def test_the_same_arguments_give_the_same_decision() -> None:
    message = received("m1")
    assert decide(message, alone(message), rude(), PACK) == decide(message, alone(message), rude(), PACK)


def test_an_infraction_is_counted_for_the_first_message_of_the_burst_with_its_confidence() -> None:
    message = received("m3")
    conversation = Conversation((), (), Language.ES, MessageId("m1"))
    decision = decide(message, conversation, rude(0.7), PACK)
    (effect,) = [one for one in decision.effects if isinstance(one, InfractionEffect)]
    assert (effect.burst, effect.confidence, effect.threshold) == ("m1", 0.7, 0.6)


def test_an_edit_speaks_of_its_original() -> None:
    message = received("e1", edits="m1")
    decision = decide(message, alone(message), rude(), PACK)
    (effect,) = [one for one in decision.effects if isinstance(one, InfractionEffect)]
    assert (decision.message, decision.original, effect.burst) == ("e1", "m1", "m1")


def test_what_no_rule_speaks_of_goes_to_the_agents() -> None:
    message = received("m1", kind=ContentKind.IMAGE, text=None)
    decision = decide(message, alone(message), Tags(language=Language.ES), PACK)
    assert [one.to for one in decision.effects if isinstance(one, SignalEffect)] == ["agents"]
    assert decision.rules == ()


@pytest.mark.parametrize(("hours", "outside"), [(0, False), (8, True), (-5, True)])
def test_the_hours_are_the_packs(hours: float, outside: bool) -> None:
    message = received("m1", later(hours=hours))
    decision = decide(message, alone(message), rude(), PACK)
    assert (Context.OUT_OF_HOURS in decision.context) is outside


@pytest.mark.parametrize(
    ("direction", "staff", "outside"),
    [
        (Direction.OUTBOUND, "Ana", False),
        (Direction.OUTBOUND, None, True),
        (Direction.OUTBOUND, "Luis", True),
        (Direction.INBOUND, "Ana", True),
    ],
)
def test_staff_are_judged_by_their_own_hours_and_clients_by_the_offices(
    direction: Direction, staff: str | None, outside: bool
) -> None:
    evening = pack(("left_open:\n", 'left_open:\n  people: {Ana: {hours: {mon-fri: ["17:00-22:00"]}}}\n'))
    message = received("m1", later(hours=8), direction=direction, staff=staff)
    decision = decide(message, alone(message), rude(), evening)
    assert (Context.OUT_OF_HOURS in decision.context) is outside


def test_the_windows_are_the_packs() -> None:
    windows = windows_of(PACK)
    assert (windows.burst, windows.fragments) == (timedelta(seconds=60), 3)
    assert (windows.response, windows.staff_active) == (timedelta(minutes=90), timedelta(minutes=30))
