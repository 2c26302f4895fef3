"""What the hours and the conversation so far say about a message."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from services.classifier.domain.context import Seen, Windows, context_of
from services.classifier.domain.history import Entry
from shared.events.messages import ContentKind
from shared.tags import Context, Direction, Flag, Intent
from tests.support.builders_core import NOW, later

WINDOWS = Windows(
    burst=timedelta(seconds=60),
    fragments=3,
    response=timedelta(hours=2),
    staff_active=timedelta(minutes=30),
)


class AlwaysOpen:
    """Hours in which every minute is working time."""

    def __init__(self, *, is_open: bool = True) -> None:
        self._open = is_open

    def is_open(self, at: datetime) -> bool:
        del at
        return self._open

    def business_between(self, start: datetime, end: datetime) -> timedelta:
        return end - start if self._open else timedelta()


def seen(**more: object) -> Seen:
    fields: dict[str, object] = {
        "at": NOW,
        "direction": Direction.INBOUND,
        "kind": ContentKind.TEXT,
        "length": 20,
        "digest": "d",
        "intent": Intent.POINT_QUERY,
        "flags": frozenset(),
    }
    return Seen(**(fields | more))  # type: ignore[arg-type]


def wrote(seconds: float, intent: Intent | None = Intent.POINT_QUERY, **more: object) -> Entry:
    fields = {
        "message": f"m{seconds}",
        "at": later(seconds),
        "direction": Direction.INBOUND,
        "kind": ContentKind.TEXT,
        "length": 20,
        "digest": f"digest{seconds}",
        "intent": intent,
    }
    return Entry.model_validate(fields | more)


def staff(seconds: float) -> Entry:
    return wrote(seconds, None, direction=Direction.OUTBOUND)


def context(message: Seen, before: Sequence[Entry] = (), burst: Sequence[Entry] = ()) -> set[Context]:
    return set(context_of(message, [*before, *burst], burst, AlwaysOpen(), WINDOWS))


@pytest.mark.parametrize("direction", list(Direction))
def test_outside_the_hours_is_told_of_clients_and_of_staff(direction: Direction) -> None:
    closed = AlwaysOpen(is_open=False)
    assert context_of(seen(direction=direction), [], [], closed, WINDOWS) == (Context.OUT_OF_HOURS,)


def test_a_voice_call_is_told() -> None:
    assert context(seen(kind=ContentKind.VOICE_CALL)) == {Context.VOICE_CALL}


@pytest.mark.parametrize(
    ("message", "fragments", "fragmented"),
    [
        (seen(), 2, True),
        (seen(), 1, False),
        (seen(length=80), 2, True),
        (seen(length=81), 2, False),
        (seen(kind=ContentKind.IMAGE), 2, False),
    ],
)
def test_short_texts_in_a_row_are_fragmented(message: Seen, fragments: int, fragmented: bool) -> None:
    burst = [wrote(-10 * number) for number in range(fragments, 0, -1)]
    assert (Context.FRAGMENTED in context(message, burst=burst)) is fragmented


@pytest.mark.parametrize(("minutes", "active"), [(1, True), (30, True), (31, False)])
def test_staff_are_active_for_a_while_after_their_last_word(minutes: int, active: bool) -> None:
    assert (Context.STAFF_ACTIVE in context(seen(), [staff(-60 * minutes)])) is active


INSISTING = {
    "asks how it goes": seen(intent=Intent.FOLLOW_UP),
    "is impatient": seen(flags=frozenset({Flag.IMPATIENT})),
    "says the same again": seen(digest="digest-600"),
    "asks whether anybody is there": seen(intent=Intent.GREETING),
}


@pytest.mark.parametrize("message", list(INSISTING.values()), ids=list(INSISTING))
@pytest.mark.parametrize(
    ("hours_waited", "tag"), [(1, Context.REPEAT_PING), (2, Context.REPEAT_PING), (3, Context.OVERDUE)]
)
def test_who_insists_pings_again_and_after_the_promised_time_it_is_overdue(
    message: Seen, hours_waited: int, tag: Context
) -> None:
    waiting = [wrote(-3600 * hours_waited), wrote(-600)]
    assert context(message, waiting) == {tag}


@pytest.mark.parametrize(
    ("before", "why"),
    [
        ([], "nothing was asked"),
        ([wrote(-600), staff(-300)], "it was answered"),
        ([wrote(-600, Intent.ACKNOWLEDGEMENT)], "thanks await nothing"),
        ([wrote(-600, None)], "an image awaits nothing"),
        ([wrote(-3 * 86_400 - 1)], "that was another conversation"),
    ],
)
def test_who_waits_for_nothing_does_not_insist(before: list[Entry], why: str) -> None:
    found = context(seen(intent=Intent.FOLLOW_UP), before)
    assert not found & {Context.REPEAT_PING, Context.OVERDUE}, why


def test_another_question_is_no_insistence() -> None:
    assert context(seen(intent=Intent.POINT_QUERY), [wrote(-600)]) == set()


def test_a_greeting_hours_later_begins_a_conversation() -> None:
    assert context(seen(intent=Intent.GREETING), [wrote(-7201)]) == set()


def test_the_fragments_of_one_request_do_not_insist_on_each_other() -> None:
    assert context(seen(intent=Intent.FOLLOW_UP), burst=[wrote(-20)]) == set()


def test_a_long_burst_does_not_insist_on_its_own_beginning() -> None:
    burst = [wrote(-10 * number) for number in range(20, 0, -1)]
    assert context(seen(intent=Intent.FOLLOW_UP), burst=burst) == {Context.FRAGMENTED}


def test_the_tags_stand_in_the_order_of_the_closed_list() -> None:
    closed = AlwaysOpen(is_open=False)
    found = context_of(
        seen(kind=ContentKind.VOICE_CALL, intent=Intent.FOLLOW_UP),
        [staff(-120), wrote(-60)],
        [],
        closed,
        WINDOWS,
    )
    assert list(found) == [tag for tag in Context if tag in found]
    assert len(found) == 4
