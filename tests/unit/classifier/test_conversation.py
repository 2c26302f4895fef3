"""A message in its conversation: what it is read together with, and what it is judged by."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.context import Windows
from services.classifier.domain.conversation import Conversation, converse, entry_of, judged, samples_of
from services.classifier.domain.history import Entry, History
from services.classifier.tagging.samples import CallSample, ChatSample, EmailSample
from shared.events.decisions import Evidence, Tags
from shared.events.messages import ContentKind, Turn, Words
from shared.ids import MessageId
from shared.tags import Direction, Intent, Language
from tests.support.builders_core import CLIENT, MODERATE, NOW, TENANT, decided, later, received

EMPTY = History(tenant=TENANT, client=CLIENT)
WINDOWS = Windows(timedelta(seconds=60), 3, timedelta(hours=2), timedelta(minutes=30))


def remembered(message: Words, first: str | None = None) -> Entry:
    decision = decided(message.message_id, tags={"language": "es", "intent": "greeting"})
    return entry_of(message, decision, MessageId(first or message.message_id))


def history(*entries: Entry) -> History:
    return EMPTY.united(entries, timedelta(minutes=10))


def conversation(message: Words, known: History = EMPTY) -> Conversation:
    return converse(message, known, WINDOWS, Language.ES)


def alone(message: Words) -> Conversation:
    return conversation(message)


FRAGMENTS = history(
    remembered(received("m1", later(-20), text="hola")), remembered(received("m2", later(-10)))
)


def test_a_text_is_read_alone_and_together_with_the_fragments_before_it() -> None:
    message = received("m3", NOW, text="mi guía 7")
    assert samples_of(message, conversation(message, FRAGMENTS)) == (
        ChatSample("mi guía 7", Direction.INBOUND, Language.ES),
        ChatSample("hola\nhola\nmi guía 7", Direction.INBOUND, Language.ES),
    )


@pytest.mark.parametrize(
    ("message", "why"),
    [
        (received("m3", NOW, edits="m2"), "an edit"),
        (received("m3", NOW, direction="outbound"), "the staff"),
        (received("m3", later(80)), "a pause"),
    ],
)
def test_what_begins_anew_is_read_alone(message: Words, why: str) -> None:
    assert len(samples_of(message, conversation(message, FRAGMENTS))) == 1, why


def test_only_the_last_ten_fragments_are_read_together() -> None:
    many = history(*(remembered(received(f"m{n:02}", later(n - 30), text=f"t{n}")) for n in range(15)))
    message = received("z", NOW, text="fin")
    (_, joined) = samples_of(message, conversation(message, many))
    assert isinstance(joined, ChatSample)
    assert joined.text.split("\n") == [*(f"t{n}" for n in range(5, 15)), "fin"]


def test_the_first_message_of_a_burst_is_known_however_long_it_grows() -> None:
    known, firsts = EMPTY, set()
    for number in range(80):
        message = received(f"m{number:02}", later(number))
        found = conversation(message, known)
        firsts.add(found.first)
        known = known.united([remembered(message, found.first)], timedelta(seconds=60))
    assert firsts == {"m00"}


@pytest.mark.parametrize(
    ("known", "first"),
    [
        (EMPTY, "m1"),
        (history(remembered(received("m1", later(-20)), "m0")), "m0"),
    ],
)
def test_an_edit_belongs_to_the_burst_of_what_it_changes(known: History, first: str) -> None:
    assert conversation(received("e1", NOW, edits="m1"), known).first == first


def test_media_without_words_has_nothing_to_tag() -> None:
    message = received("m1", kind=ContentKind.IMAGE, text=None)
    assert samples_of(message, alone(message)) == ()
    assert judged(message, alone(message), ()) == Tags(language=Language.ES)


def test_an_email_and_a_call_are_read_as_what_they_are() -> None:
    mail = received("m1", kind=ContentKind.EMAIL, text="cuerpo", email={"subject": "s", "copies": 2})
    turns = (Turn(speaker="client", start=0, end=1, text="hola"),)
    call = received("m2", kind=ContentKind.CALL, text=None, turns=turns)
    assert samples_of(mail, alone(mail)) == (EmailSample("s", "cuerpo", 2, Direction.INBOUND, Language.ES),)
    assert samples_of(call, alone(call)) == (CallSample(turns, Direction.INBOUND, Language.ES),)


@pytest.mark.parametrize(
    ("declared", "before", "hint"),
    [
        (Language.EN, Language.PT_BR, Language.EN),
        (None, Language.PT_BR, Language.PT_BR),
        (None, None, Language.ES),
    ],
)
def test_the_hint_is_what_is_declared_then_what_was_written_before_then_the_tenants(
    declared: Language | None, before: Language | None, hint: Language
) -> None:
    earlier = remembered(received("m1", later(-20))).model_copy(update={"language": before})
    assert conversation(received("m2", language=declared), history(earlier)).hint is hint


def tags(intent: Intent = Intent.POINT_QUERY, **more: Any) -> Tags:
    return Tags(language=Language.ES, intent=intent, confidence={intent: 0.9}, **more)


def test_a_fragment_is_judged_by_the_whole_request() -> None:
    message = received("m3", NOW)
    found = judged(message, conversation(message, FRAGMENTS), [tags(Intent.OTHER), tags()])
    assert found.intent is Intent.POINT_QUERY


def test_thanks_within_a_burst_stay_thanks() -> None:
    message = received("m3", NOW)
    found = judged(message, conversation(message, FRAGMENTS), [tags(Intent.ACKNOWLEDGEMENT), tags()])
    assert found.intent is Intent.ACKNOWLEDGEMENT


def test_forwarded_words_are_only_half_as_sure() -> None:
    message = received("m1", forwarded=True)
    assert judged(message, alone(message), [tags()]).confidence == {Intent.POINT_QUERY: 0.45}


@pytest.mark.slow
@MODERATE
@given(
    texts=st.lists(st.text(min_size=1, max_size=6), min_size=2, max_size=14),
    start=st.integers(0, 100),
    length=st.integers(1, 20),
)
def test_evidence_of_a_burst_lies_in_the_message_that_it_names(
    texts: list[str], start: int, length: int
) -> None:
    """Whatever the span in the joined text: what it points at is a piece of one message's own text."""
    *fragments, last = texts
    known = history(
        *(remembered(received(f"m{n:02}", later(n - 20), text=text)) for n, text in enumerate(fragments))
    )
    message = received("z", NOW, text=last)
    found = conversation(message, known)
    joined = samples_of(message, found)[-1]
    assert isinstance(joined, ChatSample)
    start %= len(joined.text)
    end = min(start + length, len(joined.text))
    span = Evidence(tag="aggressive", start=start, end=end)
    (placed,) = judged(message, found, [tags(), tags(evidence=(span,))]).evidence
    own = {entry.message: entry.text or "" for entry in known.entries} | {"z": last}
    text = own[placed.message or "z"]
    assert 0 <= placed.start <= placed.end <= len(text)
    if joined.text[start] != "\n":
        assert text[placed.start] == joined.text[start]


def test_what_later_messages_see_of_a_message() -> None:
    entry = remembered(received("m2", text="¿Hola?"), "m1")
    assert (entry.length, entry.text, entry.language, entry.burst) == (6, "¿Hola?", Language.ES, "m1")
    image = remembered(received("m3", kind=ContentKind.IMAGE, text="una foto"))
    assert (image.text, image.length, image.burst) == (None, 8, None)
    empty = remembered(received("m4", kind=ContentKind.IMAGE, text=None))
    assert (empty.digest, empty.language) == (None, None)
