"""Telling how rehearsals went: for a person, for a program, and for CI systems."""

from collections.abc import Iterable, Sequence
from typing import Any
from xml.etree import ElementTree as ET

from shared.rehearsal.result import Difference, Played


def summary(played: Sequence[Played]) -> str:
    """Return one line: how many were played, how many differ."""
    failed = sum(not one.passed for one in played)
    compared = sum(one.compared for one in played)
    seconds = sum(one.seconds for one in played)
    whole = f"{len(played)} rehearsal{'s' if len(played) != 1 else ''}, {compared} expectations"
    verdict = f"{failed} differ" if failed else "all as expected"
    return f"{whole}: {verdict} ({seconds:.2f} s)"


def diff(played: Played) -> str:
    """Return what differs in one rehearsal, step by step; nothing where nothing does."""
    lines: list[str] = []
    place: tuple[int | None, str] | None = None
    for one in played.differences:
        where = (one.step, _where(played, one))
        if where != place:
            lines.append(f"{one.file}:{one.line}: {played.name}: {where[1]}")
            place = where
        lines += [f"    {one.key}", f"      - expected  {one.expected}", f"      + actual    {one.actual}"]
    return "\n".join(lines)


def _where(played: Played, difference: Difference) -> str:
    if difference.step is None:
        return "over the whole conversation"
    return f"step {difference.step}, {played.said[difference.step - 1]}"


def as_json(played: Iterable[Played]) -> list[dict[str, Any]]:
    """Return the results as plain values."""
    return [
        {
            "file": one.file,
            "line": one.line,
            "policy": one.policy,
            "name": one.name,
            "clauses": list(one.clauses),
            "passed": one.passed,
            "compared": one.compared,
            "seconds": round(one.seconds, 3),
            "differences": [
                {
                    "line": difference.line,
                    "step": difference.step,
                    "key": difference.key,
                    "expected": difference.expected,
                    "actual": difference.actual,
                }
                for difference in one.differences
            ],
        }
        for one in played
    ]


def junit(played: Sequence[Played]) -> str:
    """Return JUnit XML: a suite for each file, a test case for each rehearsal."""
    root = ET.Element("testsuites", name="rehearsals")
    files: dict[str, list[Played]] = {}
    for one in played:
        files.setdefault(one.file, []).append(one)
    for file, group in files.items():
        suite = ET.SubElement(
            root,
            "testsuite",
            name=file,
            tests=str(len(group)),
            failures=str(sum(not one.passed for one in group)),
            errors="0",
            time=f"{sum(one.seconds for one in group):.3f}",
        )
        for one in group:
            _case(suite, one)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _case(suite: ET.Element, played: Played) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=played.policy,
        name=_printable(played.name),
        file=played.file,
        line=str(played.line),
        time=f"{played.seconds:.3f}",
    )
    if not played.passed:
        count = len(played.differences)
        message = f"{count} difference{'s' if count != 1 else ''}"
        failure = ET.SubElement(case, "failure", message=message, type="difference")
        failure.text = _printable(diff(played))


def _printable(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(mark for mark in text if mark in "\n\t" or mark >= " ")
