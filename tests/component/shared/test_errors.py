"""A failure says where and how, and never what the input held."""

import pytest
from pydantic import BaseModel, ValidationError

from shared.errors import EtiquetaError, Transient, Unreadable, UserError, locations
from shared.events.decisions import DECISION
from shared.kafka.handling import decoder


class Person(BaseModel):
    """Anything with fields."""

    name: str
    ages: list[int]


def test_a_fault_is_told_by_its_place_and_sort() -> None:
    with pytest.raises(ValidationError) as caught:
        Person.model_validate({"name": 5, "ages": [1, "secret"]})
    assert locations(caught.value) == ["name: string_type", "ages.1: int_parsing"]


def test_a_fault_of_the_whole_is_told_as_the_bodys() -> None:
    with pytest.raises(ValidationError) as caught:
        Person.model_validate("secret")
    assert locations(caught.value) == ["body: model_type"]


@pytest.mark.parametrize("value", [b"", b"secret", b"{}", b'{"type": "secret"}', b'"\xff"', b"[" * 5000])
def test_a_record_that_cannot_be_decoded_is_unreadable_without_its_words(value: bytes) -> None:
    with pytest.raises(Unreadable) as caught:
        decoder(DECISION)(value)
    assert "secret" not in caught.value.reason
    assert caught.value.reason == str(caught.value)
    assert caught.value.__cause__ is None


def test_a_long_list_of_faults_is_cut_short() -> None:
    with pytest.raises(Unreadable) as caught:
        decoder(DECISION)(b"{}")
    assert len(caught.value.reason.split("; ")) == 5


@pytest.mark.parametrize("kind", [UserError, Transient, Unreadable])
def test_every_failure_that_is_named_is_one_of_ours(kind: type[Exception]) -> None:
    assert issubclass(kind, EtiquetaError)
