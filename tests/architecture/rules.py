"""The rules of the layout, as functions over source text: each names the accident that it prevents."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

ROOT = Path(__file__).parents[2]
SERVICES = ("ingest", "classifier", "sanctions", "responder")
DRIVERS = ("motor", "pymongo", "bson")
CLOCKS = {
    "datetime": {"now", "utcnow", "today"},
    "date": {"today"},
    "time": {"time", "time_ns", "monotonic", "monotonic_ns", "perf_counter", "perf_counter_ns"},
}
PURE = (
    "services.",
    "shared.ids",
    "shared.tags",
    "shared.words",
    "shared.events",
    "shared.policy",
    "shared.privacy",
    "shared.phones",
    "shared.tenants",
    "shared.errors",
    "pydantic",
)
PUBLISHERS = {
    "shared/kafka/worker.py",
    "shared/kafka/pipe.py",
    "shared/kafka/quarantine_reading.py",
    "services/ingest/usecase.py",
    "services/sanctions/requests.py",
    "services/responder/deliver.py",
    "services/line/in_process.py",
}


@dataclass(frozen=True)
class Source:
    """One module: where it stands (from the root, with slashes) and what it says."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        return tuple(ast.walk(self.tree))

    @property
    def service(self) -> str | None:
        parts = PurePosixPath(self.path).parts
        return parts[1] if len(parts) > 2 and parts[0] == "services" and parts[1] in SERVICES else None

    @property
    def is_domain(self) -> bool:
        parts = PurePosixPath(self.path).parts
        return self.service is not None and parts[2] in {"domain", "domain.py"}

    @cached_property
    def imported(self) -> set[str]:
        found: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module:
                found |= {node.module}
        return found


Rule = Callable[[Source], Iterator[str]]


def python_sources() -> list[Source]:
    """Every module of the product; tests have rules of their own."""
    return [
        Source(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
        for folder in ("services", "shared", "deploy")
        for path in sorted((ROOT / folder).rglob("*.py"))
    ]


def services_are_strangers(source: Source) -> Iterator[str]:
    """A service that imports another cannot be deployed without it."""
    if source.service is None:
        return
    for name in source.imported:
        parts = name.split(".")
        if parts[0] == "services" and len(parts) > 1 and parts[1] != source.service:
            yield f"imports {name}"


def shared_knows_no_service(source: Source) -> Iterator[str]:
    """What is shared would otherwise drag every service into each."""
    if source.path.startswith("shared/"):
        yield from (f"imports {name}" for name in source.imported if name.split(".")[0] == "services")


def only_mongo_imports_the_driver(source: Source) -> Iterator[str]:
    """The driver is to be exchanged in a few files, not in all."""
    allowed = source.path.startswith(("shared/mongo/", "shared/localstack/", "deploy/local/"))
    if allowed or PurePosixPath(source.path).name == "mongo.py":
        return
    yield from (f"imports {name}" for name in source.imported if name.split(".")[0] in DRIVERS)


def one_clock(source: Source) -> Iterator[str]:
    """A clock in a domain makes a replay decide otherwise than the first time."""
    local = source.path.startswith(("shared/localstack/", "deploy/local/")) or "_cli" in source.path
    if source.path == "shared/clock.py" or local or "/training/" in source.path:
        return
    for node in source.nodes:
        match node:
            case ast.Attribute(value=ast.Name(id=owner) | ast.Attribute(attr=owner), attr=asked) if (
                asked in CLOCKS.get(owner, ())
            ):
                yield f"line {node.lineno} asks {owner}.{asked}"
            case ast.ImportFrom(module="time", names=names):
                yield from (f"imports {one.name}" for one in names if one.name in CLOCKS["time"])


def only_settings_read_the_environment(source: Source) -> Iterator[str]:
    """What is read elsewhere is missing from no service's README and fails in the middle of the work."""
    places = ("shared/localstack/", "deploy/local/", "services/line/live/")
    if source.path == "shared/settings.py" or source.path.startswith(places) or "_cli" in source.path:
        return
    for node in source.nodes:
        match node:
            case ast.Attribute(value=ast.Name(id="os"), attr="environ" | "getenv"):
                yield f"line {node.lineno} reads the environment"
            case ast.ImportFrom(module="os", names=names):
                yield from (f"imports {one.name}" for one in names if one.name in {"environ", "getenv"})


def no_chance_in_a_domain(source: Source) -> Iterator[str]:
    """Chance makes a redelivery decide otherwise than the first time."""
    if source.is_domain:
        chance = {"random", "secrets", "uuid"}
        yield from (f"imports {name}" for name in source.imported if name.split(".")[0] in chance)


def a_domain_imports_only_what_is_pure(source: Source) -> Iterator[str]:
    """A framework, a driver or an adapter in a domain ends its tests without one."""
    if not source.is_domain:
        return
    standard = __import__("sys").stdlib_module_names
    for name in source.imported:
        own = name.startswith(f"services.{source.service}.")
        adapter = own and name.rsplit(".", 1)[-1] in {"mongo", "memory", "http", "app", "handlers"}
        pure = name.split(".")[0] in standard or name.startswith(PURE[1:]) or own
        if adapter or not pure:
            yield f"imports {name}"


def published_at_the_edges(source: Source) -> Iterator[str]:
    """A record that leaves before it is stored is a decision that a crash can lose."""
    if source.path in PUBLISHERS or source.path.startswith("deploy/local/"):
        return
    if "producer" in source.path:
        return
    for node in source.nodes:
        match node:
            case ast.Call(func=ast.Attribute(attr="publish" | "send_batch" | "send_and_wait")):
                yield f"line {node.lineno} publishes"


def files_fit_a_reader(source: Source) -> Iterator[str]:
    """Past 300 lines a file has two subjects."""
    length = source.text.count("\n")
    if length > 300:
        yield f"has {length} lines"


def functions_fit_a_screen(source: Source) -> Iterator[str]:
    """Past 50 lines a function has two subjects."""
    for name, length in function_lengths(source):
        if length > 50:
            yield f"{name} has {length} lines"


def function_lengths(source: Source) -> Iterator[tuple[str, int]]:
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.end_lineno:
            yield node.name, node.end_lineno - node.lineno + 1


RULES: tuple[Rule, ...] = (
    services_are_strangers,
    shared_knows_no_service,
    only_mongo_imports_the_driver,
    one_clock,
    only_settings_read_the_environment,
    no_chance_in_a_domain,
    a_domain_imports_only_what_is_pure,
    published_at_the_edges,
    files_fit_a_reader,
    functions_fit_a_screen,
)
