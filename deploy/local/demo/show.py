"""Shows the day on a terminal, or as plain text where there is none."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Final
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.padding import Padding
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from deploy.local.demo import wording
from deploy.local.demo.failure import Difference
from deploy.local.demo.told import Told
from shared.policy.pack import CompiledPack
from shared.tags import Direction
from shared.words import Fact

_WIDEST_CHARACTERS: Final = 110
"""Wider lines are hard to read."""
_AGAIN_CHARACTERS: Final = 48
_LABEL_CHARACTERS: Final = 10
_INDENT: Final = (0, 0, 0, 7)


def console_on(stream: IO[str]) -> Console:
    """Return a console for `stream`: colours on a terminal, plain text elsewhere."""
    terminal = stream.isatty()
    console = Console(
        file=stream,
        force_terminal=None if terminal else False,
        no_color=None if terminal else True,
        highlight=False,
        markup=False,
        emoji=False,
        soft_wrap=False,
    )
    if console.width > _WIDEST_CHARACTERS:
        console.width = _WIDEST_CHARACTERS
    return console


def standard_output() -> Console:
    """Return the console on standard output, which then never fails on a letter that it cannot write."""
    if hasattr(sys.stdout, "reconfigure"):
        sys.stdout.reconfigure(errors="replace")
    return console_on(sys.stdout)


class Screen:
    """The audience of the day: one block a step."""

    def __init__(self, console: Console, pack: CompiledPack) -> None:
        self._console = console
        self._pack = pack
        self._said_at: dict[str, datetime] = {}

    @property
    def zone(self) -> ZoneInfo:
        """Return the company's own time zone."""
        return self._pack.zone

    def title(self, text: str) -> None:
        self._console.print()
        self._console.print(Rule(Text(text, style="bold"), align="left", style="dim"))

    def say(self, text: str = "", style: str = "") -> None:
        self._console.print(Text(text, style=style))

    # -- the audience's part

    def step(self, told: Told) -> None:
        self._console.print()
        self._console.print(self._head(told))
        rows = self._rows()
        for earlier in told.took_back:
            _row(rows, "", f"the guidance of {self._clock(earlier.at)} is not sent: this went on", "dim")
        if told.step.redelivered:
            same = "the outcome is told again; nothing is decided, counted or said a second time"
            _row(rows, "", same, "dim")
        elif told.step.command is not None:
            _row(rows, "asks for", wording.command_line(told))
        else:
            _row(rows, "", f"“{told.stored}”" if told.stored else "(calls on WhatsApp)", "bold")
        if not told.step.redelivered:
            self._results(rows, told)
        self._console.print(Padding(rows, _INDENT))

    def later(self, told: Told) -> None:
        at = told.waits_until or told.at
        self._console.print()
        head = Text.assemble((f"{self._clock(at)}  ", "dim"), "to ", (told.name, "bold cyan"))
        waited = int((at - told.at).total_seconds())
        head.append(f"   (nothing followed for {waited} s)", "dim")
        self._console.print(head)
        rows = self._rows()
        self._reply(rows, told, at)
        self._console.print(Padding(rows, _INDENT))

    def differs(self, difference: Difference) -> None:
        self._console.print()
        self._console.print(Text(f"NOT AS EXPECTED  {difference}", style="bold red"))

    # -- the parts of a block

    def _head(self, told: Told) -> Text:
        step = told.step
        head = Text.assemble((f"{self._clock(told.at)}  ", "dim"))
        if step.command is not None:
            return head.append(step.command.by, "bold magenta").append(f", about {told.name}", "dim")
        if step.staff_says is not None:
            return head.append("Central", "bold magenta").append(f" (staff) to {told.name}", "dim")
        head.append(told.name, "bold cyan")
        if step.redelivered:
            head.append("   the provider delivers the last webhook a second time", "dim")
        return head

    def _results(self, rows: Table, told: Told) -> None:
        decision, outcome = told.decision, told.outcome
        if decision is not None and decision.direction is Direction.INBOUND:
            _row(rows, "tags", wording.tags_of(decision), "yellow")
        if outcome is None:
            return
        disabled = any(fact.fact is Fact.CHANNEL_DISABLED for fact in outcome.facts)
        lines = list(wording.standing_lines(outcome, self._pack))
        _row(rows, "standing", "\n".join(lines), "bold red" if disabled else "bold")
        if told.waits:
            wait = "waits for the client to go on"
            _row(rows, "reply", f"{wait}, until {self._clock(told.waits_until or told.at)}", "dim")
        else:
            self._reply(rows, told, told.at)
        clauses = wording.clauses_of(outcome, self._pack)
        _row(rows, "why", "\n".join(wording.clause_line(clause, self._pack) for clause in clauses), "dim")

    def _reply(self, rows: Table, told: Told, at: datetime) -> None:
        """Say a reply in full once; after that, its beginning and where it stands."""
        silence = wording.silence(told)
        if silence is not None:
            _row(rows, "reply", silence, "dim")
        if told.reply is None or not told.reply.said:
            return
        text = told.reply.text
        first_at = self._said_at.setdefault(text, at)
        if first_at < at:
            text = f"{text[:_AGAIN_CHARACTERS].rstrip()}… (the same words as at {self._clock(first_at)})"
        _row(rows, "reply", text, "green")

    def _rows(self) -> Table:
        rows = Table.grid(padding=(0, 1), expand=True)
        rows.add_column(width=_LABEL_CHARACTERS - 1, style="dim")
        rows.add_column(ratio=1)
        return rows

    def _clock(self, at: datetime) -> str:
        local = at.astimezone(self._pack.zone)
        return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"

    # -- what follows the day

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], *, indent: int = 0) -> None:
        """Print a table; numbers stand on the right."""
        lines = [list(row) for row in rows]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
        for place, name in enumerate(columns):
            numbers = all(isinstance(line[place], int | float) for line in lines)
            table.add_column(name, justify="right" if numbers and lines else "left")
        for line in lines:
            table.add_row(*(Text(str(cell)) for cell in line))
        self._console.print(Padding(table, (0, 0, 0, indent)))

    def code(self, text: str) -> None:
        """Print what is to be copied: never wrapped, nor coloured word by word."""
        self._console.print(Text(text, style="cyan"), soft_wrap=True)


def _row(rows: Table, label: str, text: str, style: str = "") -> None:
    if text:
        rows.add_row(Text(label), Text(text, style=style))
