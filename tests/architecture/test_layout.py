"""The layout keeps its rules, and each rule finds what it is there to find."""

import re
import statistics
import subprocess

import pytest

from shared import words
from tests.architecture.rules import (
    ROOT,
    RULES,
    Rule,
    Source,
    a_domain_imports_only_what_is_pure,
    files_fit_a_reader,
    function_lengths,
    functions_fit_a_screen,
    no_chance_in_a_domain,
    one_clock,
    only_mongo_imports_the_driver,
    only_settings_read_the_environment,
    published_at_the_edges,
    python_sources,
    services_are_strangers,
    shared_knows_no_service,
)

SOURCES = python_sources()

PLANTED: list[tuple[Rule, str, str]] = [
    (services_are_strangers, "services/ingest/usecase.py", "from services.sanctions.ports import Ledger"),
    (services_are_strangers, "services/ingest/deep/x.py", "import services.responder.app"),
    (shared_knows_no_service, "shared/service.py", "import services.cli"),
    (only_mongo_imports_the_driver, "services/ingest/usecase.py", "from pymongo import IndexModel"),
    (only_mongo_imports_the_driver, "shared/kafka/worker.py", "import motor.motor_asyncio"),
    (one_clock, "services/sanctions/usecase.py", "from datetime import datetime\nx = datetime.now()"),
    (one_clock, "services/responder/domain/plan.py", "import time\nx = time.time()"),
    (one_clock, "services/ingest/usecase.py", "import datetime as d\nx = d.datetime.now()"),
    (one_clock, "shared/kafka/worker.py", "from time import perf_counter"),
    (only_settings_read_the_environment, "services/ingest/app.py", "import os\nx = os.environ['X']"),
    (only_settings_read_the_environment, "shared/kafka/worker.py", "from os import getenv"),
    (no_chance_in_a_domain, "services/sanctions/domain/x.py", "from random import choice"),
    (a_domain_imports_only_what_is_pure, "services/ingest/domain.py", "import httpx"),
    (
        a_domain_imports_only_what_is_pure,
        "services/sanctions/domain/x.py",
        "from services.sanctions.mongo import MongoLedger",
    ),
    (published_at_the_edges, "services/sanctions/usecase.py", "async def f(p):\n    await p.publish([])"),
    (files_fit_a_reader, "shared/x.py", "x = 1\n" * 301),
    (functions_fit_a_screen, "shared/x.py", "def f():\n" + "    x = 1\n" * 51),
]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_layout_keeps_its_rules(rule: Rule) -> None:
    found = {source.path: list(rule(source)) for source in SOURCES}
    assert {path: what for path, what in found.items() if what} == {}


@pytest.mark.parametrize(("rule", "path", "text"), PLANTED)
def test_a_planted_violation_is_found(rule: Rule, path: str, text: str) -> None:
    assert list(rule(Source(path, text)))


def test_every_rule_has_been_seen_to_fail() -> None:
    assert {rule for rule, _, _ in PLANTED} == set(RULES)


def test_functions_are_short() -> None:
    lengths = [length for source in SOURCES for _, length in function_lengths(source)]
    assert statistics.quantiles(lengths, n=10)[-1] <= 25


@pytest.mark.parametrize(
    ("listed", "enum"),
    [
        ("effects (decision)", words.Effect),
        ("facts (outcome)", words.Fact),
        ("refusals", words.Refusal),
        ("commands", words.CommandName),
        ("reply states", words.ReplyState),
    ],
)
def test_the_closed_lists_are_those_of_the_page(listed: str, enum: type[words.Effect]) -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    row = next(line for line in page.splitlines() if line.startswith(f"| {listed} |"))
    assert re.findall(r"`([a-z_]+)`", row) == [word.value for word in enum]


def test_nothing_tracked_names_a_machine_or_an_index() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout.split("\0")
    patterns = [r"/(?:home|root|Users)/\w", r"pypi\.org/simple", r"--(?:extra-)?index-url[ =]http"]
    if len(ROOT.parts) > 2:  # a folder right below the root, as in an image, is nobody's own
        patterns.append(re.escape(str(ROOT)))
    forbidden = re.compile("|".join(patterns))
    found = [
        name
        for name in tracked
        if name
        and not name.startswith("tests/architecture/")
        and (path := ROOT / name).is_file()
        and forbidden.search(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert found == []
