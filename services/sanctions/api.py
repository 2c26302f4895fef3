"""What people post to `/v1/commands` and read back, and how a standing is shown."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from services.sanctions.domain.standing import Standing
from shared.events.base import Address, Instant
from shared.events.commands import CommandRequestedV1
from shared.events.outcomes import CommandProblem, CommandSettledV1, FactRecord, StandingView
from shared.ids import ClientId, EventId, client_id
from shared.phones import is_e164
from shared.tags import Channel
from shared.tenants import Tenant
from shared.words import CommandName, CommandState

_Name = Annotated[str, Field(min_length=1, max_length=200)]


class CommandIn(BaseModel):
    """A command. The client is named by id, as events carry it, or by phone number or e-mail address."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)

    name: CommandName
    client: Annotated[_Name | None, Field(description="The client's id, as events carry it")] = None
    phone: Annotated[str | None, Field(description="E.164, with its plus sign")] = None
    email: Annotated[str | None, Field(max_length=320)] = None
    by: Annotated[_Name, Field(description="Who decides it; stands in the ledger")]
    reason: Annotated[str, Field(max_length=2000, description="Why; stands in the ledger")] = ""
    channel: Channel | None = None
    until: Annotated[
        Instant | None,
        Field(description="disable: when it ends by itself; restore: how long the policy may not disable"),
    ] = None
    target: Annotated[
        _Name | None, Field(description="The infraction, message, call, review or appeal that it is about")
    ] = None
    verdict: Literal["restore", "keep", "accept", "reject"] | None = None
    at: Annotated[
        Instant | None, Field(description="When it was decided; left out or in the future: now")
    ] = None

    @model_validator(mode="after")
    def _somebody(self) -> Self:
        if sum(value is not None for value in (self.client, self.phone, self.email)) != 1:
            raise ValueError("name the client by exactly one of client, phone, email")
        if self.phone is not None and not is_e164(self.phone):
            raise ValueError("write the phone as E.164, with plus sign and country code: +50760000001")
        return self

    def client_id(self, tenant: Tenant) -> ClientId:
        """Return whom the command is about."""
        if self.client is not None:
            return ClientId(self.client)
        return client_named(tenant, self.phone or self.email or "")


def client_named(tenant: Tenant, name: str) -> ClientId:
    """Return the client that `name` means: a phone number, an e-mail address, or an id already."""
    if is_e164(name):
        return client_id(tenant.client_key, Address(phone=name).normalised())
    if "@" in name:
        return client_id(tenant.client_key, Address(email=name).normalised())
    return ClientId(name)


def to_event(command: CommandIn, tenant: Tenant, identity: EventId, now: Instant) -> CommandRequestedV1:
    """Return the command as an event; a time in the future counts as now."""
    return CommandRequestedV1(
        event_id=identity,
        tenant=tenant.id,
        client=command.client_id(tenant),
        correlation_id=identity,
        occurred_at=min(command.at, now) if command.at else now,
        received_at=now,
        name=command.name,
        by=command.by,
        reason=command.reason,
        channel=command.channel,
        until=command.until,
        target=command.target,
        verdict=command.verdict,
    )


class CommandAccepted(BaseModel):
    """The command is in the log; where it can be followed."""

    id: str
    state: Literal["accepted"] = "accepted"


class CommandShown(BaseModel):
    """A command and what became of it."""

    id: str
    state: Literal["accepted"] | CommandState
    name: CommandName
    by: str
    problem: CommandProblem | None = None
    detail: str = ""
    facts: tuple[FactRecord, ...] = ()
    standing: StandingView | None = None
    settled_at: Instant | None = None


def shown(accepted: CommandRequestedV1, settled: CommandSettledV1 | None) -> CommandShown:
    """Return what a person is shown of a command."""
    if settled is None:
        return CommandShown(id=accepted.event_id, state="accepted", name=accepted.name, by=accepted.by)
    return CommandShown(
        id=settled.cause,
        state=settled.state,
        name=settled.name,
        by=settled.by,
        problem=settled.problem,
        detail=settled.detail,
        facts=settled.facts,
        standing=settled.after,
        settled_at=settled.occurred_at,
    )


class InfractionShown(BaseModel):
    """An infraction that the standing remembers; `counts` says whether it does now."""

    id: str
    clause: str
    rule: str
    points: int
    counts: bool
    message: str
    at: Instant
    counts_until: Instant


class StandingShown(BaseModel):
    """Where a client stands now."""

    tenant: str
    client: str
    seq: int
    standing: StandingView
    infractions: list[InfractionShown]
    calls: list[dict[str, object]]
    reviews: list[dict[str, object]]
    appeals: list[dict[str, object]]


def standing_shown(standing: Standing, at: Instant) -> StandingShown:
    """Return what a person is shown of a standing."""
    return StandingShown(
        tenant=standing.tenant,
        client=standing.client,
        seq=standing.seq,
        standing=standing.view(at),
        infractions=[
            InfractionShown(
                **known.model_dump(
                    include={"id", "clause", "rule", "points", "message", "at", "counts_until"}
                ),
                counts=known.points_at(at) > 0,
            )
            for known in standing.infractions
        ],
        calls=[call.model_dump(mode="json") for call in standing.calls],
        reviews=[review.model_dump(mode="json") for review in standing.reviews],
        appeals=[appeal.model_dump(mode="json") for appeal in standing.appeals],
    )
