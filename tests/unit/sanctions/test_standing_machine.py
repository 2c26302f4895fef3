"""A client's whole life against the ledger kept on paper: whatever happens in whatever order."""

import os
from collections.abc import Coroutine, Iterator
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from services.sanctions.domain.standing import Standing, rebuild
from services.sanctions.memory import MemoryLedger
from services.sanctions.usecase import Cause, SettleBatch
from shared.events.outcomes import OUTCOME, CommandSettledV1, MessageSettledV1, Settled
from shared.policy.source import FixedPacks
from shared.tags import Channel
from shared.words import CommandName, CommandState, Effect, Fact
from tests.support.builders_core import (
    CLIENT,
    NOW,
    TENANT,
    FixedClock,
    command,
    decided,
    delivered,
    infraction,
    quiet_logs,
)
from tests.unit.policy.small_pack import pack
from tests.unit.sanctions.naive_ledger import Letter, Paper

T = TypeVar("T")
PACK = pack()
KEY = (TENANT, CLIENT)
RULES = {"K1.rude": (2, 0), "K1.pushy": (1, 1), "K1.general": (1, 2)}
"""Points, and how many are forgiven first."""
PAUSES = [timedelta(minutes=5), timedelta(days=1), timedelta(days=2), timedelta(days=31), timedelta(days=90)]
"""Those that restrictions, exemptions and points last, and others: their very ends are met."""
CHANNELS = st.sampled_from([None, Channel.WHATSAPP, Channel.TELEGRAM])
ENDS = st.sampled_from([None, timedelta(0), timedelta(minutes=5), timedelta(days=2)])
AGO = st.sampled_from([timedelta(0), timedelta(0), timedelta(minutes=10), timedelta(minutes=45)])

SURE = st.fixed_dictionaries(
    {
        "rule": st.sampled_from(sorted(RULES)),
        "ago": AGO,
        "late": st.just(value=False),
        "sure": st.just(value=True),
        "mode": st.just("enforce"),
        "auto_reply": st.just(value=False),
    }
)
ANYHOW = st.fixed_dictionaries(
    {
        "rule": st.sampled_from(sorted(RULES)),
        "ago": AGO,
        "late": st.booleans(),
        "sure": st.booleans(),
        "mode": st.sampled_from(["enforce", "enforce", "review", "shadow"]),
        "auto_reply": st.sampled_from([False, False, False, True]),
    }
)
WRITTEN = SURE | ANYHOW


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> Iterator[None]:
    with quiet_logs():
        yield


