"""Reading rehearsals, and fitting a pack to what one of them asks for."""

from dataclasses import dataclass
from pathlib import Path

from shared.policy.compile import enforced, variant
from shared.policy.pack import CompiledPack
from shared.policy.problems import PolicyErrors, Problem
from shared.policy.validate import validate
from shared.policy.written import Location, Written, read_documents
from shared.rehearsal.document import Rehearsal
from shared.rehearsal.expectation import Expectation


@dataclass(frozen=True, slots=True)
class Document:
    """One rehearsal, and the lines that it is written on."""

    rehearsal: Rehearsal
    written: Written

    @property
    def file(self) -> str:
        return self.written.file

    def line(self, *location: str | int) -> int:
        return self.written.line(location)


def load_rehearsals(path: Path) -> list[Document]:
    """Read a file of rehearsals. `PolicyErrors` tells of everything that is wrong."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problem = Problem(str(path), 1, None, f"cannot be read: {reason}", "Check the path")
        raise PolicyErrors([problem]) from None
    return read_rehearsals(source, str(path))


def read_rehearsals(source: str, file: str) -> list[Document]:
    """Return the rehearsals of a text, one a YAML document."""
    documents: list[Document] = []
    problems: list[Problem] = []
    for written in read_documents(source, file):
        rehearsal, more, _ = validate(Rehearsal, written)
        problems += more
        if rehearsal is not None:
            documents.append(Document(rehearsal, written))
    if not documents and not problems:
        what = "this file holds no rehearsal"
        problems.append(Problem(file, 1, None, what, "Write at least one document"))
    if problems:
        raise PolicyErrors(problems)
    return documents


def fit_pack(pack: CompiledPack, document: Document) -> CompiledPack:
    """Return the pack as this rehearsal wants it: modes and overrides applied.

    Raises `PolicyErrors` where the rehearsal names what the pack does not have.
    """
    problems = list(_unknown(pack, document))
    if problems:
        raise PolicyErrors(problems)
    rehearsal = document.rehearsal
    try:
        return variant(enforced(pack, rehearsal.modes), rehearsal.overrides)
    except PolicyErrors as errors:
        line = document.line("overrides")
        raise PolicyErrors(
            Problem(document.file, line, one.rule, f"with these overrides, {one.what}", one.remedy)
            for one in errors.problems
        ) from None


def _unknown(pack: CompiledPack, document: Document) -> list[Problem]:
    names = {rule.name for rule in pack.rules}
    clauses = set(pack.clauses)
    rehearsal = document.rehearsal
    wanted: list[tuple[Location, str, set[str]]] = [
        *((("clauses", index), one, clauses) for index, one in enumerate(rehearsal.clauses)),
        *((("modes", one), one, names) for one in rehearsal.modes),
    ]
    expectations: list[tuple[Location, Expectation | None]] = [(("overall",), rehearsal.overall)]
    for number, step in enumerate(rehearsal.conversation):
        expectations += [
            (("conversation", number, "expect"), step.expect),
            (("conversation", number, "expect_each"), step.expect_each),
            (("conversation", number, "repeat_until"), step.repeat_until),
        ]
    for place, expectation in expectations:
        if expectation is None:
            continue
        for key in ("rules", "rules_include", "rules_exclude"):
            wanted += [((*place, key), one, clauses | names) for one in getattr(expectation, key)]
    return [
        document.written.problem(place, f"the policy has no `{name}`", f"Known: {', '.join(sorted(known))}")
        for place, name, known in wanted
        if name not in known
    ]
