"""The trace context of a caller goes on; whatever else came begins a new one."""

import pytest

from shared.tracing import traceparent

GIVEN = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_well_formed_context_goes_on() -> None:
    assert traceparent(GIVEN) == GIVEN.encode()


@pytest.mark.parametrize(
    "given",
    [
        None,
        "",
        "rubbish",
        GIVEN.upper(),
        GIVEN + "-more",
        GIVEN + "\n",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01",
        "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
    ],
)
def test_anything_else_begins_a_new_one(given: str | None) -> None:
    one, other = traceparent(given), traceparent(given)
    assert one != other
    assert traceparent(one.decode()) == one