def done(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine comes to that never waits: stores in memory do not."""
    try:
        coroutine.send(None)
    except StopIteration as finished:
        result: T = finished.value
        return result
    raise AssertionError("it waited")


class ClientLife(RuleBasedStateMachine):
    """Messages, commands, time and redeliveries of one client."""

    @initialize()
    def begin(self) -> None:
        self.now = NOW
        self.ledger = MemoryLedger()
        self.settle = SettleBatch(self.ledger, FixedPacks(PACK), FixedClock())
        self.paper = Paper()
        self.causes: list[Cause] = []
        self.messages: dict[str, str] = {}
        """The rule that each was about."""
        self.burst = "m0"

    def _deliver(self, cause: Cause) -> Settled:
        handled = done(self.settle([delivered(cause, len(self.causes))]))
        assert not handled.defects
        self.causes.append(cause)
        (record,) = handled.publish
        return OUTCOME.validate_json(record.value)

    @rule(pause=st.sampled_from(PAUSES))
    def time_passes(self, pause: timedelta) -> None:
        self.now += pause

    @rule(how=WRITTEN)
    def client_writes(self, how: dict[str, Any]) -> None:
        message = self._next_message()
        self._written(how, message, original=message, burst=message)

    @rule(how=WRITTEN)
    def client_goes_on(self, how: dict[str, Any]) -> None:
        message = self._next_message()
        self._written(how, message, original=message, burst=self.burst)

    @rule(how=SURE)
    def client_insists(self, how: dict[str, Any]) -> None:
        for _ in range(3):
            message = self._next_message()
            self._written(how, message, original=message, burst=message)

    @precondition(lambda self: self.messages)
    @rule(how=WRITTEN, same_again=st.booleans(), data=st.data())
    def client_edits(self, how: dict[str, Any], same_again: bool, data: st.DataObject) -> None:
        original = data.draw(st.sampled_from(self._talked_about()))
        message = self._next_message()
        again = {"rule": self.messages[original], "auto_reply": False} if same_again else {}
        self._written(how | again, message, original=original, burst=message)

    def _next_message(self) -> str:
        return f"m{len(self.causes) + 1}"

    def _written(self, how: dict[str, Any], message: str, *, original: str, burst: str) -> None:
        at = self.now - how["ago"]
        points, lenient = RULES[how["rule"]]
        letter = Letter(
            message=message,
            original=original,
            burst=burst,
            at=at,
            received=self.now if how["late"] else at,
            rule=how["rule"],
            points=points,
            lenient=lenient,
            sure=how["sure"],
            mode=how["mode"],
            auto_reply=how["auto_reply"],
        )
        reason, counted = self.paper.message(letter)
        outcome = self._deliver(_decision(letter))
        self.messages[message] = how["rule"]
        self.burst = burst
        refused = [one.reason for one in outcome.refused if one.effect is Effect.INFRACTION]
        assert refused == ([] if reason is None else [reason])
        assert _recorded(outcome) == counted
        if reason == "channel_disabled":
            # A channel that comes back starts a new period, also while another stays disabled.
            anew = Fact.CHANNEL_RESTORED in {one.fact for one in outcome.facts}
            assert outcome.after.points == (0 if anew else outcome.before.points)

    @rule(wanted=st.sampled_from(["disable", "restore", "call"]), channel=CHANNELS, lasts=ENDS, ago=AGO)
    def person_decides_about_a_channel(
        self, wanted: str, channel: Channel | None, lasts: timedelta | None, ago: timedelta
    ) -> None:
        at = self.now - ago
        until = None if lasts is None else at + lasts
        named = channel or Channel.WHATSAPP
        if wanted == "disable":
            applied = self.paper.disable(named, at, until)
            self._command(applied, CommandName.DISABLE, at, channel=channel, until=until)
        elif wanted == "restore":
            applied = self.paper.restore(named, at, until)
            outcome = self._command(applied, CommandName.RESTORE, at, channel=channel, until=until)
            assert outcome.after.points == 0 or not applied
        else:
            verdict = "keep" if channel is None else "restore"
            applied = self.paper.complete_call(verdict, at, until)
            self._command(applied, CommandName.COMPLETE_CALL, at, verdict=verdict, until=until)

    @precondition(lambda self: self.messages)
    @rule(name=st.sampled_from([CommandName.WAIVE, CommandName.APPEAL]), data=st.data())
    def person_looks_at_a_message(self, name: CommandName, data: st.DataObject) -> None:
        message = data.draw(st.sampled_from(self._talked_about()))
        waives = name is CommandName.WAIVE
        applied = self.paper.waive(message, self.now) if waives else self.paper.appeal(message)
        self._command(applied, name, self.now, target=message)

    @precondition(lambda self: self.paper.reviews or self.paper.appeals)
    @rule(yes=st.booleans(), data=st.data())
    def person_closes_a_task(self, yes: bool, data: st.DataObject) -> None:
        if not self.paper.reviews:
            verdict = "accept" if yes else "reject"
            applied = self.paper.decide_appeal(verdict, self.now)
            self._command(applied, CommandName.DECIDE_APPEAL, self.now, verdict=verdict)
            return
        message = data.draw(st.sampled_from([note.message for note in self.paper.reviews]))
        close = self.paper.confirm if yes else self.paper.dismiss
        name = CommandName.CONFIRM_REVIEW if yes else CommandName.DISMISS_REVIEW
        self._command(close(message, self.now), name, self.now, target=message)

    def _talked_about(self) -> list[str]:
        """The last messages, and those that a person has looked at: where the ledger's rules meet."""
        looked_at = [note.message for note in self.paper.dismissed[-2:] + self.paper.notes[-2:]]
        return list(dict.fromkeys([*list(self.messages)[-3:], *looked_at]))

    @rule(name=st.sampled_from([CommandName.REQUEST_ATTENTION, CommandName.ERASE, CommandName.TICK]))
    def something_is_noted(self, name: CommandName) -> None:
        if name is CommandName.TICK:
            self.paper.end_restrictions(self.now)
        self._command(applied=True, name=name, at=self.now)

    def _command(self, applied: bool, name: CommandName, at: datetime, **more: Any) -> CommandSettledV1:
        asked = command(name, at, identity=f"c{len(self.causes)}", **more)
        self.paper.forget(at)
        outcome = self._deliver(asked)
        assert isinstance(outcome, CommandSettledV1)
        assert (outcome.state is CommandState.APPLIED) is applied, outcome.detail
        return outcome

    @precondition(lambda self: self.causes)
    @rule(data=st.data())
    def a_batch_comes_again(self, data: st.DataObject) -> None:
        """Every outcome goes out again as it was, and nothing is written."""
        first = data.draw(st.integers(0, len(self.causes) - 1))
        kept, tasks = dict(self.ledger.outcomes), dict(self.ledger.tasks)
        batch = [delivered(cause, number) for number, cause in enumerate(self.causes[first:])]
        handled = done(self.settle([*batch, batch[0]]))
        again = [OUTCOME.validate_json(record.value) for record in handled.publish]
        assert again == [kept[record.event.event_id] for record in [*batch, batch[0]]]
        assert (self.ledger.outcomes, self.ledger.tasks) == (kept, tasks)

    @invariant()
    def all_accounts_agree(self) -> None:
        """The fold, the whole ledger, the paper and the open tasks tell the same of the client."""
        standing = rebuild(TENANT, CLIENT, self.ledger.outcomes.values())
        assert standing == self.ledger.saved.get(KEY, Standing(tenant=TENANT, client=CLIENT))
        assert [one.seq for one in self.ledger.outcomes.values()] == list(range(1, len(self.causes) + 1))
        self._stands_on_paper(standing)
        mine = [one.id for group in (standing.calls, standing.reviews, standing.appeals) for one in group]
        opened = [task for task, state in self.ledger.tasks.items() if state.fields["state"] == "open"]
        assert sorted(opened) == sorted(mine)

    def _stands_on_paper(self, standing: Standing) -> None:
        assert standing.points_at(self.now) == self.paper.points(self.now) >= 0
        assert {one.channel: (one.until, one.by) for one in standing.restrictions} == self.paper.disabled
        assert [call.channel for call in standing.calls] == self.paper.calls
        assert [(one.rule, one.message) for one in standing.reviews] == [
            (note.rule, note.message) for note in self.paper.reviews
        ]
        assert len(standing.appeals) == len(self.paper.appeals)


def _decision(letter: Letter) -> Any:
    effect = infraction(
        letter.rule,
        points=letter.points,
        burst=letter.burst,
        lenient=letter.lenient,
        mode=letter.mode,
        confidence=0.9 if letter.sure else 0.1,
    )
    return decided(
        letter.message,
        letter.at,
        effect,
        original=letter.original,
        late=letter.received - letter.at,
        auto_reply=letter.auto_reply,
        pack=PACK.hash,
    )


def _recorded(outcome: Settled) -> int:
    assert isinstance(outcome, MessageSettledV1)
    return sum(fact.points or 0 for fact in outcome.facts if fact.fact is Fact.INFRACTION_RECORDED)


TestClientLife = ClientLife.TestCase
TestClientLife.settings = settings(
    max_examples=30, stateful_step_count=25, deadline=None, derandomize=bool(os.environ.get("CI"))
)
TestClientLife = pytest.mark.slow(TestClientLife)
