"""``council component map``: what bridges small differences between a component's API and its slot's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sandbox.cli.options import DEFAULT_DATA, SERVER, Data, SandboxKey
from sandbox.cli.services import contract_of
from sandbox.cli.webhooks import OfCouncil

if TYPE_CHECKING:
    from sandbox.reach import Reached

MappingFile = Annotated[
    Path | None,
    typer.Option(
        "--mapping", metavar="FILE", help="A YAML file that says what it calls otherwise than the slot."
    ),
]


def mapping_of(file: Path, slot: str) -> dict[str, Any]:
    """What a file declares for a slot, as the sandbox takes it. Raises BrokenMapping."""
    from sandbox.components.contract import Contract
    from sandbox.components.mapping_file import read

    return read(file, Contract(slot, contract_of(slot))).model_dump()


def declare(there: Reached, component: str, mapping: dict[str, Any]) -> None:
    """Declare the mapping of the component at an address of the control API."""
    there.ask("PUT", f"{component}/mapping", json=mapping)


def map_component(
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Its name, as `council component list` shows it.")
    ],
    file: Annotated[
        Path | None,
        typer.Argument(metavar="FILE", help="The YAML file. Without it: show what is declared."),
    ] = None,
    withdraw: Annotated[
        bool, typer.Option("--withdraw", help="Take its API to be the slot's again.")
    ] = False,
    council: OfCouncil = None,
    sandbox: Annotated[
        str | None,
        typer.Option(
            "--sandbox",
            help="A running sandbox. Without it: the one that serves the data folder, or the folder itself.",
            rich_help_panel=SERVER,
        ),
    ] = None,
    key: SandboxKey = None,
    data: Data = DEFAULT_DATA,
) -> None:
    """Declare what a component calls otherwise than the slot: paths, fields, codes, query and headers."""
    import yaml

    from sandbox.reach import reached, the_council

    with reached(data, sandbox, key) as there:
        component = f"/sandbox/councils/{the_council(there, council)}/components/{name}"
        if withdraw:
            there.ask("DELETE", f"{component}/mapping")
            typer.echo(f"The API of {name} is taken to be the slot's again")
        elif file is None:
            told = there.ask("GET", f"{component}/mapping")
            typer.echo(yaml.safe_dump(told, sort_keys=False, allow_unicode=True), nl=False)
        else:
            slot = there.ask("GET", component)["slot"]
            declare(there, component, mapping_of(file, slot))
            typer.echo(f"{name} is asked, and understood, as {file} says, from the next call on")
            if there.url:
                typer.echo(f"# Try it: council conform {slot} --target {there.url}{component}/at", err=True)
