"""A reply: what it says, how far it has come, and which news changes that."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from shared.events.base import Frozen, Instant, Route
from shared.events.outcomes import Refused
from shared.events.replies import ReplyChangedV1, reply_type
from shared.ids import ClientId, EventId, MessageId, PackHash, TenantId, consequence_id
from shared.tags import Language
from shared.words import Matter, ReplyState

_RANK: Final[Mapping[ReplyState, int]] = {
    ReplyState.REQUESTED: 0,
    ReplyState.UNKNOWN: 1,
    ReplyState.SENT: 2,
    ReplyState.FAILED: 3,
    ReplyState.DELIVERED: 4,
    ReplyState.READ: 5,
}

_UNACCEPTED: Final = frozenset({ReplyState.REQUESTED, ReplyState.SUPPRESSED, ReplyState.UNKNOWN})
"""States told before the provider has given an id; told again, they stay as they were."""


class Step(Frozen):
    """When a reply reached a state."""

    state: ReplyState
    at: Instant
    refused: tuple[Refused, ...] = ()
    """What was refused with this step; what was refused before the first is the reply's alone."""


class Reply(Frozen):
    """One reply for one outcome, at most."""

    id: str
    tenant: TenantId
    client: ClientId
    cause: EventId
    """The outcome's event id."""
    message: MessageId | None
    correlation_id: str
    occurred_at: Instant
    """The time of what is answered: throttles and windows of the policy follow it."""
    received_at: Instant
    seq: int = 0
    """The place of its cause in the client's ledger."""
    route: Route | None
    language: Language
    pack: PackHash
    matters: tuple[Matter, ...] = ()
    text: str | None = None
    state: ReplyState
    steps: tuple[Step, ...] = ()
    refused: tuple[Refused, ...] = ()
    due_at: Instant | None = None
    blocks: bool = False
    """It tells of a restriction that is to be made at the provider too."""
    provider_id: str | None = None
    error_code: str | None = None

    def reached(
        self,
        state: ReplyState,
        at: datetime,
        *,
        provider_id: str | None = None,
        error_code: str | None = None,
        refused: tuple[Refused, ...] = (),
    ) -> "Reply":
        """Return the reply after news of `state`; late news is noted and lowers nothing."""
        if any(step.state is state for step in self.steps):
            return self
        known = self.provider_id or provider_id
        return self.model_copy(
            update={
                "steps": (*self.steps, Step(state=state, at=at, refused=refused)),
                "state": state if supersedes(state, self.state) else self.state,
                "provider_id": known,
                "error_code": error_code or self.error_code,
                "refused": (*self.refused, *refused),
            }
        )


def supersedes(news: ReplyState, known: ReplyState) -> bool:
    """Whether `news` is the better knowledge: statuses come out of order.

    `failed` wins only over what has not arrived; any status resolves `unknown`. What is taken back
    before it was sent stays taken back.
    """
    if known is ReplyState.SUPPRESSED:
        return False
    if news is ReplyState.SUPPRESSED:
        return known is ReplyState.REQUESTED
    return _RANK[news] > _RANK[known]


def changed(reply: Reply, state: ReplyState) -> ReplyChangedV1 | None:
    """Return the event that tells of a state which the reply has reached; the same one every time."""
    step = next((step for step in reply.steps if step.state is state), None)
    if step is None or reply.route is None:
        return None
    requested = state is ReplyState.REQUESTED
    return ReplyChangedV1(
        event_id=consequence_id(reply.id, state.value),
        tenant=reply.tenant,
        client=reply.client,
        correlation_id=reply.correlation_id,
        occurred_at=step.at,
        type=reply_type(state),
        reply=reply.id,
        state=state,
        cause=reply.cause,
        message=reply.message,
        route=reply.route,
        language=reply.language,
        pack=reply.pack,
        matters=reply.matters,
        text=reply.text if requested else None,
        due_at=reply.due_at if requested else None,
        refused=_refused_by(reply, step),
        provider_id=None if state in _UNACCEPTED else reply.provider_id,
        error_code=reply.error_code if state is ReplyState.FAILED else None,
    )


def _refused_by(reply: Reply, step: Step) -> tuple[Refused, ...]:
    """Return what had been refused when the reply reached a step."""
    later = sum(len(one.refused) for one in reply.steps[reply.steps.index(step) + 1 :])
    return reply.refused[: len(reply.refused) - later]
