"""Planning a reply: what of an outcome is said, when, in which language, and why the rest is not."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from services.responder.domain.plan import STALE, WINDOW, Known, Planned, Slot, plan, reply_id
from shared.events.outcomes import CommandSettledV1, MessageSettledV1, Paragraph, Settled
from shared.tags import Language
from shared.words import Effect, Matter, Refusal, ReplyState
from tests.support.builders_core import (
    CLIENT,
    NOW,
    ROUTE,
    TENANT,
    later,
    nothing_known,
    paragraph,
    settled,
)
from tests.unit.policy.small_pack import pack

PACK = pack()
KIND = paragraph("kind", Matter.WARNING)
MAIL = paragraph("mail", Matter.REDIRECT, rule="K1.general")
ASK = paragraph("ask", Matter.GUIDANCE, delay_seconds=20)


def known(*slots: Slot, **more: Any) -> Known:
    fields: dict[str, Any] = {"recent": [], "route": ROUTE, "last_inbound_at": NOW}
    return Known(slots={slot.matter: slot for slot in slots}, **(fields | more))


def slot(seconds: float, reply: str = "another", matter: Matter = Matter.REDIRECT) -> Slot:
    return Slot(tenant=TENANT, client=CLIENT, matter=matter, reply=reply, at=later(seconds))


def planned(outcome: Settled, of: Known | None = None, now: datetime = NOW) -> Planned:
    found = plan(outcome, of or nothing_known(), PACK, now)
    assert found is not None
    return found


def refused(found: Planned) -> list[tuple[Effect, Refusal, Matter | None]]:
    return [(one.effect, one.reason, one.matter) for one in found.reply.refused]


def by_command(outcome: MessageSettledV1) -> CommandSettledV1:
    """Return the same, as the outcome of a command: no message caused it."""
    fields = outcome.model_dump(exclude={"type", "message", "route"})
    more = {"name": "restore", "state": "applied", "by": "supervisor"}
    return CommandSettledV1.model_validate(fields | more)


def test_an_outcome_that_says_nothing_has_no_reply() -> None:
    assert plan(settled(), nothing_known(), PACK, NOW) is None


def test_what_is_to_be_said_is_said_in_words_and_takes_its_slots() -> None:
    outcome = settled("d1", NOW, MAIL, KIND)
    found = planned(outcome)
    reply = found.reply
    assert (reply.id, reply.state, reply.due_at) == (reply_id(outcome), ReplyState.REQUESTED, NOW)
    assert reply.text == "Sea amable.\n\nEscriba a help@acme.example."
    assert (reply.cause, reply.message, reply.route) == (outcome.event_id, "message-of-d1", ROUTE)
    assert {(one.matter, one.reply, one.at) for one in found.slots} == {
        (Matter.REDIRECT, reply.id, NOW),
        (Matter.WARNING, reply.id, NOW),
    }


@pytest.mark.parametrize(
    ("language", "text"),
    [
        (Language.EN, "Be kind."),
        (Language.ES, "Sea amable."),
        (Language.PT_BR, "Sea amable."),
        (None, "Sea amable."),
    ],
)
def test_the_reply_is_in_the_clients_language_else_the_tenants(language: Language | None, text: str) -> None:
    reply = planned(settled("d1", NOW, KIND, language=language)).reply
    assert reply.text == text


@pytest.mark.parametrize(
    ("seconds_ago", "throttled"), [(0, True), (1, True), (59, True), (60, False), (-1, False)]
)
def test_a_matter_once_said_is_not_said_again_within_its_window(seconds_ago: int, throttled: bool) -> None:
    """In event time: a slot of a later message holds nothing for an earlier one."""
    found = planned(settled("d1", NOW, MAIL), known(slot(-seconds_ago)))
    assert refused(found) == ([(Effect.REDIRECT, Refusal.THROTTLED, Matter.REDIRECT)] if throttled else [])
    assert found.reply.state is (ReplyState.SUPPRESSED if throttled else ReplyState.REQUESTED)


def test_a_slot_that_my_own_reply_holds_is_mine() -> None:
    outcome = settled("d1", NOW, MAIL)
    assert planned(outcome, known(slot(-1, reply_id(outcome)))).reply.state is ReplyState.REQUESTED


def test_each_paragraph_is_throttled_by_itself() -> None:
    found = planned(settled("d1", NOW, MAIL, KIND), known(slot(-1)))
    assert (found.reply.text, found.reply.matters) == ("Sea amable.", (Matter.WARNING,))
    assert [one.matter for one in found.slots] == [Matter.WARNING]


def test_a_matter_without_a_window_is_always_said() -> None:
    found = planned(settled("d1", NOW, KIND), known(slot(0, matter=Matter.WARNING)))
    assert found.reply.state is ReplyState.REQUESTED


@pytest.mark.parametrize(("minutes", "stale"), [(29, False), (30, False), (31, True)])
def test_an_old_cause_gets_no_reply(minutes: int, stale: bool) -> None:
    found = planned(settled("d1", NOW, KIND), now=NOW + timedelta(minutes=minutes))
    assert refused(found) == ([(Effect.REPLY, Refusal.STALE, Matter.WARNING)] if stale else [])
    assert (found.reply.text is None, found.slots == ()) == (stale, stale)


def test_stale_is_by_receipt_and_not_by_what_the_provider_told() -> None:
    old = settled("d1", later(hours=-3), KIND, received_at=NOW)
    assert planned(old).reply.state is ReplyState.REQUESTED


@pytest.mark.parametrize(("replies", "looping"), [(9, False), (10, True), (11, True)])
def test_a_loop_of_replies_ends(replies: int, looping: bool) -> None:
    recent = [later(minutes=-5 * number) for number in range(replies)]
    found = planned(settled("d1", NOW, KIND), known(recent=recent))
    assert (found.reply.state is ReplyState.SUPPRESSED) is looping
    assert refused(found) == ([(Effect.REPLY, Refusal.LOOP, Matter.WARNING)] if looping else [])


def test_replies_of_an_hour_ago_and_of_later_messages_are_no_loop() -> None:
    recent = [later(hours=-1)] * 10 + [later(1)] * 10
    assert planned(settled("d1", NOW, KIND), known(recent=recent)).reply.state is ReplyState.REQUESTED


@pytest.mark.parametrize(
    ("last", "reason"),
    [
        (later(hours=-24), None),
        (later(hours=-24, seconds=-1), Refusal.WINDOW_CLOSED),
        (None, Refusal.WINDOW_CLOSED),
    ],
)
def test_what_no_message_caused_is_told_only_within_the_window(
    last: datetime | None, reason: Refusal | None
) -> None:
    outcome = by_command(settled("c1", NOW, paragraph("back", Matter.RESTRICTION)))
    found = planned(outcome, known(last_inbound_at=last))
    assert [one.reason for one in found.reply.refused] == ([] if reason is None else [reason])
    assert found.reply.message is None


def test_a_message_opens_the_window_itself() -> None:
    assert planned(settled("d1", NOW, KIND), known(last_inbound_at=None)).reply.state is ReplyState.REQUESTED


def test_a_client_whose_address_is_not_known_cannot_be_told() -> None:
    outcome = by_command(settled("c1", NOW, paragraph("back", Matter.RESTRICTION)))
    found = planned(outcome, known(route=None))
    assert [one.reason for one in found.reply.refused] == [Refusal.UNKNOWN_ADDRESS]


@pytest.mark.parametrize(
    ("say", "seconds"), [([ASK], 20), ([KIND], 0), ([ASK, KIND], 0)], ids=["guidance", "warning", "both"]
)
def test_guidance_waits_and_nothing_waits_for_it(say: list[Paragraph], seconds: int) -> None:
    assert planned(settled("d1", NOW, *say)).reply.due_at == later(seconds)


def test_guidance_that_is_throttled_makes_nothing_wait() -> None:
    held = Slot(tenant=TENANT, client=CLIENT, matter=Matter.REDIRECT, reply="another", at=later(-1))
    found = planned(settled("d1", NOW, ASK, MAIL), known(held))
    assert (found.reply.due_at, found.reply.matters) == (later(20), (Matter.GUIDANCE,))


def test_the_same_arguments_give_the_same_reply() -> None:
    outcome = settled("d1", NOW, MAIL, ASK)
    assert planned(outcome) == planned(outcome)


def test_the_limits_are_the_providers() -> None:
    assert (timedelta(minutes=30), timedelta(hours=24)) == (STALE, WINDOW)
