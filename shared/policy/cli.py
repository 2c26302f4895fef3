"""`etiqueta policy`: what a person does with packs on the command line."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from shared.policy.compile import load_pack
from shared.policy.problems import PolicyErrors, Problem

app = typer.Typer(no_args_is_help=True, help="Work with policy packs.")

EXAMPLE = "Example: etiqueta policy check deploy/policies/*.yaml"
Files = Annotated[
    list[Path],
    typer.Argument(exists=True, dir_okay=False, metavar="FILE...", help="Packs, one YAML file each."),
]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON object instead of lines.")]


@app.callback()
def policy() -> None:
    """Work with policy packs."""


@app.command(epilog=EXAMPLE)
def check(files: Files, as_json: AsJson = False) -> None:
    """Compile packs; say file, line, rule and remedy of every mistake. Exit 1 on any."""
    results = [_check(path) for path in files]
    if as_json:
        print(json.dumps({"files": results}, ensure_ascii=False, indent=2))
    else:
        for result in results:
            _tell(result)
    if any(result["errors"] for result in results):
        raise typer.Exit(1)


def _check(path: Path) -> dict[str, Any]:
    result: dict[str, Any] = {"file": str(path), "hash": None, "errors": [], "warnings": []}
    try:
        pack = load_pack(path)
    except PolicyErrors as errors:
        return result | {"errors": [problem.as_json() for problem in errors.problems]}
    return result | {
        "tenant": str(pack.tenant),
        "policy": pack.policy,
        "hash": str(pack.hash),
        "rules": len(pack.rules),
        "clauses": sorted(pack.clauses),
        "warnings": [problem.as_json() for problem in pack.warnings],
    }


def _tell(result: dict[str, Any]) -> None:
    for warning in result["warnings"]:
        print(f"warning: {Problem(**warning)}")
    for error in result["errors"]:
        print(f"error: {Problem(**error)}")
    if result["errors"]:
        return
    print(
        f"{result['file']}: {result['policy']} is right; {result['rules']} rules, hash {result['hash'][:12]}"
    )


def main() -> None:
    """Run as `python -m shared.policy.cli`."""
    app()


if __name__ == "__main__":
    main()
