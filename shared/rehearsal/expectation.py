"""What a step may expect: every key is optional, and only what is written is compared."""

import re
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Discriminator, Field, Tag

from shared.tags import Context, Flag, Intent, Language
from shared.words import Effect, Fact, Refusal


class Part(BaseModel):
    """A piece of a rehearsal. A key that nobody knows is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


def _pattern(value: str) -> str:
    try:
        re.compile(value)
    except re.error as error:
        raise ValueError(f"this is not a regular expression: {error}") from None
    return value


Strings = Annotated[list[str], BeforeValidator(_as_list)]
Pattern = Annotated[str, AfterValidator(_pattern)]


class ReplyExpectation(Part):
    """What is said because of a step. A mapping without keys: something is said."""

    language: Language | None = None
    mentions: Strings = []
    """All of them."""
    mentions_any: Strings = []
    mentions_none: Strings = []
    mentions_pattern: Pattern | None = None
    paragraphs: Annotated[list[str], BeforeValidator(_as_list)] = []
    """Their matters, or their names in the pack, in the order in which they are said."""


def _kind_of_reply(value: Any) -> str | None:
    if isinstance(value, dict | ReplyExpectation):
        return "spoken"
    return "silence" if value == "none" else None


Silence = Annotated[Literal["none"], Tag("silence")]
Spoken = Annotated[ReplyExpectation, Tag("spoken")]
_NO_REPLY: Final = {
    "custom_error_type": "reply",
    "custom_error_message": "write none, or a mapping such as {mentions: [...]}",
}


class Expectation(Part):
    """What should come of a step, or (as `overall`) of the whole conversation."""

    intent: Intent | None = None
    language: Language | None = None
    flags: Annotated[list[Flag], BeforeValidator(_as_list)] = []
    flags_include: Annotated[list[Flag], BeforeValidator(_as_list)] = []
    flags_exclude: Annotated[list[Flag], BeforeValidator(_as_list)] = []
    rules: Strings = []
    """Clauses (`P5`), or rules by their own name (`P5.aggressive`)."""
    rules_include: Strings = []
    rules_exclude: Strings = []
    context: Annotated[list[Context], BeforeValidator(_as_list)] = []
    effects: Annotated[list[Effect], BeforeValidator(_as_list)] = []
    facts: Annotated[list[Fact], BeforeValidator(_as_list)] = []
    facts_include: Annotated[list[Fact], BeforeValidator(_as_list)] = []
    facts_exclude: Annotated[list[Fact], BeforeValidator(_as_list)] = []
    refused: dict[Effect, Annotated[list[Refusal], BeforeValidator(_as_list)]] = {}
    standing: Annotated[int, Field(strict=True, ge=0)] | None = None
    standing_changes: bool | None = None
    whatsapp: Literal["enabled", "disabled"] | None = None
    reply: Annotated[Silence | Spoken, Discriminator(_kind_of_reply, **_NO_REPLY)] | None = None
    masked_must_not_contain: Strings = []


class RepeatUntil(Expectation):
    """Says it again until the condition (any key of an expectation) holds."""

    at_most: Annotated[int, Field(strict=True, ge=1, le=1000)]
