"""The lexicons: what patterns a text shows, in one pass whose time is linear in its length.

A line of a lexicon is one pattern of one section; ` .. ` splits it into parts that may stand apart.
Parts are matched all at once by RE2, whose automata cannot explode; a line holds where all its parts do.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import re2

_FILES: Final = ("client.txt", "intents.txt", "staff.txt")
_WORDS: Final = "words.txt"
_MEMORY_BYTES: Final = 32 << 20
"""For one automaton; states beyond it are forgotten and built again."""
GROUP: int = 60
_MACRO: Final = re.compile(r"\{([a-z_]+)\}")
_BLANK: Final = r"[\s,]+"
_HEADING: Final = re.compile(r"@(\w+)|\[(\w+\.\w+)\]")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a lexicon: its section (`tag.detail`) and the parts that must all occur."""

    section: str
    parts: tuple[int, ...]


class Lexicon:
    """All lines of all files, matched together."""

    def __init__(self, sections: Sequence[tuple[str, Sequence[Sequence[str]]]]) -> None:
        """`sections`: names with their lines, each a list of patterns."""
        index: dict[str, int] = {}
        self.lines = tuple(
            Line(name, tuple(index.setdefault(part, len(index)) for part in parts))
            for name, lines in sections
            for parts in lines
        )
        self.sections = tuple(name for name, _ in sections)
        self._patterns = tuple(index)
        self._sets = _sets(self._patterns)
        self._compiled: dict[int, re2._Regexp] = {}
        self._of_part: tuple[tuple[int, ...], ...] = _inverted(self.lines, len(index))

    def hits(self, encoded: bytes) -> list[int]:
        """Return the lines (by index) that a prepared text, as UTF-8, shows."""
        parts: set[int] = set()
        for together, start in self._sets:
            if found := together.Match(encoded):
                parts.update([start + at for at in found])
        candidates = {line for part in parts for line in self._of_part[part]}
        lines = self.lines
        return [at for at in candidates if parts.issuperset(lines[at].parts)]

    def span(self, line: int, text: str) -> tuple[int, int] | None:
        """Return where the first part of a line first stands in a prepared text, in code points."""
        for part in self.lines[line].parts:
            for match in self._regexp(part).finditer(text):
                if match.end() > match.start():
                    return match.span()
        return None

    def _regexp(self, part: int) -> "re2._Regexp":
        if part not in self._compiled:
            self._compiled[part] = re2.compile(self._patterns[part], _options())
        return self._compiled[part]


def _options() -> "re2.Options":
    options = re2.Options()
    options.max_mem = _MEMORY_BYTES
    options.log_errors = False
    options.encoding = re2.Options.Encoding.LATIN1
    return options


def _sets(patterns: Sequence[str]) -> Sequence[tuple["re2.Set", int]]:
    sets: list[tuple[re2.Set, int]] = []
    for start in range(0, len(patterns), GROUP):
        together = re2.Set.SearchSet(_options())
        for pattern in patterns[start : start + GROUP]:
            together.Add(pattern)
        together.Compile()
        sets.append((together, start))
    return sets


def _inverted(lines: Sequence[Line], parts: int) -> tuple[tuple[int, ...], ...]:
    inverted: list[list[int]] = [[] for _ in range(parts)]
    for at, line in enumerate(lines):
        for part in line.parts:
            inverted[part].append(at)
    return tuple(map(tuple, inverted))


@cache
def lexicon() -> Lexicon:
    """Return the lexicon that the package ships."""
    folder = files("services.classifier.tagging").joinpath("lexicons")
    words = {name: "|".join(lines) for name, lines in _sections(folder.joinpath(_WORDS).read_text("utf-8"))}
    return Lexicon(
        [
            (name, [_parts(line, words) for line in lines])
            for file in _FILES
            for name, lines in _sections(folder.joinpath(file).read_text("utf-8"))
        ]
    )


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


def _parts(line: str, words: Mapping[str, str]) -> Sequence[str]:
    return [_pattern(part, words) for part in line.split(" .. ") if part.strip(". ")]


def _pattern(part: str, words: Mapping[str, str]) -> str:
    expanded = _MACRO.sub(lambda found: f"(?:{words[found[1]]})", part.strip().removeprefix(".. "))
    pattern = expanded.replace("~", r"\w*").replace(" ", _BLANK)
    if pattern.startswith("^") or pattern.endswith(("$", r"\?")) or not re.search("[a-z]", pattern):
        return f"(?:{pattern})"
    return rf"\b(?:{pattern})\b" if re.match(r"[\w(\\]", pattern) else f"(?:{pattern})"
