"""What should come of a script under the tests' policy, computed by itself: no code of the services.

`tests/support/policies/puerto.yaml` in a few lines: a rude message costs 2 points, a pushy one 1 and
the first of a period nothing, at 5 points the channel is disabled and costs no more; every message
that is rude or pushy, or comes when the channel is disabled, has one reply.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.support.script import Said, Tone

COST: Final = {Tone.PLAIN: 0, Tone.RUDE: 2, Tone.PUSHY: 1}
FORGIVEN: Final = {Tone.RUDE: 0, Tone.PUSHY: 1}


@dataclass(slots=True)
class Expected:
    """Where one client stands after all that was said, and what was answered on the way."""

    limit: int = 5
    order: list[str] = field(default_factory=list)
    """The references of the messages, as they were said."""
    points: int = 0
    disabled: bool = False
    answered: list[str] = field(default_factory=list)
    """The references of the messages that have a reply."""
    counted: dict[str, int] = field(default_factory=dict)
    """The points of each message that cost any."""
    _forgiven: int = 0

    def hear(self, said: Said) -> None:
        """Take one more message."""
        self.order.append(said.reference)
        if self.disabled or said.tone is not Tone.PLAIN:
            self.answered.append(said.reference)
        if self.disabled or said.tone is Tone.PLAIN:
            return
        if said.tone is Tone.PUSHY and self._forgiven < FORGIVEN[Tone.PUSHY]:
            self._forgiven += 1
            return
        self.points += COST[said.tone]
        self.counted[said.reference] = COST[said.tone]
        self.disabled = self.points >= self.limit

    def be_restored(self) -> None:
        """Begin a new period: nothing of before counts, and the first pushy message is forgiven again."""
        self.points = self._forgiven = 0
        self.disabled = False


def expected(said: Sequence[Said]) -> dict[str, Expected]:
    """Return what is expected of each client, by phone; `said` is in the order of each client's writing."""
    clients: dict[str, Expected] = {}
    for one in said:
        clients.setdefault(one.phone, Expected()).hear(one)
    return clients
