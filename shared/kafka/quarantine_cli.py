"""`etiqueta quarantine`: what could not be handled, and what to do with it."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from shared.errors import UserError
from shared.kafka.producer import KafkaPublisher
from shared.kafka.quarantine_reading import Held, chosen, held, mark, quarantine_nouns, replay

app = typer.Typer(no_args_is_help=True, help="See and settle records that could not be handled.")

Servers = Annotated[
    str, typer.Option("--kafka", envvar="KAFKA_BOOTSTRAP_SERVERS", help="Kafka's bootstrap servers.")
]
Only = Annotated[
    str | None, typer.Option("--topic", help="One quarantine only: messages, decisions, webhooks…")
]
Names = Annotated[list[str] | None, typer.Argument(metavar="RECORD...", help="As `list` names them.")]
All = Annotated[bool, typer.Option("--all", help="Every record that `list` shows.")]
AsJson = Annotated[bool, typer.Option("--json", help="JSON instead of a table.")]


def _nouns(only: str | None) -> Sequence[str]:
    if only is None:
        return quarantine_nouns()
    noun = only if only.endswith(".quarantine") else f"{only}.quarantine"
    if noun not in quarantine_nouns():
        raise UserError(f"There is no quarantine {noun}. Known: {', '.join(quarantine_nouns())}.")
    return [noun]


def _line(one: Held) -> dict[str, Any]:
    at = datetime.fromtimestamp(one.record.timestamp / 1000, UTC).isoformat(timespec="seconds")
    return {"record": one.name, "at": at, "bytes": len(one.record.value or b""), **one.notes}


@app.command("list", epilog="Example: etiqueta quarantine list --topic messages")
def list_records(kafka: Servers, topic: Only = None, as_json: AsJson = False) -> None:
    """List what is in quarantine and why; never its content."""
    found = asyncio.run(held(kafka, _nouns(topic)))
    if as_json:
        print(json.dumps({"records": [_line(one) for one in found]}, ensure_ascii=False))
        return
    table = Table("record", "since", "kind", "reason", "from", title=f"{len(found)} in quarantine")
    for one in found:
        line = _line(one)
        source = [line.get(key, "") for key in ("topic", "partition", "offset")]
        table.add_row(one.name, line["at"], line.get("kind", ""), line.get("reason", ""), " ".join(source))
    Console().print(table)


@app.command(epilog="Example: etiqueta quarantine show messages.quarantine/3/17 --raw")
def show(
    record: Annotated[str, typer.Argument(help="As `list` names it.")],
    kafka: Servers,
    raw: Annotated[bool, typer.Option("--raw", help="Print the bytes too: they hold personal data.")] = False,
) -> None:
    """Show one record: where it stood, why it is here and, only when asked, what it holds."""
    found = chosen(asyncio.run(held(kafka, quarantine_nouns())), [record])[0]
    shown = _line(found)
    if raw:
        shown["value"] = (found.record.value or b"").decode("utf-8", "backslashreplace")
    print(json.dumps(shown, ensure_ascii=False, indent=2))


@app.command("replay", epilog="Example: etiqueta quarantine replay messages.quarantine/3/17")
def replay_records(kafka: Servers, records: Names = None, every: All = False, topic: Only = None) -> None:
    """Put records back on their topics as they were; what still cannot be handled comes back here."""
    count = asyncio.run(_settle(kafka, records, every, topic, replay))
    print(f"{count} replayed")


@app.command(epilog="Example: etiqueta quarantine drop messages.quarantine/3/17")
def drop(kafka: Servers, records: Names = None, every: All = False, topic: Only = None) -> None:
    """Give records up: they are listed no more, and retention removes them."""
    count = asyncio.run(_settle(kafka, records, every, topic, _drop))
    print(f"{count} dropped")


async def _drop(publisher: KafkaPublisher, records: Sequence[Held]) -> None:
    await mark(publisher, records, "dropped")


async def _settle(
    kafka: str,
    names: list[str] | None,
    every: bool,
    topic: str | None,
    settle: Callable[[KafkaPublisher, Sequence[Held]], Awaitable[None]],
) -> int:
    if bool(names) == every:
        raise typer.BadParameter("name records, or say --all")
    found = await held(kafka, _nouns(topic))
    records = found if every else chosen(found, names or [])
    publisher = KafkaPublisher(kafka, client="etiqueta-quarantine")
    await publisher.start()
    try:
        await settle(publisher, records)
    finally:
        await publisher.stop()
    return len(records)
