"""Blocking at the provider: after the notice was taken, lifted with the channel, holding nothing up."""

from collections.abc import Callable
from typing import Any, Final

import httpx
import pytest

from services.responder.blocking import Blocking
from services.responder.blocking_store import MemoryBlockNotes
from services.responder.deliver import Deliver
from services.responder.domain.blocking import BlockNote, BlockState
from services.responder.domain.delivery import Accepted, Action, Answer, Job, Rejected, TryAgain
from services.responder.domain.plan import reply_id
from services.responder.domain.whatsapp_block import block_body, read_block_answer
from services.responder.memory import MemoryOutbox, MemoryReplies
from services.responder.progress import Progress
from services.responder.usecase import RespondBatch
from services.responder.whatsapp import WhatsAppSender
from shared.events.base import Address, Route
from shared.events.outcomes import FactRecord, MessageSettledV1, Settled
from shared.policy import variant
from shared.policy.source import FixedPacks
from shared.tags import Channel
from shared.words import Fact, Matter, Refusal, ReplyState
from tests.component.sandbox.harness import ANA, NOW, Harness, documented
from tests.support.builders_core import (
    ACCOUNT,
    CLIENT,
    TENANT,
    FixedClock,
    MemoryPublisher,
    accounts,
    delivered,
    job,
    paragraph,
    settled,
)
from tests.unit.policy.small_pack import pack

BLOCKING: Final = variant(pack(), {"left_open": {"restriction": {"provider_block": True}}})
KEY: Final = (TENANT, CLIENT)
ROUTE: Final = Route(
    provider="whatsapp", account=ACCOUNT, channel=Channel.WHATSAPP, address=Address(phone=ANA)
)


class Installation:
    """The responder over stores in memory and the sandbox, whose client has just written."""

    def __init__(self, sandbox: Harness) -> None:
        self.sandbox = sandbox
        self.replies, self.outbox, self.notes = MemoryReplies(), MemoryOutbox(), MemoryBlockNotes()
        self.clock = FixedClock(NOW)
        sender = WhatsAppSender(sandbox.http, accounts(), "v24.0")
        blocking = Blocking(self.outbox, {"whatsapp": sender}, self.notes)
        packs = FixedPacks(pack(), BLOCKING)
        self.respond = RespondBatch(self.replies, self.outbox, packs, self.clock, blocking)
        self.deliver = Deliver(
            self.outbox,
            Progress(self.replies),
            {"whatsapp": sender},
            MemoryPublisher(),
            self.clock,
            blocking=blocking,
        )
        self.replies.routes[KEY] = (ROUTE, NOW)

    async def settles(self, *outcomes: Settled) -> None:
        await self.respond([delivered(one, offset) for offset, one in enumerate(outcomes)])

    async def deliver_all(self) -> None:
        while await self.deliver.look():
            pass

    async def blocked(self) -> list[str]:
        people: list[str] = (await self.sandbox.http.get("/sandbox")).json()["blocked"]
        return people

    async def state(self) -> BlockState | None:
        note = await self.notes.of(KEY)
        return None if note is None else note.state

    def reply_to(self, outcome: Settled) -> ReplyState:
        return self.replies.replies[reply_id(outcome)].state


@pytest.fixture
async def installation(talking: Harness) -> Installation:
    return Installation(talking)


@pytest.fixture
async def talking() -> Harness:
    harness = Harness()
    await harness.client_writes()
    return harness


def outcome(cause: str, seq: int, fact: Fact, paragraph_name: str, **more: Any) -> MessageSettledV1:
    facts = (FactRecord(fact=fact, id=f"{fact}-{seq}", at=NOW, channel=Channel.WHATSAPP),)
    said = paragraph(paragraph_name, Matter.RESTRICTION, **_VALUES)
    fields = {"seq": seq, "pack": BLOCKING.hash, "route": ROUTE, "facts": facts, **more}
    return settled(cause, NOW, said, **fields)


_VALUES: Final[dict[str, Any]] = {
    "clause": "K1",
    "date": NOW.isoformat(),
    "excerpt": "ineptos",
    "call_due": NOW.isoformat(),
}


def disabled(cause: str = "d1", seq: int = 1, **more: Any) -> MessageSettledV1:
    return outcome(cause, seq, Fact.CHANNEL_DISABLED, "disabled", **more)


def restored(cause: str = "d2", seq: int = 2) -> MessageSettledV1:
    return outcome(cause, seq, Fact.CHANNEL_RESTORED, "back", route=None)


async def test_who_is_told_of_the_restriction_is_blocked_afterwards(installation: Installation) -> None:
    await installation.settles(told := disabled())
    await installation.deliver_all()
    assert installation.reply_to(told) is ReplyState.SENT
    assert await installation.blocked() == [ANA]
    assert (await installation.state(), installation.outbox.jobs) == (BlockState.BLOCKED, {})


async def test_a_pack_that_does_not_say_so_blocks_nobody(installation: Installation) -> None:
    await installation.settles(disabled(pack=pack().hash))
    await installation.deliver_all()
    assert (await installation.blocked(), await installation.state()) == ([], None)


async def test_a_notice_that_the_provider_refuses_blocks_nobody(installation: Installation) -> None:
    await installation.sandbox.fault(kind="error", code=131026)
    await installation.settles(told := disabled())
    await installation.deliver_all()
    assert installation.reply_to(told) is ReplyState.FAILED
    assert (await installation.blocked(), await installation.state()) == ([], None)


