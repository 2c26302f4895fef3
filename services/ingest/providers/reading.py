"""Reading JSON that nobody promised: each function takes any value and never raises."""

import hashlib
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

import orjson

from services.ingest.providers.base import Misfit, Reading, UnreadableItem
from shared.errors import Unreadable

Json = Mapping[str, Any]

_NOTHING: Final[Json] = {}
_PUNCTUATION: Final = re.compile(r"[\s().\-\u200e\u200f\u202a-\u202e]")
_PHONE: Final = re.compile(r"\+?([0-9]{5,20})", re.ASCII)
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_SECONDS: Final = re.compile(r"[0-9]{1,12}(\.[0-9]{1,9})?", re.ASCII)
_INTEGER: Final = re.compile(r"-?[0-9]{1,18}", re.ASCII)


def load_object(raw: bytes) -> Json:
    """Return the JSON object that a body holds; raises `Unreadable` that says why it holds none.

    A truncated emoji (a lone surrogate escape), NaN or a byte order mark fail the strict reader;
    they must not cost a batch of a thousand messages, so the standard library has a second try.
    """
    try:
        value = orjson.loads(raw)
    except orjson.JSONDecodeError:
        value = _load_leniently(raw)
    if not isinstance(value, dict):
        raise Unreadable("The body is JSON, but not an object.")
    return value


def _load_leniently(raw: bytes) -> object:
    if not raw.strip():
        raise Unreadable("The body is empty.")
    try:
        return json.loads(raw, parse_constant=lambda _: None)
    except UnicodeDecodeError:
        raise Unreadable("The body is not UTF-8.") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"The body is not JSON (it breaks at character {error.pos}).") from None
    except RecursionError:
        raise Unreadable("The body is JSON nested too deeply.") from None
    except ValueError:
        raise Unreadable("The body has a number that is too long.") from None


def each(
    owner: Json, name: str, path: str, read: Callable[[Json, str], Iterable[Reading]]
) -> Iterator[Reading]:
    """Read every object of the list `name`; a broken one is told by its place, its neighbours stay.

    Absent, null and empty lists hold nothing.
    """
    values = owner.get(name)
    if not values:
        return
    where = f"{path}.{name}".removeprefix(".")
    if not isinstance(values, list):
        yield UnreadableItem(where, Misfit.NOT_A_LIST)
        return
    for index, value in enumerate(values):
        place = f"{where}[{index}]"
        if isinstance(value, dict):
            yield from read(value, place)
        else:
            yield UnreadableItem(place, Misfit.NOT_AN_OBJECT)


def mapping(value: object) -> Json:
    """Return an object, or an empty one."""
    return value if isinstance(value, dict) else _NOTHING


def mappings(value: object) -> list[Json]:
    """Return the objects of a list, without whatever else is in it."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def words(value: object) -> str | None:
    """Return a text as it was written, or None where there is none; lone surrogates are replaced."""
    if not isinstance(value, str) or not value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def identifier(value: object) -> str | None:
    """Return an id, written as a string or as an integer; never one with control characters."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**40 else None
    found = words(value)
    if found is None:
        return None
    found = found.strip()
    return None if not found or len(found) > 1024 or _CONTROL.search(found) else found


def term(value: object) -> str | None:
    """Return a provider's word (a type, a status), short enough to be one."""
    found = identifier(value)
    return found if found is not None and len(found) <= 80 else None


def phone(value: object) -> str | None:
    """Return digits with a plus sign, or None: absent and empty both mean that it is withheld."""
    found = identifier(value)
    if found is None:
        return None
    match = _PHONE.fullmatch(_PUNCTUATION.sub("", found))
    return f"+{match[1]}" if match else None


def integer(value: object) -> int | None:
    """Return a whole number, written as a number or as a string."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return value if abs(value) < 10**18 else None
    if isinstance(value, float):
        return int(value) if value.is_integer() and abs(value) < 10**15 else None
    if isinstance(value, str) and _INTEGER.fullmatch(value.strip()):
        return int(value)
    return None


def instant(value: object) -> datetime | None:
    """Return Unix seconds (a number or a string) as a time in UTC, or None."""
    written = str(value) if isinstance(value, int | float) else value
    if isinstance(value, bool) or not isinstance(written, str):
        return None
    if not _SECONDS.fullmatch(written.strip()):
        return None
    try:
        return datetime.fromtimestamp(float(written), UTC)
    except (ValueError, OverflowError, OSError):
        return None


def fingerprint(*parts: object) -> str:
    """Return the same digest for the same JSON values, whatever the order of their keys."""
    canonical = json.dumps(parts, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:32]


def header(headers: Mapping[str, str], wanted: str) -> str | None:
    """Return a header whatever the case of its name."""
    lowered = wanted.lower()
    return next((value for key, value in headers.items() if key.lower() == lowered), None)
