"""What a command comes to: facts, or a refusal that says why."""

from collections.abc import Callable
from dataclasses import dataclass

from services.sanctions.domain.consequences import restored
from services.sanctions.domain.standing import Standing
from services.sanctions.domain.terms import Terms
from shared.events.commands import CommandRequestedV1
from shared.events.outcomes import CommandProblem, FactRecord
from shared.tags import Channel


@dataclass(frozen=True, slots=True)
class Refuse:
    """The command cannot be applied; `detail` tells the person why and what to do."""

    problem: CommandProblem
    detail: str


Verdict = tuple[FactRecord, ...] | Refuse
Settle = Callable[[CommandRequestedV1, Standing, Terms], Verdict]


def restored_by(command: CommandRequestedV1, channel: Channel) -> FactRecord:
    """Return the fact that a person gives a channel back."""
    return restored(
        command.event_id,
        channel,
        command.occurred_at,
        by=command.by,
        reason=command.reason,
        until=command.until,
    )
