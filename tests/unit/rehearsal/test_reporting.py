"""What is told of rehearsals: to a person, to a program, to a CI system."""

from xml.etree import ElementTree as ET

from shared.rehearsal import Difference, Played
from shared.rehearsal.report import as_json, diff, junit, summary

RIGHT = Played("r.yaml", 2, "acme", "all is well", ("K1",), ("“x”",), compared=3, seconds=0.25)
WRONG = Played(
    "r.yaml",
    12,
    "acme",
    "all is <not> well\x07",
    ("K1",),
    ("“x”", "“mal”"),
    compared=4,
    differences=(
        Difference("r.yaml", 14, 2, "standing", "0", "1"),
        Difference("r.yaml", 15, 2, "reply", "none", "“Sea amable & así.”"),
        Difference("r.yaml", 20, None, "facts", "nothing", "infraction_recorded"),
    ),
    seconds=0.5,
)


def test_a_diff_shows_each_step_once_with_both_sides_of_each_key() -> None:
    assert diff(WRONG).splitlines() == [
        "r.yaml:14: all is <not> well\x07: step 2, “mal”",
        "    standing",
        "      - expected  0",
        "      + actual    1",
        "    reply",
        "      - expected  none",
        "      + actual    “Sea amable & así.”",
        "r.yaml:20: all is <not> well\x07: over the whole conversation",
        "    facts",
        "      - expected  nothing",
        "      + actual    infraction_recorded",
    ]
    assert diff(RIGHT) == ""


def test_the_summary_counts() -> None:
    assert summary([RIGHT]) == "1 rehearsal, 3 expectations: all as expected (0.25 s)"
    assert summary([RIGHT, WRONG]) == "2 rehearsals, 7 expectations: 1 differ (0.75 s)"


def test_junit_has_a_suite_a_file_and_a_case_a_rehearsal() -> None:
    root = ET.fromstring(junit([RIGHT, WRONG]))  # noqa: S314 - our own text
    (suite,) = root
    assert (suite.get("name"), suite.get("tests"), suite.get("failures")) == ("r.yaml", "2", "1")
    right, wrong = suite
    assert (right.get("name"), right.get("classname"), len(right)) == ("all is well", "acme", 0)
    assert wrong.get("name") == "all is <not> well"
    failure = wrong[0]
    assert failure.get("message") == "3 differences"
    assert "Sea amable & así" in (failure.text or "")


def test_json_tells_the_same() -> None:
    right, wrong = as_json([RIGHT, WRONG])
    assert right["passed"] is True
    assert [one["key"] for one in wrong["differences"]] == ["standing", "reply", "facts"]
