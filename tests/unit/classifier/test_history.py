"""A client's recent conversation: united by id in any order, and forgetting words soon."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.classifier.domain.history import KEPT_ENTRIES, Entry, History, burst_before, digest
from shared.events.messages import ContentKind
from shared.ids import MessageId
from shared.tags import Direction, Language
from tests.support.builders_core import CLIENT, MODERATE, NOW, TENANT, later

EMPTY = History(tenant=TENANT, client=CLIENT)
MINUTE = timedelta(minutes=1)


def entry(name: str, seconds: float = 0, text: str | None = "hola", **more: object) -> Entry:
    fields = {
        "message": name,
        "at": later(seconds),
        "direction": Direction.INBOUND,
        "kind": ContentKind.TEXT,
        "text": text,
        "length": len(text or ""),
    }
    return Entry.model_validate(fields | more)


ENTRIES = st.lists(
    st.builds(entry, st.integers(0, 70).map(lambda n: f"m{n:02}"), st.integers(0, 300)),
    max_size=70,
    unique_by=lambda one: one.message,
)


@pytest.mark.slow
@MODERATE
@given(entries=ENTRIES, data=st.data())
def test_in_whatever_order_and_how_often_entries_come_the_history_is_the_same(
    entries: list[Entry], data: st.DataObject
) -> None:
    """As long as none is forgotten: of more than fifty only the last are known."""
    entries = entries[:KEPT_ENTRIES]
    again = data.draw(st.permutations(entries))
    at_once = EMPTY.united(entries, timedelta(days=1))
    one_by_one = EMPTY
    for one in [*again, *again]:
        one_by_one = one_by_one.united([one], timedelta(days=1))
    assert one_by_one == at_once


@pytest.mark.slow
@MODERATE
@given(entries=ENTRIES)
def test_the_last_fifty_are_kept_in_order(entries: list[Entry]) -> None:
    kept = EMPTY.united(entries, timedelta(days=1)).entries
    assert list(kept) == sorted(entries, key=lambda one: (one.at, one.message))[-KEPT_ENTRIES:]


@pytest.mark.slow
@MODERATE
@given(entries=ENTRIES)
def test_words_are_kept_only_while_a_burst_may_go_on(entries: list[Entry]) -> None:
    kept = EMPTY.united(entries, MINUTE).entries
    for one in kept:
        assert (one.text is not None) is (kept[-1].at - one.at <= MINUTE)


def test_nothing_united_with_nothing_is_nothing() -> None:
    assert EMPTY.united([], MINUTE) == EMPTY


def test_the_first_entry_of_an_id_stays() -> None:
    first = EMPTY.united([entry("m1", text="uno")], MINUTE)
    assert first.united([entry("m1", text="dos")], MINUTE) == first


def test_what_came_before_is_told_by_time_and_then_by_id() -> None:
    history = EMPTY.united([entry("b"), entry("a"), entry("c", -1), entry("d", 1)], MINUTE)
    assert [one.message for one in history.before((NOW, "b"))] == ["c", "a"]


def test_the_language_is_the_last_that_the_client_wrote_in() -> None:
    history = EMPTY.united(
        [
            entry("m1", 0, language=Language.PT_BR),
            entry("m2", 1, language=None),
            entry("m3", 2, language=Language.EN, direction=Direction.OUTBOUND),
            entry("m4", 9, language=Language.ES),
        ],
        MINUTE,
    )
    assert history.language((later(5), "m5")) is Language.PT_BR
    assert history.language((NOW, "m1")) is None


@pytest.mark.parametrize(
    ("before", "burst"),
    [
        ([], []),
        ([entry("m1", -60)], ["m1"]),
        ([entry("m1", -61)], []),
        ([entry("m1", -110), entry("m2", -55)], ["m1", "m2"]),
        ([entry("m1", -200), entry("m2", -55)], ["m2"]),
        ([entry("m1", -20), entry("s1", -10, direction=Direction.OUTBOUND)], []),
        ([entry("m1", -20), entry("i1", -10, kind=ContentKind.IMAGE), entry("m2", -5)], ["m2"]),
    ],
    ids=["nothing", "the window's end", "past it", "a chain", "a pause", "the staff", "an image"],
)
def test_a_burst_runs_without_a_pause_or_a_word_of_the_staff(before: list[Entry], burst: list[str]) -> None:
    assert [one.message for one in burst_before(before, NOW, MINUTE)] == burst


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("¿Hola?", "hola", True),
        ("¡¡¡Ñandú!!!", "nandu", True),
        ("a b", "ab", True),
        ("hola 1", "hola 2", False),
        ("", "?!", True),
        ("\ud800", "x", False),
    ],
)
def test_a_digest_tells_a_repetition_whatever_case_accents_and_marks(
    one: str, other: str, same: bool
) -> None:
    assert (digest(one) == digest(other)) is same


def test_an_entry_without_a_burst_is_the_first_of_its_own() -> None:
    assert entry("m2").first_of_burst == "m2"
    assert entry("m2", burst=MessageId("m1")).first_of_burst == "m1"
