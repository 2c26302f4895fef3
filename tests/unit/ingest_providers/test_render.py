"""The public form of an event: the keys that people's scripts read."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from services.ingest.providers.base import Attachment, Kind, Party, ProviderEvent, Referral, Restriction
from services.ingest.providers.render import as_line
from shared.tags import Direction

AT = datetime(2026, 5, 5, 16, 53, 20, tzinfo=UTC)
BASE = {"kind", "direction", "id", "timestamp", "timestamp_ms"}


@pytest.mark.parametrize(
    ("at", "written", "milliseconds"),
    [
        (AT, "2026-05-05T16:53:20Z", 1778000000000),
        (AT + timedelta(milliseconds=345), "2026-05-05T16:53:20.345Z", 1778000000345),
        (AT.astimezone(timezone(timedelta(hours=-5))), "2026-05-05T16:53:20Z", 1778000000000),
        (None, None, None),
    ],
)
def test_a_time_is_written_in_utc_and_in_milliseconds(
    at: datetime | None, written: str | None, milliseconds: int | None
) -> None:
    line = as_line(ProviderEvent(kind=Kind.IGNORED, timestamp=at))
    assert (line["timestamp"], line["timestamp_ms"]) == (written, milliseconds)


def test_what_an_event_has_not_is_left_out() -> None:
    assert as_line(ProviderEvent(kind=Kind.IGNORED)).keys() == BASE


@pytest.mark.parametrize(
    "kind", [Kind.MESSAGE, Kind.ECHO, Kind.OWN_ECHO, Kind.EDIT, Kind.HISTORY, Kind.AUTO_REPLY]
)
def test_where_there_could_be_words_their_absence_is_said(kind: Kind) -> None:
    line = as_line(ProviderEvent(kind=kind))
    assert line.keys() == BASE | {"content_type", "text"}
    assert line["text"] is None


def test_a_reaction_taken_off_has_a_null_emoji() -> None:
    assert as_line(ProviderEvent(kind=Kind.REACTION))["emoji"] is None


def test_a_person_always_has_all_four_names() -> None:
    line = as_line(ProviderEvent(kind=Kind.CALL, sender=Party(bsuid="BR.1")))
    assert line["sender"] == {"phone": None, "bsuid": "BR.1", "parent_bsuid": None, "username": None}


def test_an_error_code_of_zero_and_a_call_of_no_length_are_told() -> None:
    line = as_line(ProviderEvent(kind=Kind.CALL, error_code=0, duration_seconds=0))
    assert (line["error_code"], line["duration"]) == (0, 0)


def test_our_own_mark_comes_back_as_the_tracker() -> None:
    assert as_line(ProviderEvent(kind=Kind.STATUS, opaque="job-42"))["tracker"] == "job-42"


def test_lists_are_told_item_by_item() -> None:
    line = as_line(
        ProviderEvent(
            kind=Kind.MESSAGE,
            direction=Direction.INBOUND,
            attachments=(
                Attachment("audio", "7", "audio/ogg", voice=True),
                Attachment("document", name="a.pdf"),
            ),
            restrictions=(Restriction("R", AT), Restriction("S")),
            referral=Referral("ad", "12"),
        )
    )
    assert line["attachments"] == [
        {"type": "audio", "id": "7", "mime": "audio/ogg", "voice": True},
        {"type": "document", "name": "a.pdf"},
    ]
    assert line["restrictions"] == [
        {"type": "R", "expires_at": "2026-05-05T16:53:20Z"},
        {"type": "S", "expires_at": None},
    ]
    assert line["referral"] == {"type": "ad", "id": "12"}


def test_a_group_is_named_as_conversation_and_as_group() -> None:
    line = as_line(ProviderEvent(kind=Kind.MESSAGE, conversation_id="G", group=True))
    assert (line["conversation_id"], line["group_id"]) == ("G", "G")
    assert "group_id" not in as_line(ProviderEvent(kind=Kind.MESSAGE, conversation_id="C"))
