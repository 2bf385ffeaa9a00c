"""``council find`` and ``council traits``."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from sandbox.cli.options import DEFAULT_DATA, Data, SandboxKey, Url

Words = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[COUNCIL] TRAIT...",
        help="What must be true of them, such as [b]over:75 council-tenant not:direct-debit[/b]; "
        "`council traits` lists what can be asked.",
        show_default=False,
    ),
]
Most = Annotated[int, typer.Option("--most", min=1, max=200, help="How many to show at most.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the sandbox's answer as JSON.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("find", rich_help_panel="Test data")(find)
    app.command("traits", rich_help_panel="Test data")(list_traits)


def find(
    words: Words = None,
    most: Most = 20,
    as_json: AsJson = False,
    url: Url = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Find residents by what is true of them, with the references by which each service knows them."""
    from sandbox.reach import reached, the_council

    traits = list(words or [])
    with reached(data, url, key) as sandbox:
        names = [each["name"] for each in sandbox.ask("GET", "/sandbox/councils")["items"]]
        council = traits.pop(0) if traits and traits[0] in names else the_council(sandbox, None)
        asked = {"trait": traits, "per_page": most}
        found = sandbox.ask("GET", f"/sandbox/councils/{council}/people", params=asked)
    typer.echo(json.dumps(found, indent=2) if as_json else found["said"])
    if found["items"] and not as_json:
        _show(found["items"])
    if found["total"] > most and not as_json:
        typer.echo(f"Only the first {most} are shown; --most shows more.")


def _show(people: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    table = Table("Resident", "Name", "Born", "UPRN", "Known by", box=None)
    for each in people:
        references = [
            f"{kind.replace('_', ' ')} {', '.join(found)}"
            for kinds in each["references"].values()
            for kind, found in kinds.items()
        ]
        table.add_row(
            each["resident"], escape(each["name"]), each["born"], each["uprn"], "; ".join(references)
        )
    Console().print(table)


def list_traits() -> None:
    """List what residents can be found by, service by service."""
    from rich.console import Console
    from rich.table import Table

    from sandbox.finding import traits_of
    from service_apis.kit.discovery import discover

    table = Table("Trait", "What it says", "Of", box=None)
    for slug, trait in traits_of(discover()).values():
        table.add_row(trait.written, trait.sentence, slug)
    Console().print(table)
    typer.echo("Write not: before a trait to find those who have it not.")
