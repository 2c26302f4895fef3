"""The script of the day: who writes what and when, and what should come of each step."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, model_validator

from shared.phones import is_e164
from shared.policy.problems import PolicyErrors, Problem
from shared.policy.validate import validate
from shared.policy.written import Location, Written, read_documents
from shared.rehearsal.document import CommandPart, Words
from shared.rehearsal.expectation import Expectation, Part

DAY: Final = Path(__file__).with_name("day.yaml")


def _phone(number: str) -> str:
    if not is_e164(number):
        raise ValueError("write the phone as E.164, with plus sign and country code")
    return number


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, ZoneInfoNotFoundError):
        raise ValueError("there is no such time zone") from None
    return name


class ClientPart(Part):
    """One of the clients, with an invented name and a number that nobody has."""

    name: Words
    phone: Annotated[str, AfterValidator(_phone)]


class DayStep(Part):
    """Somebody writes, calls or commands at a time of the day."""

    at: time
    client: Words
    """Whom it is from or about, by the name under `clients`."""
    says: Words | None = None
    staff_says: Words | None = None
    """What the company's staff answers, from the phone that holds the number."""
    voice_call: bool = False
    command: CommandPart | None = None
    redelivered: bool = False
    """The provider sends the client's last webhook a second time, byte for byte."""
    expect: Expectation = Expectation()

    @model_validator(mode="after")
    def _one_action(self) -> "DayStep":
        actions = [
            self.says,
            self.staff_says,
            self.voice_call or None,
            self.command,
            self.redelivered or None,
        ]
        if sum(action is not None for action in actions) != 1:
            raise ValueError("a step does one of says, staff_says, voice_call, command, redelivered")
        return self


class Totals(Part):
    """What the day should add up to, counted in MongoDB and at the provider."""

    client_messages: int
    clients: int
    replies_delivered: int
    infractions_with_points: int
    disabled_at_some_time: int
    disabled_at_the_end: int
    calls_open: int


class Day(Part):
    """One working day of one company."""

    company: Words
    date: date
    zone: Annotated[Words, AfterValidator(_zone)]
    clients: Mapping[str, ClientPart]
    steps: Annotated[tuple[DayStep, ...], Field(min_length=1)]
    never_kept: tuple[Words, ...] = ()
    """What was written and may be found nowhere: not on a topic, not in a collection, not in a log."""
    totals: Totals

    @model_validator(mode="after")
    def _in_order(self) -> "Day":
        before = time.min
        for number, step in enumerate(self.steps, start=1):
            if step.client not in self.clients:
                raise ValueError(f"step {number} is about {step.client}, who is not under clients")
            if step.at < before:
                raise ValueError(f"step {number} comes before the one above it")
            before = step.at
        return self

    def instant(self, step: DayStep) -> datetime:
        """Return when a step happens."""
        return datetime.combine(self.date, step.at, ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class Script:
    """A day, and the lines of the file that it was read from."""

    day: Day
    written: Written

    def line(self, step: int, key: str | None = None) -> int:
        """Return the line of a step (counted from 0), or of one key of what it expects."""
        expected: Location = () if key is None else ("expect", *key.split("."))
        return self.written.line(("steps", step, *expected))


def read_day(path: Path = DAY) -> Script:
    """Read the script; raises `PolicyErrors` with the line of everything that is wrong."""
    try:
        documents = read_documents(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError):
        raise PolicyErrors([Problem(str(path), 1, None, "cannot be read", "Check the path")]) from None
    if len(documents) != 1:
        what = f"a day is one YAML document; this file holds {len(documents)}"
        raise PolicyErrors([Problem(str(path), 1, None, what, "Write one day a file")])
    day, problems, _ = validate(Day, documents[0])
    if day is None or problems:
        raise PolicyErrors(problems)
    return Script(day, documents[0])
