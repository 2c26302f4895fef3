"""Delivering a reply at most once: jobs, what a provider's answer means, when to try again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Literal

from services.responder.domain.plan import STALE, WINDOW
from services.responder.domain.replies import Reply
from shared.events.base import Frozen, Instant, Route
from shared.ids import ClientId, TenantId
from shared.words import Refusal

MAX_ATTEMPTS: Final = 8
_LONGEST_PAUSE: Final = timedelta(minutes=5)


class JobState(StrEnum):
    """`sending` from the claim on: a crash then leaves it unknown whether the request left."""

    WAITING = "waiting"
    SENDING = "sending"


class Action(StrEnum):
    """What a job does: say a reply, or block the client at the provider, or lift that."""

    SAY = "say"
    BLOCK = "block"
    UNBLOCK = "unblock"


class Job(Frozen):
    """One reply, or one block, that is not finished."""

    reply: str
    tenant: TenantId
    client: ClientId
    route: Route
    text: str
    occurred_at: Instant
    received_at: Instant
    due_at: Instant
    """When it may go out first; with `seq`, its place among the client's jobs, which it keeps."""
    not_before: Instant | None = None
    """Tried again no earlier; until then nothing that was to be said later is said."""
    seq: int = 0
    """The place of its cause in the client's ledger."""
    window_until: Instant
    delayed: bool = False
    """Guidance: the client's next message supersedes it until it is due."""
    superseded: bool = False
    action: Action = Action.SAY
    blocks: bool = False
    """Once the provider has taken it, the client is to be blocked there."""
    attempts: int = 0
    state: JobState = JobState.WAITING
    lease: str | None = None
    lease_until: Instant | None = None
    """By the wall clock, always."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it; delivery is told by its statuses."""

    provider_id: str


@dataclass(frozen=True, slots=True)
class TryAgain:
    """It was not taken, for now. `scope` says whom the pause concerns."""

    why: str
    scope: Literal["job", "client", "account"]
    pause: timedelta | None = None
    """None: by the number of attempts."""


@dataclass(frozen=True, slots=True)
class Rejected:
    """It will never be taken."""

    refusal: Refusal
    error_code: str
    stops_account: timedelta | None = None
    """For so long nothing is sent from this account: an operator has to look."""


@dataclass(frozen=True, slots=True)
class Lost:
    """The request left and no answer came: never sent again."""

    why: str


Answer = Accepted | TryAgain | Rejected | Lost


def job_of(reply: Reply, last_inbound_at: datetime | None) -> Job | None:
    """Return the job that delivers a reply; None where nothing is to be delivered."""
    if reply.text is None or reply.route is None or reply.due_at is None:
        return None
    opened = max(reply.occurred_at, last_inbound_at or reply.occurred_at)
    if reply.message is None and last_inbound_at is not None:
        opened = last_inbound_at
    return Job(
        reply=reply.id,
        tenant=reply.tenant,
        client=reply.client,
        route=reply.route,
        text=reply.text,
        occurred_at=reply.occurred_at,
        received_at=reply.received_at,
        due_at=reply.due_at,
        seq=reply.seq,
        window_until=opened + WINDOW,
        delayed=reply.due_at > reply.occurred_at,
        blocks=reply.blocks,
    )


def why_not_now(job: Job, now: datetime) -> Refusal | None:
    """Return why a job that is due is not to be sent at all any more."""
    if job.superseded:
        return Refusal.SUPERSEDED
    if now > job.window_until:
        return Refusal.WINDOW_CLOSED
    waits_on_purpose = job.due_at - job.occurred_at
    if now - job.received_at > STALE + waits_on_purpose:
        return Refusal.STALE
    return None


def pause_after(answer: TryAgain, attempts: int) -> timedelta | None:
    """Return how long to wait before the next attempt, or None when there is to be none.

    The pair rate wants 4^n seconds (Meta, "Throughput"); everything else backs off by doubling.
    """
    if attempts >= MAX_ATTEMPTS:
        return None
    if answer.pause is not None:
        return answer.pause
    base = 4.0 if answer.scope == "client" else 2.0
    return min(timedelta(seconds=base ** (attempts - 1)), _LONGEST_PAUSE)


def superseded(waiting: Sequence[Job], at: datetime, seq: int) -> Sequence[Job]:
    """Return the delayed jobs that the client's message of `at` supersedes: those it did not wait for.

    Providers tell whole seconds, so of two messages in one second the ledger's order decides.
    """
    return [
        job
        for job in waiting
        if job.delayed
        and job.state is JobState.WAITING
        and job.seq < seq
        and job.occurred_at <= at < job.due_at
    ]
