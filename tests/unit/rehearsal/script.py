"""Scripts of rehearsals in a line or two, played on the fake line."""

from datetime import UTC, datetime

from shared.rehearsal import Played, read_rehearsals, rehearse
from tests.unit.rehearsal.fake_line import FakeLine

START = datetime(2026, 3, 2, 15, tzinfo=UTC)


def source(*steps: str, overall: str = "{}") -> str:
    lines = [
        "policy: acme",
        "name: one",
        "clauses: [K1]",
        "start: 2026-03-02T10:00:00-05:00",
        "conversation:",
    ]
    return "\n".join([*lines, *(f"  - {step}" for step in steps), f"overall: {overall}", ""])


async def play(*steps: str, overall: str = "{}", line: FakeLine | None = None) -> Played:
    (document,) = read_rehearsals(source(*steps, overall=overall), "r.yaml")
    return await rehearse(document, line or FakeLine())


async def differing(*steps: str, overall: str = "{}") -> list[tuple[int | None, str]]:
    played = await play(*steps, overall=overall)
    return [(one.step, one.key) for one in played.differences]
