"""``council export`` and ``council digest``."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandbox.ask import DEMO_NAME
from sandbox.cli.options import DEFAULT_DATA, Data
from sandbox.folder import DataFolder, NoSuchCouncil, read_facts

if TYPE_CHECKING:
    from sandbox.stores import Store

Council = Annotated[
    str | None,
    typer.Argument(metavar="[NAME]", help="The council.", show_default="fairwater, or the first"),
]
DatabaseUrl = Annotated[
    str | None,
    typer.Option(
        "--database",
        envvar="COUNCIL_DATABASE",
        help="A PostgreSQL database instead of a file: [b]postgresql://user@localhost:5432/town[/b].",
    ),
]


class Kind(StrEnum):
    """The formats of an export, as they are typed."""

    CSV = "csv"
    JSONL = "jsonl"
    PARQUET = "parquet"


def add_to(app: typer.Typer) -> None:
    """Add these commands."""
    app.command("export", rich_help_panel="Councils")(export)
    app.command("digest", rich_help_panel="Councils")(digest)


def export(
    to: Annotated[Path, typer.Option("--to", help="The folder to write to, new or empty.")],
    name: Council = None,
    kind: Annotated[Kind, typer.Option("--format", help="The format of the tables.")] = Kind.CSV,
    replace: Annotated[bool, typer.Option("--replace", help="Write over an earlier export.")] = False,
    with_truth: Annotated[
        bool, typer.Option("--with-truth", help="Write also which records are the same person.")
    ] = False,
    database: DatabaseUrl = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Write every table of a council to a file of its own, with a data package that describes them."""
    from sandbox.exporting import export as write

    with _store(name, database, data).reading() as contents:
        done = write(contents, to, kind.value, replace=replace, with_truth=with_truth)
    rows = sum(done.rows.values())
    typer.echo(f"Exported {done.name}: {rows:,} rows of {len(done.rows)} tables as {kind.value}, in {to}")


def digest(
    name: Council = None,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: one JSON object.")] = False,
    database: DatabaseUrl = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Print a digest of each table and one of all: two councils are the same if it is the same."""
    from sandbox.digests import digests

    with _store(name, database, data).reading() as contents:
        found = digests(contents)
    if as_json:
        typer.echo(json.dumps({"council": found.whole, "tables": found.tables}))
        return
    for table, value in found.tables.items():
        typer.echo(f"{value}  {table}")
    typer.echo(f"{found.whole}  the whole council")


def _store(name: str | None, database: str | None, data: Path) -> Store:
    """Where the council is that was asked for: in a database if one is named, else in the data folder."""
    from sandbox.stores import CouncilFile, Database

    if database is not None:
        return Database.at(database)
    folder = DataFolder(data)
    names = folder.names()
    if name is None and not names:
        raise NoSuchCouncil(f"There are no councils in {folder.path} yet; `council build` makes one")
    file = folder.existing(name or (DEMO_NAME if DEMO_NAME in names else names[0]))
    read_facts(file)
    return CouncilFile(file)
