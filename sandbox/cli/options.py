"""The options that several commands share."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

COUNCIL = "The council"
SERVER = "Where it answers"

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

DEFAULT_DATA = Path("council-data")


def as_day(moment: datetime | None) -> date | None:
    """The day of an option that the command line reads as midnight."""
    return None if moment is None else moment.date()
