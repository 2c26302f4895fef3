"""`etiqueta standings rebuild`: folds the ledger anew and compares it with what is kept."""

import asyncio
import json
from typing import Annotated

import typer

from services.sanctions.mongo import MongoLedger
from shared.mongo.documents import Zones
from shared.mongo.store import Store
from shared.policy.source import FixedPacks

app = typer.Typer(no_args_is_help=True, help="Work with clients' standings.")


@app.callback()
def standings() -> None:
    """Work with clients' standings."""


@app.command(epilog="Example: etiqueta standings rebuild --dry-run")
def rebuild(
    uri: Annotated[str, typer.Option("--mongodb", envvar="MONGODB_URI", help="MongoDB's address.")],
    database: Annotated[str, typer.Option(envvar="MONGODB_DATABASE")] = "etiqueta",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Compare only; write nothing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="JSON instead of a line.")] = False,
) -> None:
    """Fold every client's ledger anew; exit 1 where a kept standing was another (and is put right)."""
    clients, differing = asyncio.run(_rebuild(uri, database, write=not dry_run))
    if as_json:
        print(json.dumps({"clients": clients, "differing": differing, "written": not dry_run}))
    else:
        done = "would be put right" if dry_run else "put right"
        print(f"{clients} clients folded; {differing} standings differed and were {done}.")
    if differing:
        raise typer.Exit(1)


async def _rebuild(uri: str, database: str, *, write: bool) -> tuple[int, int]:
    store = Store(uri, database)
    ledger = MongoLedger(store, Zones(FixedPacks()))
    clients = differing = 0
    try:
        async for client in ledger.clients():
            kept, folded = await ledger.rebuilt(client)
            clients += 1
            # A standing a little behind its ledger is no fault: it is folded forward when it is read.
            if kept is not None and kept.seq == folded.seq and kept == folded:
                continue
            differing += kept is None or kept.seq == folded.seq
            if write:
                await ledger.replace(folded)
    finally:
        store.close()
    return clients, differing
