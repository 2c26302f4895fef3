"""`etiqueta rehearse`: plays written conversations against their policy and compares."""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from shared.policy.compile import load_pack
from shared.policy.pack import CompiledPack
from shared.policy.packs import pack_files
from shared.policy.problems import PolicyErrors, Problem
from shared.rehearsal import Document, Line, Played, fit_pack, load_rehearsals, rehearse
from shared.rehearsal.report import as_json, diff, junit, summary

EXAMPLE = "Example: etiqueta rehearse deploy/policies/*.rehearsal.yaml"
LineFor = Callable[[CompiledPack, Document], contextlib.AbstractAsyncContextManager[Line]]
"""Opens the line that one document is played on."""

Files = Annotated[
    list[Path], typer.Argument(exists=True, dir_okay=False, metavar="FILE...", help="Rehearsals, in YAML.")
]
Policies = Annotated[
    Path | None,
    typer.Option(envvar="ETIQUETA_POLICIES", help="Folder of packs; left out: the rehearsal's own folder."),
]


def play_files(files: list[Path], policies: Path | None, line_for: LineFor) -> list[Played]:
    """Play every document of the files; raises `PolicyErrors` for what cannot be played at all."""
    played: list[Played] = []
    for file in files:
        for document in load_rehearsals(file):
            pack = fit_pack(_pack_of(document, policies or file.parent), document)
            played.append(asyncio.run(_play(document, pack, line_for)))
            _progress(len(played), played[-1])
    return played


async def _play(document: Document, pack: CompiledPack, line_for: LineFor) -> Played:
    started = time.monotonic()
    async with line_for(pack, document) as line:
        played = await rehearse(document, line)
    return replace(played, seconds=time.monotonic() - started)


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


def _progress(number: int, last: Played) -> None:
    if sys.stderr.isatty():
        print(f"\r{number} played: {last.name[:60]:<60}", end="", file=sys.stderr, flush=True)


def report(played: list[Played], *, as_json_text: bool, junit_file: Path | None) -> None:
    """Print how it went, and write the report for CI systems; exits 1 on any difference."""
    if sys.stderr.isatty():
        print(file=sys.stderr)
    if junit_file is not None:
        junit_file.write_text(junit(played), encoding="utf-8")
    if as_json_text:
        print(json.dumps({"rehearsals": as_json(played)}, ensure_ascii=False, indent=2))
    else:
        for one in played:
            if not one.passed:
                print(diff(one))
        print(summary(played))
    if not all(one.passed for one in played):
        raise typer.Exit(1)
