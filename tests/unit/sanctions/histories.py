"""Short histories of a client, settled by the ledger's own rules, for tests of commands."""

from collections.abc import Callable
from typing import Any

from services.sanctions.domain.commands import settle_command
from services.sanctions.domain.messages import settle
from services.sanctions.domain.standing import Standing, fold
from shared.events.outcomes import CommandSettledV1, Settled
from shared.words import CommandName, Fact
from tests.support.builders_core import CLIENT, NOW, TENANT, command, decided, infraction, later, terms

NEW = Standing(tenant=TENANT, client=CLIENT)
TERMS = terms()
AT = later(hours=1)


def after(*steps: Callable[[Standing], Settled]) -> Standing:
    standing = NEW
    for step in steps:
        standing = fold(standing, step(standing))
    return standing


def message(name: str = "m1", points: int = 2, **more: Any) -> Callable[[Standing], Settled]:
    decision = decided(name, NOW, infraction(points=points, burst=name, **more))
    return lambda standing: settle(decision, standing, TERMS)


def asked(name: CommandName, **more: Any) -> Callable[[Standing], Settled]:
    asked_for = command(name, AT, **more)
    return lambda standing: settle_command(asked_for, standing, TERMS)


def facts(outcome: Settled) -> list[Fact]:
    return [fact.fact for fact in outcome.facts]


def infraction_of(standing: Standing) -> str:
    return standing.infractions[0].id


TWO_POINTS = after(message("m1"))
AT_LIMIT = after(message("m1"), message("m2", points=1))
IN_REVIEW = after(message("m1", confidence=0.1))
WAIVED = after(message("m1"), asked(CommandName.WAIVE, target="m1"))
BY_PERSON = after(asked(CommandName.DISABLE))
CALL_DONE = after(
    message("m1"), message("m2", points=1), asked(CommandName.COMPLETE_CALL, verdict="keep", reason="")
)
APPEALED = after(message("m1"), asked(CommandName.APPEAL, target="m1"))


def settled(name: CommandName, standing: Standing, **more: Any) -> CommandSettledV1:
    return settle_command(command(name, AT, **more), standing, TERMS)
