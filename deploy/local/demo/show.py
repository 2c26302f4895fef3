"""Shows the day on a terminal, or as plain text where there is none."""

import sys
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import IO, Final
from zoneinfo import ZoneInfo

from rich import box
from rich.console import Console
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from deploy.local.demo import wording
from deploy.local.demo.failure import Difference
from deploy.local.demo.layout import Block
from deploy.local.demo.told import Told
from shared.policy.pack import CompiledPack
from shared.tags import Direction
from shared.words import Fact

_WIDEST_CHARACTERS: Final = 110
"""Wider lines are hard to read."""
_AGAIN_CHARACTERS: Final = 48


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
    console.width = min(console.width, _WIDEST_CHARACTERS)
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
        self._clauses: set[str] = set()

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
        block = Block()
        for earlier in told.took_back:
            block.add("", f"the guidance of {self._clock(earlier.at)} is not sent: this went on", "dim")
        if told.step.redelivered:
            block.add("", "nothing is decided, counted or said a second time", "dim")
        elif told.step.command is not None:
            block.add("", wording.command_line(told), "bold")
        else:
            block.add("", f"“{told.stored}”" if told.stored else "(a voice call on WhatsApp)", "bold")
        if not told.step.redelivered:
            self._results(block, told)
        block.print_on(self._console)

    def later(self, told: Told) -> None:
        at = told.waits_until or told.at
        waited_seconds = int((at - told.at).total_seconds())
        head = Text.assemble((f"{self._clock(at)}  ", "dim"), "Etiqueta to ", (told.name, "bold cyan"))
        head.append(f", after {waited_seconds} s without another message", "dim")
        self._console.print()
        self._console.print(head)
        block = Block()
        self._reply(block, told, at)
        block.print_on(self._console)

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
            head.append(": the provider delivers the last webhook a second time", "dim")
        return head

    def _results(self, block: Block, told: Told) -> None:
        decision, outcome = told.decision, told.outcome
        if decision is not None and decision.direction is Direction.INBOUND:
            block.add("tags", wording.tags_of(decision), "yellow")
        if outcome is None:
            return
        disabled = any(fact.fact is Fact.CHANNEL_DISABLED for fact in outcome.facts)
        lines = wording.standing_lines(outcome, self._pack)
        block.add("standing", "\n".join(lines), "bold red" if disabled else "bold")
        if told.waits:
            until = self._clock(told.waits_until or told.at)
            block.add("reply", f"waits until {until}, in case the client goes on", "dim")
        else:
            self._reply(block, told, told.at)
        for number, clause in enumerate(wording.clauses_of(outcome, self._pack)):
            block.add("why" if number == 0 else " ", self._clause(clause), "dim")

    def _clause(self, clause: str) -> str:
        """Return a clause in full the first time, and the beginning of it afterwards."""
        known = clause in self._clauses
        self._clauses.add(clause)
        return wording.clause_line(clause, self._pack, short=known)

    def _reply(self, block: Block, told: Told, at: datetime) -> None:
        """Say a reply in full once; after that, its beginning and where it stands."""
        silence = wording.silence(told)
        if silence is not None:
            block.add("reply", silence, "dim")
        if told.reply is None or not told.reply.said:
            return
        text = told.reply.text
        first_at = self._said_at.setdefault(text, at)
        if first_at < at:
            text = f"{text[:_AGAIN_CHARACTERS].rstrip()}… (the same words as at {self._clock(first_at)})"
        block.add("reply", text, "green")

    def _clock(self, at: datetime) -> str:
        local = at.astimezone(self._pack.zone)
        return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"

    # -- what follows the day

    def table(self, columns: Sequence[str], rows: Iterable[Sequence[object]], *, indent: int = 0) -> None:
        """Print a table, with a head where columns have names; numbers stand on the right."""
        lines = [list(row) for row in rows]
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False, show_header=any(columns))
        for place, name in enumerate(columns):
            numbers = all(isinstance(line[place], int | float) for line in lines)
            table.add_column(name, justify="right" if numbers and lines else "left")
        for line in lines:
            table.add_row(*(Text(str(cell)) for cell in line))
        with self._console.capture() as captured:
            self._console.print(table, width=self._console.width - indent)
        for printed in captured.get().splitlines():
            self._console.print(Text.from_ansi(f"{'':{indent}}{printed.rstrip()}"), soft_wrap=True)

    def code(self, text: str) -> None:
        """Print what is to be copied: never wrapped, nor coloured word by word."""
        self._console.print(Text(text, style="cyan"), soft_wrap=True)
