"""``council audit``."""

from __future__ import annotations

from typing import Annotated

import typer

from sandbox.ask import DEMO_NAME
from sandbox.cli.options import DEFAULT_DATA, Data
from sandbox.folder import DataFolder, NoSuchCouncil, read_facts

OUTSIDE = 1

Council = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="The council to audit.", show_default="fairwater, or the first"),
]


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("audit", rich_help_panel="Councils")(audit)


def audit(name: Council = None, data: Data = DEFAULT_DATA) -> None:
    """Prove that every identifier in a council is nobody's: exit code 0 if so, 1 if not, 2 if unknown."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from sandbox.audit import audit as look_at

    folder = DataFolder(data)
    name = name or _first(folder)
    file = folder.existing(name)
    facts = read_facts(file)
    found = look_at(file)
    table = Table("Kind", "Range", "How many", box=None)
    table.columns[2].justify = "right"
    for (kind, within), count in sorted(found.inside.items()):
        table.add_row(_words(kind), escape(within), f"{count:,}")
    Console().print(table)
    for each in found.outside:
        typer.echo(
            f"{_words(each.sighting.kind)} outside every safe range: {each.sighting.value!r} "
            f"in {each.table}.{each.column}, row {each.row}"
        )
    typer.echo(
        f"{name}: {found.values:,} values in {found.columns} columns of {found.tables} tables; "
        f"{sum(found.inside.values()):,} identifiers are inside a safe range, {len(found.outside):,} outside"
    )
    if imported := facts.get("imported"):
        typer.echo(f"{name} was imported; its people and addresses were {imported}.")
    if found.outside:
        raise typer.Exit(OUTSIDE)


def _first(folder: DataFolder) -> str:
    names = folder.names()
    if not names:
        raise NoSuchCouncil(f"There are no councils in {folder.path} yet; `council build` makes one")
    return DEMO_NAME if DEMO_NAME in names else names[0]


def _words(kind: str) -> str:
    """A kind as people write it."""
    shouted = {"uprn": "UPRN", "usrn": "USRN", "nino": "NINO", "nhs_number": "NHS number"}
    return shouted.get(kind, kind.replace("_", " "))
