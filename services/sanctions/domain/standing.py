"""A client's standing: a fold of the client's outcomes, in ledger order."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import reduce
from typing import Final, assert_never

from shared.events.base import Frozen, Instant
from shared.events.outcomes import ChannelStanding, FactRecord, MessageSettledV1, Settled, StandingView
from shared.ids import ClientId, MessageId, TenantId
from shared.tags import Channel, Direction, Language
from shared.words import Fact

WAIVED: Final = "waived"
"""The verdict of a restore that follows from a waive: it starts no new period."""
_REMEMBERED: Final = timedelta(days=60)
"""How long after its expiry an infraction is still known, for appeals and late edits."""
_REMEMBERED_CLOSED: Final = 50
DISMISSED: Final = "dismissed"
"""The verdict on a review: it was no infraction."""


class Infraction(Frozen):
    """One infraction; lenient ones count 0 points and are known all the same."""

    id: str
    clause: str
    rule: str
    points: int
    message: MessageId
    key: str
    at: Instant
    counts_until: Instant
    waived: bool = False

    def points_at(self, at: datetime) -> int:
        return self.points if not self.waived and at < self.counts_until else 0


class Restriction(Frozen):
    """A channel that the client may not use."""

    channel: Channel
    since: Instant
    until: Instant | None = None
    by: str | None = None
    """The person who decided it; None: the policy."""


class Call(Frozen):
    """A phone call by an executive that is still to be made."""

    id: str
    channel: Channel
    due_at: Instant
    assignee: str | None = None


class Review(Frozen):
    """An infraction that a person has yet to confirm or dismiss."""

    id: str
    clause: str
    rule: str
    points: int
    message: MessageId
    key: str
    at: Instant


class Appeal(Frozen):
    """A client's objection to an infraction, not yet decided."""

    id: str
    infraction: str
    at: Instant


class Standing(Frozen):
    """Where a client stands after `seq` outcomes."""

    tenant: TenantId
    client: ClientId
    seq: int = 0
    limit: int | None = None
    infractions: tuple[Infraction, ...] = ()
    restrictions: tuple[Restriction, ...] = ()
    calls: tuple[Call, ...] = ()
    reviews: tuple[Review, ...] = ()
    dismissed: tuple[Review, ...] = ()
    """The last reviews that a person dismissed: an edit of the message does not open them again."""
    appeals: tuple[Appeal, ...] = ()
    closed: tuple[str, ...] = ()
    """Ids of the last calls, reviews and appeals that were closed, so that closing twice is told."""
    forgiven_before: Instant | None = None
    """Messages written before the last restore or waive count nothing."""
    exempt_until: Instant | None = None
    """A person's restore that forbids the policy to disable again before then."""
    language: Language | None = None
    """What the client wrote in last: commands are answered in it."""
    erased_at: Instant | None = None
    """What was received until then may be kept and answered no more."""

    def points_at(self, at: datetime) -> int:
        """Return the points that count at `at`."""
        return sum(infraction.points_at(at) for infraction in self.infractions)

    def restriction(self, channel: Channel) -> Restriction | None:
        return next((found for found in self.restrictions if found.channel is channel), None)

    def view(self, at: datetime) -> StandingView:
        """Return what others are told of it."""
        return StandingView(
            points=self.points_at(at),
            limit=self.limit,
            channels=tuple(
                ChannelStanding(
                    channel=found.channel, enabled=False, since=found.since, until=found.until, by=found.by
                )
                for found in self.restrictions
            ),
        )

    def wake_at(self) -> datetime | None:
        """Return when the next restriction ends by itself."""
        return min((found.until for found in self.restrictions if found.until is not None), default=None)


def fold(standing: Standing, outcome: Settled) -> Standing:
    """Return the standing after `outcome`; raises `ValueError` when it is not the next one."""
    if outcome.seq != standing.seq + 1:
        raise ValueError(f"outcome {outcome.seq} does not follow {standing.seq}")
    after = reduce(apply_fact, outcome.facts, standing)
    forgotten = outcome.occurred_at - _REMEMBERED
    return after.model_copy(
        update={
            "seq": outcome.seq,
            "limit": outcome.after.limit,
            "infractions": tuple(known for known in after.infractions if known.counts_until > forgotten),
            "closed": after.closed[-_REMEMBERED_CLOSED:],
            "dismissed": after.dismissed[-_REMEMBERED_CLOSED:],
            "language": _language(standing, outcome),
            "erased_at": _erased_at(standing, outcome),
        }
    )


def _erased_at(standing: Standing, outcome: Settled) -> datetime | None:
    erased = any(fact.fact is Fact.PERSON_ERASED for fact in outcome.facts)
    return outcome.received_at if erased else standing.erased_at


def _language(standing: Standing, outcome: Settled) -> Language | None:
    if isinstance(outcome, MessageSettledV1) and outcome.direction is Direction.INBOUND:
        return outcome.language or standing.language
    return standing.language


def rebuild(tenant: TenantId, client: ClientId, ledger: Iterable[Settled]) -> Standing:
    """Return the standing that the whole ledger of a client adds up to."""
    return reduce(fold, ledger, Standing(tenant=tenant, client=client))


