"""The lexicons at work: which of their lines a batch of texts shows, and where.

A line is one pattern of one section (`tag.detail`). Most are phrases, spelled out in training and
looked up by hash, all texts at once. Those about a whole text (`^…`) are left to RE2, whose time is
linear in the text's length whatever the pattern. ` .. ` splits a line into parts that may stand apart;
the line holds where all its parts do.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

import numpy as np
import re2
from numpy.typing import NDArray

from services.classifier.tagging.ngrams import U64, phrases

_FILES: Final = ("client.txt", "intents.txt", "staff.txt")
_WORDS: Final = "words.txt"
_LONGEST_WHOLE: Final = 160
_LONGEST_ENDED: Final = 70
"""Patterns about a whole text speak of short ones; code points."""
_MACRO: Final = re.compile(r"\{([a-z_]+)\}")
_HEADING: Final = re.compile(r"@(\w+)|\[(\w+\.\w+)\]")


@dataclass(frozen=True, slots=True)
class Written:
    """A line as it is written: its section, and its parts as patterns."""

    section: str
    parts: tuple[str, ...]

    @property
    def is_whole(self) -> bool:
        """Whether it is about a text from its beginning or to its end."""
        return len(self.parts) == 1 and (self.parts[0].startswith("^") or self.parts[0].endswith("$"))


@dataclass(frozen=True, slots=True)
class Hit:
    """A line that a text shows, and where its first part stands in the prepared text."""

    line: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line ready to be matched: the phrase groups that must all occur, or none for a whole-text pattern."""

    section: str
    groups: tuple[int, ...]
    whole: str = ""


class Lexicon:
    """All lines of all files, matched together."""

    def __init__(self, lines: Sequence[Line], hashes: U64, groups: NDArray[np.uint16]) -> None:
        """`hashes`, ascending, of all phrases; `groups`, of the same length: which group each is of."""
        self.lines = tuple(lines)
        self._hashes = hashes
        self._groups = groups
        self._lines_of = _inverted(self.lines)
        self._begun = self._set_of("^")
        self._ended = self._set_of("")

    def _set_of(self, beginning: str) -> tuple["re2.Set", list[int]]:
        """Return the whole-text patterns that begin so, and their lines."""
        at = [
            line
            for line, one in enumerate(self.lines)
            if one.whole and one.whole.startswith("^") is bool(beginning)
        ]
        together = (re2.Set.MatchSet if beginning else re2.Set.SearchSet)(_options())
        for line in at:
            together.Add(self.lines[line].whole.removeprefix("^"))
        together.Compile()
        return together, at

    def hits(self, texts: Sequence[str]) -> list[list[Hit]]:
        """Return the lines that each prepared text shows."""
        found: list[list[Hit]] = [self._whole_hits(text) for text in texts]
        for text, groups in enumerate(self._groups_of(texts)):
            if groups:
                found[text] += self._line_hits(groups)
        return found

    def _whole_hits(self, text: str) -> list[Hit]:
        if len(text) > _LONGEST_WHOLE:
            return []
        encoded = text.encode("latin-1", "replace")
        found = [Hit(self._begun[1][at], 0, len(text)) for at in self._begun[0].Match(encoded) or ()]
        if len(text) <= _LONGEST_ENDED:
            found += [Hit(self._ended[1][at], 0, len(text)) for at in self._ended[0].Match(encoded) or ()]
        return found

    def _groups_of(self, texts: Sequence[str]) -> list[dict[int, tuple[int, int]]]:
        runs = phrases(texts)
        low = np.searchsorted(self._hashes, runs.hashes, "left")
        at = np.minimum(low, max(len(self._hashes) - 1, 0))
        known = np.flatnonzero(self._hashes[at] == runs.hashes) if len(self._hashes) else at[:0]
        found: list[dict[int, tuple[int, int]]] = [{} for _ in texts]
        first = at[known]
        count = np.searchsorted(self._hashes, runs.hashes[known], "right") - first
        which = np.repeat(np.arange(len(known)), count)
        place = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count) + first[which]
        of = known[which]
        for text, group, start, end in zip(
            runs.text[of].tolist(),
            self._groups[place].tolist(),
            runs.start[of].tolist(),
            runs.end[of].tolist(),
            strict=True,
        ):
            found[text].setdefault(group, (start, end))
        return found

    def _line_hits(self, groups: Mapping[int, tuple[int, int]]) -> list[Hit]:
        candidates = {line for group in groups for line in self._lines_of.get(group, ())}
        return [
            Hit(line, *groups[self.lines[line].groups[0]])
            for line in sorted(candidates)
            if all(group in groups for group in self.lines[line].groups)
        ]


def _inverted(lines: Sequence[Line]) -> dict[int, list[int]]:
    inverted: dict[int, list[int]] = {}
    for at, line in enumerate(lines):
        if line.groups:
            inverted.setdefault(line.groups[0], []).append(at)
    return inverted


def _options() -> "re2.Options":
    options = re2.Options()
    options.log_errors = False
    # Prepared texts are plain letters: what is not is one sign, and the automaton stays small.
    options.encoding = re2.Options.Encoding.LATIN1
    return options


def written() -> list[Written]:
    """Return the lines of the lexicons that the package ships."""
    folder = files("services.classifier.tagging").joinpath("lexicons")
    words = {name: "|".join(lines) for name, lines in _sections(folder.joinpath(_WORDS).read_text("utf-8"))}
    return [
        Written(name, tuple(_parts(line, words)))
        for file in _FILES
        for name, lines in _sections(folder.joinpath(file).read_text("utf-8"))
        for line in lines
    ]


def whole_pattern(part: str) -> str:
    """Return a whole-text pattern as RE2 is given it."""
    return part.replace("~", r"\w*").replace(" ", r"[\s,]+")


def _sections(text: str) -> Iterator[tuple[str, Sequence[str]]]:
    name, lines = "", list[str]()
    for line in map(str.strip, text.splitlines()):
        if heading := _HEADING.fullmatch(line):
            if name:
                yield name, lines
            name, lines = heading[1] or heading[2], []
        elif line and not line.startswith("# "):
            lines.append(line)
    if name:
        yield name, lines


def _parts(line: str, words: Mapping[str, str]) -> Iterator[str]:
    for part in line.split(" .. "):
        bare = part.strip().removeprefix(".. ").removesuffix(" ..")
        if bare:
            yield _MACRO.sub(lambda found: f"(?:{words[found[1]]})", bare).replace("~", r"\w*")
