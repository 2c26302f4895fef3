"""What the day adds up to: counted in MongoDB and on the phones, and compared with the script."""

from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deploy.local.demo.failure import Difference
from deploy.local.demo.mongo import DayStore
from deploy.local.demo.outside import Outside
from deploy.local.demo.script import Script, Totals
from deploy.local.demo.watch import Watch
from deploy.local.environment import TENANT
from shared.words import Fact, ReplyState

_OF_TENANT: Final = {"tenant": TENANT}


async def counted(store: DayStore, outside: Outside) -> Totals:
    """Count what the day left behind."""
    points = {"fact": Fact.INFRACTION_RECORDED.value, "points": {"$gt": 0}}
    disabled = {"facts.fact": Fact.CHANNEL_DISABLED.value}
    return Totals(
        client_messages=await store.count("messages", {**_OF_TENANT, "direction": "inbound"}),
        clients=await store.count("clients", _OF_TENANT),
        replies_delivered=len(await outside.phone_of()),
        infractions_with_points=await store.count(
            "outcomes", {**_OF_TENANT, "facts": {"$elemMatch": points}}
        ),
        disabled_at_some_time=await store.count("outcomes", {**_OF_TENANT, **disabled}),
        disabled_at_the_end=await store.count("standings", {**_OF_TENANT, "disabled": "whatsapp"}),
        calls_open=await store.count("calls", {**_OF_TENANT, "state": "open"}),
    )


def totals_that_differ(script: Script, totals: Totals) -> Iterator[Difference]:
    """Yield each total that is not what the script says."""
    for name, expected in script.day.totals.model_dump().items():
        actual = getattr(totals, name)
        if actual != expected:
            place = f"{script.written.file}:{script.written.line(('totals', name))}"
            yield Difference(place, "the whole day", name.replace("_", " "), str(expected), str(actual))


async def replies_that_differ(script: Script, store: DayStore, outside: Outside) -> Sequence[Difference]:
    """Return a difference unless each reply that is stored as read is on a phone once, and no other."""
    arrived = await outside.phone_of()
    read = await store.replies_in(ReplyState.READ)
    if sorted(one.reply for one in arrived) == sorted(read):
        return []
    expected = f"{len(read)} replies that are stored as read, once each"
    actual = f"{len(arrived)} messages, of {len({one.reply for one in arrived})} replies"
    return [Difference(script.written.file, "the whole day", "the clients' phones", expected, actual)]


@dataclass(slots=True)
class Searched:
    """How much was searched for what may be found nowhere, and where it was found."""

    records: int = 0
    documents: int = 0
    log_lines: int = 0
    found: tuple[Difference, ...] = ()


async def search(script: Script, watch: Watch, store: DayStore, logs: Path) -> Searched:
    """Look for what may be found nowhere in every record, document and line of a log."""
    searched = Searched()
    places: dict[str, set[str]] = {}
    async for where, text in _everything(watch, store, logs, searched):
        for secret in script.day.never_kept:
            if secret in text:
                places.setdefault(secret, set()).add(where)
    searched.found = tuple(_leak(script, secret, sorted(where)) for secret, where in places.items())
    return searched


async def _everything(
    watch: Watch, store: DayStore, logs: Path, searched: Searched
) -> AsyncIterator[tuple[str, str]]:
    for value in watch.values:
        searched.records += 1
        yield "a topic", value.decode()
    async for collection, text in store.everything():
        searched.documents += 1
        yield f"the collection {collection}", text
    for where, line in _log_lines(logs):
        searched.log_lines += 1
        yield where, line


def _log_lines(logs: Path) -> Iterator[tuple[str, str]]:
    for log in sorted(logs.glob("*.log")):
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            yield f"the log {log.name}", line


def _leak(script: Script, secret: str, places: Sequence[str]) -> Difference:
    number = script.day.never_kept.index(secret)
    place = f"{script.written.file}:{script.written.line(('never_kept', number))}"
    # The words themselves are in the script; where they were found is what counts.
    return Difference(place, "the whole day", "never kept", "found nowhere", ", ".join(places))