def apply_fact(standing: Standing, fact: FactRecord) -> Standing:  # noqa: PLR0911 - one arm a fact
    """Return the standing with one more fact; pure, and total over the closed list."""
    match fact.fact:
        case Fact.INFRACTION_RECORDED:
            return _record(standing, fact)
        case Fact.INFRACTION_WAIVED:
            return _waive(standing, fact)
        case Fact.CHANNEL_DISABLED:
            return _disable(standing, fact)
        case Fact.CHANNEL_RESTORED:
            return _restore(standing, fact)
        case Fact.CALL_REQUESTED:
            return _request_call(standing, fact)
        case Fact.REVIEW_OPENED:
            return _open_review(standing, fact)
        case Fact.APPEAL_OPENED:
            appeal = Appeal(id=fact.id, infraction=_need(fact.about), at=fact.at)
            return standing.model_copy(update={"appeals": (*standing.appeals, appeal)})
        case Fact.CALL_COMPLETED | Fact.REVIEW_CLOSED | Fact.APPEAL_CLOSED:
            return _close(standing, fact)
        case Fact.FINDING_RECORDED | Fact.ATTENTION_REQUESTED | Fact.PERSON_ERASED:
            return standing
        case _:
            assert_never(fact.fact)


def _need(value: str | None) -> str:
    if value is None:
        raise ValueError("the fact lacks what it is about")
    return value


def _record(standing: Standing, fact: FactRecord) -> Standing:
    if fact.key is None or fact.counts_until is None:
        return standing  # recorded for the reader of the ledger; it never counted
    infraction = Infraction(
        id=fact.id,
        clause=_need(fact.clause),
        rule=_need(fact.rule),
        points=fact.points or 0,
        message=MessageId(_need(fact.message)),
        key=fact.key,
        at=fact.at,
        counts_until=fact.counts_until,
    )
    return standing.model_copy(update={"infractions": (*standing.infractions, infraction)})


def _waive(standing: Standing, fact: FactRecord) -> Standing:
    infractions = tuple(
        known.model_copy(update={"waived": True}) if known.id == fact.id else known
        for known in standing.infractions
    )
    return standing.model_copy(
        update={"infractions": infractions, "forgiven_before": _later(standing.forgiven_before, fact.at)}
    )


def _later(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else max(known, at)


def _disable(standing: Standing, fact: FactRecord) -> Standing:
    channel = _channel(fact)
    others = tuple(found for found in standing.restrictions if found.channel is not channel)
    restriction = Restriction(channel=channel, since=fact.at, until=fact.until, by=fact.by)
    return standing.model_copy(update={"restrictions": (*others, restriction)})


def _restore(standing: Standing, fact: FactRecord) -> Standing:
    """The channel is back, and a call still open is not needed."""
    channel = _channel(fact)
    gone = tuple(call.id for call in standing.calls if call.channel is channel)
    back = standing.model_copy(
        update={
            "restrictions": tuple(found for found in standing.restrictions if found.channel is not channel),
            "calls": tuple(call for call in standing.calls if call.channel is not channel),
            "closed": (*standing.closed, *gone),
        }
    )
    return back if fact.verdict == WAIVED else _new_period(back, fact)


def _new_period(standing: Standing, fact: FactRecord) -> Standing:
    """Nothing of before counts any more; after a waive the other infractions still do."""
    return standing.model_copy(
        update={
            "infractions": tuple(known.model_copy(update={"waived": True}) for known in standing.infractions),
            "forgiven_before": _later(standing.forgiven_before, fact.at),
            "exempt_until": fact.until,
        }
    )


def _channel(fact: FactRecord) -> Channel:
    if fact.channel is None:
        raise ValueError("the fact lacks its channel")
    return fact.channel


def _request_call(standing: Standing, fact: FactRecord) -> Standing:
    if fact.due_at is None:
        raise ValueError("the fact lacks its due time")
    call = Call(id=fact.id, channel=_channel(fact), due_at=fact.due_at, assignee=fact.assignee)
    return standing.model_copy(update={"calls": (*standing.calls, call)})


def _open_review(standing: Standing, fact: FactRecord) -> Standing:
    review = Review(
        id=fact.id,
        clause=_need(fact.clause),
        rule=_need(fact.rule),
        points=fact.points or 0,
        message=MessageId(_need(fact.message)),
        key=_need(fact.key),
        at=fact.at,
    )
    return standing.model_copy(update={"reviews": (*standing.reviews, review)})


def _close(standing: Standing, fact: FactRecord) -> Standing:
    closed = fact.id
    dismissed = [known for known in standing.reviews if known.id == closed and fact.verdict == DISMISSED]
    return standing.model_copy(
        update={
            "calls": tuple(known for known in standing.calls if known.id != closed),
            "reviews": tuple(known for known in standing.reviews if known.id != closed),
            "appeals": tuple(known for known in standing.appeals if known.id != closed),
            "closed": (*standing.closed, closed),
            "dismissed": (*standing.dismissed, *dismissed),
        }
    )
