"""What can go wrong with the day: told with its step, what was expected and what came."""

from dataclasses import dataclass

from shared.errors import UserError


@dataclass(frozen=True, slots=True)
class Difference:
    """Something expected that did not happen, or the other way round."""

    place: str
    """Where it is written: file and line."""
    step: str
    """Whose step, and when."""
    what: str
    expected: str
    actual: str

    def __str__(self) -> str:
        return (
            f"{self.place}: {self.step}: {self.what}\n  expected  {self.expected}\n  actual    {self.actual}"
        )


class DayStopped(UserError):
    """The day cannot go on: something did not happen in time, or was refused."""
