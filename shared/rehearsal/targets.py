"""Which infraction, review, call or appeal a command of the script speaks of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from shared.events.outcomes import FactRecord, Settled
from shared.words import CommandName, Fact

_OPENED: Final[Mapping[CommandName, Fact]] = {
    CommandName.WAIVE: Fact.INFRACTION_RECORDED,
    CommandName.APPEAL: Fact.INFRACTION_RECORDED,
    CommandName.CONFIRM_REVIEW: Fact.REVIEW_OPENED,
    CommandName.DISMISS_REVIEW: Fact.REVIEW_OPENED,
    CommandName.COMPLETE_CALL: Fact.CALL_REQUESTED,
    CommandName.DECIDE_APPEAL: Fact.APPEAL_OPENED,
}
_CLOSED: Final = frozenset(
    {
        Fact.INFRACTION_WAIVED,
        Fact.REVIEW_CLOSED,
        Fact.CALL_COMPLETED,
        Fact.APPEAL_CLOSED,
    }
)


@dataclass(slots=True)
class Targets:
    """What each client's ledger holds that a command could name: a script knows no ids."""

    _facts: dict[tuple[str, Fact], dict[str, FactRecord]] = field(default_factory=dict)

    def learn(self, client: str, outcome: Settled) -> None:
        for fact in outcome.facts:
            if fact.fact in _CLOSED:
                for (owner, _), known in self._facts.items():
                    if owner == client:
                        known.pop(fact.id, None)
            else:
                self._facts.setdefault((client, fact.fact), {})[fact.id] = fact

    def of(self, client: str, command: CommandName, which: Literal["first", "last"]) -> str | None:
        """Return the id that a command needs; None: it needs none, or there is nothing to name.

        Of infractions, those with points come before the forgiven ones.
        """
        opened = _OPENED.get(command)
        if opened is None:
            return None
        known = list(self._facts.get((client, opened), {}).values())
        counting = [fact for fact in known if fact.points]
        chosen = counting or known
        if not chosen:
            return None
        return chosen[0 if which == "first" else -1].id
