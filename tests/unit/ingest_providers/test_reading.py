"""Values that nobody promised become what they are, or None; never an exception."""

from datetime import UTC, datetime

import pytest
from hypothesis import given

from services.ingest.providers import reading
from services.ingest.providers.whatsapp.parties import same_line
from shared.errors import Unreadable
from tests.unit.ingest_providers.strategies import JSON


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("5511900000001", "+5511900000001"),
        ("+5511900000001", "+5511900000001"),
        (5511900000001, "+5511900000001"),
        ("+55 (11) 90000-0001", "+5511900000001"),
        ("", None),
        ("+", None),
        ("   ", None),
        ("BR.1502576394655843", None),
        ("1234", None),
        ("٥٥١١٩٠٠٠٠٠٠٠١", None),
        (None, None),
        (True, None),
        ([], None),
    ],
)
def test_a_phone_has_a_plus_or_is_none(value: object, expected: str | None) -> None:
    assert reading.phone(value) == expected


@pytest.mark.parametrize("value", [1778000000, "1778000000", 1778000000.0, "1778000000.0", " 1778000000 "])
def test_seconds_are_read_as_number_and_as_text(value: object) -> None:
    assert reading.instant(value) == datetime(2026, 5, 5, 16, 53, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [None, "", "x", "1e9", -1, "-1", True, 10**15, "1778000000000", float("inf"), float("nan"), [1], {}],
)
def test_what_is_no_time_is_none(value: object) -> None:
    assert reading.instant(value) is None


@pytest.mark.parametrize(
    ("value", "expected"), [(131047, 131047), ("131047", 131047), (131047.0, 131047), ("-1", -1), (0, 0)]
)
def test_a_whole_number_is_read_as_number_and_as_text(value: object, expected: int) -> None:
    assert reading.integer(value) == expected


@pytest.mark.parametrize("value", [None, "", "1.5", 1.5, True, "x", 10**40, float("nan"), []])
def test_what_is_no_whole_number_is_none(value: object) -> None:
    assert reading.integer(value) is None


def test_an_id_never_holds_the_separator_of_derived_ids() -> None:
    assert reading.identifier("wamid.A\x1fB") is None
    assert reading.identifier("wamid.A==") == "wamid.A=="


def test_a_split_emoji_is_replaced_and_a_whole_pair_is_joined() -> None:
    assert reading.words("a\ud83d") == "a\ufffd"
    assert reading.words("a\ud83d\ude00") == "a😀"


def test_words_keep_their_spaces_and_an_empty_text_is_none() -> None:
    assert reading.words("  oi \n") == "  oi \n"
    assert reading.words("") is None


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"{", "breaks at character 1"),
        (b"[]", "not an object"),
        (b"null", "not an object"),
        (b'"x"', "not an object"),
        (b'{"a":"\xff"}', "not UTF-8"),
        (b'{"a":' * 5000 + b"1" + b"}" * 5000, "nested too deeply"),
        (b'{"a":NaN,"b":' + b"9" * 5000 + b"}", "too long"),
    ],
)
def test_a_body_that_can_never_be_read_says_why(raw: bytes, said: str) -> None:
    with pytest.raises(Unreadable, match=said):
        reading.load_object(raw)


def test_the_reason_never_quotes_the_body() -> None:
    with pytest.raises(Unreadable) as caught:
        reading.load_object(b'{"text":"minha senha \xc3\xa9 1234')
    assert "senha" not in str(caught.value)


@pytest.mark.slow
@given(value=JSON)
def test_every_reader_takes_any_value(value: object) -> None:
    reading.phone(value)
    reading.instant(value)
    reading.integer(value)
    reading.identifier(value)
    reading.term(value)
    reading.words(value)
    reading.mapping(value)
    reading.mappings(value)
    assert reading.fingerprint(value) == reading.fingerprint(value)


def test_the_order_of_keys_does_not_change_a_fingerprint() -> None:
    assert reading.fingerprint({"a": 1, "b": 2}) == reading.fingerprint({"b": 2, "a": 1})
    assert reading.fingerprint({"a": 1}) != reading.fingerprint({"a": 2})


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("+5511981234567", "+551181234567", True),
        ("+5511900000001", "+551100000001", False),
        ("+551131234567", "+5511931234567", False),
        ("+5215512345678", "+525512345678", True),
        ("+5511981234567", "+5511981234568", False),
        ("+14155550100", "+14155550100", True),
    ],
)
def test_two_ways_of_writing_one_line_are_the_same_line(one: str, other: str, same: bool) -> None:
    assert (same_line(one) == same_line(other)) is same
