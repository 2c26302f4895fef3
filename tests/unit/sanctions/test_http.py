"""Sanctions' HTTP side: commands are accepted once, shown as they stand, and refused by name."""

import functools
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.sanctions.http import SanctionsHttp
from services.sanctions.memory import MemoryLedger
from services.sanctions.requests import RequestCommand
from services.sanctions.usecase import SettleBatch
from shared.errors import Transient
from shared.events.commands import COMMAND, CommandRequestedV1
from shared.ids import client_id
from shared.policy.source import FixedPacks
from tests.support.builders_core import (
    MODERATE,
    PHONE,
    TENANT,
    FixedClock,
    MemoryPublisher,
    accounts,
    bearer,
    delivered,
    http_client,
    later,
    tenant,
)
from tests.unit.policy.small_pack import pack

CLIENT_OF_PHONE = client_id(tenant(TENANT).client_key, f"tel:{PHONE}")
DISABLE = {"name": "disable", "client": "client-1", "by": "supervisor"}


class MemoryRequests:
    """Commands as they were accepted, or a store that is away."""

    def __init__(self) -> None:
        self.kept: dict[str, CommandRequestedV1] = {}
        self.away = False

    async def first(self, command: CommandRequestedV1) -> CommandRequestedV1:
        self._answer()
        return self.kept.setdefault(command.event_id, command)

    async def accepted(self, command: str) -> CommandRequestedV1 | None:
        self._answer()
        return self.kept.get(command)

    def _answer(self) -> None:
        if self.away:
            raise Transient("MongoDB: away")


class Side:
    """The HTTP side, and what stands behind it."""

    def __init__(self) -> None:
        self.ledger, self.requests = MemoryLedger(), MemoryRequests()
        self.publisher, self.clock = MemoryPublisher(), FixedClock()
        ask = RequestCommand(self.requests, self.publisher, self.clock)
        http = SanctionsHttp(self.ledger, self.requests, ask, accounts(), self.clock, body_bytes=4096)
        self.client = http_client(http.routes())
        self.settle = SettleBatch(self.ledger, FixedPacks(pack()), self.clock)

    async def post(self, body: Any, **headers: str) -> httpx.Response:
        return await self.client.post("/v1/commands", json=body, headers=bearer() | headers)

    async def settled(self) -> None:
        """Let the consumer settle what was published."""
        for record in self.publisher.published:
            await self.settle([delivered(COMMAND.validate_json(record.value))])


@pytest.fixture
async def side() -> AsyncIterator[Side]:
    made = Side()
    async with made.client:
        yield made


async def test_a_command_is_accepted_once_it_is_in_the_log_and_says_where_to_look(side: Side) -> None:
    answer = await side.post(DISABLE)
    assert answer.status_code == 202
    assert answer.json()["state"] == "accepted"
    assert answer.headers["location"] == f"/v1/commands/{answer.json()['id']}"
    (record,) = side.publisher.published
    command = COMMAND.validate_json(record.value)
    assert (record.topic, record.key) == ("etiqueta.commands", b"acme:client-1")
    assert (command.event_id, command.by, command.occurred_at) == (answer.json()["id"], "supervisor", later())


@pytest.mark.parametrize(
    ("named", "client"),
    [
        ({"client": "abc"}, "abc"),
        ({"phone": PHONE}, CLIENT_OF_PHONE),
        ({"email": "Ana@Example.com"}, client_id(tenant(TENANT).client_key, "mailto:ana@example.com")),
    ],
)
async def test_a_client_is_named_by_id_phone_or_address(
    side: Side, named: dict[str, str], client: str
) -> None:
    await side.post({"name": "disable", "by": "supervisor"} | named)
    assert COMMAND.validate_json(side.publisher.published[0].value).client == client


async def test_the_same_key_gives_the_same_command_and_the_first_body_wins(side: Side) -> None:
    first = await side.post(DISABLE, **{"idempotency-key": "k1"})
    second = await side.post(DISABLE | {"name": "restore"}, **{"idempotency-key": '"k1"'})
    assert second.json() == first.json()
    assert [COMMAND.validate_json(one.value).name for one in side.publisher.published] == ["disable"] * 2


