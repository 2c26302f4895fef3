"""`etiqueta explain`: one message under one pack, and why it comes to what it comes to."""

import asyncio
import json
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console

from services.classifier.tagging.tagger import load_tagger
from services.line.explain import explain as explained
from services.line.explain_input import NOT_ONE_OBJECT, Question, read_question, utterances
from services.line.explain_told import as_json as told_as_json
from services.line.explain_told import show
from shared.clock import wall_now
from shared.errors import UserError
from shared.policy.compile import load_pack
from shared.policy.pack import CompiledPack
from shared.policy.packs import pack_files
from shared.tags import Channel, Direction
from shared.telemetry import configure_logs

EXAMPLE: Final = """Examples:

    etiqueta explain --policy deploy/policies/trackingpremium.yaml --text "son unos ineptos"

    etiqueta explain message.json --policies deploy/policies --tenant trackingpremium --json

A message is one JSON object: {"text": …}, or {"subject", "body", "from", "to", "cc"}, or {"turns": […]},
with "channel", "direction", "language", "at", "client", "staff" where they matter, and in "history" the
same for what was written before, each with "at" or "ago" ("5m", "2h", "1d").
"""


def explain(  # noqa: PLR0913, PLR0917 - each is an option of the command line
    file: Annotated[
        Path | None, typer.Argument(help="The message, one JSON object; standard input if left out or -.")
    ] = None,
    text: Annotated[str | None, typer.Option(help="The message itself, in place of FILE.")] = None,
    policy: Annotated[Path | None, typer.Option(help="The pack: one YAML file.")] = None,
    policies: Annotated[
        Path | None, typer.Option(envvar="ETIQUETA_POLICIES", help="A folder of packs, with --tenant.")
    ] = None,
    tenant: Annotated[str | None, typer.Option(help="Whose pack of the folder.")] = None,
    at: Annotated[
        str | None, typer.Option(help="When it was written, ISO 8601 with its offset; now if left out.")
    ] = None,
    channel: Annotated[Channel | None, typer.Option(help="Where it was written.")] = None,
    direction: Annotated[Direction | None, typer.Option(help="inbound: a client; outbound: staff.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object instead of tables.")] = False,
) -> None:
    """Explain one message, from its words to the reply.

    Its tags and the words that gave them, each rule and why it fired or not, what the decision
    intends, what stood and what was refused, and the reply as the client reads it.
    """
    configure_logs("ERROR")
    pack = _pack(policy, policies, tenant)
    question = _question(file, text, at=at, channel=channel, direction=direction)
    message, before = utterances(question, wall_now())
    told = asyncio.run(explained(pack, load_tagger(), message, before))
    if as_json:
        print(json.dumps({"id": question.id, **told_as_json(told)}, ensure_ascii=False, indent=2))
    else:
        show(told, Console(highlight=False))


def _pack(policy: Path | None, folder: Path | None, tenant: str | None) -> CompiledPack:
    if policy is not None:
        return load_pack(policy)
    if folder is None:
        raise typer.BadParameter("name the pack: --policy FILE, or --policies FOLDER", param_hint="--policy")
    if not folder.is_dir():
        raise typer.BadParameter(f"{folder} is no folder.", param_hint="--policies")
    packs = [load_pack(path) for path in pack_files(folder)]
    chosen = [pack for pack in packs if tenant in {None, pack.tenant}]
    if len(chosen) == 1:
        return chosen[0]
    known = ", ".join(pack.tenant for pack in packs) or "none"
    if tenant is None:
        raise typer.BadParameter(f"{folder} holds these tenants: {known}. Name one.", param_hint="--tenant")
    raise UserError(f"{folder} has no pack of the tenant {tenant}. It has: {known}.")


def _question(
    file: Path | None,
    text: str | None,
    *,
    at: str | None,
    channel: Channel | None,
    direction: Direction | None,
) -> Question:
    """Return the question; what an option says stands before what the message says itself."""
    if text is not None and file is not None:
        raise typer.BadParameter("give the message as FILE or as --text, not both.", param_hint="--text")
    said: dict[str, Any] = {"text": text} if text is not None else _document(file)
    options = {"at": _instant(at), "channel": channel, "direction": direction}
    said |= {name: value for name, value in options.items() if value is not None}
    return read_question(json.dumps(said))


def _instant(given: str | None) -> str | None:
    try:
        moment = datetime.fromisoformat(given) if given is not None else None
    except ValueError:
        moment = datetime.min  # noqa: DTZ901 - like one without an offset
    if moment is not None and moment.tzinfo is None:
        raise typer.BadParameter("write it as 2026-03-02T10:05:00-05:00.", param_hint="--at")
    return given


def _document(file: Path | None) -> dict[str, Any]:
    try:
        raw = sys.stdin.buffer.read() if file is None or str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise typer.BadParameter(f"{file} cannot be read ({error.strerror}).", param_hint="FILE") from None
    try:
        found = json.loads(raw)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise UserError(NOT_ONE_OBJECT)
    return found
