"""Comparing what was expected with what happened, key by key."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

from shared.rehearsal.expectation import Expectation, ReplyExpectation
from shared.rehearsal.observed import Observation, Reply
from shared.words import MATTERS


class Mismatch(NamedTuple):
    """One key that does not hold."""

    key: str
    expected: str
    actual: str


Check = Callable[[Any, Observation], Mismatch | None]


def mismatches(expected: Expectation, seen: Observation) -> list[Mismatch]:
    """Return every key of `expected` that does not hold; what it leaves out is not looked at."""
    found: list[Mismatch] = []
    for key in written_keys(expected):
        value = getattr(expected, key)
        if key == "reply":
            found += _reply(value, seen)
        else:
            one = _CHECKS[key](value, seen)
            found += [one] if one else []
    return found


def written_keys(expected: Expectation) -> list[str]:
    """Return the keys that somebody wrote, in the order of the format."""
    return [key for key in Expectation.model_fields if key in expected.model_fields_set]


def folded(text: str) -> str:
    """Return a text as it is searched: without case, accents or line breaks."""
    return " ".join(unaccented(text).casefold().split())


def unaccented(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(mark for mark in decomposed if not unicodedata.combining(mark))


def _names(words: Iterable[object]) -> str:
    return ", ".join(sorted(str(word) for word in words)) or "nothing"


def _exactly(key: str, actual: Callable[[Observation], Iterable[object]]) -> Check:
    def check(expected: Any, seen: Observation) -> Mismatch | None:
        found = set(actual(seen))
        if set(expected) == found:
            return None
        return Mismatch(key, _names(expected), _names(found))

    return check


def _includes(key: str, actual: Callable[[Observation], Iterable[object]]) -> Check:
    def check(expected: Any, seen: Observation) -> Mismatch | None:
        found = set(actual(seen))
        if set(expected) <= found:
            return None
        return Mismatch(key, _names(expected), _names(found))

    return check


def _excludes(key: str, actual: Callable[[Observation], Iterable[object]]) -> Check:
    def check(expected: Any, seen: Observation) -> Mismatch | None:
        found = set(actual(seen)) & set(expected)
        return Mismatch(key, f"without {_names(expected)}", _names(found)) if found else None

    return check


def _equals(key: str, actual: Callable[[Observation], object]) -> Check:
    def check(expected: Any, seen: Observation) -> Mismatch | None:
        found = actual(seen)
        return None if expected == found else Mismatch(key, str(expected), str(found))

    return check


def _any_rule(seen: Observation) -> set[str]:
    return seen.clauses | seen.rule_names


def _rules(expected: list[str], seen: Observation) -> Mismatch | None:
    """Clauses must be the very ones; a rule named with its point must be among those that fired."""
    clauses = {name.partition(".")[0] for name in expected}
    rules = {name for name in expected if "." in name}
    if clauses == seen.clauses and rules <= seen.rule_names:
        return None
    return Mismatch("rules", _names(expected), _names(seen.rule_names if rules else seen.clauses))


def _language(expected: object, seen: Observation) -> Mismatch | None:
    if seen.languages == {expected}:
        return None
    return Mismatch("language", str(expected), _names(seen.languages))


def _refused(expected: Mapping[Any, list[Any]], seen: Observation) -> Mismatch | None:
    wanted = {effect: set(reasons) for effect, reasons in expected.items()}
    if wanted == seen.refused:
        return None
    return Mismatch("refused", _pairs(wanted), _pairs(seen.refused))


def _pairs(refused: Mapping[Any, Iterable[Any]]) -> str:
    return _names(f"{effect}: {_names(reasons)}" for effect, reasons in refused.items())


def _standing_changes(expected: object, seen: Observation) -> Mismatch | None:
    changed = seen.points_added > 0
    if changed is expected:
        return None
    return Mismatch("standing_changes", str(expected).lower(), f"{seen.points_added} points added")


def _masked(expected: list[str], seen: Observation) -> Mismatch | None:
    stored = [folded(text) for text in seen.haystack]
    found = [text for text in expected if any(folded(text) in one for one in stored)]
    if not found:
        return None
    # What was found is what must not be shown again: its place in the list is enough.
    places = ", ".join(f"number {expected.index(text) + 1}" for text in found)
    return Mismatch("masked_must_not_contain", "none of them stored", f"found {places}")


_CHECKS: Final[Mapping[str, Check]] = {
    "intent": _equals("intent", lambda seen: seen.intent),
    "language": _language,
    "flags": _exactly("flags", lambda seen: seen.flags),
    "flags_include": _includes("flags_include", lambda seen: seen.flags),
    "flags_exclude": _excludes("flags_exclude", lambda seen: seen.flags),
    "rules": _rules,
    "rules_include": _includes("rules_include", _any_rule),
    "rules_exclude": _excludes("rules_exclude", _any_rule),
    "context": _exactly("context", lambda seen: seen.context),
    "effects": _exactly("effects", lambda seen: seen.effects),
    "facts": _exactly("facts", lambda seen: seen.facts),
    "facts_include": _includes("facts_include", lambda seen: seen.facts),
    "facts_exclude": _excludes("facts_exclude", lambda seen: seen.facts),
    "refused": _refused,
    "standing": _equals("standing", lambda seen: seen.standing),
    "standing_changes": _standing_changes,
    "whatsapp": _equals("whatsapp", lambda seen: seen.whatsapp),
    "masked_must_not_contain": _masked,
}


def _reply(expected: str | ReplyExpectation | None, seen: Observation) -> Iterator[Mismatch]:
    said = seen.said
    if not isinstance(expected, ReplyExpectation):
        if expected == "none" and said:
            yield Mismatch("reply", "none", _quoted(said))
        return
    if not said:
        why = f"none ({_pairs(seen.refused)} refused)" if seen.refused else "none"
        yield Mismatch("reply", "a reply", why)
        return
    languages = {reply.language for reply in said}
    if expected.language is not None and languages != {expected.language}:
        yield Mismatch("reply.language", expected.language, _names(languages))
    yield from _mentions(expected, said)
    if expected.paragraphs:
        yield from _paragraphs(expected.paragraphs, seen)


def _mentions(expected: ReplyExpectation, said: list[Reply]) -> Iterator[Mismatch]:
    text = " ".join(reply.text for reply in said)
    there = {words for words in _all_words(expected) if folded(words) in folded(text)}
    missing = [words for words in expected.mentions if words not in there]
    if missing:
        yield Mismatch("reply.mentions", _names(missing), _quoted(said))
    if expected.mentions_any and not there.intersection(expected.mentions_any):
        wanted = " or ".join(expected.mentions_any)
        yield Mismatch("reply.mentions_any", wanted, _quoted(said))
    forbidden = [words for words in expected.mentions_none if words in there]
    if forbidden:
        yield Mismatch("reply.mentions_none", f"without {_names(forbidden)}", _quoted(said))
    pattern = expected.mentions_pattern
    plain = " ".join(unaccented(text).split())
    if pattern and not re.search(unaccented(pattern), plain, re.IGNORECASE):
        yield Mismatch("reply.mentions_pattern", pattern, _quoted(said))


def _all_words(expected: ReplyExpectation) -> list[str]:
    return [*expected.mentions, *expected.mentions_any, *expected.mentions_none]


def _paragraphs(expected: list[str], seen: Observation) -> Iterator[Mismatch]:
    """Compare matters where only matters are named (several of one are one), else names."""
    if all(name in MATTERS for name in expected):
        said = {str(matter): matter for reply in seen.said for matter in reply.matters}
    else:
        said = seen.paragraphs
    actual = sorted(said, key=lambda name: MATTERS.index(said[name]))
    if actual != expected:
        yield Mismatch("reply.paragraphs", ", ".join(expected), ", ".join(actual) or "nothing")


def _quoted(said: list[Reply]) -> str:
    return " / ".join(f"“{' '.join(reply.text.split())}”" for reply in said)
