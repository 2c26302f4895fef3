"""What is shown once the day is over: the totals, five queries with their results, and how to go on."""

from collections.abc import Mapping
from datetime import datetime
from statistics import median
from typing import Any, Final
from zoneinfo import ZoneInfo

from deploy.local.demo.account import Searched
from deploy.local.demo.mongo import DayStore
from deploy.local.demo.queries import QUERIES
from deploy.local.demo.script import Totals
from deploy.local.demo.show import Screen
from deploy.local.demo.told import Log

_ID_CHARACTERS: Final = 8
_INDENT: Final = 2


def show_totals(screen: Screen, totals: Totals, log: Log, searched: Searched) -> None:
    """Print what the day adds up to."""
    staff = sum(told.step.staff_says is not None for told in log.told)
    redelivered = sum(told.step.redelivered for told in log.told)
    rows: list[tuple[str, object]] = [
        ("messages of clients", totals.client_messages),
        ("clients", totals.clients),
        ("answers of staff", staff),
        ("replies on the clients' phones", totals.replies_delivered),
        ("webhooks delivered twice, settled once", redelivered),
        ("infractions with points", totals.infractions_with_points),
        ("times that WhatsApp was disabled", totals.disabled_at_some_time),
        ("clients without WhatsApp at the end", totals.disabled_at_the_end),
        ("calls of executives still to be made", totals.calls_open),
    ]
    screen.title("The day in numbers")
    screen.table(("", "count"), rows, indent=_INDENT)
    screen.say()
    if log.reply_seconds:
        screen.say(f"From the webhook to a reply that is read: {median(log.reply_seconds):.2f} s (median).")
    screen.say(
        f"What may be kept nowhere was looked for in {searched.records} records, {searched.documents} "
        f"documents and {searched.log_lines} lines of logs: found {len(searched.found) or 'nowhere'}."
    )


async def show_queries(screen: Screen, store: DayStore, names: Mapping[str, str]) -> None:
    """Print and run each query."""
    screen.title("Five questions to MongoDB, in mongosh's words, and what they find")
    for number, query in enumerate(QUERIES, start=1):
        screen.say()
        screen.say(f"{number}. {query.title}", "bold")
        screen.code(query.mongosh())
        screen.say()
        documents = await store.run(query)
        if not documents:
            screen.say("  (nothing)")
            continue
        rows = [
            [_cell(document.get(name), names, screen.zone) for name in query.columns]
            for document in documents
        ]
        screen.table(query.columns, rows, indent=_INDENT)


def _cell(value: Any, names: Mapping[str, str], zone: ZoneInfo) -> object:
    """Return a value as it is read: local times, and beside a client's id the name in the script."""
    if isinstance(value, datetime):
        return f"{value.astimezone(zone):%a %d %b %H:%M}"
    if isinstance(value, str) and value in names:
        return f"{value[:_ID_CHARACTERS]}… ({names[value]})"
    return "" if value is None else value


def show_how_to_go_on(screen: Screen) -> None:
    """Print what to do next."""
    screen.title("How to go on")
    screen.table(
        ("", ""),
        [
            ("make up", "the same stack and services, left running; prints what to post to see a reply"),
            ("README.md", "what each part does, and where it stands"),
            (
                "deploy/policies/trackingpremium.yaml",
                "the policy that was enforced; change it and play again",
            ),
            ("deploy/local/demo/day.yaml", "the day that was played, with what is expected of each step"),
            ("docs/writing-a-policy.md", "how a policy is written, checked and rehearsed"),
        ],
        indent=_INDENT,
    )
