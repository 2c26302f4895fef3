"""A client's standing as anybody would keep it on paper: lists, loops, no idea of how the service does it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

LIMIT = 3
EXPIRY = timedelta(days=90)
LATE = timedelta(minutes=30)
REMEMBERED = timedelta(days=60)
POLICY_CHANNEL = "whatsapp"


@dataclass
class Note:
    """An infraction, or one that is under review."""

    rule: str
    burst: str
    message: str
    points: int
    at: datetime
    waived: bool = False

    @property
    def until(self) -> datetime:
        return self.at + EXPIRY


@dataclass
class Letter:
    """A message as the ledger meets it, with the one infraction that it may carry."""

    message: str
    original: str
    burst: str
    at: datetime
    received: datetime
    rule: str
    points: int
    lenient: int
    sure: bool = True
    mode: str = "enforce"
    auto_reply: bool = False


@dataclass
class Paper:
    """What is written down of one client."""

    notes: list[Note] = field(default_factory=list)
    reviews: list[Note] = field(default_factory=list)
    dismissed: list[Note] = field(default_factory=list)
    disabled: dict[str, tuple[datetime | None, str | None]] = field(default_factory=dict)
    """Channel to its end, and to the person who decided it."""
    calls: list[str] = field(default_factory=list)
    """The channel that each open call is about."""
    appeals: list[Note] = field(default_factory=list)
    forgiven_before: datetime | None = None
    exempt_until: datetime | None = None

    def points(self, at: datetime) -> int:
        return sum(note.points for note in self.notes if not note.waived and at < note.until)

    def message(self, letter: Letter) -> tuple[str | None, int]:
        """Settle a message; return why nothing counts (None: it does, or is under review) and the points."""
        self.end_restrictions(letter.at)
        result = self._infraction(letter)
        self._forget(letter.at)
        return result

    def _infraction(self, letter: Letter) -> tuple[str | None, int]:
        reason = self._why_nothing(letter)
        if reason is not None:
            return reason, 0
        note = Note(letter.rule, letter.burst, letter.original, letter.points, letter.at)
        if not letter.sure or letter.mode == "review":
            self.reviews.append(note)
            return (None if letter.sure else "low_confidence"), 0
        if self._forgiven(letter) < letter.lenient:
            note.points = 0
        self.notes.append(note)
        if note.points == 0:
            return "lenient", 0
        self._limit(letter.at)
        return None, note.points

    def _why_nothing(self, letter: Letter) -> str | None:
        known = self.notes + self.reviews + self.dismissed
        reasons = {
            "shadow": letter.mode == "shadow",
            "auto_reply": letter.auto_reply,
            "already_counted": any(_same(note, letter) for note in known),
            "late": letter.received - letter.at > LATE,
            "channel_disabled": POLICY_CHANNEL in self.disabled,
            "outranked": self.forgiven_before is not None and letter.at < self.forgiven_before,
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    def _forgiven(self, letter: Letter) -> int:
        mine = [note for note in self.notes if note.rule == letter.rule and letter.at < note.until]
        return len([note for note in mine if note.points == 0 and not note.waived])

    def _limit(self, at: datetime) -> None:
        exempt = self.exempt_until is not None and at < self.exempt_until
        if self.points(at) >= LIMIT and not exempt and POLICY_CHANNEL not in self.disabled:
            self.disabled[POLICY_CHANNEL] = (None, None)
            self.calls.append(POLICY_CHANNEL)

    def _forget(self, at: datetime) -> None:
        self.notes = [note for note in self.notes if note.until > at - REMEMBERED]

    def end_restrictions(self, at: datetime) -> None:
        for channel, (until, _) in list(self.disabled.items()):
            if until is not None and until <= at:
                self._back(channel, until, None)

    def _give_back(self, channel: str) -> None:
        del self.disabled[channel]
        self.calls = [call for call in self.calls if call != channel]

    def _back(self, channel: str, at: datetime, exempt_until: datetime | None) -> None:
        self._give_back(channel)
        for note in self.notes:
            note.waived = True
        self._forgive(at)
        self.exempt_until = exempt_until

    def _enable(self, channel: str) -> None:
        del self.disabled[channel]
        self.calls = [call for call in self.calls if call != channel]

    def _forgive(self, at: datetime) -> None:
        if self.forgiven_before is None or at > self.forgiven_before:
            self.forgiven_before = at

    def _alive(self, message: str) -> Note | None:
        alive = [note for note in self.notes if note.message == message and not note.waived]
        return alive[-1] if alive else None

    def waive(self, message: str, at: datetime) -> bool:
        note = self._alive(message)
        if note is None:
            return False
        self._waive(note, at)
        return True

    def _waive(self, note: Note, at: datetime) -> None:
        note.waived = True
        self._forgive(at)
        if self.points(at) < LIMIT:
            for channel in [name for name, (_, by) in self.disabled.items() if by is None]:
                self._give_back(channel)

    def disable(self, channel: str, at: datetime, until: datetime | None) -> bool:
        if until is not None and until <= at:
            return False
        if channel not in self.disabled or not self.calls:
            self.calls.append(channel)
        self.disabled.pop(channel, None)
        self.disabled[channel] = (until, "supervisor")
        return True

    def restore(self, channel: str, at: datetime, until: datetime | None) -> bool:
        if channel not in self.disabled:
            return False
        self._back(channel, at, until)
        return True

    def complete_call(self, verdict: str, at: datetime, until: datetime | None) -> bool:
        if not self.calls:
            return False
        channel = self.calls.pop(0)
        if verdict == "restore" and channel in self.disabled:
            self._back(channel, at, until)
        return True

    def confirm(self, message: str, at: datetime) -> bool:
        return self._close(message, at, confirmed=True)

    def dismiss(self, message: str, at: datetime) -> bool:
        return self._close(message, at, confirmed=False)

    def _close(self, message: str, at: datetime, *, confirmed: bool) -> bool:
        found = next((note for note in self.reviews if note.message == message), None)
        if found is None:
            return False
        self.reviews.remove(found)
        (self.notes if confirmed else self.dismissed).append(found)
        if confirmed:
            self._limit(at)
        return True

    def appeal(self, message: str) -> bool:
        note = self._alive(message)
        if note is None or any(note is open_one for open_one in self.appeals):
            return False
        self.appeals.append(note)
        return True

    def decide_appeal(self, verdict: str, at: datetime) -> bool:
        if not self.appeals:
            return False
        note = self.appeals.pop(0)
        remembered = any(note is known for known in self.notes)
        if verdict == "accept" and remembered and not note.waived:
            self._waive(note, at)
        return True

    def forget(self, at: datetime) -> None:
        """What every settled command does beside its own."""
        self._forget(at)


def _same(note: Note, letter: Letter) -> bool:
    same = note.burst == letter.burst or note.message in {letter.message, letter.original}
    return note.rule == letter.rule and same
