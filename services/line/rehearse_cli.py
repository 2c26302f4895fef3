"""`etiqueta rehearse`: plays written conversations against their policy and compares."""

import asyncio
import json
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from services.classifier.tagging.samples import Tagger
from services.line.in_process import InProcessLine
from shared.clock import monotonic_seconds
from shared.errors import UserError
from shared.policy.compile import load_pack
from shared.policy.pack import CompiledPack
from shared.policy.packs import pack_files
from shared.policy.problems import PolicyErrors, Problem
from shared.rehearsal import Document, Played, fit_pack, load_rehearsals, rehearse
from shared.rehearsal.report import as_json, diff, junit, summary
from shared.telemetry import configure_logs

EXAMPLE: Final = """Examples:

    etiqueta rehearse deploy/policies/*.rehearsal.yaml

    ETIQUETA_API_KEY=… etiqueta rehearse --live deploy/policies/*.rehearsal.yaml

Live, everything goes through services that run with ETIQUETA_CLOCK=events; nothing is delivered to
anybody. What wants a variant of the policy (overrides, modes) is left out there, and named.
"""

Play = tuple[Document, CompiledPack]
Files = Annotated[
    list[Path], typer.Argument(exists=True, dir_okay=False, metavar="FILE", help="Rehearsals, in YAML.")
]
Policies = Annotated[
    Path | None,
    typer.Option(envvar="ETIQUETA_POLICIES", help="Folder of packs; left out: the rehearsal's own folder."),
]
Live = Annotated[bool, typer.Option("--live", help="Send them through a running stack instead.")]
Kafka = Annotated[str | None, typer.Option(envvar="KAFKA_BOOTSTRAP_SERVERS", help="Live: the brokers.")]
MongoDb = Annotated[
    str | None, typer.Option(envvar="MONGODB_URI", show_default=False, help="Live: the store.")
]
Database = Annotated[str, typer.Option(envvar="MONGODB_DATABASE", help="Live: the services' database.")]
Ingest = Annotated[str, typer.Option(envvar="ETIQUETA_INGEST_URL", help="Live: where ingest listens.")]
Sanctions = Annotated[
    str, typer.Option(envvar="ETIQUETA_SANCTIONS_URL", help="Live: where sanctions listens.")
]
ApiKeyEnv = Annotated[str, typer.Option(help="Live: the variable that holds the tenant's API key.")]
Wait = Annotated[
    float, typer.Option("--wait-seconds", min=1, help="Live: how long a step may take to settle.")
]


def rehearse_command(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    files: Files,
    policies: Policies = None,
    live: Live = False,
    as_json_text: Annotated[bool, typer.Option("--json", help="One JSON object instead of lines.")] = False,
    junit_file: Annotated[Path | None, typer.Option("--junit", help="Write a JUnit report there.")] = None,
    kafka: Kafka = None,
    mongodb: MongoDb = None,
    database: Database = "etiqueta",
    ingest: Ingest = "http://127.0.0.1:8081",
    sanctions: Sanctions = "http://127.0.0.1:8083",
    api_key_env: ApiKeyEnv = "ETIQUETA_API_KEY",
    wait_seconds: Wait = 30.0,
) -> None:
    """Play written conversations against their policy; exit 1 where one differs, shown as a diff."""
    configure_logs("ERROR")
    plays = [play for file in files for play in load_plays(file, policies)]
    if not live:
        report(asyncio.run(play_all(plays)), (), as_json_text=as_json_text, junit_file=junit_file)
        return
    from services.line.live.rehearsal import rehearse_live  # noqa: PLC0415 - brings Kafka's and MongoDB's clients
    from services.line.live.stack import Where  # noqa: PLC0415

    where = Where(
        ingest=ingest.rstrip("/"),
        sanctions=sanctions.rstrip("/"),
        api_key=_needed(os.environ.get(api_key_env), api_key_env),
        kafka=_needed(kafka, "KAFKA_BOOTSTRAP_SERVERS"),
        mongodb=_needed(mongodb, "MONGODB_URI"),
        database=database,
        wait_seconds=wait_seconds,
    )
    result = asyncio.run(rehearse_live(plays, where, _note, _progress))
    report(result.played, result.not_played, as_json_text=as_json_text, junit_file=junit_file)


def _needed(value: str | None, variable: str) -> str:
    if not value:
        raise UserError(f"{variable} is not set: --live needs it to reach the running stack.")
    return value


def load_plays(file: Path, policies: Path | None) -> list[Play]:
    """Return the documents of a file, each with its pack; raises `PolicyErrors` for what cannot be played."""
    packs: dict[str, CompiledPack] = {}
    plays: list[Play] = []
    for document in load_rehearsals(file):
        policy = document.rehearsal.policy
        if policy not in packs:
            packs[policy] = _pack_of(document, policies or file.parent)
        plays.append((document, fit_pack(packs[policy], document)))
    return plays


async def play_all(plays: Sequence[Play]) -> list[Played]:
    """Play everything in this process, one after the other."""
    from services.classifier.tagging.tagger import load_tagger  # noqa: PLC0415 - loads the model

    tagger, played = load_tagger(), list[Played]()
    for document, pack in plays:
        played.append(await _play(document, pack, tagger))
        _progress(f"{len(played)} of {len(plays)} played: {played[-1].name}")
    return played


async def _play(document: Document, pack: CompiledPack, tagger: Tagger) -> Played:
    started = monotonic_seconds()
    played = await rehearse(document, InProcessLine(pack, tagger, document.rehearsal.start))
    return replace(played, seconds=monotonic_seconds() - started)


def _pack_of(document: Document, folder: Path) -> CompiledPack:
    """Return the pack of that policy; every pack of the folder is compiled until it is found."""
    wanted = document.rehearsal.policy
    for path in pack_files(folder):
        if path.stem == wanted:
            return load_pack(path)
    for path in pack_files(folder):
        if (pack := load_pack(path)).policy == wanted:
            return pack
    what, remedy = f"there is no pack `{wanted}` in {folder}", "Name the folder with --policies"
    raise PolicyErrors([Problem(document.file, document.line("policy"), None, what, remedy)])


def _progress(text: str) -> None:
    """Say how far it has come, where a person looks on."""
    if sys.stderr.isatty():
        print(f"\r{text[:78]:<78}", end="", file=sys.stderr, flush=True)


def _note(text: str) -> None:
    print(text, file=sys.stderr)


def report(
    played: list[Played], not_played: Sequence[Document], *, as_json_text: bool, junit_file: Path | None
) -> None:
    """Print how it went, and write the report for CI systems; exits 1 on any difference."""
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if junit_file is not None:
        junit_file.write_text(junit(played), encoding="utf-8")
    left_out = [f"{one.file}:{one.line('name')}: {one.rehearsal.name}" for one in not_played]
    if as_json_text:
        found = {"rehearsals": as_json(played), "not_played": left_out}
        print(json.dumps(found, ensure_ascii=False, indent=2))
    else:
        for one in played:
            if not one.passed:
                print(diff(one))
        print(summary(played))
        for one_left_out in left_out:
            print(f"not played, it is for another pack than the stack's: {one_left_out}")
    if not all(one.passed for one in played):
        raise typer.Exit(1)
