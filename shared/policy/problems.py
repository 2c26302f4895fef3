"""What is wrong with a file that a person wrote: where, in which rule, and what to do about it."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

from shared.errors import UserError


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake."""

    file: str
    line: int
    """Counted from 1."""
    rule: str | None
    what: str
    remedy: str

    def __str__(self) -> str:
        rule = f"rule {self.rule}: " if self.rule else ""
        return f"{self.file}:{self.line}: {rule}{self.what}. {self.remedy}"

    def as_json(self) -> dict[str, str | int | None]:
        return asdict(self)


class PolicyErrors(UserError):
    """All the mistakes of a file, in the order of its lines."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        ordered = sorted(set(problems), key=lambda one: (one.file, one.line, one.what))
        super().__init__("\n".join(str(one) for one in ordered))
        self.problems: tuple[Problem, ...] = tuple(ordered)
