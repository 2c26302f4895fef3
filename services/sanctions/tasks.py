"""The tasks that outcomes open and close for people: calls, reviews, appeals."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

from shared.events.outcomes import FactRecord, Settled
from shared.ids import ClientId, TenantId
from shared.tags import Channel
from shared.words import Fact

TaskKind = Literal["calls", "reviews", "appeals"]

_OPENED: Final[Mapping[Fact, TaskKind]] = {
    Fact.CALL_REQUESTED: "calls",
    Fact.REVIEW_OPENED: "reviews",
    Fact.APPEAL_OPENED: "appeals",
}
_CLOSED: Final[Mapping[Fact, TaskKind]] = {
    Fact.CALL_COMPLETED: "calls",
    Fact.REVIEW_CLOSED: "reviews",
    Fact.APPEAL_CLOSED: "appeals",
}


@dataclass(frozen=True, slots=True)
class TaskState:
    """A task as people find it: its collection, and its fields by name."""

    kind: TaskKind
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class TaskChange:
    """What one fact does to one task. Applying it twice, or late, changes nothing."""

    kind: TaskKind
    id: str
    on_open: Mapping[str, Any] = field(default_factory=dict)
    """Set only when the task is not there yet."""
    on_close: Mapping[str, Any] = field(default_factory=dict)

    def applied_to(self, known: TaskState | None) -> TaskState:
        before = dict(known.fields) if known else {}
        return TaskState(self.kind, {**self.on_open, **before, **self.on_close})


@dataclass(frozen=True, slots=True)
class CallsWithdrawn:
    """A channel came back: the calls that were asked for because of it are not needed any more."""

    tenant: TenantId
    client: ClientId
    channel: Channel
    before_seq: int
    """Only what the ledger opened before then: applied again, it leaves later calls alone."""
    on_close: Mapping[str, Any]

    def concerns(self, task: TaskState) -> bool:
        fields = task.fields
        mine = (fields["tenant"], fields["client"], fields.get("channel")) == (
            self.tenant,
            self.client,
            self.channel,
        )
        return mine and task.kind == "calls" and fields["state"] == "open" and fields["seq"] < self.before_seq


Change = TaskChange | CallsWithdrawn


def task_changes(outcomes: Sequence[Settled]) -> Iterator[Change]:
    """Return what the outcomes do to tasks, in their order."""
    for outcome in outcomes:
        for fact in outcome.facts:
            if fact.fact in _OPENED:
                yield _opened(outcome, fact)
            elif fact.fact in _CLOSED:
                yield _closed(outcome, fact)
            elif fact.fact is Fact.CHANNEL_RESTORED and fact.channel is not None:
                yield _withdrawn(outcome, fact, fact.channel)


def first_openings(outcomes: Sequence[Settled]) -> Mapping[tuple[TenantId, ClientId], int]:
    """Return the clients for whom outcomes open tasks, and the first place of the ledger that does.

    What closes a task may be told before what opens it: after a crash between append and save another
    process goes on from the ledger. Whoever opens a task looks there for what came after.
    """
    first: dict[tuple[TenantId, ClientId], int] = {}
    for outcome in outcomes:
        if any(fact.fact in _OPENED for fact in outcome.facts):
            client = (outcome.tenant, outcome.client)
            first[client] = min(outcome.seq, first.get(client, outcome.seq))
    return first


def _opened(outcome: Settled, fact: FactRecord) -> TaskChange:
    kind = _OPENED[fact.fact]
    fields = {
        "state": "open",
        "tenant": outcome.tenant,
        "client": outcome.client,
        "opened_at": fact.at,
        "opened_by": fact.by,
        "seq": outcome.seq,
        "cause": outcome.cause,
        "channel": fact.channel,
        "clause": fact.clause,
        "rule": fact.rule,
        "points": fact.points,
        "message": fact.message,
        "about": fact.about,
        "due_at": fact.due_at,
        "assignee": fact.assignee,
        "reason": fact.reason,
    }
    return TaskChange(kind, fact.id, on_open={k: v for k, v in fields.items() if v is not None})


def _closed(outcome: Settled, fact: FactRecord) -> TaskChange:
    return TaskChange(_CLOSED[fact.fact], fact.id, on_close=_closing(outcome, fact, fact.verdict))


def _withdrawn(outcome: Settled, fact: FactRecord, channel: Channel) -> CallsWithdrawn:
    closing = _closing(outcome, fact, "withdrawn")
    return CallsWithdrawn(outcome.tenant, outcome.client, channel, outcome.seq, on_close=closing)


def _closing(outcome: Settled, fact: FactRecord, verdict: str | None) -> Mapping[str, Any]:
    return {
        "state": "closed",
        "closed_at": fact.at,
        "closed_by": fact.by,
        "verdict": verdict,
        "closing_reason": fact.reason,
        "closing_cause": outcome.cause,
    }
