"""The options that several commands share."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from synthetic_data.assumptions_of_mess import A_LITTLE

if TYPE_CHECKING:
    from synthetic_data.identifiers import Mode

COUNCIL = "The council"
SERVER = "Where it answers"
BUILDING = "How it is built"

Data = Annotated[
    Path,
    typer.Option("--data", envvar="COUNCIL_DATA", help="The folder where councils and keys are kept."),
]
Like = Annotated[
    str | None,
    typer.Option(
        "--like",
        help="The real authority to be shaped like: name or GSS code of any in England and Wales.",
        show_default="Hartlepool",
        rich_help_panel=COUNCIL,
    ),
]
Residents = Annotated[
    str | None,
    typer.Option(
        "--residents",
        help="How many people, or [b]full[/b] for the authority's whole population.",
        show_default="10000",
        rich_help_panel=COUNCIL,
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        "--seed",
        min=0,
        max=2**32 - 1,
        help="The same seed gives the same council.",
        show_default="7",
        rich_help_panel=COUNCIL,
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        formats=["%Y-%m-%d"],
        help="The day on which the council's clock starts.",
        show_default="today",
        rich_help_panel=COUNCIL,
    ),
]
Name = Annotated[
    str | None,
    typer.Option(
        "--name",
        help="What to call it: an invented name, lower-case words joined by hyphens.",
        show_default="fairwater",
        rich_help_panel=COUNCIL,
    ),
]


class Identifiers(StrEnum):
    """The modes of identifiers, as they are typed."""

    UNALLOCATABLE = "unallocatable"
    FORMAT_VALID = "format-valid"


IdentifierMode = Annotated[
    Identifiers | None,
    typer.Option(
        "--identifiers",
        help="For products that check numbers, [b]format-valid[/b]: never issued either, and libphonenumber "
        "accepts them. People then have landlines, as it accepts no safe mobile.",
        show_default="unallocatable",
        rich_help_panel=COUNCIL,
    ),
]
Mess = Annotated[
    float | None,
    typer.Option(
        "--mess",
        min=0,
        max=1,
        help="How many faults the services' records of people have: misspellings, old addresses, duplicates "
        "and so on. [b]0[/b] is none; at [b]1[/b] one record in three has some.",
        show_default=str(A_LITTLE),
        rich_help_panel=COUNCIL,
    ),
]
Workers = Annotated[
    int | None,
    typer.Option(
        "--workers",
        min=1,
        max=64,
        help="How many processes build a council of more than some 20,000 residents. It is the same council.",
        show_default="as many as there are processors",
        rich_help_panel=BUILDING,
    ),
]
DaskScheduler = Annotated[
    str | None,
    typer.Option(
        "--dask",
        help="Build on a Dask cluster instead: the address of its scheduler, [b]tcp://127.0.0.1:8786[/b].",
        rich_help_panel=BUILDING,
    ),
]
FixedKey = Annotated[
    str | None,
    typer.Option(
        "--key",
        envvar="COUNCIL_KEY",
        help="Fix the key to everything, for this run.",
        show_envvar=True,
        rich_help_panel=SERVER,
    ),
]

SandboxKey = Annotated[
    str | None,
    typer.Option(
        "--key",
        envvar="COUNCIL_KEY",
        help="A key to the sandbox. Without it: the data folder's own.",
        rich_help_panel=SERVER,
    ),
]
CouncilArgument = Annotated[
    str | None,
    typer.Argument(
        metavar="COUNCIL", help="The council; can be left out where there is only one.", show_default=False
    ),
]
Url = Annotated[
    str | None,
    typer.Option(
        "--url",
        help="A running sandbox. Without it: the one that serves the data folder, or the folder itself.",
        rich_help_panel=SERVER,
    ),
]

DEFAULT_DATA = Path("council-data")


def as_day(moment: datetime | None) -> date | None:
    """The day of an option that the command line reads as midnight."""
    return None if moment is None else moment.date()


def as_mode(typed: Identifiers | None) -> Mode | None:
    """The mode of an option, as the rest of the code names it."""
    if typed is None:
        return None
    return "format_valid" if typed is Identifiers.FORMAT_VALID else "unallocatable"
