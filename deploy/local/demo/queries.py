"""Five questions to MongoDB: each once as data, run as it is shown."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from deploy.local.environment import TENANT

Stage = Mapping[str, Any]
_PLAIN_KEY: Final = re.compile(r"[$A-Za-z_][$A-Za-z0-9_]*")
_LINE_CHARACTERS: Final = 78
_OF_TENANT: Final = {"tenant": TENANT}


@dataclass(frozen=True, slots=True)
class Query:
    """One aggregation, and how its result is laid out."""

    title: str
    collection: str
    pipeline: Sequence[Stage]
    columns: Sequence[str]
    """The fields of its documents, in the order in which they are shown."""

    def mongosh(self) -> str:
        """Return the text that gives the same in mongosh."""
        stages = ",\n".join(f"  {_script(stage, 2)}" for stage in self.pipeline)
        return f"db.{self.collection}.aggregate([\n{stages}\n])"


def _script(value: Any, indent: int, taken: int = 0) -> str:
    """Return a value as mongosh reads it: on one line where that fits beside the `taken` characters."""
    short = _on_one_line(value)
    if len(short) + indent + taken <= _LINE_CHARACTERS or not isinstance(value, Mapping | list) or not value:
        return short
    inner, pad = indent + 2, " " * (indent + 2)
    if isinstance(value, list):
        lines = [f"{pad}{_script(item, inner)}" for item in value]
        return "[\n" + ",\n".join(lines) + "\n" + " " * indent + "]"
    heads = [(f"{_key(key)}: ", item) for key, item in value.items()]
    if len(heads) == 1:
        head, only = heads[0]
        return f"{{{head}{_script(only, indent, taken + len(head) + 2)}}}"
    lines = [f"{pad}{head}{_script(item, inner, len(head))}" for head, item in heads]
    return "{\n" + ",\n".join(lines) + "\n" + " " * indent + "}"


def _on_one_line(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(key)}: {_on_one_line(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_on_one_line(item) for item in value) + "]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if _PLAIN_KEY.fullmatch(name) else json.dumps(name)


def _when(condition: Mapping[str, Any]) -> Stage:
    return {"$sum": {"$cond": [condition, 1, 0]}}


_OF_LANGUAGE: Final = {name: _when({"$eq": ["$tags.language", name]}) for name in ("es", "pt-BR", "en")}
_WITH_FLAG: Final = {name: _when({"$in": [name, "$tags.flags"]}) for name in ("aggressive", "impatient")}

QUERIES: Final = (
    Query(
        title="Which clauses are broken, how often, by how many clients?",
        collection="outcomes",
        pipeline=[
            {"$match": {**_OF_TENANT, "facts.fact": "infraction_recorded"}},
            {"$unwind": "$facts"},
            {"$match": {"facts.fact": "infraction_recorded"}},
            {
                "$group": {
                    "_id": "$facts.clause",
                    "infractions": {"$sum": 1},
                    "points": {"$sum": "$facts.points"},
                    "who": {"$addToSet": "$client"},
                }
            },
            {
                "$project": {
                    "_id": 0,
                    "clause": "$_id",
                    "infractions": 1,
                    "points": 1,
                    "clients": {"$size": "$who"},
                }
            },
            {"$sort": {"points": -1, "clause": 1}},
        ],
        columns=("clause", "infractions", "points", "clients"),
    ),
    Query(
        title="Who is without WhatsApp now, and when is the executive's call due?",
        collection="standings",
        pipeline=[
            {"$match": {**_OF_TENANT, "disabled": "whatsapp"}},
            {"$lookup": {"from": "calls", "localField": "client", "foreignField": "client", "as": "call"}},
            {"$unwind": "$call"},
            {"$match": {"call.state": "open"}},
            {
                "$project": {
                    "_id": 0,
                    "client": 1,
                    "since": "$call.opened_at",
                    "call_due": "$call.due_at",
                    "assignee": "$call.assignee",
                }
            },
            {"$sort": {"call_due": 1}},
        ],
        columns=("client", "since", "call_due", "assignee"),
    ),
    Query(
        title="At which hours do clients write?",
        collection="messages",
        pipeline=[
            {"$match": {**_OF_TENANT, "direction": "inbound"}},
            {
                "$group": {
                    "_id": {"day": "$local_date", "hour": "$local_hour"},
                    "messages": {"$sum": 1},
                    "who": {"$addToSet": "$client"},
                }
            },
            {"$sort": {"_id.day": 1, "_id.hour": 1}},
            {
                "$project": {
                    "_id": 0,
                    "day": "$_id.day",
                    "hour": "$_id.hour",
                    "messages": 1,
                    "clients": {"$size": "$who"},
                }
            },
        ],
        columns=("day", "hour", "messages", "clients"),
    ),
    Query(
        title="What was answered, and did it arrive?",
        collection="replies",
        pipeline=[
            {"$match": _OF_TENANT},
            {"$unwind": {"path": "$matters", "preserveNullAndEmptyArrays": True}},
            {
                "$group": {
                    "_id": {"matter": {"$ifNull": ["$matters", "(nothing said)"]}, "state": "$state"},
                    "replies": {"$sum": 1},
                }
            },
            {"$project": {"_id": 0, "matter": "$_id.matter", "state": "$_id.state", "replies": 1}},
            {"$sort": {"matter": 1, "state": 1}},
        ],
        columns=("matter", "state", "replies"),
    ),
    Query(
        title="What do clients want, in which language?",
        collection="decisions",
        pipeline=[
            {"$match": {**_OF_TENANT, "direction": "inbound", "tags.intent": {"$ne": None}}},
            {
                "$group": {
                    "_id": "$tags.intent",
                    "es": _OF_LANGUAGE["es"],
                    "pt": _OF_LANGUAGE["pt-BR"],
                    "en": _OF_LANGUAGE["en"],
                    "aggressive": _WITH_FLAG["aggressive"],
                    "impatient": _WITH_FLAG["impatient"],
                    "all": {"$sum": 1},
                }
            },
            {"$sort": {"all": -1, "_id": 1}},
        ],
        columns=("_id", "es", "pt", "en", "aggressive", "impatient", "all"),
    ),
)
