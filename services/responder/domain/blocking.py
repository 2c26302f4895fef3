"""Blocking a client at the provider, after the notice: when it is wanted, and the jobs that do it."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.responder.domain.delivery import Action, Job, JobState
from services.responder.domain.plan import WINDOW
from shared.events.base import Frozen, Instant, Route
from shared.events.outcomes import Settled
from shared.ids import ClientId, TenantId, consequence_id
from shared.words import Fact

_BEFORE_THE_NOTICE: Final = timedelta(milliseconds=1)
"""A blocked client cannot be written to: lifting is due before what is said of it."""
_UNCLAIMED: Final = {"attempts": 0, "state": JobState.WAITING, "lease": None, "lease_until": None}


class BlockState(StrEnum):
    """How far a block has come; a failure is noted and changes nothing else."""

    WANTED = "wanted"
    BLOCKED = "blocked"
    LIFTED = "lifted"
    FAILED = "failed"


class BlockNote(Frozen):
    """What is known of one client's block at one of the company's accounts."""

    tenant: TenantId
    client: ClientId
    account: str
    state: BlockState
    seq: int
    """The place in the ledger of what asked for it last."""
    at: Instant
    error_code: str | None = None


def lifts(outcome: Settled) -> bool:
    """Whether a channel was given back: what was blocked for it is blocked no longer."""
    return any(fact.fact is Fact.CHANNEL_RESTORED for fact in outcome.facts)


def block_job(notice: Job, now: datetime) -> Job:
    """Return the job that blocks whoever was just told so."""
    return notice.model_copy(
        update={
            "reply": consequence_id(notice.reply, "block"),
            "action": Action.BLOCK,
            "text": "",
            "due_at": now,
            "blocks": False,
            "delayed": False,
            **_UNCLAIMED,
        }
    )


def unblock_job(outcome: Settled, route: Route) -> Job:
    """Return the job that lifts a client's block."""
    return Job(
        reply=consequence_id(outcome.event_id, "unblock"),
        tenant=outcome.tenant,
        client=outcome.client,
        route=route,
        text="",
        occurred_at=outcome.occurred_at,
        received_at=outcome.received_at,
        due_at=outcome.occurred_at - _BEFORE_THE_NOTICE,
        seq=outcome.seq,
        window_until=outcome.occurred_at + WINDOW,
        action=Action.UNBLOCK,
    )


def note_of(job: Job, state: BlockState, now: datetime, error_code: str | None = None) -> BlockNote:
    """Return what is to be noted once a job has come to `state`."""
    return BlockNote(
        tenant=job.tenant,
        client=job.client,
        account=job.route.account,
        state=state,
        seq=job.seq,
        at=now,
        error_code=error_code,
    )
