"""What goes over the wire is what its readers are promised: one example file for every event type."""

from typing import Any

import pytest
from pydantic import TypeAdapter

from shared.events.commands import COMMAND
from shared.events.decisions import DECISION
from shared.events.messages import MESSAGE
from shared.events.outcomes import OUTCOME
from shared.events.receipts import RECEIPT
from shared.events.replies import REPLY
from shared.kafka.topics import topics
from tests.support.wire_examples import TEXT, WIRE, examples

READERS: dict[str, TypeAdapter[Any]] = {
    "messages": MESSAGE,
    "receipts": RECEIPT,
    "decisions": DECISION,
    "commands": COMMAND,
    "outcomes": OUTCOME,
    "replies": REPLY,
}
TYPES = [(noun, event) for noun, topic in topics().items() for event in topic.events]
EXAMPLES = examples()


@pytest.mark.parametrize(("noun", "event"), TYPES)
def test_the_producer_still_makes_the_example(noun: str, event: str) -> None:
    written = (WIRE / f"{event}.json").read_text(encoding="utf-8")
    assert EXAMPLES[event].model_dump_json(indent=2) + "\n" == written


@pytest.mark.parametrize(("noun", "event"), TYPES)
def test_the_consumer_still_reads_the_example(noun: str, event: str) -> None:
    read = READERS[noun].validate_json((WIRE / f"{event}.json").read_bytes())
    assert read == EXAMPLES[event]


@pytest.mark.parametrize(("noun", "event"), TYPES)
def test_a_reader_ignores_fields_that_it_does_not_know(noun: str, event: str) -> None:
    document = EXAMPLES[event].model_dump(mode="json") | {"added_later": {"anything": 1}}
    assert READERS[noun].validate_python(document) == EXAMPLES[event]


def test_every_example_is_of_a_declared_type() -> None:
    assert {path.stem for path in WIRE.glob("*.json")} == {event for _, event in TYPES}


def test_no_example_holds_what_is_masked() -> None:
    assert "4111" in TEXT
    assert not any("4111" in path.read_text(encoding="utf-8") for path in WIRE.glob("*.json"))
