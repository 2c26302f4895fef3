"""The labelled messages that the model is trained and measured on, read from `messages/`."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from shared.privacy import SensitiveKind, placeholder
from shared.privacy.marked import FOLDS, MARK, block_digest
from shared.tags import Direction, Finding, Flag, Intent, Language

MESSAGES: Final = Path(__file__).with_name("messages")
_INDEPENDENT: Final = Path(__file__).with_name("independent")
INDEPENDENT: Final = {
    f"independent_{name}": _INDEPENDENT / name for name in ("fourth", "third", "second", "first")
}
"""Written by others, to the taxonomy alone, and only ever measured on; the newest first."""
PERSONAL: Final = _INDEPENDENT / "personal"
"""As the others, most of them with personal data in hard forms: for the masker alone."""
_LANGUAGES: Final = {"pt": Language.PT_BR, "es": Language.ES, "en": Language.EN}


@dataclass(frozen=True)
class Labelled:
    """What every labelled text has: marks tell its personal data, its scenario where it is held out."""

    trade: str
    scenario: str
    language: Language
    direction: Direction

    @cached_property
    def block_digest(self) -> int:
        return block_digest(f"{self.trade}|{self.scenario}")

    @property
    def is_held_out(self) -> bool:
        """Whether its trade and scenario are of the fifth that nothing is built on."""
        return self.block_digest % FOLDS == 0

    @property
    def fold(self) -> int:
        """The fold for estimates inside the other four fifths: 0 to 4, one scenario in one fold."""
        return self.block_digest // FOLDS % FOLDS


@dataclass(frozen=True)
class Message(Labelled):
    """A labelled chat message."""

    marked: str
    intent: Intent | None
    flags: frozenset[Flag]

    @cached_property
    def text(self) -> str:
        """The message as its writer typed it."""
        return plain(self.marked)

    @cached_property
    def masked(self) -> str:
        """The message with a placeholder for each mark."""
        return masked(self.marked)


@dataclass(frozen=True)
class Mail(Labelled):
    """A labelled e-mail, its marks in place."""

    subject: str
    body: str
    copies: int
    findings: frozenset[Finding]


@dataclass(frozen=True)
class LabelledTurn:
    """A turn of a labelled call; times in seconds."""

    speaker: str
    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Call(Labelled):
    """A labelled call transcript, its marks in place."""

    turns: tuple[LabelledTurn, ...]
    findings: frozenset[Finding]


def plain(marked: str) -> str:
    """Return the text without its marks."""
    return MARK.sub(lambda found: found[2], marked)


def masked(marked: str) -> str:
    """Return the text with the masker's placeholder for every mark."""
    return MARK.sub(lambda found: placeholder(SensitiveKind(found[1])), marked)


def read_messages(folder: Path = MESSAGES) -> list[Message]:
    """Return the chat messages of all files, each distinct one once. Bad lines raise ValueError."""
    seen: set[tuple[str, Direction]] = set()
    messages: list[Message] = []
    for path in sorted(folder.glob("*.txt")):
        for message in _read_file(path):
            key = (message.marked, message.direction)
            if key not in seen:
                seen.add(key)
                messages.append(message)
    return messages


def _read_file(path: Path) -> Iterator[Message]:
    language = _LANGUAGES[path.name[:2]]
    trade = scenario = ""
    for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            if line.startswith("# "):
                trade, scenario, _region = (part.strip() for part in line[2:].split("|"))
                continue
            intent, flags, marked = (part.strip() for part in line.split("|", 2))
            yield Message(
                trade=trade,
                scenario=scenario,
                language=language,
                direction=Direction.OUTBOUND if intent == "-" else Direction.INBOUND,
                marked=marked.replace("\\n", "\n"),
                intent=None if intent == "-" else Intent(intent),
                flags=frozenset(Flag(flag) for flag in flags.split() if flag != "-"),
            )
        except ValueError as error:
            raise ValueError(f"{path.name}:{number}: {error}") from None


def read_mails(folder: Path = MESSAGES) -> list[Mail]:
    """Return the labelled e-mails."""
    return [
        Mail(
            **_shared(row),
            subject=row["subject"],
            body=row["body"],
            copies=len(row.get("cc") or ()),
            findings=frozenset(Finding(finding) for finding in row["findings"]),
        )
        for row in _rows(folder, "emails*.ndjson")
    ]


def read_calls(folder: Path = MESSAGES, names: str = "calls*.ndjson") -> list[Call]:
    """Return the labelled calls of the files so named."""
    return [
        Call(
            **_shared(row),
            turns=tuple(LabelledTurn(**turn) for turn in row["turns"]),
            findings=frozenset(Finding(told["finding"]) for told in row["findings"]),
        )
        for row in _rows(folder, names)
    ]


def _rows(folder: Path, pattern: str) -> Iterator[dict[str, Any]]:
    for path in sorted(folder.glob(pattern)):
        for line in path.read_text(encoding="utf-8").split("\n"):
            if line.strip():
                yield json.loads(line)


def _shared(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "trade": row["trade"],
        "scenario": row["scenario"],
        "language": Language(row["language"]),
        "direction": Direction(row["direction"]),
    }
