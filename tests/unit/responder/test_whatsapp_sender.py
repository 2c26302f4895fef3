"""Sending over the WhatsApp Cloud API: one call a job, and only what surely never left goes again."""

import json
from collections.abc import Callable

import httpx
import pytest

from services.responder.domain.delivery import Accepted, Answer, Job, Lost, Rejected, TryAgain
from services.responder.whatsapp import WhatsAppSender, whatsapp_client
from shared.ids import TenantId
from shared.words import Refusal
from tests.support.builders_core import ACCOUNT, ROUTE, accounts, job

Respond = Callable[[httpx.Request], httpx.Response]


async def send(respond: Respond, what: Job | None = None) -> Answer:
    transport = httpx.MockTransport(respond)
    async with httpx.AsyncClient(transport=transport, base_url="http://graph") as client:
        return await WhatsAppSender(client, accounts(), "v23.0").send(what or job())


async def test_a_job_is_one_authorised_call_to_the_accounts_own_address() -> None:
    calls: list[httpx.Request] = []

    def respond(request: httpx.Request) -> httpx.Response:
        calls.append(request)
        return httpx.Response(200, json={"messages": [{"id": "wamid.1"}]})

    assert await send(respond) == Accepted("wamid.1")
    (call,) = calls
    assert (call.method, str(call.url)) == ("POST", f"http://graph/v23.0/{ACCOUNT}/messages")
    assert call.headers["authorization"] == "Bearer access-token"
    assert json.loads(call.content)["biz_opaque_callback_data"] == "r1"


def failing(error: type[httpx.HTTPError]) -> Respond:
    def respond(request: httpx.Request) -> httpx.Response:
        raise error("no", request=request) if issubclass(error, httpx.RequestError) else error("no")

    return respond


@pytest.mark.parametrize("error", [httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout])
async def test_what_never_left_is_tried_again(error: type[httpx.HTTPError]) -> None:
    assert await send(failing(error)) == TryAgain(error.__name__, "job")


@pytest.mark.parametrize(
    "error",
    [httpx.ReadTimeout, httpx.ReadError, httpx.WriteError, httpx.WriteTimeout, httpx.RemoteProtocolError],
)
async def test_what_may_have_left_is_lost_and_never_sent_again(error: type[httpx.HTTPError]) -> None:
    assert await send(failing(error)) == Lost(error.__name__)


@pytest.mark.parametrize(
    "what",
    [job(route=ROUTE.model_copy(update={"account": "999"})), job(tenant=TenantId("other"))],
    ids=["an unknown account", "another tenant's account"],
)
async def test_nothing_is_sent_from_an_account_that_is_not_the_tenants(what: Job) -> None:
    def never(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.method)

    assert await send(never, what) == Rejected(Refusal.UNKNOWN_ADDRESS, "unknown_account")


async def test_a_redirect_is_not_followed() -> None:
    answer = await send(lambda _: httpx.Response(302, headers={"location": "http://elsewhere"}))
    assert answer == Rejected(Refusal.SEND_FAILED, "http_302")


@pytest.mark.slow
async def test_the_client_waits_for_an_answer_as_long_as_it_was_told_and_uses_no_proxy(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://proxy:1")
    async with whatsapp_client("https://graph.example", 7.0) as client:
        assert (client.timeout.read, client.timeout.connect) == (7.0, 3.0)
        assert (client.follow_redirects, client.trust_env) == (False, False)
