"""What came of a rehearsal: nothing to say, or where it differs from what it expects."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Difference:
    """One key of one expectation that does not hold."""

    file: str
    line: int
    step: int | None
    """Counted from 1; None: over the whole conversation."""
    key: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Played:
    """One document, played to its end."""

    file: str
    line: int
    policy: str
    name: str
    clauses: tuple[str, ...]
    said: tuple[str, ...]
    """What each step said or did, in a few words, for whoever reads a difference."""
    compared: int
    """How many keys were compared."""
    differences: tuple[Difference, ...] = ()
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        return not self.differences
