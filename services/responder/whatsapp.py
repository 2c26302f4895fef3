"""Sending, and blocking, over the WhatsApp Cloud API."""

import httpx

from services.responder.domain.delivery import Action, Answer, Job, Lost, Rejected, TryAgain
from services.responder.domain.whatsapp import read_answer, request_body
from services.responder.domain.whatsapp_block import block_body, read_block_answer
from shared.tenants import Accounts
from shared.words import Refusal

PROVIDER = "whatsapp"


class WhatsAppSender:
    """One call to `/{version}/{account}/messages` a job; the base address is configurable."""

    def __init__(self, client: httpx.AsyncClient, accounts: Accounts, version: str) -> None:
        self._client = client
        self._accounts = accounts
        self._version = version

    async def send(self, job: Job) -> Answer:
        """Send once. Only what surely never left may be sent again."""
        account = self._accounts.account(PROVIDER, job.route.account)
        if account is None or account.tenant != job.tenant:
            return Rejected(Refusal.UNKNOWN_ADDRESS, "unknown_account")
        try:
            response = await self._client.post(
                f"/{self._version}/{job.route.account}/messages",
                json=request_body(job),
                headers={"Authorization": f"Bearer {account.access_token}"},
            )
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            return TryAgain(type(error).__name__, "job")
        except httpx.HTTPError as error:
            return Lost(type(error).__name__)
        return read_answer(response.status_code, response.content)

    async def set_blocked(self, job: Job) -> Answer:
        """Block or lift once. An answer that is lost is asked for again: it changes nothing twice."""
        account = self._accounts.account(PROVIDER, job.route.account)
        if account is None or account.tenant != job.tenant:
            return Rejected(Refusal.UNKNOWN_ADDRESS, "unknown_account")
        try:
            response = await self._client.request(
                "POST" if job.action is Action.BLOCK else "DELETE",
                f"/{self._version}/{job.route.account}/block_users",
                json=block_body(job),
                headers={"Authorization": f"Bearer {account.access_token}"},
            )
        except httpx.HTTPError as error:
            return TryAgain(type(error).__name__, "job")
        return read_block_answer(response.status_code, response.content)


def whatsapp_client(base_url: str, timeout_seconds: float) -> httpx.AsyncClient:
    """Return the HTTP client; redirects are not followed and the environment's proxies not used."""
    return httpx.AsyncClient(
        base_url=base_url, timeout=httpx.Timeout(timeout_seconds, connect=3.0), trust_env=False
    )
