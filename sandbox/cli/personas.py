"""``council persona list``, ``make`` and ``show``."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from sandbox.cli.options import DEFAULT_DATA, CouncilArgument, Data, SandboxKey, Url
from sandbox.failure import Failure

Words = Annotated[
    list[str],
    typer.Argument(
        metavar="[COUNCIL] PERSONA",
        help="The persona, such as widow-living-alone; before it the council, where there are several.",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print the sandbox's answer as JSON.")]


class TooManyWords(Failure):
    """More was named than a council and a persona."""


def add_to(app: typer.Typer) -> None:
    """Add these commands under ``council persona``."""
    personas = typer.Typer(help="People in a documented situation, made by name.", no_args_is_help=True)
    personas.command("list")(list_personas)
    personas.command("make")(make)
    personas.command("show")(show)
    app.add_typer(personas, name="persona", rich_help_panel="Test data")


def list_personas(
    council: CouncilArgument = None,
    as_json: AsJson = False,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """List the personas, and which of them the council has."""
    found = _asked("GET", "", council, url, key, data)
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("Persona", "What it is", "Made", box=None)
    for each in found["items"]:
        table.add_row(each["name"], escape(each["title"]), "yes" if each["made"] else "")
    Console().print(table)
    for mistake in (mistake for each in found["items"] for mistake in each["mistakes"]):
        typer.echo(mistake, err=True)


def make(
    words: Words,
    as_json: AsJson = False,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Make a persona on the council, or show it if the council has it."""
    council, persona = _meant(words)
    _show(_asked("POST", f"/{persona}", council, url, key, data), as_json)


def show(
    words: Words,
    as_json: AsJson = False,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Show a persona's story, and by which references each service knows it."""
    council, persona = _meant(words)
    _show(_asked("GET", f"/{persona}", council, url, key, data), as_json)


def _meant(words: list[str]) -> tuple[str | None, str]:
    """The council, if it was named, and the persona."""
    match words:
        case [persona]:
            return None, persona
        case [council, persona]:
            return council, persona
    raise TooManyWords(f"Name a council and one persona, not {' '.join(words)}")


def _asked(method: str, path: str, council: str | None, url: str | None, key: str | None, data: Data) -> Any:
    from sandbox.reach import reached, the_council

    with reached(data, url, key) as sandbox:
        name = the_council(sandbox, council)
        return sandbox.ask(method, f"/sandbox/councils/{name}/personas{path}")


def _show(shown: dict[str, Any], as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(shown, indent=2))
        return
    typer.echo(f"{shown['title']}\n\n{shown['story']}\n")
    if not shown["made"]:
        typer.echo(f"Not made yet: `council persona make {shown['name']}` makes it.")
    for service, references in (shown["references"] or {}).items():
        for kind, reference in references.items():
            typer.echo(f"{service:<16} {kind:<20} {reference}")
    for mistake in shown["mistakes"]:
        typer.echo(mistake, err=True)