async def test_without_a_key_each_request_is_a_command_of_its_own(side: Side) -> None:
    assert (await side.post(DISABLE)).json()["id"] != (await side.post(DISABLE)).json()["id"]


async def test_the_same_key_of_another_tenant_is_another_command(side: Side) -> None:
    mine = await side.post(DISABLE, **{"idempotency-key": "k1"})
    theirs = await side.post(DISABLE, **bearer("key-of-other"), **{"idempotency-key": "k1"})
    assert mine.json()["id"] != theirs.json()["id"]


async def test_a_time_in_the_future_counts_as_now(side: Side) -> None:
    await side.post(DISABLE | {"at": "2030-01-01T00:00:00Z"})
    await side.post(DISABLE | {"at": "2026-03-02T09:00:00-05:00"})
    times = [COMMAND.validate_json(record.value).occurred_at for record in side.publisher.published]
    assert times == [later(), later(hours=-1)]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (DISABLE | {"name": "forgive"}, "/name"),
        ({"name": "disable", "client": "c"}, "/by"),
        (DISABLE | {"phone": PHONE}, ""),
        ({"name": "disable", "by": "x"}, ""),
        ({"name": "disable", "by": "x", "phone": "6000-0001"}, ""),
        (DISABLE | {"channel": "pigeon"}, "/channel"),
        (DISABLE | {"until": "2026-03-02T09:00:00"}, "/until"),
        (DISABLE | {"at": "0001-01-01T00:00:00+14:00"}, "/at"),
        (DISABLE | {"until": "9999-12-31T23:59:59-14:00"}, "/until"),
        (DISABLE | {"reason": "x" * 2001}, "/reason"),
        (DISABLE | {"verdict": "perhaps"}, "/verdict"),
        (DISABLE | {"se/cret": 1}, "/se~1cret"),
        ([DISABLE], ""),
    ],
)
async def test_a_body_that_cannot_be_used_is_refused_by_field_and_never_echoed(
    side: Side, body: Any, pointer: str
) -> None:
    answer = await side.post(body)
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert "supervisor" not in answer.text
    assert "6000-0001" not in answer.text
    assert side.publisher.published == []


@pytest.mark.parametrize(
    ("headers", "content", "status"),
    [
        ({}, b"{}", 401),
        (bearer("wrong"), b"{}", 401),
        ({"authorization": "Basic abc"}, b"{}", 401),
        (bearer() | {"content-type": "text/plain"}, b"{}", 415),
        (bearer() | {"idempotency-key": " "}, b"{}", 400),
        (bearer() | {"idempotency-key": "k" * 201}, b"{}", 400),
        (bearer(), b"{" + b" " * 4096 + b"}", 413),
        (bearer() | {"content-length": "99999"}, b"{}", 413),
        (bearer(), b"{not json", 400),
        (bearer(), b"\xff\xfe", 400),
    ],
)
async def test_a_request_that_cannot_be_taken_is_refused_with_a_problem_document(
    side: Side, headers: dict[str, str], content: bytes, status: int
) -> None:
    answer = await side.client.post("/v1/commands", content=content, headers=headers)
    problem = answer.json()
    assert (answer.status_code, problem["status"]) == (status, status)
    assert problem.keys() >= {"type", "title", "status", "detail"}
    assert side.publisher.published == []


@pytest.mark.parametrize("away", ["publisher", "requests"])
async def test_while_a_store_or_the_log_is_away_nothing_is_accepted(side: Side, away: str) -> None:
    getattr(side, away).away = True
    answer = await side.post(DISABLE)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


