"""``council import``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sandbox import ask
from sandbox.ask import Ask
from sandbox.cli.councils import build_shown
from sandbox.cli.options import (
    DEFAULT_DATA,
    AsOf,
    Data,
    IdentifierMode,
    Like,
    Name,
    Seed,
    as_day,
    as_mode,
)
from sandbox.folder import CHECKED, STATED, DataFolder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.blocks import Plan
    from synthetic_data.own.brought import Brought
    from synthetic_data.own.faults import Fault

ON_SCREEN = 20
"""Faults that are shown; --faults writes them all."""
SHEETS = "Your own people"
PRINTED = Path("-")
"""What stands for the screen where a folder could be named."""

Addresses = Annotated[
    Path | None, typer.Option("--addresses", help="The CSV file of addresses.", rich_help_panel=SHEETS)
]
Homes = Annotated[
    Path | None, typer.Option("--households", help="The CSV file of households.", rich_help_panel=SHEETS)
]
People = Annotated[
    Path | None, typer.Option("--residents", help="The CSV file of residents.", rich_help_panel=SHEETS)
]
Template = Annotated[
    Path | None,
    typer.Option(
        "--template",
        metavar="FOLDER",
        help="Write three example files and a guide to their columns into this folder, or print them if it "
        "is [b]-[/b], and do nothing else.",
        rich_help_panel=SHEETS,
    ),
]
Synthetic = Annotated[
    bool,
    typer.Option(
        "--synthetic",
        help="State that the data are synthetic: identifiers outside the safe ranges are then let in. "
        "The council says so wherever it is listed or audited.",
        rich_help_panel=SHEETS,
    ),
]
Faults = Annotated[
    Path | None,
    typer.Option("--faults", help="Write all faults to this CSV file.", rich_help_panel=SHEETS),
]


def add_to(app: typer.Typer) -> None:
    """Add this command."""
    app.command("import", rich_help_panel="Councils")(import_council)


def import_council(
    addresses: Addresses = None,
    households: Homes = None,
    residents: People = None,
    template: Template = None,
    synthetic: Synthetic = False,
    faults: Faults = None,
    like: Like = None,
    seed: Seed = None,
    as_of: AsOf = None,
    name: Name = None,
    identifiers: IdentifierMode = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Build a council of synthetic people, households and addresses of your own. Never bring real people."""
    if template is not None:
        _write_template(template)
        return
    if addresses is None or households is None or residents is None:
        from sandbox.importing import CannotImport

        raise CannotImport(
            "An import needs --addresses, --households and --residents. "
            "`council import --template FOLDER` writes examples of the three."
        )
    if name is None:
        from sandbox.importing import CannotImport

        raise CannotImport("Name the council that is to be: --name otherby, or another invented name.")
    folder = DataFolder(data)
    # What is brought has what faults it has; the services' copies of it get no others.
    plan = ask.plan_of(Ask(like, None, seed, as_day(as_of), name, as_mode(identifiers), mess=0.0))
    _refuse_taken(folder, plan.name)
    brought = _read((addresses, households, residents), plan, synthetic, faults)
    _build(folder, plan, brought, synthetic)


def _write_template(folder: Path) -> None:
    from sandbox.importing import write_template
    from synthetic_data.own.template import template

    if folder == PRINTED:
        for name, text in template().items():
            typer.echo(f"==> {name}\n{text}")
        return
    names = write_template(folder)
    typer.echo(f"Wrote {', '.join(names)} to {folder}. Begin with {names[0]}; the rows are examples.")


def _refuse_taken(folder: DataFolder, name: str) -> None:
    if name in folder.names():
        raise ask.ThereAlready(
            f"{name} is there already. Name another with --name, or delete it first: `council delete {name}`."
        )


def _read(files: tuple[Path, Path, Path], plan: Plan, synthetic: bool, all_faults: Path | None) -> Brought:
    """Read what was brought, or show its faults and raise CannotImport."""
    from rich.console import Console

    from sandbox.importing import CannotImport, look_through, write_faults
    from synthetic_data.own.brought import read_all

    with Console(stderr=True).status("Checking every row"):
        brought = read_all(*files)
        found = look_through(brought, plan, stated_synthetic=synthetic)
    if all_faults is not None:
        write_faults(found, all_faults)
    if not found:
        return brought
    for fault in found[:ON_SCREEN]:
        typer.echo(str(fault), err=True)
    raise CannotImport(_summary(found, all_faults))


def _summary(found: Sequence[Fault], all_faults: Path | None) -> str:
    unsafe = sum(fault.unsafe for fault in found)
    one = len(found) == 1
    said = f"{len(found):,} {'fault' if one else 'faults'} in what was brought; nothing was built."
    if len(found) > ON_SCREEN:
        shown = f"All are in {all_faults}." if all_faults else "--faults FILE.csv writes them all."
        said += f" The first {ON_SCREEN} are shown. {shown}"
    if unsafe:
        said += (
            f" {unsafe:,} of them may be somebody's: never bring real people's data. If these are synthetic, "
            "state it with --synthetic."
        )
    return said


def _build(folder: DataFolder, plan: Plan, brought: Brought, synthetic: bool) -> None:
    from sandbox.importing import BroughtTown, town_brought

    plan = replace(plan, residents=len(brought.residents))
    town = town_brought(brought, plan)
    facts = {"imported": STATED if synthetic else CHECKED}
    build_shown(folder, plan, engine=BroughtTown(town), more_facts=facts)
