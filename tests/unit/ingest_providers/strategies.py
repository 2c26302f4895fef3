"""Values for the parser to meet: any JSON, and JSON in the words of a WhatsApp webhook."""

import json
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

CASES = Path(__file__).parents[2] / "contract"
BODIES = [
    json.loads(file.read_bytes())
    for folder in ("webhooks", "webhooks_more")
    for file in sorted((CASES / folder / "whatsapp").glob("[0-9]*.json"))
    if file.stem[3:] != "byte_order_mark"
]

SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(max_size=20),
    st.sampled_from(
        ["text", "edit", "system", "5511900000001", "BR.1", "wamid.X==", "1778000000", "group", "call"]
    ),
)
JSON = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=10), inner, max_size=4),
    max_leaves=12,
)


def _keys(value: Any) -> set[str]:
    match value:
        case dict():
            return {*value, *(key for inner in value.values() for key in _keys(inner))}
        case list():
            return {key for inner in value for key in _keys(inner)}
        case _:
            return set()


VOCABULARY = sorted({key for body in BODIES for key in _keys(body)})
LIKE_A_WEBHOOK = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(VOCABULARY), inner, max_size=6)
    ),
    max_leaves=25,
)


def _places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner: list[tuple[str | int, Any]] = []
    if isinstance(value, dict):
        inner = list(value.items())
    elif isinstance(value, list):
        inner = list(enumerate(value))
    return [path, *(place for key, found in inner for place in _places(found, (*path, key)))]


def _changed(value: Any, path: tuple[str | int, ...], new: object) -> Any:
    """Return a copy with the value at `path` replaced."""
    if not path:
        return new
    copied = value.copy()
    copied[path[0]] = _changed(value[path[0]], path[1:], new)
    return copied


@st.composite
def mutated(draw: st.DrawFn, value: Any) -> Any:
    """Return the value with one to three of its parts replaced by any JSON."""
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.sampled_from(_places(value)))
        value = _changed(value, place, draw(JSON | LIKE_A_WEBHOOK))
    return value
