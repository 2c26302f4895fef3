"""From written values to a checked model, with a line and a remedy for every mistake."""

import difflib
import re
from collections.abc import Callable, Iterable, Sequence
from copy import deepcopy
from typing import Any, Final, TypeVar, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from shared.policy.problems import Problem
from shared.policy.written import Location, Written

Model = TypeVar("Model", bound=BaseModel)
RuleOf = Callable[[Location], str | None]

_PASSES: Final = 8
_MEANT: Final = "Did you mean"
_TYPES: Final = {
    "string_type": ("text", "Put it in quotes"),
    "int_type": ("a whole number", "Write a number without quotes"),
    "float_type": ("a number", "Write a number without quotes"),
    "float_parsing": ("a number", "Write a number without quotes"),
    "bool_type": ("true or false", "Write true or false"),
    "bool_parsing": ("true or false", "Write true or false"),
    "dict_type": ("a mapping", "Write `key: value` lines, indented"),
    "model_type": ("a mapping", "Write `key: value` lines, indented"),
    "tuple_type": ("a list", "Write [one, two] or one `- item` a line"),
    "list_type": ("a list", "Write [one, two] or one `- item` a line"),
}


def validate(
    model: type[Model], written: Written, rule_of: RuleOf = lambda _: None
) -> tuple[Model | None, list[Problem], frozenset[Location]]:
    """Return the model, the problems, and where values had to be left out to get the model.

    What is wrong is taken out, so that what is left can be checked further: one run tells of as
    many mistakes as can be told. None: too little is left.
    """
    values = deepcopy(written.values) if isinstance(written.values, dict) else written.values
    problems: list[Problem] = []
    left_out: set[Location] = set()
    for attempt in range(_PASSES):
        try:
            return model.model_validate(values), problems, frozenset(left_out)
        except ValidationError as error:
            details = error.errors(include_url=False)
        if attempt == 0:
            problems = _once(_problem(one, model, written, rule_of) for one in details)
        culprits = {_culprit(one, values) for one in details} - {()}
        if not culprits:
            break
        _remove(values, culprits)
        left_out |= culprits
    return None, problems, frozenset(left_out)


def _place(location: Sequence[str | int], values: Any) -> Location:
    """Return the part of pydantic's location that is in the document (unions add names to it)."""
    place: list[str | int] = []
    for part in location:
        in_list = isinstance(values, list) and isinstance(part, int) and part < len(values)
        if in_list or (isinstance(values, dict) and part in values):
            values = values[part]
            place.append(part)
    return tuple(place)


def _culprit(error: ErrorDetails, values: Any) -> Location:
    """Return what has to go: the value, or what holds it where something is missing."""
    missing = error["type"] == "missing"
    return _place(error["loc"][:-1] if missing else error["loc"], values)


def _remove(values: Any, culprits: set[Location]) -> None:
    """Take out each culprit that does not go with another one, the last of a list first."""
    apart = [
        place for place in culprits if not any(place[:length] in culprits for length in range(1, len(place)))
    ]
    for place in sorted(apart, key=_order, reverse=True):
        holder = values
        for part in place[:-1]:
            holder = holder[part]
        del holder[place[-1]]


def _order(place: Location) -> list[tuple[int, str]]:
    return [(part, "") if isinstance(part, int) else (-1, part) for part in place]


def _problem(error: ErrorDetails, model: type[BaseModel], written: Written, rule_of: RuleOf) -> Problem:
    location = error["loc"]
    what, remedy = _say(error, model)
    place = _place(location, written.values)
    if error["type"] == "missing":
        return written.problem(place, what, remedy, rule=rule_of(place))
    return written.problem(place, what, remedy, rule=rule_of(tuple(location)))


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """Tell one mistake once: each member of a union complains, and the best remedy is kept."""
    found: dict[tuple[int, str], Problem] = {}
    for one in problems:
        known = found.setdefault((one.line, one.what), one)
        if one.remedy.startswith(_MEANT) and not known.remedy.startswith(_MEANT):
            found[one.line, one.what] = one
    return list(found.values())


def _say(error: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    name = _name(error["loc"])
    match error["type"]:
        case "extra_forbidden":
            known = _known_keys(model, error["loc"][:-1])
            what = "effect" if _name(error["loc"][:-1]) == "then" else "key"
            return f"unknown {what} `{name}`", _suggest(name, known)
        case "missing":
            return f"`{name}` is missing", "Add it"
        case "enum" | "literal_error":
            expected = re.findall(r"'([^']*)'", str(error.get("ctx", {}).get("expected", "")))
            given = error["input"] if isinstance(error["input"], str) else name
            return f"unknown word `{given}` in `{_key(error['loc'])}`", _suggest(given, expected)
        case kind if kind in _TYPES:
            wanted, remedy = _TYPES[kind]
            return f"`{name}` should be {wanted}", remedy
        case "value_error":
            return f"`{name}`: {error['msg'].removeprefix('Value error, ')}", "Correct it"
        case _:
            return f"`{name}`: {error['msg'][:1].lower()}{error['msg'][1:]}", "Correct the value"


def _name(location: Sequence[str | int]) -> str:
    parts = [str(part) for part in location if part != "[key]"]
    return parts[-1] if parts else "document"


def _key(location: Sequence[str | int]) -> str:
    """Return the last key that a person wrote: not a place in a list, nor a type's name."""
    words = [part for part in location if isinstance(part, str) and re.fullmatch(r"[a-z_]+", part)]
    return words[-1] if words else _name(location)


def _suggest(given: str, known: Sequence[str]) -> str:
    close = difflib.get_close_matches(given, known, n=1)
    if close:
        return f"{_MEANT} `{close[0]}`?"
    return f"Known: {', '.join(known)}" if known else "Take it out"


def _known_keys(model: type[BaseModel], location: Sequence[str | int]) -> list[str]:
    """Return the keys of the model that `location` leads to."""
    current = model
    for part in location:
        if isinstance(part, str) and part in current.model_fields:
            inner = _inner(current.model_fields[part].annotation)
            if inner is not None:
                current = inner
    return [info.alias or name for name, info in current.model_fields.items()]


def _inner(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in get_args(annotation):
        inner = _inner(argument)
        if inner is not None:
            return inner
    return None
