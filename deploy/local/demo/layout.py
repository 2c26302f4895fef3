"""How a block of the conversation is laid out: labels on the left, texts beside them, wrapped."""

from dataclasses import dataclass, field
from typing import Final

from rich.console import Console
from rich.text import Text

_INDENT: Final = 7
_LABEL_CHARACTERS: Final = 10
_NARROWEST: Final = 20


@dataclass(slots=True)
class Block:
    """Rows of one step, printed without a blank at the end of any line."""

    _rows: list[tuple[str, Text]] = field(default_factory=list)

    def add(self, label: str, text: str, style: str = "") -> None:
        """Add a row; one without text is left out."""
        if text:
            self._rows.append((label, Text(text, style=style)))

    def print_on(self, console: Console) -> None:
        for label, text in self._rows:
            left = _INDENT + (_LABEL_CHARACTERS if label else 0)
            lines = text.wrap(console, max(_NARROWEST, console.width - left))
            for number, line in enumerate(lines):
                line.rstrip()
                head = f"{'':{_INDENT}}{label if number == 0 else '':{left - _INDENT}}"
                console.print(Text.assemble((head, "dim"), line) if line.plain else Text())
