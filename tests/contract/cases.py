"""Contract cases as data: a folder of recorded requests with what must be made of each."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services.ingest.providers.base import ParseResult, ProviderEvent
from services.ingest.providers.render import as_line

COUNTED = {
    "client_messages": "message",
    "staff_messages": "echo",
    "edits": "edit",
    "deletes": "delete",
    "reactions": "reaction",
    "statuses": "status",
    "calls": "call",
    "history": "history",
}


@dataclass(frozen=True)
class Case:
    """One request and what it must come to."""

    name: str
    provider: str
    body_file: Path
    request: dict[str, Any]
    expect: dict[str, Any]
    sha256: str | None

    @property
    def raw(self) -> bytes:
        return self.body_file.read_bytes()

    @property
    def headers(self) -> dict[str, str]:
        given: dict[str, str] = dict(self.request.get("headers") or {})
        return {"content-type": self.request.get("content_type", "application/json")} | given


@dataclass(frozen=True)
class Vector:
    """One example of a signature scheme."""

    name: str
    scheme: str
    values: dict[str, Any]


@dataclass(frozen=True)
class Sequence:
    """Deliveries in order, redeliveries among them, and what they come to together."""

    name: str
    provider: str
    bodies: tuple[bytes, ...] | None
    """None where the file names its deliveries in a way that is not known here."""
    expect: dict[str, Any]


@dataclass(frozen=True)
class Folder:
    """All of one folder's cases."""

    cases: list[Case] = field(default_factory=list)
    vectors: list[Vector] = field(default_factory=list)
    sequences: list[Sequence] = field(default_factory=list)

    @property
    def broken_cases(self) -> list[Case]:
        """Those that say which parts cannot be read."""
        return [case for case in self.cases if "unreadable" in case.expect]


def read_folder(folder: Path) -> Folder:
    """Read `expected.json`, and where they are there `signature_vectors.json` and `*/sequences.json`.

    Raises OSError or ValueError that names the file.
    """
    items = _json(folder / "expected.json")["items"]
    vectors = folder / "signature_vectors.json"
    return Folder(
        cases=[_case(folder, item) for item in items],
        vectors=_vectors(_json(vectors)) if vectors.exists() else [],
        sequences=[s for file in sorted(folder.glob("*/sequences.json")) for s in _sequences(folder, file)],
    )


def _json(file: Path) -> dict[str, Any]:
    try:
        document: dict[str, Any] = json.loads(file.read_bytes())
    except json.JSONDecodeError as error:
        raise ValueError(f"{file} is not JSON (line {error.lineno})") from None
    return document


def _case(folder: Path, item: dict[str, Any]) -> Case:
    return Case(
        name=f"{folder.name}/{item['file']}",
        provider=item["provider"],
        body_file=folder / item["file"],
        request=item.get("request", {}),
        expect=item["expect"],
        sha256=item.get("sha256"),
    )


def _vectors(document: dict[str, Any]) -> list[Vector]:
    return [
        Vector(f"{scheme}-{number}", scheme, values)
        for scheme, examples in document.items()
        if isinstance(examples, list)
        for number, values in enumerate(examples, start=1)
    ]


def _sequences(folder: Path, file: Path) -> list[Sequence]:
    """Read the sequences of one provider: each names its bodies, one as often as it comes."""
    document = json.loads(file.read_bytes())
    listed = document if isinstance(document, list) else _first(document, "sequences", "items", "cases")
    return [
        Sequence(
            name=f"{folder.name}/{file.parent.name}/{item.get('case') or item.get('name') or number}",
            provider=item.get("provider", file.parent.name),
            bodies=_bodies(folder, file, _first(item, "deliveries", "steps", "requests", "files")),
            expect=item.get("expect", {}),
        )
        for number, item in enumerate(listed or [], start=1)
    ]


def _first(owner: dict[str, Any], *names: str) -> Any:
    return next((owner[name] for name in names if name in owner), None)


def _bodies(folder: Path, file: Path, deliveries: object) -> tuple[bytes, ...] | None:
    if not isinstance(deliveries, list):
        return None
    bodies = [_body(folder, file, delivery) for delivery in deliveries]
    return tuple(body for body in bodies if body is not None) if None not in bodies else None


def _body(folder: Path, file: Path, delivery: object) -> bytes | None:
    """Return a delivery's bytes: of a file beside the list or in the folder, or written in place."""
    if isinstance(delivery, dict) and isinstance(delivery.get("body"), dict):
        return json.dumps(delivery["body"]).encode()
    named = _first(delivery, "file", "path") if isinstance(delivery, dict) else delivery
    if not isinstance(named, str):
        return None
    beside = file.parent / named
    return (beside if beside.exists() else folder / named).read_bytes()


def lines_of(result: ParseResult) -> list[dict[str, Any]]:
    return [as_line(event) for event in result.events]


def counts_of(events: list[dict[str, Any]]) -> dict[str, int]:
    """Return how many events there are of each sort that a case counts."""
    kinds = [event["kind"] for event in events]
    return {name: kinds.count(kind) for name, kind in COUNTED.items()}


def identity_of(event: ProviderEvent) -> tuple[str | None, ...]:
    """Return what makes an event the same one when it is delivered again."""
    return (event.account or event.business_account, event.kind.value, event.id, event.discriminator)


def differences(expected: object, actual: object, place: str = "") -> list[str]:
    """Say where `actual` lacks something that is expected; what a case leaves out is not looked at.

    A null and a key that is not there are the same.
    """
    if isinstance(expected, dict) and isinstance(actual, dict):
        return [
            found
            for key, value in expected.items()
            for found in differences(value, actual.get(key), f"{place}.{key}")
        ]
    if isinstance(expected, list) and isinstance(actual, list) and len(expected) == len(actual):
        return [
            found
            for number, (left, right) in enumerate(zip(expected, actual, strict=True))
            for found in differences(left, right, f"{place}[{number}]")
        ]
    return [] if expected == actual else [f"{place}: expected {expected!r}, got {actual!r}"]
