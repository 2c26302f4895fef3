"""Events as documents: what analysts group by, what the store forgets by, and the event itself."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.clock import wall_now
from shared.events.messages import MESSAGE
from shared.ids import TenantId
from shared.mongo.documents import SCHEMA_VERSION, Zones, expiring, own_fields, to_document
from shared.policy.source import FixedPacks
from tests.support.builders_core import NOW, TENANT, received
from tests.unit.policy.small_pack import pack

MESSAGE_1 = received("m1")


@pytest.mark.parametrize(
    ("zone", "date", "hour"),
    [("America/Panama", "2026-03-02", 10), ("Asia/Tokyo", "2026-03-03", 0), ("UTC", "2026-03-02", 15)],
)
def test_a_document_has_the_tenants_local_date_and_hour(zone: str, date: str, hour: int) -> None:
    found = to_document(MESSAGE_1, "m1", NOW, ZoneInfo(zone))
    assert (found["local_date"], found["local_hour"]) == (date, hour)
    assert (found["_id"], found["schema_version"]) == ("m1", SCHEMA_VERSION)


def test_the_event_comes_back_out_of_its_document() -> None:
    document = expiring(to_document(MESSAGE_1, "m1", NOW, ZoneInfo("UTC")), 7)
    assert MESSAGE.validate_python(own_fields(document)) == MESSAGE_1


def test_a_document_expires_by_the_wall_clock_whatever_time_it_tells() -> None:
    expires_at = expiring({}, 7)["expires_at"]
    assert abs(expires_at - wall_now() - timedelta(days=7)) < timedelta(minutes=1)


def test_a_tenants_place_is_its_packs_and_without_one_utc() -> None:
    zones = Zones(FixedPacks(pack()))
    assert zones.of(TENANT).zone == ZoneInfo("America/Panama")
    assert zones.of(TENANT).retention.messages_days == 180
    assert zones.of(TenantId("nobody")).zone == ZoneInfo("UTC")
