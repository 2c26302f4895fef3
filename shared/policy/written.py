"""YAML as a person wrote it: plain values, and the line that each of them stands on."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from shared.policy.problems import PolicyErrors, Problem

Location = tuple[str | int, ...]
"""The way to a value: keys of mappings and positions in lists."""

_TRUE: Final = frozenset({"true", "True", "TRUE"})
_MAX_DEPTH: Final = 40


@dataclass(frozen=True, slots=True)
class Written:
    """One YAML document."""

    file: str
    values: Any
    lines: Mapping[Location, int]

    def line(self, location: Location) -> int:
        """Return the line of a value, or of the nearest thing around it that exists."""
        for length in range(len(location), -1, -1):
            line = self.lines.get(location[:length])
            if line is not None:
                return line
        return 1

    def problem(self, location: Location, what: str, remedy: str, *, rule: str | None = None) -> Problem:
        return Problem(self.file, self.line(location), rule, what, remedy)


def read_documents(source: str, file: str) -> list[Written]:
    """Return the documents of a YAML text. What is not YAML, or says a key twice, is an error."""
    try:
        nodes = _nodes(source)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        what = f"this is not YAML: {error.problem or error.context}"
        raise PolicyErrors([Problem(file, line, None, what, "Correct the line")]) from None
    except YAMLError:
        what = "this is not YAML: it holds characters that no text has"
        raise PolicyErrors([Problem(file, 1, None, what, "Save it as UTF-8 text")]) from None
    documents = []
    problems: list[Problem] = []
    for node in nodes:
        reading = _Reading(file)
        values = reading.value(node, ())
        documents.append(Written(file, values, reading.lines))
        problems += reading.problems
    if problems:
        raise PolicyErrors(problems)
    return documents


def _nodes(source: str) -> list[Node]:
    """Read with libyaml, ten times as fast; what it refuses is left to the reader of YAML 1.2."""
    try:
        return [node for node in YAML(typ="safe").compose_all(source) if node]
    except YAMLError:
        return [node for node in YAML(typ="safe", pure=True).compose_all(source) if node]


@dataclass(slots=True)
class _Reading:
    """One pass over the nodes of a document."""

    file: str
    lines: dict[Location, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def value(self, node: Node, at: Location) -> Any:
        self.lines.setdefault(at, node.start_mark.line + 1)
        if len(at) > _MAX_DEPTH:
            self._complain(node, "values are nested too deeply", "Do not let an alias hold itself")
            return None
        if isinstance(node, MappingNode):
            return dict(self._entries(node, at))
        if isinstance(node, SequenceNode):
            return [self.value(item, (*at, index)) for index, item in enumerate(node.value)]
        return _scalar(node) if isinstance(node, ScalarNode) else None

    def _entries(self, node: MappingNode, at: Location) -> Iterator[tuple[str, Any]]:
        seen: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            line = key_node.start_mark.line + 1
            if key in seen:
                what = f"`{key}` is written twice, first on line {seen[key]}"
                self._complain(key_node, what, "Rename one of them or take it out")
            seen.setdefault(key, line)
            self.lines[*at, key] = line
            yield key, self.value(value_node, (*at, key))

    def _complain(self, node: Node, what: str, remedy: str) -> None:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, None, what, remedy))


def _scalar(node: ScalarNode) -> str | int | float | bool | None:
    """Return a scalar as YAML 1.2 means it; dates and times stay text, with their zone."""
    text: str = node.value
    kind = str(node.tag).rpartition(":")[2]
    if kind == "null":
        return None
    if kind == "bool":
        return text in _TRUE
    try:
        if kind == "int":
            return int(text.replace("_", ""), 0 if text[:2] in {"0x", "0o"} else 10)
        if kind == "float":
            return float(text.replace("_", "").replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        return text
    return text
