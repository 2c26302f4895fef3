"""The pages about policies say what the code does: same words, same clauses, examples that work."""

import re
from enum import StrEnum
from pathlib import Path

import pytest

from shared.policy import compile_pack, load_pack
from shared.policy.schema import LeftOpen, NoticesPart, PackPart, Part, RulePart, ThenPart, WhenPart, Windows
from shared.rehearsal import fit_pack, read_rehearsals
from shared.rehearsal.document import CommandPart, Rehearsal, Step
from shared.rehearsal.expectation import Expectation, ReplyExpectation
from shared.rehearsal.expectation import Part as RehearsalPart
from shared.tags import Context, Finding, Flag, Intent
from shared.words import Matter

ROOT = Path(__file__).parents[3]
WRITING = (ROOT / "docs" / "writing-a-policy.md").read_text(encoding="utf-8")
RULES = (ROOT / "docs" / "rules.md").read_text(encoding="utf-8")
POLICIES = (ROOT / "docs" / "policies.md").read_text(encoding="utf-8")
TAXONOMY = (ROOT / "docs" / "taxonomy.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"```yaml\n(.*?)```", WRITING, flags=re.DOTALL)


def rows(page: str) -> set[str]:
    """Return the clause ids in the first column of the page's tables, ranges spelled out."""
    ids: set[str] = set()
    for letter, first, last in re.findall(r"^\| ([A-Z])(\d+)(?:–[A-Z](\d+))? \|", page, flags=re.MULTILINE):
        ids |= {f"{letter}{number}" for number in range(int(first), int(last or first) + 1)}
    return ids


def test_the_example_pack_compiles_without_a_warning() -> None:
    assert compile_pack(EXAMPLES[0], "example.yaml").warnings == ()


def test_the_example_rehearsal_fits_the_example_pack() -> None:
    (document,) = read_rehearsals(EXAMPLES[1], "example.rehearsal.yaml")
    assert fit_pack(compile_pack(EXAMPLES[0], "example.yaml"), document).policy == "acme"


PARTS: list[type[Part | RehearsalPart]] = [
    *(PackPart, LeftOpen, Windows, RulePart, WhenPart, ThenPart, NoticesPart),
    *(Rehearsal, Step, CommandPart, Expectation, ReplyExpectation),
]


@pytest.mark.parametrize("part", PARTS)
def test_every_key_is_described(part: type[Part | RehearsalPart]) -> None:
    keys = {info.alias or name for name, info in part.model_fields.items()}
    assert {key for key in keys if f"`{key}" not in WRITING} == set()


@pytest.mark.parametrize("words", [Intent, Flag, Finding, Context])
def test_every_tag_is_in_the_taxonomy(words: type[StrEnum]) -> None:
    assert {str(word) for word in words if f"`{word}`" not in TAXONOMY} == set()


def test_every_matter_is_described_in_the_order_in_which_it_is_said() -> None:
    places = [WRITING.index(f"`{matter}`", WRITING.index("**Paragraphs.**")) for matter in Matter]
    assert places == sorted(places)


def test_every_clause_has_a_text_and_a_row() -> None:
    assert rows(RULES) == rows(POLICIES)


@pytest.mark.slow
def test_every_clause_of_a_pack_has_a_row() -> None:
    for path in (ROOT / "deploy" / "policies").glob("*.yaml"):
        if not path.name.endswith(".rehearsal.yaml"):
            assert set(load_pack(path).clauses) <= rows(RULES)
