"""The command `etiqueta parse`: a provider's raw request body in, its events out, one line each."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final

import orjson
import typer

from services.ingest.providers import PROVIDERS
from services.ingest.providers.base import NOBODY, OwnAccounts, ParseResult, UnreadableItem
from services.ingest.providers.reading import words
from services.ingest.providers.render import as_line
from shared.errors import Unreadable

SAYS_NO: Final = 1

EXAMPLE: Final = """Example:

    etiqueta parse whatsapp request.json

    curl -s https://example.com/recorded.json | etiqueta parse whatsapp
"""


def parse(
    provider: Annotated[str, typer.Argument(help=f"Whose request it is: {', '.join(sorted(PROVIDERS))}.")],
    file: Annotated[
        Path | None,
        typer.Argument(help="The request's body, byte for byte; standard input if left out or -."),
    ] = None,
    own: Annotated[
        Path | None,
        typer.Option(help="A file that names the company's own accounts: JSON, or one number or id a line."),
    ] = None,
    content_type: Annotated[
        str | None, typer.Option(help="The request's Content-Type, where the body's form depends on it.")
    ] = None,
    header: Annotated[
        list[str] | None, typer.Option(help="A header of the request, as NAME: VALUE. Repeatable.")
    ] = None,
) -> None:
    """Print the events that ingest would make of a provider's request, one JSON object a line.

    What cannot be read is named on standard error by its place, without its content; the rest of
    the request is printed all the same. Signatures are not checked.
    """
    parser = PROVIDERS.get(provider)
    if parser is None:
        known = ", ".join(sorted(PROVIDERS))
        raise typer.BadParameter(
            f"there is no parser for '{provider}'. Known: {known}.", param_hint="PROVIDER"
        )
    headers = _headers(header or (), content_type)
    accounts = NOBODY if own is None else _own_accounts(own)
    try:
        result = parser.parse(_body(file), headers=headers, own=accounts)
    except Unreadable as unreadable:
        typer.echo(f"etiqueta parse: {unreadable.reason}", err=True)
        raise typer.Exit(SAYS_NO) from None
    _print(result)


def _body(file: Path | None) -> bytes:
    """Return the bytes as they are: a line ending or an encoding changed would be another request."""
    if file is None or str(file) == "-":
        return sys.stdin.buffer.read()
    return _content(file, "FILE")


def _content(file: Path, option: str) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        reason = f"{file} cannot be read ({error.strerror})."
        raise typer.BadParameter(reason, param_hint=option) from None


def _headers(given: Iterable[str], content_type: str | None) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in given:
        name, colon, value = line.partition(":")
        if not colon or not name.strip():
            raise typer.BadParameter("write a header as NAME: VALUE.", param_hint="--header")
        headers[name.strip().lower()] = value.strip()
    if content_type is not None:
        headers["content-type"] = content_type
    return headers


def _own_accounts(file: Path) -> OwnAccounts:
    """Return every number and id of the file: all the values of a JSON document, or its lines."""
    try:
        content = _content(file, "--own").decode("utf-8-sig")
    except UnicodeDecodeError:
        raise typer.BadParameter(f"{file} is not UTF-8 text.", param_hint="--own") from None
    try:
        document: object = orjson.loads(content)
    except orjson.JSONDecodeError:
        lines = (line.partition("#")[0].strip() for line in content.splitlines())
        return frozenset(line for line in lines if line)
    return frozenset(_values(document))


def _values(document: object) -> Iterable[str]:
    match document:
        case dict():
            for value in document.values():
                yield from _values(value)
        case list():
            for value in document:
                yield from _values(value)
        case bool() | None:
            return
        case int():
            yield str(document)
        case _ if found := words(document):
            yield found


def _print(result: ParseResult) -> None:
    output = sys.stdout.buffer
    for event in result.events:
        line: dict[str, Any] = as_line(event)
        output.write(orjson.dumps(line) + b"\n")
    output.flush()
    if result.unreadable:
        typer.echo(_unreadable(result.unreadable), err=True)


def _unreadable(items: tuple[UnreadableItem, ...]) -> str:
    count = len(items)
    heading = f"etiqueta parse: {count} {'part' if count == 1 else 'parts'} could not be read:"
    places = [f"  {item.path or 'the body'}: {item.reason.value}" for item in items]
    return "\n".join([heading, *places])
