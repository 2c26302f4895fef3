"""From the text of a pack to a compiled pack, or to everything that is wrong with it."""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from shared.ids import PackHash
from shared.policy.assemble import assemble, compile_rules
from shared.policy.checks import (
    check_dead,
    check_infractions,
    check_references,
    check_rule,
    check_sanctions,
)
from shared.policy.checks_texts import check_texts, unused_paragraphs
from shared.policy.hours import compile_calendars, compile_zone
from shared.policy.pack import CompiledPack
from shared.policy.problems import PolicyErrors, Problem
from shared.policy.schema import PackPart
from shared.policy.validate import validate
from shared.policy.written import Location, Written, read_documents
from shared.words import Mode


def load_pack(path: Path) -> CompiledPack:
    """Read and compile one file. `PolicyErrors` tells of everything that is wrong."""
    try:
        source = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        problem = Problem(str(path), 1, None, f"cannot be read: {reason}", "Check the path")
        raise PolicyErrors([problem]) from None
    return compile_pack(source, str(path))


def compile_pack(source: str, file: str, overrides: Mapping[str, Any] | None = None) -> CompiledPack:
    """Compile the text of a pack; `file` names it in problems.

    `overrides` are laid over what is written, key by key: a variant for a rehearsal, with a hash
    of its own. Raises `PolicyErrors` with every problem that can be told.
    """
    documents = read_documents(source, file)
    if len(documents) != 1:
        what = f"a pack is one YAML document; this file holds {len(documents)}"
        raise PolicyErrors([Problem(file, 1, None, what, "Write one pack a file")])
    overrides = overrides or {}
    written = Written(file, _laid_over(documents[0].values, overrides), documents[0].lines)
    part, problems, left_out = validate(PackPart, written, _rule_of)
    if part is None:
        raise PolicyErrors(problems)
    zone, more = compile_zone(part.left_open.zone, written)
    problems += more
    calendars, more = compile_calendars(part.left_open, zone, written)
    problems += [*more, *_check(part, written, left_out)]
    if problems or calendars is None:
        raise PolicyErrors(problems)
    return assemble(
        part,
        hash_=_hash(part),
        zone=zone,
        calendars=calendars,
        source=source,
        file=file,
        overrides=overrides,
        warnings=tuple(unused_paragraphs(part, written)),
    )


def from_document(document: Mapping[str, Any]) -> CompiledPack:
    """Rebuild a stored pack. A hash that no longer matches is a `PolicyErrors`."""
    file = str(document["file"])
    pack = compile_pack(str(document["source"]), file, json.loads(document.get("overrides", "{}")))
    if pack.hash != document["_id"]:
        what = "the stored text does not give the hash it is stored under"
        raise PolicyErrors([Problem(file, 1, None, what, "Activate the pack again from its file")])
    return pack


def variant(pack: CompiledPack, overrides: Mapping[str, Any]) -> CompiledPack:
    """Return the pack with other values laid over it; with none, the pack itself."""
    if not overrides:
        return pack
    return compile_pack(pack.source, pack.file, _laid_over(pack.overrides, overrides))


def enforced(pack: CompiledPack, modes: Mapping[str, Mode]) -> CompiledPack:
    """Return the pack with every rule enforced but those that `modes` names."""
    wanted = {rule.name: modes.get(rule.name, Mode.ENFORCE) for rule in pack.rules}
    changed = {
        rule.name: {"mode": str(wanted[rule.name])}
        for rule in pack.rules
        if rule.mode is not wanted[rule.name]
    }
    return variant(pack, {"rules": changed} if changed else {})


def _laid_over(values: Any, overrides: Mapping[str, Any]) -> Any:
    if not isinstance(values, Mapping):
        return values
    result = dict(deepcopy(values))
    for key, value in overrides.items():
        below = result.get(key)
        both = isinstance(value, Mapping) and isinstance(below, Mapping)
        result[key] = _laid_over(below, value) if both else deepcopy(value)
    return result


def _rule_of(location: Location) -> str | None:
    return str(location[1]) if len(location) > 1 and location[0] == "rules" else None


def _hash(part: PackPart) -> PackHash:
    """Hash what the pack says: neither comments, nor layout, nor the order of keys but the rules'.

    Only what is written counts, so that a later version of the schema finds the same hash.
    """
    content = part.model_dump(mode="json", exclude_unset=True)
    content["rules"] = list(content["rules"].items())
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return PackHash(hashlib.sha256(canonical.encode()).hexdigest())


def _check(part: PackPart, written: Written, left_out: Iterable[Location]) -> Iterator[Problem]:
    """Check what is sound so far; a rule that lost a part of itself is not judged as a whole."""
    known = _known(part, written.values)
    yield from check_infractions(part, written)
    left_out = list(left_out)
    if not any(place[0] in {"left_open", "notices"} for place in left_out):
        yield from check_sanctions(part, written)
    yield from check_references(part, written, known)
    yield from check_texts(part, written, known["paragraphs"])
    tainted = {str(place[1]) for place in left_out if len(place) > 1 and place[0] == "rules"}
    sound = tuple(rule for rule in compile_rules(part) if rule.name not in tainted)
    for rule in sound:
        cost = part.left_open.infractions.get(part.rules[rule.name].then.infraction or "")
        yield from check_rule(rule, cost, written)
    yield from check_dead(sound, written)


def _known(part: PackPart, values: Mapping[str, Any]) -> dict[str, set[str]]:
    """Return the names that exist, those of faulty entries included: one mistake, one problem."""

    def names(section: Any) -> set[str]:
        return {str(name) for name in section} if isinstance(section, Mapping) else set()

    left_open = values.get("left_open")
    infractions = left_open.get("infractions") if isinstance(left_open, Mapping) else None
    return {
        "clauses": names(values.get("clauses")) | set(part.clauses),
        "paragraphs": names(values.get("paragraphs")) | set(part.paragraphs),
        "rules": names(values.get("rules")) | set(part.rules),
        "infractions": names(infractions) | set(part.left_open.infractions),
    }
