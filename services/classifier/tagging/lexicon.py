"""The lexicons: what patterns a text shows, in one pass whose time is linear in its length."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

import re2

_FILES: Final = ("client.txt", "intents.txt", "staff.txt")
_WORDS: Final = "words.txt"
_MEMORY_BYTES: Final = 96 << 20
"""For the automaton of all patterns at once; states beyond it are forgotten and built again."""
_MACRO: Final = re.compile(r"\{([a-z_]+)\}")
_GAP: Final = r"(?:\W+\w+){0,4}?\W+"
_BLANK: Final = r"[\s,]+"


@dataclass(frozen=True, slots=True)
class Entry:
    """One section of a lexicon: its name (`tag.detail`) and its pattern."""

    name: str
    pattern: str

    @property
    def tag(self) -> str:
        return self.name.partition(".")[0]


class Lexicon:
    """All entries of all files, matched together."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = tuple(entries)
        options = re2.Options()
        options.max_mem = _MEMORY_BYTES
        options.never_capture = True
        options.log_errors = False
        self._all = re2.Set.SearchSet(options)
        for entry in self.entries:
            self._all.Add(entry.pattern)
        self._all.Compile()
        self._each: dict[int, re2._Regexp] = {}

    def hits(self, encoded: bytes) -> Sequence[int]:
        """Return the entries (by index) that a prepared text, as UTF-8, shows."""
        return self._all.Match(encoded) or ()

    def spans(self, at: int, text: str) -> Iterator[tuple[int, int]]:
        """Yield where entry `at` matches a prepared text, in code points."""
        for match in self._one(at).finditer(text):
            if match.end() > match.start():
                yield match.span()

    def _one(self, at: int) -> "re2._Regexp":
        if at not in self._each:
            options = re2.Options()
            options.log_errors = False
            self._each[at] = re2.compile(self.entries[at].pattern, options)
        return self._each[at]


@cache
def lexicon() -> Lexicon:
    """Return the lexicon that the package ships."""
    folder = files("services.classifier.tagging").joinpath("lexicons")
    words = {
        name: "|".join(lines)
        for name, lines in _sections(folder.joinpath(_WORDS).read_text("utf-8"), "@")
    }
    entries = [
        Entry(name, _pattern(lines, words))
        for file in _FILES
        for name, lines in _sections(folder.joinpath(file).read_text("utf-8"), "[")
    ]
    return Lexicon(entries)


def _sections(text: str, opening: str) -> Iterator[tuple[str, Sequence[str]]]:
    name, lines = "", list[str]()
    for line in text.splitlines():
        if line.startswith(opening) and (opening == "@" or line.endswith("]")) and re.fullmatch(r"@\w+|\[\w+\.\w+\]", line):
            if name:
                yield name, lines
            name, lines = line.strip("@[]"), []
        elif line.strip() and not line.startswith("# "):
            lines.append(line.strip())
    if name:
        yield name, lines


def _pattern(lines: Sequence[str], words: Mapping[str, str]) -> str:
    return "|".join(_alternative(line, words) for line in lines)


def _alternative(line: str, words: Mapping[str, str]) -> str:
    expanded = _MACRO.sub(lambda found: f"(?:{words[found[1]]})", line)
    spaced = expanded.replace(" .. ", _GAP).replace("~", r"\w*").replace(" ", _BLANK)
    before = r"\b" if spaced[0].isalnum() or spaced[0] == "(" and not spaced.startswith("(?") else ""
    after = r"\b" if spaced[-1].isalnum() or spaced[-1] in "*+" and spaced.endswith((r"\w*", r"\w+")) else ""
    if spaced[-1] in ")?" and not spaced.endswith((r"\?", r"\W", "]*)")):
        after = r"\b"
    return f"{before}(?:{spaced}){after}"
