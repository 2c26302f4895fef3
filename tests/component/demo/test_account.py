"""Looking for what may be kept nowhere, and for totals that are not as expected."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from deploy.local.demo.account import search, totals_that_differ
from deploy.local.demo.mongo import DayStore
from deploy.local.demo.script import Script, read_day
from deploy.local.demo.watch import Watch

CARD = "4111 1111 1111 1111"


class Documents(DayStore):
    """A store that holds what a test puts there."""

    def __init__(self, *documents: tuple[str, str]) -> None:
        self._documents = documents

    async def everything(self) -> AsyncIterator[tuple[str, str]]:
        for one in self._documents:
            yield one


@pytest.fixture(scope="module")
def script() -> Script:
    return read_day()


def logs(folder: Path, text: str) -> Path:
    (folder / "services.log").write_text(text, encoding="utf-8")
    return folder


async def test_nothing_is_found_where_nothing_leaked(script: Script, tmp_path: Path) -> None:
    watch = Watch()
    watch.values.append("mi tarjeta es ⟦payment_card⟧".encode())
    store = Documents(("messages", "{'text': 'mi tarjeta es ⟦payment_card⟧'}"))
    searched = await search(script, watch, store, logs(tmp_path, "one\ntwo\n"))
    assert (searched.records, searched.documents, searched.log_lines) == (1, 1, 2)
    assert searched.found == ()


async def test_a_leak_is_found_wherever_it_is_and_not_repeated(script: Script, tmp_path: Path) -> None:
    watch = Watch()
    watch.values.append(f"mi tarjeta es {CARD}".encode())
    store = Documents(("contexts", f"{{'text': '{CARD}'}}"))
    searched = await search(script, watch, store, logs(tmp_path, f"error {CARD}\n"))
    (leak,) = searched.found
    assert leak.actual == "a topic, the collection contexts, the log services.log"
    assert CARD not in str(leak)


def test_totals_are_compared_one_by_one(script: Script) -> None:
    expected = script.day.totals
    assert not list(totals_that_differ(script, expected))
    other = expected.model_copy(update={"calls_open": expected.calls_open + 1})
    (difference,) = totals_that_differ(script, other)
    assert difference.what == "calls open"
    assert (difference.expected, difference.actual) == ("1", "2")
    assert difference.place.endswith(str(script.written.line(("totals", "calls_open"))))
