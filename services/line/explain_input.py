"""What `etiqueta explain` takes: a line as `classify` takes it, and when and after what it was written."""

from datetime import datetime, timedelta
from typing import Annotated, Any, Final, Self

from pydantic import (
    AliasChoices,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from shared.errors import UserError
from shared.events.messages import ContentKind
from shared.rehearsal import Utterance
from shared.rehearsal.document import Duration, TurnPart
from shared.tags import Channel, Direction, Language

SOMEBODY: Final = "client"
"""Whoever wrote, where no client is named."""
NOT_ONE_OBJECT: Final = (
    "The message is not one JSON object. `etiqueta explain --help` shows one; --text takes plain text."
)


def _as_list(value: Any) -> Any:
    return value if isinstance(value, list | tuple) else [value]


People = Annotated[list[str], BeforeValidator(_as_list)]


class Spoken(BaseModel):
    """One message: `text`, or `subject` and `body` of an e-mail, or `turns` of a call, or only a `kind`."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    id: str | int | None = None
    text: str | None = None
    subject: str | None = None
    body: str | None = None
    sender: Annotated[str | None, Field(validation_alias=AliasChoices("from", "sender"))] = None
    to: People = []
    cc: People = []
    turns: tuple[TurnPart, ...] = ()
    kind: ContentKind | None = None
    direction: Direction = Direction.INBOUND
    channel: Channel | None = None
    language: Language | None = None
    client: Annotated[str, Field(min_length=1)] | None = None
    staff: str | None = None
    auto_reply: bool = False
    at: AwareDatetime | None = None
    ago: Duration | None = None
    """Of an earlier message: how long before the message that is explained."""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        given = [self.text is not None, self.body is not None, bool(self.turns)]
        if sum(given) > 1:
            raise ValueError("a message is a text, or a body, or turns; not several of them")
        if not any(given) and self.kind in {None, ContentKind.TEXT, ContentKind.EMAIL, ContentKind.CALL}:
            raise ValueError("say what was written: text, or subject and body, or turns")
        return self


class Question(Spoken):
    """The message to be explained, and what was written before it."""

    history: tuple[Spoken, ...] = ()

    @model_validator(mode="after")
    def _placed(self) -> Self:
        if self.ago is not None:
            raise ValueError("`ago` is for the messages of `history`; write `at`")
        for number, earlier in enumerate(self.history):
            if (earlier.at is None) is (earlier.ago is None):
                raise ValueError(f"history {number}: say when it was written, with either `at` or `ago`")
        return self


def read_question(source: str | bytes) -> Question:
    """Return the question; raises `UserError` that names each field, never its value."""
    try:
        return Question.model_validate_json(source)
    except ValidationError as error:
        raise UserError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    problems = error.errors(include_input=False, include_url=False, include_context=False)
    if problems[0]["type"] == "json_invalid":
        return NOT_ONE_OBJECT
    told = [
        f"{'.'.join(str(part) for part in one['loc']) or 'the message'}: {_plain(one['msg'])}"
        for one in problems
    ]
    return f"The message cannot be used: {'; '.join(told[:5])}."


def _plain(message: str) -> str:
    text = message.removeprefix("Value error, ")
    return text[:1].lower() + text[1:]


def utterances(question: Question, now: datetime) -> tuple[Utterance, list[Utterance]]:
    """Return the message and what came before it; without `at` it is written `now`."""
    at = question.at or now
    earlier = [
        _utterance(one, f"history-{number}", one.at or at - (one.ago or timedelta()), question.client)
        for number, one in enumerate(question.history, start=1)
    ]
    if any(one.written_at > at for one in earlier):
        raise UserError("The message cannot be used: history: something in it was written after the message.")
    return _utterance(question, str(question.id or "message"), at, question.client), earlier


def _utterance(spoken: Spoken, reference: str, at: datetime, client: str | None) -> Utterance:
    kind = spoken.kind or _kind(spoken)
    return Utterance(
        reference=reference,
        client=spoken.client or client or SOMEBODY,
        text=spoken.text if spoken.text is not None else spoken.body or "",
        written_at=at,
        direction=spoken.direction,
        channel=spoken.channel or _channel(kind),
        kind=kind,
        staff=spoken.staff,
        subject=spoken.subject,
        copies=len(spoken.cc),
        turns=spoken.turns,
        auto_reply=spoken.auto_reply,
        language=spoken.language,
    )


def _channel(kind: ContentKind) -> Channel:
    match kind:
        case ContentKind.EMAIL:
            return Channel.EMAIL
        case ContentKind.CALL:
            return Channel.PHONE
        case _:
            return Channel.WHATSAPP


def _kind(spoken: Spoken) -> ContentKind:
    if spoken.turns:
        return ContentKind.CALL
    mail = spoken.body is not None or spoken.channel is Channel.EMAIL
    return ContentKind.EMAIL if mail else ContentKind.TEXT