async def test_a_block_that_fails_is_noted_and_changes_nothing_else(installation: Installation) -> None:
    await installation.sandbox.fault(kind="error", code=139101, call="block_users")
    await installation.settles(told := disabled())
    await installation.deliver_all()
    note = await installation.notes.of(KEY)
    assert note == BlockNote(
        tenant=TENANT,
        client=CLIENT,
        account=ACCOUNT,
        state=BlockState.FAILED,
        seq=1,
        at=NOW,
        error_code="139101",
    )
    assert installation.reply_to(told) is ReplyState.SENT
    assert installation.outbox.jobs == {}


async def test_a_block_that_the_provider_could_not_make_now_is_made_later(installation: Installation) -> None:
    await installation.sandbox.fault(kind="html", http_status=503, call="block_users")
    await installation.settles(disabled())
    await installation.deliver_all()
    assert (await installation.blocked(), await installation.state()) == ([], BlockState.WANTED)
    installation.clock.at = NOW.replace(minute=NOW.minute + 1)
    await installation.deliver_all()
    assert (await installation.blocked(), await installation.state()) == ([ANA], BlockState.BLOCKED)


async def test_restoring_lifts_the_block_before_it_is_told(installation: Installation) -> None:
    await installation.settles(disabled())
    await installation.deliver_all()
    await installation.settles(told := restored())
    await installation.deliver_all()
    assert (await installation.blocked(), await installation.state()) == ([], BlockState.LIFTED)
    assert installation.reply_to(told) is ReplyState.SENT


async def test_restoring_drops_a_block_that_waits(installation: Installation) -> None:
    await installation.sandbox.fault(kind="html", http_status=503, call="block_users")
    await installation.settles(disabled())
    await installation.deliver_all()
    await installation.settles(restored())
    installation.clock.at = NOW.replace(minute=NOW.minute + 1)
    await installation.deliver_all()
    assert (await installation.blocked(), await installation.state()) == ([], BlockState.LIFTED)


async def test_a_restoring_that_comes_again_lifts_no_later_block(installation: Installation) -> None:
    await installation.settles(disabled())
    await installation.deliver_all()
    back = restored()
    await installation.settles(back)
    await installation.deliver_all()
    await installation.settles(disabled("d3", 3))
    await installation.deliver_all()
    await installation.settles(back)
    await installation.deliver_all()
    assert await installation.blocked() == [ANA]


async def test_restoring_who_was_never_blocked_calls_nobody(installation: Installation) -> None:
    await installation.settles(restored())
    assert [one.action for one in installation.outbox.jobs.values()] == [Action.SAY]


async def test_a_block_whose_lease_ran_out_is_made_once_more(installation: Installation) -> None:
    await installation.settles(disabled())
    await installation.deliver.look()  # the notice; the block waits now
    await installation.outbox.claim(NOW, NOW.replace(year=2001), 1)
    await installation.deliver_all()
    assert await installation.state() is BlockState.BLOCKED


def answered(name: str) -> tuple[int, bytes]:
    recorded = documented(name)
    return recorded["status"], httpx.Response(200, json=recorded["body"]).content


def test_a_mixed_result_counts_for_the_one_it_names() -> None:
    assert read_block_answer(*answered("block_mixed_400")) == Accepted("")
    assert read_block_answer(*answered("block_ok")) == Accepted("")


def failed(code: int) -> bytes:
    lists = {"added_users": [], "failed_users": [{"input": ANA, "errors": [{"code": code}]}]}
    return httpx.Response(400, json={"block_users": lists, "error": {"code": 139100}}).content


@pytest.mark.parametrize(
    ("status", "raw", "answer"),
    [
        (400, failed(131047), Rejected(Refusal.WINDOW_CLOSED, "131047")),
        (400, failed(139103), TryAgain("code 139103", "job")),
        (400, b'{"error": {"code": 139102}}', TryAgain("code 139102", "job")),
        (400, b'{"error": {"code": 139100}}', Rejected(Refusal.SEND_FAILED, "139100")),
        (400, b'{"error": {"code": 139101}}', Rejected(Refusal.SEND_FAILED, "139101")),
        (503, b"<html>", TryAgain("HTTP 503", "job")),
        (429, b"", TryAgain("HTTP 429", "job")),
        (404, b"[]", Rejected(Refusal.SEND_FAILED, "http_404")),
        (400, b'{"block_users": {"failed_users": ["?"]}}', Rejected(Refusal.SEND_FAILED, "http_400")),
    ],
)
def test_every_answer_means_something(status: int, raw: bytes, answer: Answer) -> None:
    assert read_block_answer(status, raw) == answer


def test_an_account_without_a_valid_token_is_told_as_such() -> None:
    answer = read_block_answer(401, b'{"error": {"code": 190}}')
    assert isinstance(answer, Rejected)
    assert answer.refusal is Refusal.PROVIDER_BLOCKED


def test_who_has_no_phone_is_blocked_by_user_id() -> None:
    route = ROUTE.model_copy(update={"address": Address(user_id="BR.1")})
    assert block_body(job(route=route))["block_users"] == [{"user_id": "BR.1"}]


async def test_an_answer_that_is_lost_is_asked_for_again() -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("no", request=request)

    assert await _set_blocked(respond, job(action=Action.BLOCK)) == TryAgain("ReadTimeout", "job")


async def test_somebody_elses_account_is_left_alone() -> None:
    def respond(_: httpx.Request) -> httpx.Response:
        raise AssertionError("nobody is to be called")

    route = ROUTE.model_copy(update={"account": "999"})
    answer = await _set_blocked(respond, job(action=Action.BLOCK, route=route))
    assert answer == Rejected(Refusal.UNKNOWN_ADDRESS, "unknown_account")


async def _set_blocked(respond: Callable[[httpx.Request], httpx.Response], what: Job) -> Answer:
    transport = httpx.MockTransport(respond)
    async with httpx.AsyncClient(transport=transport, base_url="http://graph") as client:
        return await WhatsAppSender(client, accounts(), "v24.0").set_blocked(what)
