"""Failures of the store as the services see them: named, and without what the driver says of documents."""

import pytest
from pymongo.errors import AutoReconnect, OperationFailure, PyMongoError

from shared.errors import Transient, UserError
from shared.mongo.store import Store, transient_failures

QUOTED = "CPF 123 of somebody"


@pytest.mark.parametrize(
    ("failure", "told"),
    [
        (OperationFailure(QUOTED, code=27), "MongoDB: OperationFailure, code 27"),
        (OperationFailure(QUOTED), "MongoDB: OperationFailure"),
        (AutoReconnect(QUOTED), "MongoDB: AutoReconnect"),
    ],
)
async def test_a_failure_is_told_by_its_name_and_code_and_never_by_the_drivers_text(
    failure: PyMongoError, told: str
) -> None:
    with pytest.raises(Transient) as caught:
        async with transient_failures():
            raise failure
    assert str(caught.value) == told
    assert caught.value.__suppress_context__


def test_an_address_that_is_none_is_not_quoted_for_it_may_hold_a_password() -> None:
    with pytest.raises(UserError) as caught:
        Store("mongodb://user:hunter2@:not-a-port", "etiqueta")
    assert "MONGODB_URI" in str(caught.value)
    assert "hunter2" not in str(caught.value)