async def test_a_command_is_shown_as_accepted_and_then_as_it_was_settled(side: Side) -> None:
    identity = (await side.post(DISABLE | {"reason": "rude"})).json()["id"]
    before = (await side.client.get(f"/v1/commands/{identity}", headers=bearer())).json()
    await side.settled()
    after = (await side.client.get(f"/v1/commands/{identity}", headers=bearer())).json()
    assert (before["state"], before["standing"]) == ("accepted", None)
    assert (after["state"], after["by"], after["settled_at"]) == (
        "applied",
        "supervisor",
        "2026-03-02T15:00:00Z",
    )
    assert [fact["fact"] for fact in after["facts"]] == ["channel_disabled", "call_requested"]
    assert after["standing"]["channels"][0]["enabled"] is False


async def test_a_refused_command_says_why(side: Side) -> None:
    identity = (await side.post(DISABLE | {"name": "restore"})).json()["id"]
    await side.settled()
    shown = (await side.client.get(f"/v1/commands/{identity}", headers=bearer())).json()
    assert (shown["state"], shown["problem"]) == ("refused", "not_disabled")
    assert "not disabled" in shown["detail"]


async def test_a_command_is_shown_to_its_own_tenant_only(side: Side) -> None:
    identity = (await side.post(DISABLE)).json()["id"]
    for key, path in ((bearer("key-of-other"), identity), (bearer(), "unknown")):
        answer = await side.client.get(f"/v1/commands/{path}", headers=key)
        assert (answer.status_code, answer.json()["title"]) == (404, "Unknown command")
    assert (await side.client.get(f"/v1/commands/{identity}")).status_code == 401


async def test_a_standing_is_shown_by_id_and_by_phone(side: Side) -> None:
    await side.post({"name": "disable", "phone": PHONE, "by": "supervisor"})
    await side.settled()
    by_phone = await side.client.get(f"/v1/clients/{PHONE}/standing", headers=bearer())
    by_id = await side.client.get(f"/v1/clients/{CLIENT_OF_PHONE}/standing", headers=bearer())
    assert by_phone.status_code == 200
    assert by_phone.json() == by_id.json()
    assert by_phone.json()["standing"]["channels"][0]["by"] == "supervisor"
    assert len(by_phone.json()["calls"]) == 1


async def test_who_never_wrote_stands_at_zero(side: Side) -> None:
    shown = (await side.client.get("/v1/clients/stranger/standing", headers=bearer())).json()
    assert (shown["seq"], shown["standing"]["points"], shown["infractions"]) == (0, 0, [])


async def test_while_the_store_is_away_a_question_is_told_to_come_back(side: Side) -> None:
    side.requests.away = True
    answer = await side.client.get("/v1/commands/any", headers=bearer())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")


@functools.cache
def fuzzed() -> Side:
    """Return one side for all examples: the application need not be built anew for each."""
    return Side()


@pytest.mark.slow
@MODERATE
@given(body=st.binary(max_size=200) | st.text(max_size=100).map(str.encode))
async def test_no_body_makes_it_crash(body: bytes) -> None:
    answer = await fuzzed().client.post("/v1/commands", content=body, headers=bearer())
    assert answer.status_code in {400, 422}


FIELDS = st.fixed_dictionaries(
    {"name": st.sampled_from(["disable", "waive", "tick", "x"]), "by": st.text(max_size=5)},
    optional={
        "client": st.text(max_size=10),
        "phone": st.sampled_from([PHONE, "+1", "", "+5٠٠٠٠٠٠٠"]),
        "until": st.datetimes().map(lambda at: f"{at.isoformat()}+14:00"),
        "at": st.datetimes().map(lambda at: f"{at.isoformat()}-14:00"),
        "target": st.text(max_size=10),
        "channel": st.sampled_from(["whatsapp", "email", 5, None]),
    },
)


@pytest.mark.slow
@MODERATE
@given(body=FIELDS)
async def test_whatever_a_command_holds_it_is_accepted_or_refused(body: dict[str, Any]) -> None:
    side = fuzzed()
    side.publisher.published.clear()
    answer = await side.post(body)
    await side.settled()
    assert answer.status_code in {202, 422}
    assert len(side.publisher.published) == (answer.status_code == 202)
